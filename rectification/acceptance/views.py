"""The pages of acceptance: who is where, one case's sheet, and the steps on it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.policy import policy
from accounts.roles import CASE_READERS
from accounts.submission import carry_out, opened_version
from accounts.tables import Column
from accounts.tables import render as table
from accounts.year import working_year
from rectification.acceptance import actions
from rectification.acceptance.ballots.showing import boards
from rectification.acceptance.forms import AskForm, ReasonForm, ScoreSheet, SignForm
from rectification.acceptance.models import Acceptance, AcceptanceState
from rectification.cases.actions import step_refusal
from rectification.cases.models import Case, Outcome
from rectification.remediation.rules import open_problems
from rectification.workflow import Stage

SCORERS = actions.SCORERS
GROUPS = {
    "waiting": ("验收中", [Stage.ACCEPTANCE]),
    "remediation": ("集中整顿、巩固提升中", [Stage.REMEDIATION, Stage.CONSOLIDATION]),
    "closed": ("已销号", [Stage.TRACKING, Stage.CLOSED]),
    "carried": ("续整", [Stage.CARRIED]),
}
TONES = {"pass": "green", "basic": "yellow", "fail": "red"}
COLUMNS = [
    Column("organization", "村（社区）", kind="link", link=lambda case: page_of(case)),
    Column("county", "县市区"),
    Column("township", "乡镇（街道）"),
    Column("stage", "环节", "get_stage_display"),
    Column(
        "problems", "销号／问题", lambda case: f"{case.problems_closed}／{case.problems_total}", kind="text"
    ),
    Column("progress", "完成率", kind="percent"),
    Column(
        "outcome",
        "验收结果",
        lambda case: case.get_outcome_display() if case.outcome else "",
        "light",
        tone=lambda case: TONES.get(case.outcome, "grey"),
    ),
    Column("closed_on", "销号日期", kind="date"),
]


def page_of(case: Case) -> str:
    """A case's acceptance page."""
    from django.urls import reverse

    return reverse("acceptance:case", args=[case.uid])


@policy(CASE_READERS, scope="none")
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Cases of the year by where they stand, the ones under acceptance first."""
    year = working_year(request)
    mine = Case.objects.visible_to(request.post).of_year(year)
    group = request.GET.get("group") if request.GET.get("group") in GROUPS else "waiting"
    tabs = [
        {"key": key, "name": name, "count": mine.filter(stage__in=stages).count()}
        for key, (name, stages) in GROUPS.items()
    ]
    rows = mine.filter(stage__in=GROUPS[group][1]).select_related("organization", "county", "township")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {"tabs": tabs, "group": group, "page": page, "table": table(COLUMNS, page, caption="整顿对象")}
    return render(request, "rectification/acceptance/list.html", context)


@policy(CASE_READERS, scope="case")
@require_GET
def case(request: HttpRequest, uid: str) -> HttpResponse:
    """One case's acceptance: what is asked now, the sheet, the tallies, the result."""
    return _page(request, _case(request, uid))


def _case(request: HttpRequest, uid: str) -> Case:
    rows = Case.objects.visible_to(request.post).select_related(
        "organization", "scheme", "county", "township"
    )
    return get_object_or_404(rows, uid=uid)


def _page(request: HttpRequest, case: Case, status: int = 200, **bound: Any) -> HttpResponse:
    """The page with whatever form came back bound."""
    acceptance = case.acceptances.order_by("-number").first()
    context: dict[str, Any] = {
        "case": case,
        "acceptance": acceptance,
        "earlier": case.acceptances.filter(state=AcceptanceState.SIGNED)
        .order_by("number")
        .prefetch_related("scores__item", "tallies"),
        "left": open_problems(case.problems.all()),
        "ask_refusal": step_refusal(case, "enter_acceptance", request.post),
        "may_decide": step_refusal(case, "close", request.post) is None,
        "may_score": case.stage == Stage.ACCEPTANCE and actions.scoring_refusal(case, request.post) is None,
        "accepting": actions.accepting(case),
        "first": actions.first_side(case),
    }
    context["ask_form"] = AskForm(needs_reason=bool(context["left"]))
    if acceptance and acceptance.state == AcceptanceState.OPEN:
        context |= _sheet(request, acceptance)
    return render(request, "rectification/acceptance/case.html", context | bound, status=status)


def _sheet(request: HttpRequest, acceptance: Acceptance) -> dict[str, Any]:
    verdict = actions.suggested(acceptance)
    sign = (
        SignForm(initial={"outcome": verdict.outcome, "signed_on": timezone.localdate()}) if verdict else None
    )
    return {
        "sheet": _score_sheet(request, acceptance),
        "boards": boards(acceptance),
        "missing": actions.missing(acceptance),
        "verdict": verdict,
        "verdict_label": Outcome(verdict.outcome).label if verdict else "",
        "sign_form": sign,
        "back_form": ReasonForm(),
    }


def _score_sheet(request: HttpRequest, acceptance: Acceptance, data: Any = None) -> ScoreSheet:
    rows = list(acceptance.scores.select_related("item"))
    return ScoreSheet(data, rows=rows, last=actions.accepting(acceptance.case).is_(request.post))


@policy(SCORERS, scope="case")
@require_POST
def ask(request: HttpRequest, uid: str) -> HttpResponse:
    """提请验收."""
    case = _case(request, uid)
    form = AskForm(request.POST, needs_reason=bool(open_problems(case.problems.all())))
    asked = carry_out(form, lambda: actions.ask(case_id=case.pk, **_now(request), **form.cleaned_data))
    if asked is None:
        return _page(request, case, 422, ask_form=form)
    first, last = actions.first_side(case), actions.accepting(case).unit.office
    following = f"{first.organ}初步考核，再由{last}" if first else last
    messages.success(request, f"{case}已提请验收，下一步由{following}考核验收。")
    return redirect("acceptance:case", uid=case.uid)


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.post, "at": timezone.now()}


def _opened(request: HttpRequest, uid: str) -> tuple[Acceptance, dict[str, Any]]:
    """The acceptance in the address, and what every action on it is told."""
    rows = Acceptance.objects.visible_to(request.post).select_related(
        "case__scheme", "case__organization", "case__county", "case__township"
    )
    acceptance = get_object_or_404(rows, uid=uid)
    given = {"acceptance_id": acceptance.pk, "version": opened_version(request), **_now(request)}
    return acceptance, given


@policy(SCORERS, scope="acceptance")
@require_POST
def scores(request: HttpRequest, uid: str) -> HttpResponse:
    """Save one side's scores."""
    acceptance, given = _opened(request, uid)
    sheet = _score_sheet(request, acceptance, request.POST)
    if carry_out(sheet, lambda: actions.save_scores(scores=sheet.scores(), **given)) is None:
        return _page(request, acceptance.case, 422, sheet=sheet)
    messages.success(request, "评分已保存。")
    return redirect("acceptance:case", uid=acceptance.case.uid)


@policy(SCORERS, scope="acceptance")
@require_POST
def sign(request: HttpRequest, uid: str) -> HttpResponse:
    """Sign the result."""
    acceptance, given = _opened(request, uid)
    form = SignForm(request.POST)
    if carry_out(form, lambda: actions.sign(**given, **form.cleaned_data)) is None:
        return _page(request, acceptance.case, 422, sign_form=form)
    messages.success(request, f"验收结果已签署，{acceptance.case}{NEXT[form.cleaned_data['outcome']]}。")
    return redirect("acceptance:case", uid=acceptance.case.uid)


NEXT = {
    "pass": "已销号，转入跟踪管理",
    "basic": "转入巩固提升，由乡镇继续整顿后再次提请验收",
    "fail": "列为续整对象，转入下年度；联系领导和下派人员不撤离",
}


@policy(SCORERS, scope="acceptance")
@require_POST
def send_back(request: HttpRequest, uid: str) -> HttpResponse:
    """Send the case back to remediation."""
    acceptance, given = _opened(request, uid)
    form = ReasonForm(request.POST)
    if carry_out(form, lambda: actions.send_back(**given, **form.cleaned_data)) is None:
        return _page(request, acceptance.case, 422, back_form=form)
    messages.success(
        request,
        f"{acceptance.case}已退回继续整顿，下一步由{acceptance.case.township or acceptance.case.county}办理。",
    )
    return redirect("acceptance:case", uid=acceptance.case.uid)
