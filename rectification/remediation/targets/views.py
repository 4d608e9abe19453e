"""量化目标: cases × targets of a unit, and one case's targets with its entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import policy
from accounts.roles import CASE_READERS
from accounts.submission import carry_out, status_of
from accounts.tables import Column
from accounts.tables import render as table
from accounts.year import working_year
from organizations.models import Appointment, Organization
from organizations.nearby import unit_choices
from rectification.cases.models import Case
from rectification.remediation.targets import actions, matrix
from rectification.remediation.targets.forms import TargetEntryForm, TargetFilterForm
from rectification.remediation.targets.models import TargetEntry
from rectification.remediation.targets.standing import TargetStanding, standings
from rectification.workflow import Stage

PAGE = 50
PLACE = ("organization", "scheme", "township", "county")


@policy(CASE_READERS, scope="none")
@require_GET
def targets(request: HttpRequest) -> HttpResponse:
    """Every case against every target of its scheme, with the totals of all that pass the filters."""
    year = working_year(request)
    mine = (
        Case.objects.visible_to(request.post).of_year(year).exclude(stage__in=(Stage.SURVEY, Stage.WITHDRAWN))
    )
    form = TargetFilterForm(request.GET, units=unit_choices(request.post, request.GET.get("unit", "")))
    form.is_valid()
    asked, unit = form.cleaned_data, None
    rows = mine.matching(asked.get("text") or "")
    if asked.get("unit"):
        unit = Organization.objects.visible_to(request.post).get(uid=asked["unit"])
        rows = rows.under(unit)
    found = matrix.read(rows, short=bool(asked.get("short")))
    page = Paginator(found.rows, PAGE).get_page(request.GET.get("page"))
    page.object_list = matrix.placed(page.object_list, mine)
    foot = found.totals() if found.rows else None
    context = {
        "form": form,
        "page": page,
        "year": year,
        "count": len(found.rows) if found.heads or asked.get("short") else rows.count(),
        "short": sum(row.short for row in found.rows),
        "asks": bool(found.heads),
        "unit": unit,
        "table": table(found.columns(), page.object_list, caption="量化目标", foot=foot),
    }
    return render(request, "rectification/remediation/targets/list.html", context)


def _case(request: HttpRequest, uid: str) -> Case:
    return get_object_or_404(Case.objects.visible_to(request.post).select_related(*PLACE), uid=uid)


@policy(CASE_READERS, scope="case")
@require_http_methods(["GET", "POST"])
def case_targets(request: HttpRequest, uid: str) -> HttpResponse:
    """One case: its targets with their lights, what was entered, and the form that enters more."""
    case = _case(request, uid)
    found = standings([case])[case.pk]
    post = request.POST if request.method == "POST" else None
    form = TargetEntryForm(post, targets=[one.target for one in found])
    if post is not None:
        kept = carry_out(
            form,
            lambda: actions.add_entry(
                case_id=case.pk, reached=form.reached(), by=request.post, at=timezone.now()
            ),
        )
        if kept is not None:
            now = next(one for one in standings([case])[case.pk] if one.target.pk == kept.target_id)
            messages.success(
                request, f"已填报“{now.target.title}”{kept.number}{now.target.unit}，现为{now.result.text}。"
            )
            return redirect("remediation:case_targets", uid=case.uid)
    entries = (
        TargetEntry.objects.visible_to(request.post).filter(case=case).select_related("target", "by__user")
    )
    rows = _entries(list(entries), case, request.post)
    context = {
        "case": case,
        "form": form,
        "refused": actions.entry_refusal(case, request.post),
        "targets": table(TARGETS, found, caption="量化目标") if found else "",
        "entries": table(ENTRIES, rows, caption="目标进度") if rows else "",
    }
    return render(request, "rectification/remediation/targets/case.html", context, status=status_of(form))


@dataclass(frozen=True)
class Line:
    """An entry as the list shows it."""

    entry: TargetEntry
    may_change: bool

    def get_absolute_url(self) -> str:
        """Where it is put right; nowhere for those who may not."""
        return reverse("remediation:target_entry", args=[self.entry.uid])


def _entries(entries: Sequence[TargetEntry], case: Case, post: Appointment) -> list[Line]:
    for entry in entries:
        entry.case = case
    return [Line(entry, actions.correct_refusal(entry, post) is None) for entry in entries]


def target_part(found: Case) -> dict[str, Any]:
    """The targets of a case for the overview of its page; nothing where the scheme has none."""
    rows = standings([found])[found.pk]
    return {"targets": table(TARGETS, rows, caption="量化目标") if rows else ""}


def _light(one: TargetStanding) -> str:
    return one.result.text


TARGETS = (
    Column("title", "目标", "target.title"),
    Column("asked", "要求", "asked"),
    Column("state", "进度", _light, kind="light", tone=lambda one: one.result.tone),
    Column("from", "来源", lambda one: "整改措施自动统计" if one.counted else "逐次填报"),
)
ENTRIES = (
    Column("on", "日期", "entry.on", kind="date"),
    Column("target", "目标", "entry.target.title"),
    Column("number", "完成数", lambda line: f"{line.entry.number} {line.entry.target.unit}"),
    Column("words", "说明", "entry.words"),
    Column("by", "填报人", "entry.by.user.name"),
    Column(
        "state",
        "状态",
        lambda line: f"已撤回：{line.entry.withdrawn_reason}" if line.entry.withdrawn_reason else "",
        kind="light",
        tone=lambda line: "grey",
    ),
    Column(
        "change",
        "办理",
        lambda line: "更正或撤回" if line.may_change else "",
        kind="link",
        link=lambda line: line.get_absolute_url() if line.may_change else "",
    ),
)
