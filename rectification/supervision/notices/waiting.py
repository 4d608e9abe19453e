"""What waits for a post in papers of supervision: for the room's first page and for the workbench."""

from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.urls import reverse

from organizations.models import Appointment
from rectification.supervision.inspections.models import Inspection, InspectionState
from rectification.supervision.notices.models import Notice


class Waiting(NamedTuple):
    """One kind of work: how many, what, where, and whether some of it is late."""

    count: int
    words: str
    url: str
    late: int = 0


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
    asked = [ArraySubquery(rows.order_by("pk").values("uid")) for rows, _words, _url in parts]
    lists_of_uids = Appointment.objects.values_list(*asked).get(pk=post.pk)  # one question for all four
    found = []
    for number, (uids, (rows, words, url)) in enumerate(zip(lists_of_uids, parts, strict=True)):
        if not uids:
            continue
        late = rows.overdue(today).count() if number == 0 else 0
        if len(uids) == 1:
            url = reverse("supervision:notice", args=[uids[0]])
        found.append(Waiting(len(uids), words, url, late))
    return found + _to_write(post, today)


def _to_write(post: Appointment, today: date) -> list[Waiting]:
    """Inspections that have begun and are not finished: late once their days are over."""
    rows = Inspection.objects.visible_to(post).filter(
        organization=post.organization_id, by__role=post.role, state=InspectionState.PLANNED
    )
    begun = list(rows.filter(starts_on__lte=today).order_by("starts_on"))
    if not begun:
        return []
    url = f"{reverse('supervision:inspections')}?{urlencode({'state': InspectionState.PLANNED})}"
    if len(begun) == 1:
        url = begun[0].get_absolute_url()
    return [Waiting(len(begun), "次督导待登记和完成", url, sum(one.ends_on < today for one in begun))]
