"""What waits for a post in papers of supervision: for the room's first page and for the workbench."""

from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from accounts.together import ask, column, number
from organizations.models import Appointment
from rectification.supervision.inspections.models import Inspection, InspectionState
from rectification.supervision.notices.models import Notice


class Waiting(NamedTuple):
    """One kind of work: how many, what, where, and whether some of it is late."""

    count: int
    words: str
    url: str
    late: int = 0


def at_hand(post: Appointment, today: date) -> tuple[QuerySet[Notice], QuerySet[Inspection]]:
    """What the lines can be about: where there is none of either, there is no line."""
    return Notice.objects.visible_to(post).at_hand(post), _begun(post, today)


def waiting_lines(post: Appointment, today: date) -> list[Waiting]:
    """What this post must do about papers, the replies it owes first; one that is alone leads straight to its page."""
    seen = Notice.objects.visible_to(post)
    lists = reverse("supervision:notices")
    parts = (
        (seen.to_answer(post), "件督导文书待回复", f"{lists}?{urlencode({'mine': 'received'})}"),
        (seen.drafts_of(post), "件督导文书待签发", reverse("supervision:drafts")),
        (
            seen.to_verify(post),
            "件督导文书回复待核实",
            f"{lists}?{urlencode({'mine': 'issued', 'state': 'replied'})}",
        ),
        (
            seen.to_deliver(post),
            "件督导文书待送达",
            f"{lists}?{urlencode({'mine': 'issued', 'state': 'waiting'})}",
        ),
    )
    begun = _begun(post, today).order_by("starts_on", "pk")
    *lists_of_uids, late, uids_begun, ends = ask(
        *(column(rows.order_by("pk").values("uid")) for rows, _words, _url in parts),
        number(seen.to_answer(post).overdue(today)),
        column(begun.values("uid")),
        column(begun.values("ends_on")),
    )
    found = []
    for place, (uids, (_rows, words, url)) in enumerate(zip(lists_of_uids, parts, strict=True)):
        if not uids:
            continue
        if len(uids) == 1:
            url = reverse("supervision:notice", args=[uids[0]])
        found.append(Waiting(len(uids), words, url, 0 if place else late))
    return found + _to_write(uids_begun, sum(day < today for day in ends))


def _begun(post: Appointment, today: date) -> QuerySet[Inspection]:
    """The post's inspections that have begun and are not finished."""
    own = {"organization": post.organization_id, "by__role": post.role, "state": InspectionState.PLANNED}
    return Inspection.objects.visible_to(post).filter(**own, starts_on__lte=today)


def _to_write(begun: list[UUID], late: int) -> list[Waiting]:
    """Inspections to log and to finish: late once their days are over."""
    if not begun:
        return []
    url = f"{reverse('supervision:inspections')}?{urlencode({'state': InspectionState.PLANNED})}"
    if len(begun) == 1:
        url = reverse("supervision:inspection", args=begun)
    return [Waiting(len(begun), "次督导待登记和完成", url, late)]
