"""The reply to a paper of supervision, on a phone too, and the issuer's word on it."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS, SUBTREE
from accounts.submission import carry_out, opened_version, status_of
from rectification.duties.models import Duty
from rectification.supervision.notices import actions
from rectification.supervision.notices.forms import ReplyForm, VerdictForm
from rectification.supervision.notices.models import Notice
from rectification.supervision.notices.views import found_notice, next_of


@policy(CASE_READERS, scope="duty")
@require_GET
def notice_of_duty(request: HttpRequest, uid: str) -> HttpResponse:
    """The paper whose reply a duty asks for; returned, it asks anew under another duty and is still the same paper."""
    duties = Duty.objects.visible_to(request.post).filter(key=actions.REPLY)
    duty = get_object_or_404(duties, uid=uid)
    papers = Notice.objects.visible_to(request.post).filter(Q(duty=duty) | Q(history_row__duty=duty))
    return redirect(get_object_or_404(papers.distinct()))


@policy(SUBTREE, scope="notice")
@require_http_methods(["GET", "POST"])
def notice_reply(request: HttpRequest, uid: str) -> HttpResponse:
    """Answer it in words, with files if there are any."""
    found = found_notice(request, uid)
    post = request.POST if request.method == "POST" else None
    form = ReplyForm(post, request.FILES or None)
    if post is not None:
        kept = carry_out(
            form,
            lambda: actions.reply(
                notice_id=found.pk,
                version=opened_version(request),
                text=form.cleaned_data["text"],
                uploads=request.FILES.getlist("file"),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(request, f"已回复{kept.name}，下一步由{kept.issuer.office}核实。")
            return redirect(kept)
    context = {
        "notice": found,
        "next": next_of(found),
        "form": form,
        "refused": actions.reply_refusal(found, request.post),
        "stale": getattr(form, "stale", None),
    }
    template = "rectification/supervision/notices/notice_reply.html"
    return render(request, template, context, status=status_of(form))


@policy(OFFICERS, scope="notice")
@require_http_methods(["GET", "POST"])
def notice_verify(request: HttpRequest, uid: str) -> HttpResponse:
    """Verify the reply, or return it with its reason and a new day."""
    found = found_notice(request, uid)
    post = request.POST if request.method == "POST" else None
    form = VerdictForm(post)
    given = {
        "notice_id": found.pk,
        "version": opened_version(request),
        "by": request.post,
        "at": timezone.now(),
    }

    def act():
        said = form.cleaned_data
        if "return" in request.POST:
            return actions.give_back(**given, reason=said["verdict"], due_on=said["due_on"])
        return actions.verify(**given, verdict=said["verdict"])

    if post is not None and (kept := carry_out(form, act)) is not None:
        done = "退回" if kept.state == "returned" else "核实"
        messages.success(request, f"已{done}{kept.name}的回复。{next_of(kept)}")
        return redirect(kept)
    context = {
        "notice": found,
        "form": form,
        "files": list(found.attachments.filter(withdrawn_at__isnull=True)),
        "refused": actions.verify_refusal(found, request.post),
        "stale": getattr(form, "stale", None),
    }
    template = "rectification/supervision/notices/notice_verify.html"
    return render(request, template, context, status=status_of(form))
