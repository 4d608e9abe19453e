"""历次呈报: every plan that was sent, each beside the one before."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import CASE_READERS
from rectification.cases.models import Case
from rectification.remediation import plan_versions


@policy(CASE_READERS, scope="case")
@require_GET
def versions(request: HttpRequest, uid: str) -> HttpResponse:
    """The versions of a plan; ?n= is the one read here, without it the newest."""
    case = get_object_or_404(Case.objects.visible_to(request.post).select_related("organization"), uid=uid)
    found = plan_versions.versions_of(case, request.post)
    asked = request.GET.get("n", "")
    number = int(asked) if asked.isdecimal() and 1 <= int(asked[:4]) <= len(found) else len(found)
    context = {
        "case": case,
        "versions": found[::-1],
        "shown": found[number - 1] if found else None,
        "comparison": plan_versions.read_beside(found, number) if found else None,
    }
    return render(request, "rectification/remediation/plan_versions.html", context)
