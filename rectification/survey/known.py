"""What a survey shows beside an organization's score: the organization's own inputs, and its case that is watched."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from organizations import inputs
from organizations.inputs import Input
from rectification.cases.models import Tracking
from rectification.schemes.terms import words
from rectification.workflow import Stage

TRACKED = "跟踪管理"


def known_of(organizations: Iterable[int], year: int) -> dict[int, list[Input]]:
    """What is known of each organization (by key) before the survey of a year, what it is watched for first.

    A case of an earlier year that was closed and is still tracked today asks for attention: it may relapse (反弹).
    One query more than the organizations' own inputs, for any number.
    """
    keys = list(organizations)
    found = inputs.inputs_of(keys, year)
    for tracking in tracked(keys, year, timezone.localdate()):
        found[tracking.case.organization_id].insert(0, _line(tracking))
    return found


def tracked(organizations: Iterable[int], year: int, today: date) -> Iterable[Tracking]:
    """The earlier years' cases of these organizations that are watched today; who was carried over is not."""
    rows = Tracking.objects.filter(
        case__organization__in=organizations,
        case__year__lt=year,
        case__stage=Stage.TRACKING,
        starts_on__lte=today,
        ends_on__gte=today,
    )
    return rows.select_related("case").order_by("case__year")


def _line(tracking: Tracking) -> Input:
    closed_on = tracking.case.closed_on or tracking.starts_on
    return Input(TRACKED, f"{closed_on.year}年销号，跟踪至{words(tracking.ends_on)}", "yellow")
