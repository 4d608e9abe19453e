"""What is known of an organization beside its score: the inputs a survey shows next to what it enters (domain §5.1)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from accounts.together import ask, tuples, whole
from organizations.models import Organization
from organizations.record_models import Grade, LeaderPost, YearRecord

GRADE_YEARS = 3
TONES = {Grade.GOOD: "green", Grade.FAIR: "green", Grade.PLAIN: "yellow", Grade.POOR: "red"}
CLASS_TONES = {1: "green", 2: "yellow", 3: "red"}


class Input(NamedTuple):
    """One known fact: what it is, what it says, and its light (green, yellow, red, grey)."""

    label: str
    value: str
    tone: str = "grey"


def inputs_of(organizations: Iterable[int], year: int) -> dict[int, list[Input]]:
    """What is known of each organization (by key) before the survey of a year; nothing known is an empty list.

    Grades of the three years before, the latest first and giving the light; the committee's assessment, petitions
    and reported problems of the year before; vacancies of the committee as they stand today; collective income of the
    year before or, where no year is kept, as the roster has it. One query for any number.
    """
    keys = list(organizations)
    before = YearRecord.objects.filter(organization__in=keys, year__gte=year - GRADE_YEARS, year__lt=year)
    posts = LeaderPost.objects.filter(organization__in=keys).current(timezone.localdate()).vacant()
    units = Organization.objects.filter(pk__in=keys)
    kept, gaps, incomes = ask(whole(before), whole(posts), tuples(units.values_list("pk", "income")))
    records: dict[int, dict[int, YearRecord]] = defaultdict(dict)
    for record in kept:
        records[record.organization_id][record.year] = record
    vacant: dict[int, list[LeaderPost]] = defaultdict(list)
    for post in gaps:
        vacant[post.organization_id].append(post)
    income = dict(incomes)
    return {key: known(records[key], vacant[key], income.get(key), year) for key in keys}


def known(
    records: dict[int, YearRecord], vacant: list[LeaderPost], income: Decimal | None, year: int
) -> list[Input]:
    """One organization's inputs from its records by year, its vacant posts and the roster's income."""
    last = records.get(year - 1)
    lines = [_grades(records, year)]
    if last and last.committee_class:
        lines.append(
            Input(
                f"{year - 1}年村班子年度考核",
                last.get_committee_class_display(),
                CLASS_TONES[last.committee_class],
            )
        )
    if last and last.petitions is not None:
        lines.append(
            Input(f"{year - 1}年信访", f"{last.petitions} 件", "yellow" if last.petitions else "green")
        )
    if vacant:
        lines.append(_vacancies(vacant))
    own = last.income if last and last.income is not None else None
    if own is not None:
        lines.append(Input(f"{year - 1}年集体经济收入", f"{own.normalize():f} 万元", _poor(own)))
    elif income is not None:
        lines.append(Input("集体经济收入", f"{income.normalize():f} 万元", _poor(income)))
    if last and last.review_problems.strip():
        lines.append(Input(f"{year - 1}年述职评议查摆问题", last.review_problems.strip(), "yellow"))
    return [line for line in lines if line]


def _grades(records: dict[int, YearRecord], year: int) -> Input | None:
    graded = [records[each] for each in sorted(records, reverse=True) if records[each].grade]
    if not graded:
        return None
    words = "，".join(f"{record.year}年{record.get_grade_display()}" for record in graded)
    return Input("分类定级", words, TONES[Grade(graded[0].grade)])


def _vacancies(vacant: list[LeaderPost]) -> Input:
    words = "、".join(f"{post.title}（{_since(post.since_on)}起）" for post in vacant)
    return Input("班子空缺", words, "red" if any(post.secretary for post in vacant) else "yellow")


def _since(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _poor(income: Decimal) -> str:
    return "yellow" if income <= 0 else "grey"
