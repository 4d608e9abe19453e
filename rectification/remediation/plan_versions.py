"""Every plan that was sent up, in its order: read from the history of the submissions, which keeps what was frozen."""

from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps

from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.remediation.plan_rules import Comparison, compare
from rectification.reviews.models import Review, ReviewState
from rectification.schemes.models import Process


class Version(NamedTuple):
    """One sending: its number within the case, when and by whom, and what became of it (state and its words)."""

    number: int
    at: datetime
    by: str
    state: str
    words: str
    review_id: int
    round: int


def versions_of(case: Case, post: Appointment) -> list[Version]:
    """The sendings of a case's plan, the first one first."""
    seen = Review.objects.visible_to(post).filter(case=case, process=Process.PLAN)
    history = apps.get_model("rectification", "ReviewHistory")
    # The last state a round was left in; the frozen content is not read here
    rows = (
        history.objects.filter(pgh_obj__in=seen)
        .order_by("pgh_obj_id", "round", "-pgh_id")
        .distinct("pgh_obj_id", "round")
        .values_list("pgh_obj_id", "round", "submitted_at", "submitted_by", "state")
    )
    rows = sorted(rows, key=lambda row: (row[2], row[0], row[1]))
    senders = Appointment.objects.filter(pk__in={row[3] for row in rows}).select_related(
        "user", "organization"
    )
    names = {post.pk: f"{post.organization} {post.user.name}" for post in senders}
    labels = dict(ReviewState.choices)
    return [
        Version(number, at, names.get(by, ""), state, labels.get(state, ""), review, round_)
        for number, (review, round_, at, by, state) in enumerate(rows, 1)
    ]


def content_at(version: Version) -> dict[str, Any]:
    """What was frozen when this version was sent."""
    history = apps.get_model("rectification", "ReviewHistory")
    rows = history.objects.filter(pgh_obj=version.review_id, round=version.round).order_by("pgh_id")
    return rows.values_list("content", flat=True)[0]


def read_beside(versions: list[Version], number: int) -> Comparison:
    """A version as it was sent, with what it changed against the one sent before."""
    before = content_at(versions[number - 2]) if number > 1 else {}
    return compare(before, content_at(versions[number - 1]))
