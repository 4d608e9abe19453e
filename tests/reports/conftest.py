"""A township's file with problems and measures in it, and the same in another county."""

from datetime import date
from decimal import Decimal

from rectification.remediation.models import Measure, Problem, Progress
from tests import cast
from tests.reports import survey_rows
from tests.stage import on_stage


def problem_of(case, number, text, *measures, closed_on=None):
    """A problem with measures, as rows."""
    problem = Problem.objects.create(
        case=case,
        order=number,
        text=text,
        state="closed" if closed_on else "open",
        closed_on=closed_on,
    )
    for order, words in enumerate(measures, 1):
        Measure.objects.create(
            problem=problem,
            order=order,
            text=words,
            goal="班子配齐、职责到人",
            leader="分管副书记",
            unit="镇党委",
            person="组织委员",
            starts_on=date(2026, 4, 1),
            due_on=date(2026, 9, 30),
            percent=40,
        )
    return problem


def progress_of(measure, percent, words, by, at=cast.NOW):
    """An entry of progress, as the remediation room writes it."""
    measure.percent = percent
    measure.save(update_fields=["percent"])
    return Progress.objects.create(measure=measure, percent=percent, words=words, on=at.date(), by=by, at=at)


@on_stage
def filled_case(case, township_officer):
    """Two problems: the first with two measures, one of them with progress; the second solved."""
    first = problem_of(case, 1, "支部书记长期空缺", "选派干部任支部书记", "每月召开一次支部党员大会")
    progress_of(first.measures.first(), 60, "人选已考察", township_officer)
    problem_of(case, 2, "村务不公开", "按季公开账目", closed_on=date(2026, 5, 10))
    return case


@on_stage
def foreign_filled_case(foreign_case):
    """The mark of another county, which nobody here may ever see."""
    problem_of(foreign_case, 1, "外县专属标记问题", "外县专属标记措施")
    return foreign_case


@on_stage
def empty_case(scheme, other_village, county, county_officer):
    """A case determined a moment ago: nothing written yet."""
    from tests.conftest import make_case

    return make_case(scheme, other_village, county, county_officer)


@on_stage
def candidate(scheme, county, township, village, county_officer, township_officer, department):
    """A determined organization of which everything was said that a form has room for."""
    survey_rows.chain_of(scheme)
    survey = survey_rows.survey_in(scheme, county)
    found = {1: (Decimal(8), "书记空缺八个月"), 4: (Decimal("5.5"), "全年只开两次支部党员大会")}
    one = survey_rows.assessed(
        survey,
        village,
        township,
        found,
        township_officer,
        rank=1,
        chosen=True,
        township_proposes=True,
        primary=scheme.criteria.first(),
        national_type=1,
    )
    survey_rows.everything_said(one, county_officer, township_officer, department)
    return one


@on_stage
def foreign_candidate(scheme, other_county, foreign_township, foreign_village, other_county_officer):
    """The mark of another county, which nobody here may ever see."""
    survey = survey_rows.survey_in(scheme, other_county, "proposed")
    found = {1: (Decimal(9), "外县专属标记表现")}
    return survey_rows.assessed(
        survey, foreign_village, foreign_township, found, other_county_officer, chosen=True, rank=1
    )
