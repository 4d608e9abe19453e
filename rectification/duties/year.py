"""A scheme's year begins: putting it in force with what every unit then owes; its duty dates amended later."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import opened_version
from rectification.duties import actions, making, redating
from rectification.duties.models import Duty
from rectification.schemes import actions as schemes
from rectification.schemes import previews
from rectification.schemes.duty_models import DutyRule, DutySubject
from rectification.schemes.editing import issued_by, part_page
from rectification.schemes.models import Scheme, SchemeState
from rectification.schemes.parts import PARTS, read_all


@policy(OFFICERS, scope="scheme")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, uid: str) -> HttpResponse:
    """付诸执行: says exactly what will happen, then does it."""
    scheme = issued_by(request, uid)
    refused: list[str] = []
    if request.method == "POST":
        version = opened_version(request)
        try:
            actions.start_year(scheme_id=scheme.pk, version=version, by=request.post, at=timezone.now())
        except Invalid as invalid:
            refused = [text for texts in invalid.errors.values() for text in texts]
        except Refused as error:
            refused = [str(error)]
        else:
            made = scheme.duties.count()
            told = (
                f"产生 {made} 项时限任务，由各单位按期办理，到期前自动提醒"
                if made
                else "现在没有要办的时限任务，随整顿对象产生的在认定以后下达"
            )
            messages.success(request, f"《{scheme.title}》已执行，{told}。")
            return redirect(scheme)
        scheme.refresh_from_db()
    standing = Scheme.objects.visible_to(request.post).filter(
        issuer=scheme.issuer, year=scheme.year, state=SchemeState.IN_FORCE
    )
    context = _outlook(scheme, refused) | {"standing": standing.exclude(pk=scheme.pk).first()}
    return render(request, "rectification/duties/start.html", context, status=422 if refused else 200)


def _outlook(scheme: Scheme, refused: list[str]) -> dict[str, Any]:
    """What putting it in force does: the duties come from the function that makes them (`making.foretold`)."""
    today, parts = timezone.localdate(), read_all(scheme)
    problems = schemes.problems(scheme, parts)
    errors = [problem for problem in problems if problem.is_error]
    draft = scheme.state == SchemeState.DRAFT
    foretold = making.foretold(scheme, today) if draft and not errors else []
    at_once = [_of_rule(rule, duties, today) for rule, duties in foretold]
    rules = [rule for rule in parts["duty_rules"] if rule.subject != DutySubject.UNIT or rule.event]
    return {
        "scheme": scheme,
        "refused": refused,
        "errors": errors,
        "warnings": [problem for problem in problems if not problem.is_error],
        "at_once": [one for one in at_once if one["count"]],
        "none_yet": [one for one in at_once if not one["count"]],
        "later": previews.duty_previews(scheme, rules, parts["phases"]),
        "past": [one for one in at_once if one["past"]],
        "count": sum(one["count"] for one in at_once),
        "draft": draft,
        "starters": len(scheme.starter_values) + sum(row.starter for rows in parts.values() for row in rows),
    }


def _of_rule(rule: DutyRule, duties: list[Duty], today: date) -> dict[str, Any]:
    days = sorted({duty.due_on for duty in duties})
    units = len({duty.organization_id for duty in duties})
    return {
        "rule": rule,
        "owner": rule.get_owner_role_display(),
        "count": len(duties),
        "units": units,
        "days": days,
        "past": any(day < today for day in days),
    }


@policy(OFFICERS, scope="scheme")
@require_http_methods(["GET", "POST"])
def amend_phases(request: HttpRequest, uid: str) -> HttpResponse:
    """Amend the phases of a scheme in force; the rules limited to a phase are dated anew with it."""
    return _amend(request, uid, "phases")


@policy(OFFICERS, scope="scheme")
@require_http_methods(["GET", "POST"])
def amend_rules(request: HttpRequest, uid: str) -> HttpResponse:
    """Amend the duty rules of a scheme in force, and date anew what is not yet due."""
    return _amend(request, uid, "duty_rules")


def _amend(request: HttpRequest, uid: str, part: str) -> HttpResponse:
    scheme = issued_by(request, uid)
    if scheme.state != SchemeState.IN_FORCE:
        return redirect("schemes:edit", uid=scheme.uid, part=part)

    def save(*, scheme: Scheme, part: Any, rows: list[dict], **given: Any) -> None:
        redating.amend_rules(scheme_id=scheme.pk, rows=rows, part=part.key, **given)

    return part_page(request, scheme, PARTS[part], save=save)
