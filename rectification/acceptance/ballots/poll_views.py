"""The page on which a poll is arranged, its slips are asked for, and it is closed."""

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.submission import carry_out, opened_version, status_of
from rectification.acceptance import actions as acceptances
from rectification.acceptance.ballots import poll_actions
from rectification.acceptance.ballots.forms import PollForm
from rectification.acceptance.ballots.showing import Board, board
from rectification.acceptance.ballots.views import opened
from rectification.acceptance.models import Acceptance, TallyGroup
from rectification.acceptance.sides import SCORERS


@policy(SCORERS, scope="acceptance")
@require_http_methods(["GET", "POST"])
def poll(request: HttpRequest, uid: str, group: str) -> HttpResponse:
    """Arrange a poll of one group, or change its times while it is open."""
    acceptance = opened(request, uid)
    shown = board(acceptance, group)
    form = PollForm(request.POST or None, initial=_initial(shown))
    if request.method == "POST":
        given = {"by": request.post, "at": timezone.now(), "version": opened_version(request) or 0}
        made = carry_out(
            form,
            lambda: poll_actions.arrange(acceptance_id=acceptance.pk, group=group, **form.asked(), **given),
        )
        if made is not None:
            messages.success(request, f"{shown.label}扫码测评已安排，下一步打印测评码，会上每人发一张。")
            return redirect("acceptance:poll", uid=acceptance.uid, group=group)
    return _page(request, acceptance, shown, form)


def _initial(shown: Board) -> dict[str, Any]:
    if shown.poll and not shown.poll.closed_at:
        return PollForm.standing(shown.poll)
    today = timezone.localdate()
    slips = shown.tally.entitled if shown.tally else None
    return {"opens_on": today, "closes_on": today, "slips": slips}


def _page(request: HttpRequest, acceptance: Acceptance, shown: Board, form: PollForm) -> HttpResponse:
    standing, now = shown.poll, timezone.now()
    stale = None
    if hasattr(form, "stale") and standing:
        stale = SimpleNamespace(version=standing.version, **PollForm.standing(standing))
    context = {
        "acceptance": acceptance,
        "case": acceptance.case,
        "board": shown,
        "poll": standing,
        "open": standing is not None and standing.closed_at is None,
        "over": standing is not None and standing.closed_at is None and standing.closes_at <= now,
        "begun": standing is not None and standing.opens_at <= now,
        "standing": poll_actions.standing(standing) if standing else None,
        "refusal": acceptances.tally_refusal(acceptance, request.post),
        "form": form,
        "stale": stale,
        "address": settings.SITE_URL.rstrip("/") + reverse("ceping"),
        "others": [(value, name) for value, name in TallyGroup.choices if value != shown.group],
    }
    return render(request, "rectification/acceptance/ballots/poll.html", context, status=status_of(form))


@policy(SCORERS, scope="acceptance")
@require_POST
def poll_close(request: HttpRequest, uid: str, group: str) -> HttpResponse:
    """Close a poll before its time."""
    acceptance = opened(request, uid)
    standing = acceptance.polls.filter(group=group).first()
    if standing is None:
        messages.error(request, "还没有开展扫码测评。")
        return redirect("acceptance:poll", uid=acceptance.uid, group=group)
    try:
        closed = poll_actions.close(
            poll_id=standing.pk, by=request.post, at=timezone.now(), version=opened_version(request)
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("acceptance:poll", uid=acceptance.uid, group=group)
    if closed.told:
        messages.success(request, "扫码测评已结束，下一步登记或核对会议人数、纸质票和发出的测评码数。")
        return redirect("acceptance:tally", uid=acceptance.uid, group=group)
    messages.warning(request, "扫码测评已结束，答卷太少，结果没有显示，也没有计入。")
    return redirect("acceptance:poll", uid=acceptance.uid, group=group)
