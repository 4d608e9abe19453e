"""逐级督办: drafted once, to whom, and when it stops."""

import threading
from datetime import date, timedelta

import pytest
from django.db import close_old_connections, connection, transaction

from accounts.errors import Refused
from accounts.models import Message
from accounts.roles import Role
from rectification.cases.models import CaseMember
from rectification.duties import actions as duties
from rectification.duties.models import Duty
from rectification.supervision.notices import actions, escalation
from rectification.supervision.notices import escalation_rules as rules
from rectification.supervision.notices.models import Escalation, Notice, NoticeState
from tests.cast import NOW, TODAY, post_at
from tests.rectification.supervision.notice_steps import drafted

DUE = date(2026, 5, 15)  # a Friday
MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (DUE + timedelta(days=days) for days in (3, 4, 5, 7))


@pytest.fixture
def late(case):
    """Only what a test makes late is late."""
    Duty.objects.open().update(
        due_on=date(2026, 12, 1), effective_due_on=date(2026, 12, 1), late_after_on=None
    )

    def make(unit, role=Role.TOWNSHIP_OFFICER, due_on=DUE, **facts):
        given = {"scheme": case.scheme, "key": "t", "title": "月报告", "owner_role": role, **facts}
        return Duty.objects.create(organization=unit, due_on=due_on, effective_due_on=due_on, **given)

    return make


def run(today):
    return escalation.escalate(today=today, at=NOW)


def test_a_free_day_is_no_working_day():
    weekdays = lambda day: day.weekday() < 5  # noqa: E731
    said = [
        rules.reached([1, 3, 5], DUE, today=day, is_working=weekdays)
        for day in (DUE, MONDAY, WEDNESDAY, FRIDAY)
    ]
    assert said == [0, 1, 2, 3]


def test_the_owner_is_reminded_then_the_unit_above_is_pressed(
    late, township, county, city, township_officer, county_officer, city_reviewer
):
    late(township)
    assert run(MONDAY) == 1
    card = Notice.objects.get()
    assert (card.kind, card.organization, card.issuer, card.state) == ("remind", township, county, "draft")
    assert run(WEDNESDAY) == 1
    order = Notice.objects.get(kind="urge")
    assert (order.organization, order.issuer, order.light) == (county, city, "yellow")
    assert Message.objects.filter(user=county_officer.user, title="提醒卡待签发").count() == 1
    assert not Message.objects.filter(user=township_officer.user, title__contains="提醒卡").exists()
    assert run(FRIDAY) == 0  # nobody stands above the city


def test_running_again_drafts_nothing_twice(late, township, township_officer, county_officer):
    late(township)
    assert [run(MONDAY), run(MONDAY), run(TUESDAY)] == [1, 0, 0]
    assert (Notice.objects.count(), Escalation.objects.count()) == (1, 1)


def test_many_overdue_duties_of_a_unit_become_one_draft(late, township, township_officer, county_officer):
    for number in range(40):
        late(township, title=f"任务{number}")
    assert run(MONDAY) == 1
    card = Notice.objects.get()
    assert card.title == "40项时限任务逾期未完成"
    assert card.escalations.count() == 40
    late(township, title="又一项", due_on=MONDAY)
    assert run(TUESDAY) == 0  # joins the draft that waits
    card.refresh_from_db()
    assert "41. 又一项" in card.found


def test_words_a_person_changed_stay(late, township, township_officer, county_officer):
    late(township)
    run(MONDAY)
    Notice.objects.update(found="我改过的话。")
    late(township, title="又一项", due_on=MONDAY)
    run(TUESDAY)
    found = Notice.objects.get().found
    assert found.startswith("我改过的话。\n又一项")


def test_a_vacant_post_is_passed_over_and_said(
    late, village, township, county, county_officer, city_reviewer
):
    late(village, Role.VILLAGE_REPORTER)
    post_at(township, Role.TOWNSHIP_OFFICER, "zhen")
    run(MONDAY)
    step = Escalation.objects.get()
    assert (step.unit, step.notice.issuer) == (township, county)
    assert step.words == "石桥村岗位空缺，转上一级"


def test_the_deputy_is_told_too(late, township, county, township_officer, county_officer):
    deputy = post_at(county, Role.COUNTY_OFFICER, "xian-fu")
    late(township)
    run(MONDAY)
    assert Message.objects.filter(user=deputy.user, title="提醒卡待签发").count() == 1


def test_after_days_of_downtime_only_the_newest_step_is_drafted(
    late, township, township_officer, county_officer, city_reviewer
):
    late(township)
    assert run(WEDNESDAY) == 1
    assert Notice.objects.get().kind == "urge"
    earlier = Escalation.objects.get(step=1)
    assert (earlier.notice, earlier.words) == (None, "未单独拟稿：处理时已到第2步")


def test_what_falls_to_a_leader_is_a_hint(case, late, township, township_officer, county_officer):
    leader = CaseMember.objects.create(case=case, kind="leader", name="张三", from_on=TODAY - timedelta(90))
    late(township, Role.HELPER, case=case, debtor="leader")
    run(MONDAY)
    made = Notice.objects.get()
    assert (made.kind, made.to_leader) == ("hint", leader)


def test_done_duties_take_the_draft_back_and_extended_ones_start_anew(
    late, township, township_officer, county_officer
):
    done, extended = late(township), late(township, title="季报告")
    run(MONDAY)
    duties.discharge(duty=done, by=township_officer, at=NOW)
    duties.extend(duty_id=extended.pk, until_on=FRIDAY, reason="汛期", by=county_officer, at=NOW)
    assert run(TUESDAY) == 0
    made = Notice.objects.get()
    assert (made.state, made.verdict) == (NoticeState.CANCELLED, "所列任务已办结、已延期")
    assert run(FRIDAY + timedelta(days=3)) == 1
    assert Notice.objects.get(state="draft").about == extended


def test_a_draft_is_not_signed_for_what_is_done(late, township, township_officer, county_officer):
    duty, other = late(township), late(township, title="季报告")
    run(MONDAY)
    made = Notice.objects.get()
    duties.discharge(duty=other, by=township_officer, at=NOW)
    signed = actions.issue(notice_id=made.pk, version=None, by=county_officer, at=NOW)
    assert signed.title == "月报告逾期未完成"
    assert signed.about == duty


@pytest.fixture
def two_at_once():
    """Run something in two threads that start together; what each gave back."""

    def both(act):
        ready, given = threading.Barrier(2), []

        def work():
            close_old_connections()
            try:
                ready.wait(timeout=10)
                given.append(act())
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(2)]
        [one.start() for one in threads]
        [one.join(timeout=60) for one in threads]
        return given

    return both


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_draft_one_paper(
    two_at_once, late, township, township_officer, county_officer
):
    for number in range(5):
        late(township, title=f"任务{number}")
    assert sorted(two_at_once(lambda: run(MONDAY))) == [0, 1]
    assert (Notice.objects.count(), Escalation.objects.count()) == (1, 5)
    assert Message.objects.filter(title="提醒卡待签发").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_at_once_get_two_numbers(
    two_at_once, scheme, township, county_officer, township_officer
):
    pks = [drafted(county_officer, township).pk for _ in range(2)]
    given = two_at_once(
        lambda: actions.issue(notice_id=pks.pop(), version=None, by=county_officer, at=NOW).number
    )
    assert sorted(given) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_who_signs_several_never_waits_for_who_signs_one_of_them(scheme, township, county_officer):
    first, second = (drafted(county_officer, township).pk for _ in range(2))
    told = []

    def sign_second():
        try:
            told.append(actions.issue(notice_id=second, version=None, by=county_officer, at=NOW).number)
        except Refused as refused:
            told.append(str(refused))
        finally:
            connection.close()

    other = threading.Thread(target=sign_second)
    with transaction.atomic():
        actions.issue(notice_id=first, version=None, by=county_officer, at=NOW)
        other.start()
        other.join(0.4)  # it waits for the number, not holding the paper
        actions.issue(notice_id=second, version=None, by=county_officer, at=NOW)
    other.join(timeout=60)
    assert "不能再改" in told[0]


def test_a_planted_hole_is_found(late, township, township_officer, county_officer, monkeypatch):
    """Were steps claimed by what was read before and not by the unique key, a second look would draft again."""
    late(township)
    steps = escalation.steps_due(Duty.objects.get(title="月报告").scheme, MONDAY)
    assert escalation._draft(steps[0].duty.scheme, steps, today=MONDAY, at=NOW) == 1
    Notice.objects.update(state="issued", number=1)
    assert escalation._draft(steps[0].duty.scheme, steps, today=MONDAY, at=NOW) == 0
    monkeypatch.setattr(escalation, "_claim", lambda steps, at: {(one.duty.pk, one.step): 0 for one in steps})
    assert escalation._draft(steps[0].duty.scheme, steps, today=MONDAY, at=NOW) == 1
