"""倒排比例落实情况: numbers per county and field, why fewer, and a list behind each number."""

from decimal import Decimal

from django.urls import reverse

from rectification.survey.models import Survey
from reports.ledgers import LEDGERS, Selection
from reports.ledgers.quota import rows_of, source
from reports.sheet import live
from tests import cast
from tests.conftest import make_case
from tests.reports import survey_rows
from tests.stage import on_stage


@on_stage
def decided(candidate, case):
    """The candidate is a case."""
    candidate.case = case
    candidate.save()
    return candidate


def rows(post, unit):
    selection = Selection(post, unit, cast.YEAR, {})
    return rows_of(selection, list(source(selection)))


def test_a_county_s_groups_with_quota_determined_and_difference(
    decided, county_officer, county, other_village, township
):
    survey_rows.assessed(decided.survey, other_village, township)
    (row,) = rows(county_officer, county)
    assert [
        row[key] for key in ("county", "fields", "organizations", "quota", "determined", "difference")
    ] == [
        "青禾县",
        "村",
        2,
        1,
        1,
        0,
    ]


def test_fewer_shows_the_reason_and_the_consent(candidate, county_officer, county):
    Survey.objects.update(fewer_reason="其余无扣分", fewer_consent="市委组织部同意")
    (row,) = rows(county_officer, county)
    assert (row["difference"], row["remark"]) == (-1, "少 1 个；理由：其余无扣分；上级同意：市委组织部同意")


def test_what_is_not_decided_lacks_nothing_yet(foreign_candidate, other_county_officer, other_county):
    (row,) = rows(other_county_officer, other_county)
    assert (row["determined"], row["difference"]) == (None, None)
    assert row["remark"] == "名单已提交审定，拟列 1 个"


def test_a_hard_criterion_and_a_carried_case_are_counted(decided, scheme, county_officer, county):
    scheme.criteria.filter(order=1).update(hard=True)
    type(decided.case).objects.update(source="carried")
    (row,) = rows(county_officer, county)
    assert (row["hard"], row["carried"]) == (1, 1)


def test_a_case_added_in_mid_year_and_one_withdrawn(
    decided, scheme, county_officer, county, other_village, township
):
    from rectification.survey.change_models import CaseChange

    added = make_case(scheme, other_village, county, county_officer, source="mid_year")
    facts = {
        "survey": decided.survey,
        "reason": "新出现",
        "body": "县委",
        "decided_on": cast.TODAY,
        "document": "1号",
    }
    who = {"by": county_officer, "at": cast.NOW}
    CaseChange.objects.create(case=added, organization=other_village, kind="added", **facts, **who)
    CaseChange.objects.create(
        case=decided.case, organization=decided.organization, kind="withdrawn", **facts, **who
    )
    (row,) = rows(county_officer, county)
    assert (row["determined"], row["added"], row["withdrawn"]) == (1, 1, 1)


def test_the_city_sees_all_counties_and_those_that_have_not_begun(
    decided, foreign_candidate, city_reviewer, city
):
    cast.place("北原县", cast.Level.COUNTY, city, code="990123")
    said = [(row["county"], row["fields"], row["remark"]) for row in rows(city_reviewer, city)]
    assert said[-2:] == [
        ("北原县", None, "尚未开展摸排"),
        ("合计", "", "尚有单位没有认定；与应定数相差只计已认定的"),
    ]
    assert {county for county, _fields, _remark in said} == {"青禾县", "东陵县", "合计", "北原县"}


def test_a_county_reads_its_own_alone(decided, foreign_candidate, county_officer, county):
    assert {row["county"] for row in rows(county_officer, county)} == {"青禾县"}


def test_it_is_a_ledger_with_the_same_rows(decided, county_officer, county):
    selection = Selection(county_officer, county, cast.YEAR, {})
    sheet = live(LEDGERS["quota"], selection, today=cast.TODAY)
    (row,) = sheet.rows
    assert row.values[:6] == ("青禾县", "村", 1, Decimal("10.00"), 1, 1)


def test_it_asks_the_same_few_queries_for_one_county_and_two(
    decided, foreign_candidate, city_reviewer, city, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        rows(city_reviewer, city)


def test_every_number_leads_to_its_list(decided, as_post, county_officer, county, village):
    client = as_post(county_officer)
    page = client.get(reverse("reports:quota")).content.decode()
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]]
    behind = [link for link in links if str(county.uid) in link]
    assert len(behind) >= 3
    for link in behind:
        answer = client.get(link)
        assert answer.status_code == 200
    assert any("石桥村" in client.get(link).content.decode() for link in behind)


def test_another_county_s_page_is_absent(decided, foreign_candidate, as_post, county_officer, other_county):
    assert (
        as_post(county_officer).get(reverse("reports:quota"), {"unit": other_county.uid}).status_code == 404
    )


def test_what_a_township_surveys_by_itself_counts_with_its_county(
    decided, scheme, other_township, county_officer, county
):
    own = survey_rows.survey_in(scheme, other_township)
    village = cast.village_in(other_township, "青松村委会", "990121201201")
    survey_rows.assessed(own, village, other_township)
    (row,) = rows(county_officer, county)
    assert (row["county"], row["organizations"], row["determined"]) == ("青禾县", 2, 1)
