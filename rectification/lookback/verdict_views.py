"""Recording the conclusion of a lookback, and putting it right while nothing rests on it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.policy import policy
from accounts.submission import carry_out, opened_version
from rectification.lookback import verdict
from rectification.lookback.forms import CorrectionForm, VerdictForm
from rectification.lookback.views import OPENERS, lookback_of, page_of

NEXT = {
    "closed": "该对象已销号，转入跟踪管理。",
    "carried": "该党组织纳入本年整顿任务；摸排已经开展的，请在摸排页更新摸排对象，名单上不受名次限制。",
}


@policy(OPENERS, scope="lookback")
@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Record the conclusion; the case closes into tracking, or goes into this year's list."""
    lookback = lookback_of(request, uid)
    form = VerdictForm(request.POST)
    given = {"lookback_id": lookback.pk, "version": opened_version(request)}
    given |= {"by": request.post, "at": timezone.now()}
    if carry_out(form, lambda: verdict.decide(**given, **form.cleaned_data)) is None:
        return page_of(request, lookback, 422, verdict=form)
    messages.success(request, f"{lookback}已作出结论，{NEXT[form.cleaned_data['outcome']]}")
    return redirect(lookback)


@policy(OPENERS, scope="lookback")
@require_POST
def correct(request: HttpRequest, uid: str) -> HttpResponse:
    """Put a conclusion right, with the reason."""
    lookback = lookback_of(request, uid)
    form = CorrectionForm(request.POST)
    given = {"lookback_id": lookback.pk, "version": opened_version(request)}
    given |= {"by": request.post, "at": timezone.now()}
    if carry_out(form, lambda: verdict.correct(**given, **form.cleaned_data)) is None:
        return page_of(request, lookback, 422, correction=form)
    messages.success(
        request,
        f"{lookback}结论已更正，{NEXT[form.cleaned_data['outcome']]}回头看情况表已经报送的，请重新报送。",
    )
    return redirect(lookback)
