"""The pages of 满意度测评 for those who hold the meeting."""

import json
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.roles import CASE_READERS
from accounts.submission import carry_out, opened_version, status_of
from rectification.acceptance import actions as acceptances
from rectification.acceptance.ballots import actions
from rectification.acceptance.ballots.forms import TallyForm
from rectification.acceptance.ballots.showing import Board, board, changes
from rectification.acceptance.models import Acceptance, TallyGroup
from rectification.acceptance.sides import accepting


def opened(request: HttpRequest, uid: str) -> Acceptance:
    """The acceptance in the address."""
    rows = Acceptance.objects.visible_to(request.post).select_related(
        "case__scheme", "case__organization", "case__county", "case__township"
    )
    return get_object_or_404(rows, uid=uid)


@policy(CASE_READERS, scope="acceptance")
@require_http_methods(["GET", "POST"])
def tally(request: HttpRequest, uid: str, group: str) -> HttpResponse:
    """One group's meeting: entered and corrected by who accepts, read by who reads the case."""
    acceptance = opened(request, uid)
    shown = board(acceptance, group)
    questions = actions.questions_of(acceptance, group)
    form = TallyForm(request.POST or None, group=group, questions=questions, poll=shown.poll is not None)
    form.initial = form.standing(shown.tally)
    if request.method == "POST":
        given = {"by": request.post, "at": timezone.now(), "version": opened_version(request)}
        saved = carry_out(
            form,
            lambda: actions.save_tally(
                acceptance_id=acceptance.pk,
                tally=form.tally(),
                handed_out=form.cleaned_data.get("handed_out"),
                **given,
            ),
        )
        if saved is not None:
            messages.success(request, f"{shown.label}测评已登记，{_next(acceptance)}。")
            return redirect("acceptance:tally", uid=acceptance.uid, group=group)
    return _page(request, acceptance, shown, form)


def _page(request: HttpRequest, acceptance: Acceptance, shown: Board, form: TallyForm) -> HttpResponse:
    """The form as it stands, beside what is in force and how it came about."""
    version = actions.version_of(shown.tally)
    stale = SimpleNamespace(version=version, **form.standing(shown.tally)) if hasattr(form, "stale") else None
    context: dict[str, Any] = {
        "acceptance": acceptance,
        "case": acceptance.case,
        "label": shown.label,
        "board": shown,
        "form": form,
        "version": version,
        "stale": stale,
        "refusal": acceptances.tally_refusal(acceptance, request.post),
        "satisfied": json.dumps(shown.satisfied, ensure_ascii=False),
        "changes": changes(shown.tally),
        "others": [(value, name) for value, name in TallyGroup.choices if value != shown.group],
    }
    return render(request, "rectification/acceptance/ballots/tally.html", context, status=status_of(form))


def _next(acceptance: Acceptance) -> str:
    """Who goes on."""
    held = set(acceptance.tallies.values_list("group", flat=True))
    left = [group.label for group in TallyGroup if group.value not in held]
    if left:
        return f"还要登记{'、'.join(left)}测评"
    return f"下一步由{accepting(acceptance.case).unit.office}考核验收、签署结果"
