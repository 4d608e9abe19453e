"""What a survey shows beside an organization's score."""

from datetime import date
from decimal import Decimal

import pytest

from organizations.inputs import inputs_of
from organizations.record_models import Grade, LeaderPost, YearRecord
from tests.cast import YEAR


def said(unit, year=YEAR):
    return {line.label: (line.value, line.tone) for line in inputs_of([unit.pk], year)[unit.pk]}


def test_nothing_known_is_said_as_nothing(village):
    assert inputs_of([village.pk], YEAR) == {village.pk: []}


def test_grades_of_the_last_three_years_stand_latest_first(village):
    for year, grade in [(YEAR - 1, "poor"), (YEAR - 2, "plain"), (YEAR - 3, "fair"), (YEAR - 4, "good")]:
        YearRecord.objects.create(organization=village, year=year, grade=Grade(grade))
    words = f"{YEAR - 1}年较差，{YEAR - 2}年一般，{YEAR - 3}年较好"
    assert said(village) == {"分类定级": (words, "red")}


def test_last_years_record_speaks_of_assessment_petitions_income_and_problems(village):
    YearRecord.objects.create(
        organization=village,
        year=YEAR - 1,
        committee_class=3,
        petitions=4,
        income=Decimal("0"),
        review_problems="组织生活不正常",
    )
    assert said(village) == {
        f"{YEAR - 1}年村班子年度考核": ("三类", "red"),
        f"{YEAR - 1}年信访": ("4 件", "yellow"),
        f"{YEAR - 1}年集体经济收入": ("0 万元", "yellow"),
        f"{YEAR - 1}年述职评议查摆问题": ("组织生活不正常", "yellow"),
    }


def test_the_rosters_income_stands_where_no_year_is_kept(village):
    village.income = Decimal("12.50")
    village.save()
    assert said(village) == {"集体经济收入": ("12.5 万元", "grey")}


@pytest.mark.parametrize(("secretary", "tone"), [(True, "red"), (False, "yellow")])
def test_a_vacancy_is_named_with_the_day_since_when(village, secretary, tone):
    LeaderPost.objects.create(
        organization=village, title="党支部书记", secretary=secretary, since_on=date(YEAR, 3, 1)
    )
    LeaderPost.objects.create(organization=village, title="组织委员", holder="马文静")
    assert said(village) == {"班子空缺": (f"党支部书记（{YEAR}年3月1日起）", tone)}


def test_an_abolished_post_is_no_vacancy(village):
    LeaderPost.objects.create(organization=village, title="副书记", ended_on=date(YEAR, 1, 1))
    assert said(village) == {}


def test_three_queries_serve_any_number(village, other_village, community, django_assert_num_queries):
    for unit in (village, other_village, community):
        YearRecord.objects.create(organization=unit, year=YEAR - 1, grade="good")
        LeaderPost.objects.create(organization=unit, title="委员")
    with django_assert_num_queries(1):
        found = inputs_of([village.pk, other_village.pk, community.pk], YEAR)
    assert all(len(lines) == 2 for lines in found.values())
