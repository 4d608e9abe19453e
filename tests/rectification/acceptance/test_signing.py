"""The rounds by who the scheme says, the signature's way up, its dates, and taking it back."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.errors import Invalid, Refused
from accounts.roles import Role
from rectification.acceptance import actions, rounds, sign_off, unsigning
from rectification.acceptance.models import Acceptance
from rectification.acceptance.tracking import actions as tracking
from rectification.cases.models import Case, Tracking
from rectification.duties.models import Duty
from rectification.reviews.models import Review
from rectification.schemes.models import Process
from rectification.workflow import Stage
from tests.cast import NOW, TODAY
from tests.rectification.acceptance.test_actions import (
    acceptance,
    asked,
    problem,
    score_all,
    sign,
    tally_both,
)

__all__ = ["acceptance", "asked", "problem"]
NEXT_DAY = NOW.replace(day=NOW.day + 1)


@pytest.fixture
def examined(acceptance, county_officer):
    """Scored by both, ballots counted."""
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer)
    return acceptance


def chain(scheme, *levels):
    """A 销号审批 with these steps."""
    roles = {"county": Role.COUNTY_OFFICER, "city": Role.CITY_REVIEWER}
    for order, level in enumerate(levels, 1):
        mode = "record" if level == "county" else "handle"
        given = {"name": f"第{order}步", "level": level, "role": roles[level], "mode": mode}
        scheme.chain.create(process=Process.SIGN_OFF, order=order, **given)


RECORDED = {"body": "县委常委会", "document": "纪要〔2026〕9号", "decided_on": TODAY}


def test_the_county_accepts_after_village_ballots_and_township(asked, township_officer):
    rows = rounds.rounds_of(asked, township_officer)
    assert [row.kind for row in rows][:4] == ["self", "tally", "first", "last"]
    assert rows[0].next and rows[0].mine and "青禾县" in rows[3].who


def test_a_township_accepts_by_itself_where_its_scheme_says_so(asked, township_officer):
    asked.case.scheme.chain.filter(process=Process.ACCEPTANCE).exclude(name="党员群众测评").delete()
    rows = rounds.rounds_of(asked, township_officer)
    assert [row.kind for row in rows] == ["last"] or rows[-1].kind == "last"
    assert "柳溪镇" in rows[-1].who and rows[-1].mine


def test_a_systems_department_accepts_where_it_stands_as_a_county(asked, county_officer):
    asked.case.county.name = asked.case.county.short_name = "市直机关工委"
    assert "市直机关工委" in rounds.rounds_of(asked, county_officer)[-1].who


def test_the_self_check_is_the_villages_or_entered_for_it(
    asked, village_reporter, other_township_officer, county_officer
):
    given = {"acceptance_id": asked.pk, "at": NOW, "version": None, "words": "已整改", "on": TODAY}
    actions.save_self_check(by=village_reporter, **given)
    assert rounds.rounds_of(Acceptance.objects.get(pk=asked.pk))[0].done
    with pytest.raises(Invalid, match="晚于今天"):
        actions.save_self_check(by=county_officer, **{**given, "on": date(2030, 1, 1)})
    with pytest.raises(Acceptance.DoesNotExist):
        actions.save_self_check(by=other_township_officer, **given)


def test_without_a_chain_the_signature_closes(examined, county_officer):
    sign(examined, county_officer, "pass")
    assert Case.objects.get(pk=examined.case_id).stage == Stage.TRACKING
    assert not Review.objects.filter(process=Process.SIGN_OFF).exists()


def test_with_a_chain_the_case_closes_on_the_day_of_the_last_decision(
    examined, scheme, county_officer, city_reviewer, as_post
):
    chain(scheme, "county", "city")
    sign(examined, county_officer, "pass")
    review = Review.objects.get(process=Process.SIGN_OFF)
    assert Case.objects.get(pk=examined.case_id).stage == Stage.ACCEPTANCE
    assert "满意度测评" in review.content
    sign_off.pass_(review_id=review.pk, by=county_officer, at=NOW, **RECORDED)
    page = as_post(city_reviewer).get(reverse("acceptance:sign_off", args=[review.uid]))
    assert page.status_code == 200 and "办理" in page.content.decode()
    sign_off.pass_(review_id=review.pk, by=city_reviewer, at=NEXT_DAY)
    case = Case.objects.get(pk=examined.case_id)
    assert (case.stage, case.outcome, case.closed_on) == (Stage.TRACKING, "pass", NEXT_DAY.date())


def test_sent_back_it_is_open_again_and_goes_straight_to_the_returner(
    examined, scheme, county_officer, city_reviewer
):
    chain(scheme, "county", "city")
    sign(examined, county_officer, "pass")
    review = Review.objects.get(process=Process.SIGN_OFF)
    sign_off.pass_(review_id=review.pk, by=county_officer, at=NOW, **RECORDED)
    sign_off.return_(review_id=review.pk, by=city_reviewer, at=NOW, opinion="请补测评签到表")
    examined.refresh_from_db()
    assert (examined.state, examined.outcome, examined.signed_on) == ("open", "", None)
    sign(examined, county_officer, "pass")
    review.refresh_from_db()
    assert (review.round, review.at_unit_id) == (2, city_reviewer.organization_id)


def test_signed_otherwise_after_a_return_nothing_stays_to_be_sent(examined, scheme, county_officer):
    chain(scheme, "county")
    sign(examined, county_officer, "pass")
    review = Review.objects.get(process=Process.SIGN_OFF)
    sign_off.return_(review_id=review.pk, by=county_officer, at=NOW, opinion="再核实")
    sign(examined, county_officer, "basic", different_reason="时间短")
    review.refresh_from_db()
    assert review.state == "withdrawn"


def test_consolidation_has_a_day_that_the_next_asking_discharges(examined, county_officer, township_officer):
    with pytest.raises(Invalid, match="须定巩固提升的期限"):
        sign(examined, county_officer, "basic", different_reason="时间短", follow_due_on=None)
    sign(examined, county_officer, "basic", different_reason="时间短")
    duty = Duty.objects.get(case=examined.case_id, key="acceptance_again")
    assert (duty.due_on, duty.organization_id) == (date(2026, 12, 31), township_officer.organization_id)
    reasons = {"plan": "已批", "first_secretary": "已定"}
    actions.ask(case_id=examined.case_id, by=township_officer, at=NOW, reasons=reasons)
    duty.refresh_from_db()
    assert duty.state == "done"


def test_a_failed_case_keeps_its_people_and_its_open_problems_and_the_page_says_so(
    examined, county_officer, as_post
):
    sign(examined, county_officer, "fail", different_reason="群众不认可")
    page = as_post(county_officer).get(reverse("acceptance:case", args=[examined.case.uid])).content.decode()
    assert "限期补课至2026年12月31日" in page and "不撤离" in page


def test_a_signature_is_taken_back_with_all_it_brought(examined, county_officer):
    before = set(Duty.objects.filter(case=examined.case).open().values_list("pk", flat=True))
    sign(examined, county_officer, "pass")
    given = {"acceptance_id": examined.pk, "by": county_officer, "at": NEXT_DAY, "version": None}
    with pytest.raises(Refused, match="写明原因"):
        unsigning.unsign(**given, reason=" ")
    unsigning.unsign(**given, reason="签错了结果")
    case = Case.objects.get(pk=examined.case_id)
    assert (case.stage, case.outcome, case.closed_on) == (Stage.ACCEPTANCE, "", None)
    assert not Tracking.objects.filter(case=case).exists()
    assert set(Duty.objects.filter(case=case).open().values_list("pk", flat=True)) == before
    assert case.steps.last().label == "撤销验收签署"
    sign(examined, county_officer, "pass")
    assert Duty.objects.filter(case=case, key="tracking_check").open().exists()


def test_a_signature_on_which_something_rests_stands(examined, county_officer, township_officer):
    sign(examined, county_officer, "pass")
    tracking.record(case_id=examined.case_id, by=township_officer, at=NOW, on=TODAY, words="正常")
    given = {"acceptance_id": examined.pk, "at": NOW, "version": None, "reason": "签错了"}
    with pytest.raises(Refused, match="已登记跟踪检查"):
        unsigning.unsign(by=county_officer, **given)
    with pytest.raises(Refused, match="由青禾县"):
        unsigning.unsign(by=township_officer, **given)
