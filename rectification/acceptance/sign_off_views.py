"""销号审批: what was signed, as it was sent, and the step it stands at."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, opened_version, status_of
from rectification.acceptance import sign_off
from rectification.acceptance.models import Acceptance, AcceptanceState
from rectification.filings.forms import DecisionForm
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review
from rectification.schemes.models import Process


@policy(OFFICERS, scope="review")
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Read it, pass it or send it back; then the next one that waits."""
    rows = Review.objects.visible_to(request.post).filter(process=Process.SIGN_OFF)
    related = ("case__organization", "case__county", "organization", "at_unit", "submitted_by__user")
    review = get_object_or_404(rows.select_related(*related), uid=uid)
    refused = reviews.decision_refusal(review, request.post)
    form = DecisionForm(request.POST or None, mode=review.mode)
    if request.method == "POST":
        done = _carried(request, review, form)
        if done is not None:
            messages.success(request, _said(done, review, request.POST.get("do") == "return"))
            other = rows.waiting_for(request.post).first()
            if other:
                return redirect("acceptance:sign_off", uid=other.uid)
            return redirect("acceptance:case", uid=review.case.uid)
    elif refused is None:
        reviews.mark_read(review=review, by=request.post, at=timezone.now())
    context = {
        "review": review,
        "case": review.case,
        "parts": [(heading, text.splitlines()) for heading, text in review.content.items()],
        "changed": reviews.changed_fields(review),
        "remarks": list(review.remarks.select_related("by__user").order_by("-at")),
        "steps": list(review.steps.select_related("unit", "by__user")),
        "form": form,
        "refused": refused,
        "opened": reviews.opened_as(review),
    }
    return render(request, "rectification/acceptance/sign_off.html", context, status=status_of(form))


def _carried(request: HttpRequest, review: Review, form: DecisionForm) -> Acceptance | None:
    given: dict[str, Any] = {
        "review_id": review.pk,
        "by": request.post,
        "at": timezone.now(),
        "opened": opened_version(request),
    }
    if request.POST.get("do") == "return":
        return carry_out(form, lambda: sign_off.return_(**given, opinion=form.cleaned_data["opinion"]))
    return carry_out(form, lambda: sign_off.pass_(**given, **form.cleaned_data))


def _said(done: Acceptance, review: Review, returned: bool) -> str:
    name = review.case.organization.short_name
    if returned:
        return f"{name}销号审批已退回，下一步由{review.organization.office}更正后重新签署。"
    if done.state == AcceptanceState.SIGNED:
        return f"{name}已批准销号，转入跟踪管理。"
    review.refresh_from_db()
    return f"本环节已通过，下一步由{review.at_unit.office}办理。"
