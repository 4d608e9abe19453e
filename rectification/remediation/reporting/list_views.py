"""进展报告: what one's own unit owes and has sent; below it, who has reported what, and a reminder to the rest."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS, Role
from rectification.remediation.reporting import asked, listing, reminding
from rectification.remediation.reporting.models import ReportRhythm
from rectification.remediation.reporting.periods import RHYTHMS, before, period_at, period_words
from rectification.schemes.terms import Rhythm


@policy(OFFICERS, scope="none")
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """The list of reports, as this post needs it."""
    post, today = request.post, timezone.localdate()
    year = request.session.get("year", today.year)
    duties, sent = listing.duties_below(post, year), listing.reports_below(post, year)
    rhythms = [one for one in RHYTHMS if any(asked.rhythm_of(duty) == one for duty in _below(duties, post))]
    rhythm = request.GET.get("rhythm", "")
    rhythm = rhythm if rhythm in rhythms else (rhythms[0] if rhythms else "")
    waiting = listing.waiting(post)
    context = {
        "year": year,
        "own": listing.own_periods(post, duties, sent, today),
        "matrix": listing.matrix(post, duties, sent, rhythm, today) if rhythm else None,
        "rhythm": rhythm,
        "rhythms": [(one, ReportRhythm(one).label) for one in rhythms],
        "extra": _extra(post, duties, sent, today, rhythm) if year == today.year else [],
        "waiting": waiting,
        "missing": len(reminding.missing(post, year, today)),
        "wide": post.role != Role.TOWNSHIP_OFFICER,
    }
    return render(request, "rectification/remediation/reporting/list.html", context)


def _below(duties: list[Any], post: Any) -> list[Any]:
    return [duty for duty in duties if duty.organization_id != post.organization_id]


def _extra(post: Any, duties: list[Any], sent: list[Any], today: Any, rhythm: str) -> list[tuple[str, str]]:
    """Reports one may write though no rule asks for them: this period's and the last one's, where there is none."""
    if post.role == Role.CITY_REVIEWER:
        return []
    every = rhythm or Rhythm.MONTHLY
    own = {(one.rhythm, one.period_to_on) for one in sent if one.organization_id == post.organization_id}
    own |= {
        (asked.rhythm_of(duty), duty.period_to_on)
        for duty in duties
        if duty.organization_id == post.organization_id
    }
    now = period_at(every, today)
    word = "汇总" if post.role == Role.COUNTY_OFFICER else "报告"
    found = []
    for period in (now, before(every, now.first)):
        if (every, period.last) not in own and period.last.year == today.year:
            url = f"{reverse('remediation:report_new')}?rhythm={every}&on={period.first}"
            found.append((f"起草{period_words(every, period.last)}{word}", url))
    return found


@policy(OFFICERS, scope="none")
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """提醒未报."""
    year = request.session.get("year", timezone.localdate().year)
    try:
        told, vacant = reminding.remind(year=year, by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if told:
            messages.success(request, f"已提醒{'、'.join(told)}，下一步由这些单位报送；当天不再重复提醒。")
        if vacant:
            messages.warning(request, f"{'、'.join(vacant)}没有在岗的经办人，没有提醒到。")
    return redirect("remediation:reports")
