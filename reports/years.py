"""One year beside the others: which organizations are new, go on, came back, and which were closed."""

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.workflow import Stage


class Course(StrEnum):
    """What a case is against the years before; `CLOSED` is told of the same case's own end."""

    NEW = "new"
    CARRIED = "carried"
    BACK = "back"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The word on screen."""
        return {"new": "新列入", "carried": "上年续整", "back": "销号后再次列入", "closed": "已销号"}[
            self.value
        ]


class YearCase(NamedTuple):
    """A case as the comparison needs it."""

    key: int
    organization: int
    year: int
    closed: bool


def courses(cases: Iterable[YearCase]) -> dict[int, dict[Course, list[int]]]:
    """The keys of each year's cases by course, newest year first.

    A case is carried when the organization's case before it never reached 销号, back when it did, new when there was
    none. Whatever was closed stands under `CLOSED` as well.
    """
    before: dict[int, YearCase] = {}
    found: dict[int, dict[Course, list[int]]] = defaultdict(lambda: {course: [] for course in Course})
    for case in sorted(cases, key=lambda one: (one.year, one.key)):
        earlier = before.get(case.organization)
        course = Course.NEW if earlier is None else Course.BACK if earlier.closed else Course.CARRIED
        found[case.year][course].append(case.key)
        if case.closed:
            found[case.year][Course.CLOSED].append(case.key)
        before[case.organization] = case
    return dict(sorted(found.items(), reverse=True))


def compared(post: Appointment) -> dict[int, dict[Course, list[int]]]:
    """The years the post has cases of; one query."""
    rows = Case.objects.visible_to(post).exclude(stage__in=(Stage.SURVEY, Stage.WITHDRAWN)).order_by()
    values = rows.values_list("pk", "organization", "year", "closed_on")
    return courses(YearCase(key, unit, year, closed is not None) for key, unit, year, closed in values)
