"""A case carried over brings last year's open problems along."""

from datetime import timedelta

import pytest

from accounts.errors import Invalid
from rectification.cases.models import Case
from rectification.remediation import plan_actions, problem_actions
from rectification.remediation.models import Problem
from tests.cast import NOW, TODAY, YEAR
from tests.rectification.remediation.activity_steps import log
from tests.stage import on_stage

pytestmark = pytest.mark.django_db
WORDS = {"situation": "情况", "goal": "目标", "steps": "步骤", "safeguards": "保障"}


@on_stage
def carried(case):
    """This year's case, and last year's before it with an open and a closed problem."""
    before = Case.objects.get(pk=case.pk)
    before.pk, before.uid, before.year, before.stage = None, case.scheme.uid, YEAR - 1, "carried"
    before.save()
    criterion = case.scheme.criteria.get(order=4)
    Problem.objects.create(case=before, order=1, text="公示栏未更新", state="closed", closed_on=TODAY)
    Problem.objects.create(case=before, order=2, text="三会一课不落实", criterion=criterion)
    case.previous = before
    case.save()
    return case


def test_the_open_problem_comes_along_with_its_words_and_where_it_comes_from(carried, township_officer):
    plan_actions.save_plan(case_id=carried.pk, version=0, by=township_officer, at=NOW, **WORDS)
    problem = carried.problems.get()
    assert (problem.order, problem.text, problem.criterion.order) == (1, "三会一课不落实", 4)
    assert problem.carried_from.case == carried.previous and problem.state == "open"


def test_listing_problems_begins_with_those_carried_over(carried, township_officer):
    assert problem_actions.take_findings(case_id=carried.pk, by=township_officer, at=NOW) == 1
    assert carried.problems.get().carried_from


def test_a_plan_begun_before_takes_nothing_twice(carried, township_officer):
    for version in (0, 2):
        plan_actions.save_plan(case_id=carried.pk, version=version, by=township_officer, at=NOW, **WORDS)
    assert carried.problems.count() == 1


def test_what_is_done_after_the_carrying_belongs_into_the_new_file(carried, township_officer):
    Case.objects.filter(pk=carried.previous.pk).update(determined_on=TODAY - timedelta(days=30))
    before = Case.objects.get(pk=carried.previous.pk)
    with pytest.raises(Invalid, match=f"请在{YEAR}年的档案中登记"):
        log(before, township_officer, others="王某")
    assert log(before, township_officer, others="王某", on=TODAY - timedelta(days=1)).case == before
