"""Pages of changes of the list in the middle of the year: what was changed, adding a case, withdrawing one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out
from organizations.models import Organization
from organizations.outline import places
from rectification.cases.models import Case
from rectification.survey import changes, holders
from rectification.survey.change_forms import AdditionForm, WithdrawalForm
from rectification.survey.change_models import CaseChange
from rectification.survey.models import Survey
from rectification.survey.views import held

SHOWN = 12


@policy(OFFICERS, scope="survey")
@require_GET
def changes_page(request: HttpRequest, uid) -> HttpResponse:
    """What was added and withdrawn, newest first."""
    survey = held(request, uid)
    rows = CaseChange.objects.visible_to(request.post).filter(survey=survey)
    context = {
        "survey": survey,
        "rows": rows.select_related("case__organization", "case__township", "by__user", "scan"),
        "refusal": changes.holder_refusal(survey, request.post),
    }
    return render(request, "rectification/survey/changes.html", context)


@policy(holders.HOLDERS, scope="survey")
@require_http_methods(["GET", "POST"])
def add_case(request: HttpRequest, uid) -> HttpResponse:
    """年中增列: first the organization is looked up (?q=), then chosen (?organization=), then decided on."""
    survey = held(request, uid)
    wanted = request.GET.get("organization", "")
    below = Organization.objects.visible_to(request.post).under(survey.organization).grassroots()
    unit = below.filter(pk__in=below.of_uids([wanted])).first() if wanted else None
    refusal = changes.holder_refusal(survey, request.post)
    criteria = list(survey.scheme.criteria.all())
    form = AdditionForm(request.POST or None, request.FILES or None, criteria=criteria)
    if request.method == "POST" and unit is not None:
        made = carry_out(form, lambda: _add(request, survey, unit, form))
        if made is not None:
            who = made.case.township or made.case.county
            messages.success(request, f"已增列“{unit}”为整顿对象，下一步由{who.organ}制定整顿方案。")
            return redirect(made.case)
    words = request.GET.get("q", "").strip()
    found = list(below.active().matching(words)[: SHOWN + 1]) if words and unit is None else []
    where = places(found)
    context = {
        "survey": survey,
        "unit": unit,
        "form": form,
        "refusal": refusal,
        "words": words,
        "found": [{"unit": one, "where": where[one.path]} for one in found[:SHOWN]],
        "more": len(found) > SHOWN,
    }
    status = 422 if request.method == "POST" and (form.errors or unit is None) else 200
    return render(request, "rectification/survey/change_add.html", context, status=status)


def _add(request: HttpRequest, survey: Survey, unit: Organization, form: AdditionForm) -> CaseChange:
    data = form.cleaned_data
    return changes.add_case(
        survey_id=survey.pk,
        organization_id=unit.pk,
        criteria=[int(order) for order in data["criteria"]],
        primary_id=int(data["primary"]),
        national_type=data["national"],
        reason=data["reason"],
        decision=form.decision,
        upload=data["upload"],
        by=request.post,
        at=timezone.now(),
    )


@policy(holders.HOLDERS, scope="case")
@require_http_methods(["GET", "POST"])
def withdraw_case(request: HttpRequest, uid) -> HttpResponse:
    """退出整顿 of one case, with what it will end."""
    rows = Case.objects.visible_to(request.post)
    case = get_object_or_404(rows.select_related("organization", "township", "county", "scheme"), uid=uid)
    form = WithdrawalForm(
        request.POST or None,
        request.FILES or None,
        initial={"merged": case.organization.closed_on is not None},
    )
    if request.method == "POST":
        made = carry_out(form, lambda: _withdraw(request, case, form))
        if made is not None:
            messages.success(request, f"“{case.organization}”已退出整顿，其时限任务已取消，帮扶人员已解除。")
            return redirect(case)
    survey = changes.survey_of(case)
    remaining, quota = changes.quota_left(survey, case) if survey else (0, None)
    today = timezone.localdate()
    context = {
        "case": case,
        "survey": survey,
        "form": form,
        "refusal": changes.withdrawing_refusal(case, request.post),
        "remaining": remaining,
        "quota": quota,
        "duties": case.duties.open().count(),
        "members": case.members.current(today).count(),
    }
    return render(
        request, "rectification/survey/change_withdraw.html", context, status=422 if form.errors else 200
    )


def _withdraw(request: HttpRequest, case: Case, form: WithdrawalForm) -> CaseChange:
    data = form.cleaned_data
    return changes.withdraw_case(
        case_id=case.pk,
        reason=data["reason"],
        merged=data["merged"],
        consent=data["consent"],
        decision=form.decision,
        upload=data["upload"],
        by=request.post,
        at=timezone.now(),
    )
