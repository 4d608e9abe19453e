"""Reminders fall on their days, once, to whoever owes; two runs at once give each one once."""

import threading
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import Message
from rectification.duties import actions, reminders
from rectification.duties.models import Duty, Reminder
from tests import cast
from tests.cast import NOW, YEAR

DUE = date(YEAR, 12, 31)


@pytest.fixture
def duty(case, county) -> Duty:
    return Duty.objects.get(case=case, key="acceptance")


@pytest.fixture
def alone(duty, county_officer):
    """Only this duty is open, so that counts are about it."""
    Duty.objects.exclude(pk=duty.pk).update(state="done", ended_at=NOW)
    return duty


def run(day: date) -> int:
    return reminders.remind(today=day, at=NOW)


def rules_given() -> list[int]:
    return list(Reminder.objects.order_by("pk").values_list("rule", flat=True))


@pytest.mark.django_db
def test_reminders_fall_exactly_at_seven_three_one_nought_and_once_when_overdue(alone, county_officer):
    given = {}
    for left in range(12, -6, -1):
        count = run(DUE - timedelta(days=left))
        if count:
            given[left] = count
    assert given == {7: 1, 3: 1, 1: 1, 0: 1, -1: 1}
    assert rules_given() == [7, 3, 1, 0, -1]
    assert set(Message.objects.values_list("user", flat=True)) == {county_officer.user_id}


@pytest.mark.django_db
def test_a_day_run_many_times_reminds_once(alone):
    day = DUE - timedelta(days=7)
    assert [run(day) for _ in range(5)] == [1, 0, 0, 0, 0]
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_a_reminder_names_the_duty_the_days_left_and_leads_to_it(alone, no_broker):
    run(DUE - timedelta(days=3))
    message = Message.objects.get()
    assert message.title == f"“石桥村：逐一考核验收”还有 3 天到期（截止 {YEAR}年12月31日）"
    assert message.url == f"/duties/{alone.uid}/"
    assert Reminder.objects.get().message == message


@pytest.mark.django_db(transaction=True)
def test_a_reminder_is_sent_by_mail_too(alone, county_officer, no_broker):
    type(county_officer.user).objects.filter(pk=county_officer.user_id).update(email="office@example.org")
    run(DUE - timedelta(days=3))
    assert ("accounts.tasks.deliver", [Message.objects.get().pk]) in no_broker


@pytest.mark.django_db(transaction=True)
def test_who_has_no_mail_address_costs_the_workers_nothing(alone, no_broker):
    run(DUE - timedelta(days=3))
    assert Message.objects.get().state == "done" and not no_broker


@pytest.mark.django_db
def test_after_an_outage_only_the_latest_missed_one_is_made_up(alone):
    assert run(DUE - timedelta(days=2)) == 1
    assert rules_given() == [3]
    assert run(DUE + timedelta(days=9)) == 1
    assert rules_given() == [3, -1]


@pytest.mark.django_db
def test_what_a_clock_that_ran_ahead_gave_does_not_count(alone):
    ahead = timedelta(days=400)
    assert reminders.remind(today=DUE + ahead, at=NOW + ahead) == 1
    assert [run(DUE + timedelta(days=1)), run(DUE + timedelta(days=1))] == [1, 0]
    assert Reminder.objects.get().at == NOW


@pytest.mark.django_db
def test_an_extension_reminds_anew(alone, city_reviewer):
    run(DUE - timedelta(days=1))
    until = DUE + timedelta(days=10)
    actions.extend(duty_id=alone.pk, until_on=until, reason="汛期", by=city_reviewer, at=NOW)
    assert run(until - timedelta(days=8)) == 0
    assert run(until - timedelta(days=7)) == 1
    assert set(Reminder.objects.values_list("due_on", "rule")) == {(DUE, 1), (until, 7)}


@pytest.mark.django_db
def test_what_is_done_is_not_reminded_of(alone, county_officer):
    actions.discharge(duty=alone, by=county_officer, at=NOW)
    assert run(DUE) == 0


@pytest.mark.django_db
def test_whoever_holds_the_post_today_is_reminded(alone, county, county_officer):
    county_officer.to_on = DUE - timedelta(days=10)
    county_officer.save()
    successor = cast.post_at(county, "county_officer", "xin", from_on=DUE - timedelta(days=9))
    assert run(DUE - timedelta(days=7)) == 1
    assert Message.objects.get().user == successor.user


@pytest.mark.django_db
def test_a_helpers_duty_reminds_the_people_on_the_case(alone, case, county, helper):
    Duty.objects.filter(pk=alone.pk).update(owner_role="helper")
    case.members.create(kind="team", name="帮扶", user=helper.user, from_on=date(YEAR, 1, 1))
    assert run(DUE) == 1
    assert Message.objects.get().user == helper.user


@pytest.mark.django_db
def test_each_period_is_reminded_of_once_on_each_of_its_days(alone, scheme, county, county_officer):
    from rectification.duties import making
    from rectification.schemes.rule_dates import RuleDates

    rule = scheme.duty_rules.create(
        key="monthly",
        title="月报",
        subject="unit",
        owner_level="county",
        owner_role="county_officer",
        rhythm="monthly",
        order=50,
        grace_days=2,
    )
    rows = making.unit_duties(scheme, rule, RuleDates.of(scheme), since=NOW.date())
    Duty.objects.bulk_create(row for row in rows if row.organization == county and row.due_on.month < 8)
    given = {}
    for number in range(75):  # from 20 May to 2 August
        day = NOW.date() + timedelta(days=number)
        if count := run(day) + run(day):
            given[day.isoformat()[5:]] = count
    assert [day for day in given if day.startswith("06")] == ["06-03", "06-23", "06-27", "06-29", "06-30"]
    assert set(given.values()) == {1}
    # Overdue falls only after the two days of grace
    assert "06-01" not in given and "06-02" not in given and "07-03" in given


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_posts_asked(
    alone, case, county, django_assert_max_num_queries
):
    for number in range(20):
        actions.open_duty(
            case=case, key="measure", title=f"措施{number}", unit=county, role="county_officer", due_on=DUE
        )
    with django_assert_max_num_queries(2):
        pass
    # One message and its job a reminder, everything else once a chunk
    with django_assert_max_num_queries(12 + 21):
        assert run(DUE) == 21


@pytest.mark.django_db
def test_the_command_gives_the_reminders_of_a_named_day(alone, capsys):
    call_command("remind", today=f"{YEAR}-12-24")
    assert capsys.readouterr().out == "已发出 1 条提醒\n"


def two_at_once(day: date, gate: threading.Barrier) -> list[int]:
    """Two schedulers on connections of their own; the gate lets both read before either writes."""
    given: list[int] = []

    def scheduler() -> None:
        try:
            given.append(run(day))
        finally:
            connection.close()

    threads = [threading.Thread(target=scheduler) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(given)


@pytest.fixture
def both_have_read(monkeypatch) -> threading.Barrier:
    """Both runs have seen that nothing was given yet: the worst moment."""
    gate, read = threading.Barrier(2, timeout=20), reminders.due_today

    def wait(*args, **kwargs):
        found = read(*args, **kwargs)
        gate.wait()
        return found

    monkeypatch.setattr(reminders, "due_today", wait)
    return gate


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_give_each_reminder_once(alone, both_have_read):
    assert two_at_once(DUE, both_have_read) == [0, 1]
    assert Message.objects.count() == Reminder.objects.count() == 1


def unguarded(wanted, *, at):
    """The planted fault: believe what was read, ask the unique key nothing."""
    return [(threading.get_ident() + number, due) for number, due in enumerate(wanted)]


@pytest.mark.django_db(transaction=True)
def test_without_the_unique_key_two_schedulers_would_remind_twice(alone, both_have_read, monkeypatch):
    monkeypatch.setattr(reminders, "claim", unguarded)
    assert two_at_once(DUE, both_have_read) == [1, 1]
    assert Message.objects.count() == 2
