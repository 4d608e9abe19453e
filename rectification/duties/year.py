"""A scheme's year begins: putting it in force with what every unit then owes; its duty dates amended later."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import OFFICERS
from rectification.duties import actions, redating
from rectification.schemes import actions as schemes
from rectification.schemes import previews
from rectification.schemes.editing import issued_by, part_page
from rectification.schemes.models import Scheme, SchemeState
from rectification.schemes.parts import PARTS


@policy(OFFICERS, scope="scheme")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, uid: str) -> HttpResponse:
    """付诸执行: says exactly what will happen, then does it."""
    scheme = issued_by(request, uid)
    refused: list[str] = []
    if request.method == "POST":
        given = request.POST.get("_version", "")
        version = int(given) if given.isdecimal() else None
        try:
            actions.start_year(scheme_id=scheme.pk, version=version, by=request.post, at=timezone.now())
        except Invalid as invalid:
            refused = [text for texts in invalid.errors.values() for text in texts]
        except Refused as error:
            refused = [str(error)]
        else:
            made = scheme.duties.count()
            messages.success(
                request,
                f"《{scheme.title}》已执行，产生 {made} 项时限任务，由各单位按期办理，到期前自动提醒。",
            )
            return redirect(scheme)
    scheme.refresh_from_db()
    standing = Scheme.objects.visible_to(request.post).filter(
        issuer=scheme.issuer, year=scheme.year, state=SchemeState.IN_FORCE
    )
    context = _outlook(scheme, refused) | {"standing": standing.exclude(pk=scheme.pk).first()}
    return render(request, "rectification/duties/start.html", context, status=422 if refused else 200)


def _outlook(scheme: Scheme, refused: list[str]) -> dict[str, Any]:
    duties = previews.duty_previews(scheme, scheme.duty_rules.all())
    problems = schemes.problems(scheme)
    return {
        "scheme": scheme,
        "refused": refused,
        "errors": [problem for problem in problems if problem.is_error],
        "warnings": [problem for problem in problems if not problem.is_error],
        "at_once": [duty for duty in duties if duty.count],
        "later": [duty for duty in duties if duty.count is None],
        "past": [duty for duty in duties if duty.count and duty.rule.due_on < timezone.localdate()],
        "count": sum(duty.count or 0 for duty in duties),
        "draft": scheme.state == SchemeState.DRAFT,
        "starters": _starters(scheme),
    }


def _starters(scheme: Scheme) -> int:
    return len(scheme.starter_values) + sum(
        row.starter for part in PARTS.values() for row in part.rows(scheme)
    )


@policy(OFFICERS, scope="scheme")
@require_http_methods(["GET", "POST"])
def amend_rules(request: HttpRequest, uid: str) -> HttpResponse:
    """Amend the duty rules of a scheme in force, and date anew what is not yet due."""
    scheme = issued_by(request, uid)
    if scheme.state != SchemeState.IN_FORCE:
        return redirect("schemes:edit", uid=scheme.uid, part="duty_rules")

    def save(*, scheme: Scheme, part: Any, rows: list[dict], **given: Any) -> None:
        redating.amend_rules(scheme_id=scheme.pk, rows=rows, **given)

    return part_page(request, scheme, PARTS["duty_rules"], save=save)
