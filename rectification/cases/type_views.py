"""The page where a case's 统计主要类型 is chosen."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, opened_version, status_of
from rectification.cases.forms import NationalTypeForm
from rectification.cases.models import Case
from rectification.cases.type_actions import choose_type, type_refusal


@policy(OFFICERS, scope="case")
@require_http_methods(["GET", "POST"])
def national_type(request: HttpRequest, uid: str) -> HttpResponse:
    """Choose which of the national ten the case counts under."""
    rows = Case.objects.visible_to(request.post).select_related(
        "organization", "county", "township", "scheme", "primary"
    )
    case = get_object_or_404(rows, uid=uid)
    form = NationalTypeForm(request.POST or None, case=case)
    if request.method == "POST":
        done = carry_out(
            form,
            lambda: choose_type(
                case_id=case.pk,
                version=opened_version(request),
                by=request.post,
                at=timezone.now(),
                **form.cleaned_data,
            ),
        )
        if done:
            messages.success(request, f"{case}的统计主要类型已选定，计入党内统计表。")
            return redirect("reports:ledger", "party_statistics")
    context = {"case": case, "form": form, "refusal": type_refusal(case, request.post)}
    return render(request, "rectification/cases/national_type.html", context, status=status_of(form))
