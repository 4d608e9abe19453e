"""What a result leaves owed, what ends with its case, what a check leaves open; and that it is the guards that hold."""

from datetime import timedelta

import pytest

from accounts.errors import Invalid, Refused
from organizations.models import Appointment
from rectification.acceptance import actions, gates, sign_off, unsigning
from rectification.acceptance.ballots import poll_actions
from rectification.acceptance.checks import overturn
from rectification.acceptance.checks.models import CheckResult
from rectification.acceptance.models import Acceptance
from rectification.cases import endings, member_actions
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.duties.ending import MAKE_UP, made_up
from rectification.duties.models import Duty
from rectification.reviews.models import Review
from rectification.workflow import Stage
from tests.cast import NOW, TODAY
from tests.rectification.acceptance.check_steps import conclude
from tests.rectification.acceptance.test_actions import acceptance, asked, problem, sign
from tests.rectification.acceptance.test_ballots_poll import arrange as open_poll
from tests.rectification.acceptance.test_signing import RECORDED, chain, examined
from tests.rectification.acceptance.test_taking_back import checked, signed_again, unsign

__all__ = ["acceptance", "asked", "checked", "examined", "problem", "signed_again"]
TOMORROW = TODAY + timedelta(days=1)


def test_what_failed_is_made_up_by_its_day_until_the_year_after_takes_it_over(examined, county_officer):
    sign(examined, county_officer, "fail", different_reason="群众不认可")
    duty = Duty.objects.get(case=examined.case_id, key=MAKE_UP)
    assert (duty.organization, duty.due_on) == (examined.case.township, examined.follow_due_on or duty.due_on)
    made_up(case=duty.case, by=county_officer, at=NOW)
    duty.refresh_from_db()
    assert duty.state == "done"


def test_a_failure_taken_back_is_not_made_up(examined, county_officer):
    sign(examined, county_officer, "fail", different_reason="群众不认可")
    unsign(examined, county_officer)
    assert Duty.objects.get(case=examined.case_id, key=MAKE_UP).state == "cancelled"


def test_what_a_check_found_stands_open_before_it_is_asked_for_again(
    checked, city_reviewer, township_officer
):
    conclude(checked, city_reviewer)
    case = Case.objects.get(pk=checked.case_id)
    assert [one.text.split("（来源")[0] for one in case.problems.filter(state="open")] == [
        "组织生活不正常",
        "村务公开不及时",
    ]
    with pytest.raises(Invalid) as wrong:
        actions.ask(case_id=case.pk, by=township_officer, at=NOW)
    assert "gate-problems" in wrong.value.errors


def test_the_test_above_sees_findings_that_were_dropped(checked, city_reviewer, monkeypatch):
    monkeypatch.setattr(overturn, "add_found", lambda **_given: [])
    conclude(checked, city_reviewer)
    assert not [gate for gate in gates.gates_of(checked.case, None) if gate.key == "problems"]


def test_a_case_that_leaves_ends_its_signing_off(examined, scheme, county_officer):
    chain(scheme, "county")
    sign(examined, county_officer, "pass")
    endings.end_all(examined.case, county_officer, NOW, "退出整顿（1号）")
    examined.refresh_from_db()
    assert (examined.state, examined.outcome, examined.result_words) == ("signed", "", "验收终止")
    assert Review.objects.get(process="sign_off").state == "withdrawn"


def test_a_case_that_leaves_ends_its_poll_unseen(asked, county_officer):
    poll = open_poll(asked, county_officer)
    code = poll_actions.print_codes(poll_id=poll.pk, number=1, by=county_officer, at=NOW)[0]
    endings.end_all(asked.case, county_officer, NOW, "退出整顿（1号）")
    poll.refresh_from_db()
    assert poll.closed_at == NOW and not poll.told
    with pytest.raises(Refused, match="已经结束"):
        poll_actions.ready(code=code, at=NOW)


def test_nothing_is_signed_before_the_case_was_determined(examined, county_officer):
    Case.objects.filter(pk=examined.case_id).update(determined_on=TODAY)
    with pytest.raises(Invalid) as wrong:
        sign(examined, county_officer, "pass", signed_on=TODAY - timedelta(days=1))
    assert "早于认定" in wrong.value.errors["signed_on"][0]


def test_what_another_check_upheld_before_blocks_nothing(signed_again, checked, county_officer):
    CheckResult.objects.filter(pk=checked.pk).update(verdict="upheld")  # said of the result before this one
    signed_again.refresh_from_db()
    assert unsigning.unsign_refusal(signed_again, county_officer) is None
    CheckResult.objects.filter(pk=checked.pk).update(on=TOMORROW)
    assert "上级检查" in unsigning.unsign_refusal(signed_again, county_officer)


def test_the_township_says_why_it_takes_points(asked, township_officer):
    row = asked.scores.select_related("item").first()
    given = {"acceptance_id": asked.pk, "by": township_officer, "at": NOW, "version": None}
    with pytest.raises(Invalid) as wrong:
        actions.save_scores(scores={row.item_id: actions.Score(row.item.points - 2)}, **given)
    assert "扣了 2 分" in wrong.value.errors[f"reason-{row.item_id}"][0]


def test_without_the_closing_gates_nothing_asks_for_a_reason(
    checked, city_reviewer, township_officer, monkeypatch
):
    """Twin of the gates: what stands open is passed over in silence."""
    conclude(checked, city_reviewer)
    monkeypatch.setattr("rectification.acceptance.actions.gates_of", lambda *_given: [])
    assert actions.ask(case_id=checked.case_id, by=township_officer, at=NOW).passed_over == {}


@pytest.mark.parametrize("guarded", [True, False])
def test_no_case_is_closed_on_a_day_to_come(examined, scheme, county_officer, monkeypatch, guarded):
    """Both: the guard refuses; without it the case would be closed tomorrow."""
    chain(scheme, "county")
    sign(examined, county_officer, "pass")
    review = Review.objects.get(process="sign_off")
    given = {"review_id": review.pk, "by": county_officer, "at": NOW} | RECORDED | {"decided_on": TOMORROW}
    if guarded:
        with pytest.raises(Refused, match="晚于今天"):
            sign_off.pass_(**given)
        return
    monkeypatch.setattr(sign_off, "day_refusal", lambda *_given: None)
    sign_off.pass_(**given)
    assert Case.objects.get(pk=examined.case_id).closed_on == TOMORROW


@pytest.mark.parametrize("guarded", [True, False])
def test_support_stays_at_a_case_a_check_took_back(
    checked, city_reviewer, county_officer, monkeypatch, guarded
):
    member = CaseMember.objects.create(
        case=checked.case, kind=MemberKind.FIRST_SECRETARY, name="张三", from_on=TODAY
    )
    conclude(checked, city_reviewer)
    given = {"member_id": member.pk, "by": county_officer, "at": NOW, "to_on": TODAY, "reason": "回原单位"}
    if guarded:
        with pytest.raises(member_actions.SupportLocked):
            member_actions.end_member(**given)
        return
    monkeypatch.setattr(Stage, "supported", property(lambda _stage: False))
    member_actions.end_member(**given)
    member.refresh_from_db()
    assert member.to_on == TODAY


def test_an_ended_post_does_nothing_any_more(asked, county_officer, as_post):
    client = as_post(county_officer)
    page = f"/acceptance/cases/{asked.case.uid}/"
    assert client.get(page).status_code == 200
    Appointment.objects.filter(pk=county_officer.pk).update(to_on=TODAY - timedelta(days=1))
    url = f"/acceptance/{asked.uid}/send-back/"
    assert client.post(url, {"reason": "再整改"}).status_code in (302, 403, 404)
    assert Acceptance.objects.get(pk=asked.pk).state == "open"
    assert client.get(page).status_code != 200
