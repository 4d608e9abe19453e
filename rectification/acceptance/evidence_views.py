"""The files that prove one acceptance item."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import Invalid
from accounts.policy import policy
from accounts.submission import carry_out, status_of
from rectification.acceptance import evidence_actions as actions
from rectification.acceptance.actions import tally_refusal
from rectification.acceptance.forms import EvidenceForm
from rectification.acceptance.sides import SCORERS
from rectification.acceptance.step_views import opened
from rectification.evidence.models import Attachment


@policy(SCORERS, scope="acceptance")
@require_http_methods(["GET", "POST"])
def evidence(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    """What is hung on the item, and the form that hangs more on it or takes one off."""
    acceptance, _given = opened(request, uid)
    row = acceptance.scores.select_related("item").filter(item__order=number).first()
    if row is None:
        raise Http404
    standing = list(row.attachments.filter(withdrawn_at=None))
    others = Attachment.objects.visible_to(request.post).filter(case=acceptance.case, withdrawn_at=None)
    others = others.exclude(pk__in=[one.pk for one in standing])[:50]
    form = EvidenceForm(request.POST or None, request.FILES or None, others=others)
    if request.method == "POST" and _done(request, form, acceptance.pk, number) is not None:
        messages.success(request, f"“{row.item}”的证明材料已更新。")
        return redirect("acceptance:evidence", uid=acceptance.uid, number=number)
    context = {
        "acceptance": acceptance,
        "case": acceptance.case,
        "row": row,
        "files": standing,
        "form": form,
        "refused": tally_refusal(acceptance, request.post),
    }
    return render(request, "rectification/acceptance/evidence.html", context, status=status_of(form))


def _done(request: HttpRequest, form: EvidenceForm, key: int, number: int) -> object:
    given = {"acceptance_id": key, "number": number, "by": request.post, "at": timezone.now()}
    if away := request.POST.get("away"):
        return carry_out(form, lambda: actions.detach(uid=_uuid(away), **given))
    words = ("note", "kept")
    return carry_out(
        form,
        lambda: actions.attach(
            upload=form.cleaned_data["file"],
            **{name: form.cleaned_data[name] for name in words if name in form.cleaned_data},
            **given,
        ),
    )


def _uuid(text: str) -> str:
    """An identifier as the page sends it."""
    from uuid import UUID

    try:
        return str(UUID(text))
    except ValueError as wrong:
        raise Invalid({"": ["这份附件不在这个项目下"]}) from wrong
