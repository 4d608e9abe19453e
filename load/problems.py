"""More problems for the cases that are copied: a real case has three to eight, those of the demo year one to three.

Each case keeps the standing it has: a further problem is one of its own once more, with its measures, what is owed
for them and their progress, in the words of another case's problem.
"""

from django.db import models

from rectification.cases.models import Case
from rectification.remediation.actions import refresh_counters
from rectification.remediation.models import Problem

PROBLEMS = (5, 6, 7)  # of the cases in turn


def fill(cases: list[Case]) -> None:
    """Bring the cases to five, six or seven problems; one that has as many is left as it is."""
    known = list(Problem.objects.filter(case__in=cases).order_by("pk"))
    for place, case in enumerate(cases):
        own = [problem for problem in known if problem.case_id == case.pk]
        others = list({problem.text: problem for problem in known if problem.case_id != case.pk}.values())
        for order in range(len(own) + 1, PROBLEMS[place % len(PROBLEMS)] + 1):
            said = others[(place + order) % len(others)]
            _once_more(own[order % len(own)], order=order, text=said.text, criterion_id=said.criterion_id)
    refresh_counters([case.pk for case in cases])


def _once_more(problem: Problem, **changed: object) -> None:
    twin = _copy(problem, carried_from_id=None, **changed)
    for measure in problem.measures.select_related("duty"):
        duty = measure.duty and _copy(measure.duty)
        same = _copy(measure, problem_id=twin.pk, duty_id=duty and duty.pk)
        for entry in measure.entries.order_by("pk"):
            _copy(entry, measure_id=same.pk)


def _copy(row: models.Model, **changed: object) -> models.Model:
    """The row once more, under keys of its own."""
    kept = [
        field for field in row._meta.local_concrete_fields if not field.primary_key and not field.generated
    ]
    values = {field.attname: getattr(row, field.attname) for field in kept if field.name != "uid"}
    return type(row)._default_manager.create(**{**values, **changed})
