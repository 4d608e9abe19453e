"""From the frozen scores to the list, the decision and the cases, as the actions decide it."""

import pytest

from accounts.errors import Invalid, Refused
from organizations import actions as organizations
from rectification.cases.models import Case, Source
from rectification.duties.ending import MAKE_UP
from rectification.duties.models import Duty
from rectification.schemes.models import Criterion
from rectification.survey import actions
from rectification.survey.models import SurveyState
from rectification.workflow import Stage
from tests import cast
from tests.conftest import make_case
from tests.rectification.survey.chains import MEETING, on_its_way


def harden(year, order=3):
    Criterion.objects.filter(scheme=year.scheme, order=order).update(hard=True)


# --- the list --------------------------------------------------------------------------------------------------


def test_two_of_twelve_villages_are_the_least_and_the_lowest_scores(year):
    for name, points in (("石桥村", 9), ("新枫林村", 8), ("上塘村", 2)):
        year.score(name, c1=points)
    year.close_scoring()
    review = year.propose("石桥村", "新枫林村")
    assert review.content["summary"]["村"] == {"organizations": 12, "quota": 2, "determined": 2}


def test_border_ties_are_chosen_among_with_a_reason(year):
    for name in ("石桥村", "新枫林村", "上塘村"):
        year.score(name, c1=5)
    year.close_scoring()
    with pytest.raises(Invalid, match="须写明择定理由"):
        year.propose("石桥村", "上塘村")
    assert year.propose("石桥村", "上塘村", tie_reason="新枫林村书记4月已调整")


def test_no_organization_without_deduction_ever_enters(year):
    year.score("石桥村", c1=5)
    year.close_scoring()
    with pytest.raises(Invalid, match="没有扣分，也没有其他认定依据，不能认定"):
        year.propose("石桥村", "白马村")


def test_fewer_than_the_quota_needs_reason_and_the_superiors_consent(year):
    year.score("石桥村", c1=5)
    year.close_scoring()
    with pytest.raises(Invalid, match="写明理由并登记上级同意意见"):
        year.propose("石桥村")
    with pytest.raises(Invalid, match="登记上级同意意见"):
        year.propose("石桥村", fewer_reason="其余村均无扣分")
    assert year.propose("石桥村", fewer_reason="其余村均无扣分", fewer_consent="市委组织部5月18日同意")


def test_a_hard_criterion_enters_regardless_of_rank_and_counts(year):
    harden(year)
    for name, points in (("石桥村", 9), ("新枫林村", 8)):
        year.score(name, c1=points)
    year.score("上塘村", c3=1)
    year.close_scoring()
    review = year.propose("石桥村", "上塘村")
    assert [one["why"][:6] for one in review.content["list"]] == ["倒排第 1 ", "符合硬性情形"]


def carry(year, name):
    village = year.row(name).organization
    last = Case.objects.create(
        scheme=year.scheme,
        year=cast.YEAR - 1,
        organization=village,
        county=year.county,
        primary=year.scheme.criteria.first(),
        stage=Stage.CARRIED,
    )
    actions.refresh(survey_id=year.survey.pk, by=year.officer, at=cast.NOW)
    return last


def test_who_was_not_turned_round_last_year_enters_and_the_new_case_names_the_old(year):
    last = carry(year, "白马村")
    due = {"due_on": cast.TODAY, "effective_due_on": cast.TODAY}
    who = {"organization": year.county, "owner_role": "county_officer"}
    Duty.objects.create(scheme=year.scheme, key=MAKE_UP, case=last, title="限期补课", **who, **due)
    year.score("石桥村", c1=9)
    year.close_scoring()
    with pytest.raises(Invalid, match="必须列为续整对象"):
        year.propose("石桥村", fewer_reason="x", fewer_consent="y")
    row = year.row("白马村")
    chosen = {row.pk: year.scheme.criteria.first().pk, year.row("石桥村").pk: None}
    review = actions.propose(survey_id=year.survey.pk, chosen=chosen, by=year.officer, at=cast.NOW)
    year.determine(review)
    new = Case.objects.get(year=cast.YEAR, organization=row.organization)
    assert (new.previous, new.source) == (last, Source.CARRIED)
    assert Duty.objects.get(case=last).state == "done"


def test_a_primary_type_is_one_of_the_criteria_hit(year):
    row = year.score("石桥村", c1=9, c4=3)
    year.score("新枫林村", c1=8)
    year.close_scoring()
    with pytest.raises(Invalid, match="“柳溪镇石桥村”没有选主要类型"):
        year.propose("石桥村", "新枫林村")
    wrong = year.scheme.criteria.get(order=7).pk
    chosen = {row.pk: wrong, year.row("新枫林村").pk: None}
    with pytest.raises(Invalid, match="不在其扣分的情形之内"):
        actions.propose(survey_id=year.survey.pk, chosen=chosen, by=year.officer, at=cast.NOW)


# --- the decision ----------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(year):
    """Two villages proposed."""
    year.score("石桥村", c1=9, c4=0)
    year.score("新枫林村", c1=8)
    year.close_scoring()
    return year.propose("石桥村", "新枫林村")


def test_the_decision_makes_cases_with_what_they_owe(year, proposed):
    year.determine(proposed)
    case = Case.objects.get(organization__short_name="石桥村")
    assert (case.stage, case.rank, case.score, case.criteria) == (Stage.REMEDIATION, 1, 91, [1])
    assert (case.determined_on, case.minutes) == (cast.TODAY, "青常纪〔2026〕6号")
    assert case.assessment.chosen and case.source == Source.NEW
    assert Duty.objects.filter(case=case).open().exists()
    assert case.next_due_on is not None
    assert year.survey.state == SurveyState.DETERMINED


def test_a_decision_without_document_or_from_tomorrow_is_refused(year, proposed):
    with pytest.raises(Refused, match="还缺：纪要号或文号"):
        actions.record_determination(
            review_id=proposed.pk, by=year.officer, at=cast.NOW, body="县委常委会", decided_on=cast.TODAY
        )
    with pytest.raises(Refused, match="晚于今天"):
        actions.record_determination(
            review_id=proposed.pk,
            by=year.officer,
            at=cast.NOW,
            body="县委常委会",
            document="1号",
            decided_on=cast.TODAY.replace(day=21),
        )
    assert not Case.objects.exists()


def test_a_decision_recorded_twice_makes_no_second_case(year, proposed):
    year.determine(proposed)
    with pytest.raises(Refused, match="不能重复登记"):
        year.determine(proposed)
    assert Case.objects.count() == 2


def test_a_returned_list_is_changed_and_goes_straight_back(year, proposed):
    actions.return_determination(
        review_id=proposed.pk, by=year.officer, at=cast.NOW, opinion="请核实新枫林村"
    )
    year.survey.refresh_from_db()
    assert year.survey.proposable and year.survey.standing == "名单被退回，待修改"
    again = year.propose("石桥村", fewer_reason="新枫林村情况不实", fewer_consent="市委组织部同意")
    assert (again.pk, again.round) == (proposed.pk, 2)
    year.determine(again)
    assert Case.objects.get().organization.short_name == "石桥村"


def test_a_list_on_its_way_is_not_sent_twice(year, proposed):
    with pytest.raises(Refused, match="现在不能提交名单"):
        year.propose("石桥村", "新枫林村")


def test_a_village_that_went_to_another_county_is_not_determined(year, system_admin, foreign_township):
    review = on_its_way(year, MEETING)
    unit = year.row("石桥村").organization
    organizations.move(
        unit_id=unit.pk, target_id=foreign_township.pk, version=unit.version, by=system_admin, at=cast.NOW
    )
    with pytest.raises(Refused, match="“石桥村”已划出青禾县"):
        year.determine(review)
    assert not Case.objects.exists()
    actions.return_determination(review_id=review.pk, by=year.officer, at=cast.NOW, opinion="石桥村已划出")
    with pytest.raises(Invalid, match="石桥村”已撤并或划出，不能认定"):
        year.propose("石桥村", "新枫林村")
    year.determine(year.propose("新枫林村", "上塘村"))
    assert Case.objects.count() == 2


def test_a_village_that_went_to_another_township_is_determined_there(year, system_admin, other_township):
    review = on_its_way(year, MEETING)
    unit = year.row("石桥村").organization
    organizations.move(
        unit_id=unit.pk, target_id=other_township.pk, version=unit.version, by=system_admin, at=cast.NOW
    )
    year.determine(review)
    assert Case.objects.get(organization=unit).township == other_township


def test_a_village_that_is_a_case_already_is_not_determined_a_second_time(year):
    """Another list had it determined before it came here."""
    review = on_its_way(year, MEETING)
    make_case(year.scheme, year.row("石桥村").organization, year.county, year.officer)
    with pytest.raises(Refused, match="石桥村本年度已经认定为整顿对象"):
        year.determine(review)
    assert Case.objects.count() == 1
