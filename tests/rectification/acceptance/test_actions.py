"""考核验收 on a real case: asked for, scored, tallied, signed, and what follows."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.errors import Invalid, Refused
from rectification.acceptance import actions, results, signing
from rectification.acceptance.ballots.actions import save_tally
from rectification.acceptance.gate_rules import KEYS
from rectification.acceptance.models import Tally
from rectification.cases import member_actions
from rectification.cases.models import Case, MemberKind
from rectification.duties.models import Duty
from rectification.remediation.models import Problem
from rectification.workflow import Stage
from tests.cast import NOW, TODAY

EXPLAINED = dict.fromkeys(KEYS, "经研究，已核实情况")
"""A reason for everything that may be passed over; what is in place needs none."""


@pytest.fixture
def problem(case):
    return Problem.objects.create(case=case, order=1, text="书记长期空缺", state="closed", closed_on=TODAY)


@pytest.fixture
def asked(case, problem, township_officer):
    """Asked for, nothing scored yet."""
    return actions.ask(case_id=case.pk, by=township_officer, at=NOW, reasons=EXPLAINED)


@pytest.fixture
def acceptance(asked, township_officer):
    """Asked for and scored by the township, which examines first."""
    score_all(asked, township_officer)
    return asked


def score_all(acceptance, by, lost=Decimal(0), veto=False):
    """Full marks but for `lost` points on the first item."""
    rows = list(acceptance.scores.select_related("item"))
    scores = {row.item_id: actions.Score(row.item.points) for row in rows}
    if lost or veto:
        scores[rows[0].item_id] = actions.Score(rows[0].item.points - lost, "措施落实不够", veto)
    return actions.save_scores(acceptance_id=acceptance.pk, by=by, at=NOW, version=None, scores=scores)


def tally_of(group, good=20, fair=5, bad=1, **facts):
    counts = {"总体评价": {"满意": good, "基本满意": fair, "不满意": bad, "未选": 0}}
    total = good + fair + bad
    numbers = {"issued": total, "returned": total, "valid": total, "invalid": 0, "counts": counts} | facts
    return Tally(group=group, held_on=TODAY, place="村部", teller="甲", supervisor="乙", **numbers)


def tally_both(acceptance, by, **facts):
    for group in ("members", "masses"):
        tally = tally_of(group, **facts)
        save_tally(acceptance_id=acceptance.pk, by=by, at=NOW, version=None, tally=tally)


def sign(acceptance, by, outcome, **facts):
    given = {"signer": "王部长", "signed_on": TODAY, "reasons": EXPLAINED} | facts
    if outcome != "pass":
        given.setdefault("follow_due_on", date(TODAY.year, 12, 31))
    return signing.sign(acceptance_id=acceptance.pk, by=by, at=NOW, version=None, outcome=outcome, **given)


def test_open_problems_need_a_written_reason_before_acceptance(case, problem, township_officer):
    Problem.objects.filter(pk=problem.pk).update(state="open", closed_on=None)
    with pytest.raises(Refused, match="问题 1"):
        actions.ask(case_id=case.pk, by=township_officer, at=NOW)


def test_with_a_reason_a_case_with_open_problems_may_be_accepted(case, problem, township_officer):
    Problem.objects.filter(pk=problem.pk).update(state="open", closed_on=None)
    acceptance = actions.ask(case_id=case.pk, by=township_officer, at=NOW, reasons=EXPLAINED)
    assert acceptance.case.stage == Stage.ACCEPTANCE or Case.objects.get(pk=case.pk).stage == Stage.ACCEPTANCE


def test_the_sheet_has_every_acceptance_item_of_the_scheme(acceptance, scheme):
    assert acceptance.scores.count() == scheme.items.filter(kind="acceptance").count() > 0


def test_a_score_above_the_standard_points_is_refused_by_name(acceptance, county_officer):
    row = acceptance.scores.select_related("item").first()
    with pytest.raises(Invalid, match=row.item.text):
        actions.save_scores(
            acceptance_id=acceptance.pk,
            by=county_officer,
            at=NOW,
            version=None,
            scores={row.item_id: actions.Score(row.item.points + 1)},
        )


def test_the_townships_scores_stand_beside_the_countys(acceptance, township_officer, county_officer):
    score_all(acceptance, township_officer)
    score_all(acceptance, county_officer, lost=Decimal(4))
    row = acceptance.scores.first()
    assert row.township_score - row.county_score == 4


def test_the_county_signs_nothing_before_the_township_has_examined(asked, county_officer):
    score_all(asked, county_officer)
    tally_both(asked, county_officer)
    with pytest.raises(Refused, match="“上级党组织检查”还没有评分"):
        sign(asked, county_officer, "pass")


def test_where_the_township_accepts_by_itself_there_is_one_side(asked, township_officer, county_officer):
    asked.case.scheme.chain.filter(process="acceptance", level="county").delete()
    asked.case.scheme.chain.filter(process="acceptance", role="village_reporter").delete()
    score_all(asked, township_officer)
    tally_both(asked, township_officer)
    with pytest.raises(Refused, match="由柳溪镇党委登记"):
        score_all(asked, county_officer)
    with pytest.raises(Refused, match="由乡镇（街道）组织委员办理"):
        sign(asked, county_officer, "pass")
    sign(asked, township_officer, "pass")
    row = asked.scores.first()
    assert (row.township_score, row.county_score) == (None, row.item.points)


def test_no_pass_is_signed_without_ballots_unless_it_is_explained(acceptance, county_officer):
    score_all(acceptance, county_officer)
    with pytest.raises(Refused, match="还没有登记党员、群众测评，仍要继续的须写明理由"):
        sign(acceptance, county_officer, "pass", reasons={})


def test_a_pass_closes_into_a_years_tracking(acceptance, county_officer):
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer)
    sign(acceptance, county_officer, "pass")
    case = Case.objects.get(pk=acceptance.case_id)
    assert (case.stage, case.closed_on, case.tracking.ends_on) == (Stage.TRACKING, TODAY, date(2027, 5, 20))


def test_a_pass_discharges_the_acceptance_duty(acceptance, county_officer):
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer)
    sign(acceptance, county_officer, "pass")
    assert Duty.objects.get(case=acceptance.case, key="acceptance").state == "done"


def test_a_veto_by_satisfaction_fails_though_the_points_suffice(acceptance, county_officer):
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer, good=5, fair=2, bad=19)
    assert results.suggested(acceptance).outcome == "fail"


def test_a_veto_cannot_be_signed_away(acceptance, county_officer):
    score_all(acceptance, county_officer, veto=True)
    tally_both(acceptance, county_officer)
    with pytest.raises(Refused, match="否决"):
        sign(acceptance, county_officer, "pass", different_reason="总体不错")


def test_a_result_other_than_the_rules_needs_a_reason(acceptance, county_officer):
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer)
    with pytest.raises(Refused, match="理由"):
        sign(acceptance, county_officer, "basic")


def test_a_failed_case_is_carried_over_and_keeps_its_first_secretary(acceptance, county_officer):
    member = member_actions.add_member(
        case_id=acceptance.case_id,
        by=county_officer,
        at=NOW,
        kind=MemberKind.FIRST_SECRETARY,
        name="张三",
        from_on=TODAY,
    )
    score_all(acceptance, county_officer, veto=True)
    tally_both(acceptance, county_officer)
    sign(acceptance, county_officer, "fail")
    with pytest.raises(member_actions.SupportLocked, match="不撤离"):
        member_actions.end_member(
            member_id=member.pk, by=county_officer, at=NOW, to_on=TODAY, reason="回原单位"
        )


def test_basic_goes_into_consolidation_and_may_ask_again(acceptance, county_officer, township_officer):
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer)
    sign(acceptance, county_officer, "basic", different_reason="时间短，再巩固")
    again = actions.ask(case_id=acceptance.case_id, by=township_officer, at=NOW, reasons=EXPLAINED)
    assert again.number == 2


def test_a_signed_result_is_not_changed_any_more(acceptance, county_officer):
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer)
    sign(acceptance, county_officer, "pass")
    with pytest.raises(Refused, match="已经签署"):
        score_all(acceptance, county_officer)


def test_the_township_cannot_sign(acceptance, county_officer, township_officer):
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer)
    with pytest.raises(Refused, match="办理"):
        sign(acceptance, township_officer, "pass")


def test_another_county_finds_no_acceptance(acceptance, other_county_officer):
    with pytest.raises(type(acceptance).DoesNotExist):
        score_all(acceptance, other_county_officer)


@pytest.mark.parametrize("who", ["city_reviewer", "village_reporter"])
def test_whoever_only_reads_enters_neither_scores_nor_ballots(acceptance, request, who):
    by = request.getfixturevalue(who)
    given = {"acceptance_id": acceptance.pk, "by": by, "at": NOW, "version": None}
    item = acceptance.scores.first().item
    with pytest.raises(Refused, match="由柳溪镇党委、青禾县委组织部登记"):
        actions.save_scores(scores={item.pk: actions.Score(Decimal(0))}, **given)
    with pytest.raises(Refused, match="由柳溪镇党委、青禾县委组织部登记"):
        save_tally(tally=tally_of("members"), **given)
