"""工作纪实: written once, corrected with its past kept, withdrawn with a reason; duties follow."""

import threading
import uuid
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from accounts.errors import Invalid, Refused, StaleVersion
from rectification.cases import member_actions
from rectification.cases.models import Case
from rectification.duties import actions as duties
from rectification.duties.models import Duty, DutyState
from rectification.remediation.actions import lock_case
from rectification.remediation.activities import actions
from rectification.remediation.activities.actions import Written
from rectification.remediation.activities.models import Activity, LogState, Tone
from rectification.remediation.activities.tasks import count_logs
from tests.cast import NOW, TODAY
from tests.rectification.remediation.activity_steps import counted_duty, leader_on, log


def test_an_entry_keeps_who_took_part_and_who_wrote_it(case, on_case, helper):
    entry = log(case, helper, members=[on_case])
    assert (entry.people, entry.on_behalf, list(entry.members.all())) == ("孙某", False, [on_case])


def test_the_township_writes_for_a_leader_who_never_signs_in(case, county_officer, township_officer):
    entry = log(case, township_officer, members=[leader_on(case, county_officer)])
    assert entry.on_behalf and entry.people == "赵某"


def test_the_same_key_again_is_the_same_entry(case, on_case, helper):
    key = uuid.uuid4()
    first, second = (log(case, helper, members=[on_case], key=key) for _ in range(2))
    assert first.pk == second.pk and Activity.objects.count() == 1


def test_another_persons_case_is_absent(foreign_case, helper):
    with pytest.raises(Case.DoesNotExist):
        log(foreign_case, helper)


@pytest.mark.parametrize("post", ["city_reviewer", "department", "auditor"])
def test_who_only_reads_writes_nothing(case, post, request):
    assert actions.log_refusal(case, request.getfixturevalue(post))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"on": TODAY - timedelta(days=300)}, "on"),
        ({"what": ""}, "what"),
        ({"members": (), "others": ""}, "members"),
    ],
)
def test_a_bad_entry_is_refused_at_its_field_and_nothing_is_kept(case, on_case, helper, changed, field):
    with pytest.raises(Invalid) as refused:
        log(case, helper, **({"members": [on_case]} | changed))
    assert list(refused.value.errors) == [field]
    assert not Activity.objects.exists()


def test_more_households_than_the_village_has_are_refused_over_all_entries(case, on_case, helper):
    many = tuple(f"1组{number}号" for number in range(1, 320))
    log(case, helper, members=[on_case], kind="call", households=many)
    log(case, helper, members=[on_case], kind="call", households=("1组1号", "2组1号"))
    with pytest.raises(Invalid, match="超过全村 320 户"):
        log(case, helper, members=[on_case], kind="call", phoned=("2组2号",))


def test_a_file_that_is_not_what_its_name_says_keeps_no_entry(case, on_case, helper):
    bad = SimpleUploadedFile("照片.jpg", b"MZ\x90\x00\x03\x00\x00\x00")
    with pytest.raises(Invalid) as refused:
        log(case, helper, members=[on_case], uploads={"photo": bad})
    assert list(refused.value.errors) == ["photo"]
    assert not Activity.objects.exists()


def test_a_correction_keeps_the_old_words_in_the_history(case, on_case, helper):
    entry = log(case, helper, members=[on_case])
    written = Written(kind="meeting", on=TODAY, what="开了联席会", members=(on_case.pk,))
    actions.correct_activity(activity_id=entry.pk, version=1, written=written, by=helper, at=NOW)
    said = entry.history.order_by("pgh_id").values_list("what", flat=True)
    assert list(said) == ["与支委谈心", "开了联席会"]


def test_two_people_editing_one_entry_one_sees_the_other(case, on_case, helper, township_officer):
    entry = log(case, helper, members=[on_case])
    written = Written(kind="visit", on=TODAY, what="改", members=(on_case.pk,))
    actions.correct_activity(activity_id=entry.pk, version=1, written=written, by=helper, at=NOW)
    with pytest.raises(StaleVersion):
        actions.correct_activity(
            activity_id=entry.pk, version=1, written=written, by=township_officer, at=NOW
        )


def test_a_stranger_on_the_case_does_not_change_what_others_wrote(
    case, on_case, helper, township_officer, village_reporter
):
    entry = log(case, township_officer, others="村支书")
    assert "录入人" in actions.correct_refusal(entry, village_reporter)
    assert "录入人" in actions.correct_refusal(entry, helper)
    theirs = log(case, township_officer, members=[on_case])
    assert actions.correct_refusal(theirs, helper) is None


def test_four_visits_discharge_the_leaders_duty_by_themselves(case, county_officer, township_officer):
    leader, duty = leader_on(case, county_officer), counted_duty(case, "contact_visits", times=4)
    Case.objects.filter(pk=case.pk).update(determined_on=date(2026, 4, 1))
    for days in (30, 20, 10):
        log(case, township_officer, members=[leader], on=TODAY - timedelta(days=days))
    duty.refresh_from_db()
    assert duty.state == DutyState.OPEN
    log(case, township_officer, members=[leader])
    duty.refresh_from_db()
    assert (duty.state, duty.ended_reason) == (DutyState.DONE, actions.BY_THE_LOG)


def test_a_withdrawn_visit_opens_the_duty_again(case, county_officer, township_officer):
    leader, duty = leader_on(case, county_officer), counted_duty(case, "contact_visits", times=1)
    entry = log(case, township_officer, members=[leader])
    actions.withdraw_activity(activity_id=entry.pk, version=1, reason="重复", by=township_officer, at=NOW)
    duty.refresh_from_db()
    assert duty.state == DutyState.OPEN


def test_a_withdrawal_gives_its_reason_and_falls_once(case, on_case, helper):
    entry = log(case, helper, members=[on_case])
    with pytest.raises(Invalid):
        actions.withdraw_activity(activity_id=entry.pk, version=1, reason=" ", by=helper, at=NOW)
    actions.withdraw_activity(activity_id=entry.pk, version=1, reason="写错村", by=helper, at=NOW)
    with pytest.raises(Refused, match="已经撤回"):
        actions.withdraw_activity(activity_id=entry.pk, version=2, reason="写错村", by=helper, at=NOW)


def test_a_meeting_corrected_into_another_month_moves_the_duty(case, on_case, helper):
    Case.objects.filter(pk=case.pk).update(determined_on=date(2026, 4, 1))
    april = counted_duty(case, "joint_meeting", first=date(2026, 4, 1), last=date(2026, 4, 30))
    may = counted_duty(case, "joint_meeting", first=date(2026, 5, 1), last=date(2026, 5, 31))
    entry = log(case, helper, members=[on_case], kind="meeting")
    written = Written(kind="meeting", on=date(2026, 4, 28), what="会", members=(on_case.pk,))
    actions.correct_activity(activity_id=entry.pk, version=1, written=written, by=helper, at=NOW)
    states = Duty.objects.filter(pk__in=[april.pk, may.pk]).order_by("due_on").values_list("state", flat=True)
    assert list(states) == [DutyState.DONE, DutyState.OPEN]


def test_all_households_discharge_the_calls(case, on_case, helper):
    duty = counted_duty(case, "household_calls", times=100)
    at_home = tuple(f"1组{number}号" for number in range(1, 301))
    log(case, helper, members=[on_case], kind="call", households=at_home)
    away = tuple(f"2组{number}号" for number in range(1, 21))
    log(case, helper, members=[on_case], kind="call", phoned=away)
    duty.refresh_from_db()
    assert duty.state == DutyState.DONE


def test_what_a_person_recorded_as_done_is_not_opened_again_by_the_log(
    case, on_case, helper, township_officer
):
    duty = counted_duty(case, "joint_meeting")
    duties.discharge(duty=duty, by=township_officer, at=NOW, reason="纸质记录")
    log(case, helper, members=[on_case])
    duty.refresh_from_db()
    assert duty.state == DutyState.DONE


def test_an_entry_from_before_the_closing_may_still_arrive(case, on_case, helper):
    Case.objects.filter(pk=case.pk).update(stage="tracking", closed_on=TODAY, determined_on=TODAY)
    assert log(case, helper, members=[on_case])


def test_a_leader_who_left_keeps_the_name_on_what_was_done(case, county_officer, township_officer):
    leader = leader_on(case, county_officer)
    entry = log(case, township_officer, members=[leader])
    member_actions.end_member(
        member_id=leader.pk, by=county_officer, at=NOW, to_on=TODAY, reason="调动", document="青组〔2026〕1号"
    )
    entry.refresh_from_db()
    assert entry.people == "赵某"


def test_entries_count_for_a_duty_that_was_made_after_them(case, county_officer, township_officer):
    log(case, township_officer, members=[leader_on(case, county_officer)])
    duty = counted_duty(case, "contact_visits", times=1)
    assert (count_logs(), count_logs()) == (1, 0)
    duty.refresh_from_db()
    assert (duty.state, duty.ended_by, duty.ended_reason) == ("done", None, actions.BY_THE_LOG)


def test_the_light_of_a_log_is_kept_with_each_entry(case, county_officer, township_officer):
    leader = leader_on(case, county_officer)
    duty = counted_duty(case, "contact_visits", times=1, last=date(2026, 5, 22))
    Duty.objects.filter(case=case).exclude(pk=duty.pk).delete()
    count_logs()
    assert LogState.objects.get(case=case).tone == Tone.YELLOW
    log(case, township_officer, members=[leader])
    assert LogState.objects.get(case=case).tone == Tone.GREEN


@pytest.mark.django_db(transaction=True)
def test_who_extends_a_duty_waits_for_the_log_that_settles_it(case, county_officer, township_officer):
    duty, told = counted_duty(case, "party_life"), []

    def extend():
        try:
            until = duty.due_on + timedelta(days=1)
            duties.extend(duty_id=duty.pk, until_on=until, reason="汛期", by=county_officer, at=NOW)
        except Refused as refused:
            told.append(str(refused))
        finally:
            connection.close()

    other = threading.Thread(target=extend)
    with transaction.atomic():
        lock_case(case.pk, township_officer)
        other.start()
        other.join(0.4)  # it waits for the case and holds nothing the log needs
        log(case, township_officer, kind="party_life", others="王某")
    other.join(timeout=60)
    assert told and Duty.objects.get(pk=duty.pk).state == DutyState.DONE
