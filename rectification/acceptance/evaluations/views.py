"""年底考核: the year's list, one person's page, the form to assess with, from one person to the next."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.changes import changes_of
from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, opened_version, status_of
from accounts.tables import render as table
from accounts.together import ask, number
from accounts.year import working_year
from rectification.acceptance.evaluations import actions, facts, listing, rules, served
from rectification.acceptance.evaluations.forms import LOCAL, EvaluationFilterForm, EvaluationForm
from rectification.acceptance.evaluations.models import EvaluationState, PersonEvaluation
from rectification.schemes.models import Scheme

PAGE = 50
ROOM = "rectification/acceptance/evaluations"


@policy(OFFICERS, scope="none")
@require_GET
def evaluations(request: HttpRequest) -> HttpResponse:
    """Who is assessed this year, how far it is, who served and is not on the list yet."""
    post, year = request.post, working_year(request)
    scheme = Scheme.objects.visible_to(post).governing(post.organization, year)
    refused = served.list_refusal(post, scheme)
    every = PersonEvaluation.objects.visible_to(post).filter(scheme__year=year)
    form = EvaluationFilterForm(request.GET)
    rows = listing.in_order(listing.near(form.apply(every)))
    own = every.filter(organization=post.organization)
    waiting = own.filter(state=EvaluationState.DRAFT)
    count, listed, left = ask(number(rows), number(own), number(waiting))
    paginator = Paginator(rows, PAGE)
    paginator.count = count
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "year": year,
        "refused": refused,
        "form": form,
        "page": page,
        "table": table(listing.COLUMNS, page.object_list, caption="年底考核"),
        "count": count,
        "own": listed,
        "waiting": left,
        "new": 0 if refused else len(actions.missing(post, year, timezone.localdate())),
        "first": listing.in_order(waiting).first() if left else None,
    }
    return render(request, f"{ROOM}/list.html", context)


@policy(OFFICERS, scope="none")
@require_POST
def evaluations_open(request: HttpRequest) -> HttpResponse:
    """Make the year's list, or add who came since."""
    try:
        new = actions.open_list(year=working_year(request), by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, f"没有生成名单：{refused}")
        return redirect("acceptance:evaluations")
    said = f"已列入{new}人，下一步请逐人填写考核意见" if new else "没有需要补充的人员"
    messages.success(request, f"{said}。")
    return redirect("acceptance:evaluations")


def _row(request: HttpRequest, uid: str) -> PersonEvaluation:
    near = (
        "organization",
        "scheme",
        "member",
        "contact",
        "case__organization",
        "by__user",
        "by__organization",
    )
    return get_object_or_404(PersonEvaluation.objects.visible_to(request.post).select_related(*near), uid=uid)


def _shown(row: PersonEvaluation) -> dict[str, Any]:
    """What both pages show of a person."""
    said = facts.facts_of([row], timezone.localdate())[row.pk]
    return {
        "row": row,
        "kind_words": listing.kind_words(row),
        "parts": rules.parts_of(rules.lines_of(said)),
        "as_of": said.get("as_of", ""),
        "done": row.state == EvaluationState.DONE,
        "local_label": LOCAL.get(row.kind, ""),
    }


def _neighbours(request: HttpRequest, row: PersonEvaluation) -> dict[str, Any]:
    """The one before, the one after and how many, among those of the same assessing unit."""
    rows = PersonEvaluation.objects.visible_to(request.post).filter(
        organization=row.organization_id, scheme__year=row.scheme.year
    )
    order = list(listing.in_order(rows).values_list("uid", "name"))
    place = next((number for number, (uid, _name) in enumerate(order) if uid == row.uid), 0)
    return {
        "before": order[place - 1] if place else None,
        "after": order[place + 1] if place + 1 < len(order) else None,
        "place": place + 1,
        "total": len(order),
    }


@policy(OFFICERS, scope="evaluation")
@require_GET
def evaluation(request: HttpRequest, uid: str) -> HttpResponse:
    """One person: what the file says, what the assessor says."""
    row = _row(request, uid)
    context = _shown(row) | _neighbours(request, row)
    context |= {
        "refused": served.assess_refusal(row, request.post),
        "rows": changes_of(
            row, skip=("scheme", "organization", "contact", "member", "case", "facts", "by", "kind")
        ),
    }
    return render(request, f"{ROOM}/person.html", context)


@policy(OFFICERS, scope="evaluation")
@require_http_methods(["GET", "POST"])
def evaluation_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Assess, keep for later, or put right what was done."""
    row = _row(request, uid)
    form = EvaluationForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST":
        kept = carry_out(form, lambda: _keep(request, row, form))
        if kept is not None:
            return _saved(request, row.state, kept)
    context = _shown(row) | _neighbours(request, row)
    context |= {
        "form": form,
        "version": opened_version(request) or row.version,
        "stale": getattr(form, "stale", None),
        "refused": served.assess_refusal(row, request.post),
    }
    return render(request, f"{ROOM}/edit.html", context, status=status_of(form))


def _keep(request: HttpRequest, row: PersonEvaluation, form: EvaluationForm) -> PersonEvaluation:
    given = {"evaluation_id": row.pk, "version": opened_version(request), "typed": form.typed()}
    given |= {"by": request.post, "at": timezone.now()}
    if row.state == EvaluationState.DONE:
        said = form.cleaned_data
        return actions.correct(reason=said["reason"], redraw=said["redraw"], **given)
    return actions.keep(done=request.POST.get("go") == "done", **given)


def _saved(request: HttpRequest, before: str, kept: PersonEvaluation) -> HttpResponse:
    """To the next person who is still to be assessed."""
    if before == EvaluationState.DONE:
        messages.success(request, f"已更正{kept.name}的考核，原内容留在修改记录里。")
        return redirect(kept)
    if kept.state == EvaluationState.DRAFT:
        messages.success(request, f"已暂存{kept.name}的考核，还没有完成。")
        return redirect("acceptance:evaluation_edit", kept.uid)
    left = PersonEvaluation.objects.visible_to(request.post).filter(
        organization=kept.organization_id, scheme__year=kept.scheme.year, state=EvaluationState.DRAFT
    )
    following = listing.in_order(left).first()
    if following is None:
        messages.success(request, f"已完成{kept.name}的考核，本单位全部考核完毕，可以打印考核表。")
        return redirect("acceptance:evaluations")
    messages.success(request, f"已完成{kept.name}的考核，还有{left.count()}人，下一个是{following.name}。")
    return redirect("acceptance:evaluation_edit", following.uid)
