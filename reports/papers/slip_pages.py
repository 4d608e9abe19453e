"""The slips of a poll: asked for by a POST, answered with the file that alone holds the codes."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.tables import show
from rectification.acceptance.ballots import poll_actions
from rectification.acceptance.models import Acceptance
from rectification.acceptance.sides import SCORERS
from reports.papers.slips import Slips, blank, stamp


@policy(SCORERS, scope="acceptance")
@require_POST
def slips(request: HttpRequest, uid: str, group: str) -> HttpResponse:
    """New codes for every slip not used yet, as a PDF."""
    rows = Acceptance.objects.visible_to(request.post).select_related("case__organization")
    acceptance = get_object_or_404(rows, uid=uid)
    poll = acceptance.polls.filter(group=group).first()
    try:
        if poll is None:
            raise Refused("还没有开展扫码测评，先定时间和份数")
        what = Slips(
            village=acceptance.case.organization.short_name,
            group=poll.get_group_display(),
            address=settings.SITE_URL.rstrip("/") + reverse("ceping"),
            until=show(poll.closes_at),
        )
        number = poll_actions.unused(poll)
        pages = blank(what, number)  # before a row is locked: nobody who answers waits for it
        codes = poll_actions.print_codes(poll_id=poll.pk, number=number, by=request.post, at=timezone.now())
        content = stamp(pages, what, codes)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("acceptance:poll", uid=uid, group=group)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="slips.pdf"'
    response["Cache-Control"] = "no-store"
    return response
