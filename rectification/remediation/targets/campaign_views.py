"""专项整治: the list, one campaign with its cases and entries, and the form of its head."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.changes import changes_of
from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, opened_version, status_of
from accounts.tables import Column
from accounts.tables import render as table
from accounts.year import working_year
from rectification.cases.models import Case, CaseQuerySet
from rectification.remediation.targets import campaign_actions as actions
from rectification.remediation.targets.campaign_forms import CampaignEntryForm, CampaignForm
from rectification.remediation.targets.campaign_reading import lines_of
from rectification.remediation.targets.campaign_rules import Numbers, total
from rectification.remediation.targets.models import Campaign, CampaignEntry
from rectification.schemes.models import ItemKind, Scheme
from rectification.workflow import Stage

PLACE = ("organization", "township", "county", "scheme")


@policy(OFFICERS, scope="none")
@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """The year's campaigns of the post's units, with what they found and solved."""
    year = working_year(request)
    rows = Campaign.objects.visible_to(request.post).of_year(year).select_related("organization", "item")
    lines = lines_of(list(rows.order_by("org_path", "-starts_on", "pk")), request.post)
    foot = Together(len(lines), total(line.numbers for line in lines)) if lines else None
    context = {
        "year": year,
        "table": table(LIST, lines, caption="专项整治", foot=foot) if lines else "",
        "refused": actions.start_refusal(request.post),
    }
    return render(request, "rectification/remediation/targets/campaigns.html", context)


@dataclass(frozen=True)
class Together:
    """The line under a list."""

    count: int
    numbers: Numbers


LIST = (
    Column(
        "title",
        "名称",
        lambda row: f"合计 {row.count} 项" if isinstance(row, Together) else row.campaign.title,
        "link",
    ),
    Column(
        "unit", "单位", lambda row: "" if isinstance(row, Together) else row.campaign.organization.short_name
    ),
    Column("lead", "牵头部门", lambda row: "" if isinstance(row, Together) else row.campaign.lead),
    Column(
        "starts_on", "开始", lambda row: "" if isinstance(row, Together) else row.campaign.starts_on, "date"
    ),
    Column("ends_on", "结束", lambda row: "" if isinstance(row, Together) else row.campaign.ends_on, "date"),
    Column("cases", "涉及对象", lambda row: "" if isinstance(row, Together) else row.cases, "number"),
    Column("found", "发现问题", "numbers.found", "number"),
    Column("solved", "解决问题", "numbers.solved", "number"),
    Column("transferred", "移送线索（件）", "numbers.transferred", "number"),
)


def _cases(request: HttpRequest, year: int) -> CaseQuerySet:
    """The cases of the post's own unit a campaign may be for."""
    rows = Case.objects.visible_to(request.post).of_year(year).filter(county=request.post.organization)
    return rows.exclude(stage__in=(Stage.SURVEY, Stage.WITHDRAWN)).select_related(*PLACE).order_by("org_path")


def _items(scheme: Scheme | None) -> list[Any]:
    return list(scheme.items.filter(kind=ItemKind.CAMPAIGN).order_by("order")) if scheme else []


@policy(actions.STARTERS, scope="none")
@require_http_methods(["GET", "POST"])
def campaign_add(request: HttpRequest) -> HttpResponse:
    """Start a campaign."""
    year = working_year(request)
    scheme = Scheme.objects.visible_to(request.post).governing(request.post.organization, year)
    post = request.POST if request.method == "POST" else None
    form = CampaignForm(post, items=_items(scheme), cases=_cases(request, year))
    if post is not None:
        made = carry_out(
            form,
            lambda: actions.start_campaign(year=year, drive=form.drive(), by=request.post, at=timezone.now()),
        )
        if made is not None:
            messages.success(
                request,
                f"已开展“{made}”，涉及 {len(form.drive().cases)} 个对象；进度由本单位和乡镇（街道）登记。",
            )
            return redirect("remediation:campaign", uid=made.uid)
    context = {"form": form, "year": year}
    return render(
        request, "rectification/remediation/targets/campaign_form.html", context, status=status_of(form)
    )


def _campaign(request: HttpRequest, uid: str) -> Campaign:
    rows = Campaign.objects.visible_to(request.post).select_related("organization", "scheme", "item")
    return get_object_or_404(rows, uid=uid)


@policy(actions.STARTERS, scope="campaign")
@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Change the head and the cases."""
    found = _campaign(request, uid)
    post = request.POST if request.method == "POST" else None
    form = CampaignForm(
        post, items=_items(found.scheme), cases=_cases(request, found.scheme.year), campaign=found
    )
    if post is not None:
        kept = carry_out(
            form,
            lambda: actions.change_campaign(
                campaign_id=found.pk,
                version=opened_version(request),
                drive=form.drive(),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(request, f"已修改“{kept}”。")
            return redirect("remediation:campaign", uid=kept.uid)
    stale = getattr(form, "stale", None)
    context = {
        "form": form,
        "campaign": found,
        "stale": stale,
        "version": stale.version if stale else opened_version(request) or found.version,
        "refused": actions.change_refusal(found, request.post),
    }
    return render(
        request, "rectification/remediation/targets/campaign_form.html", context, status=status_of(form)
    )


@policy(OFFICERS, scope="campaign")
@require_http_methods(["GET", "POST"])
def campaign(request: HttpRequest, uid: str) -> HttpResponse:
    """One campaign: its cases with their numbers, the entries, and the form that adds one."""
    found = _campaign(request, uid)
    cases = list(Case.objects.visible_to(request.post).filter(campaigns=found).select_related(*PLACE))
    open_to = [case for case in cases if actions.entry_refusal(found, case, request.post) is None]
    post = request.POST if request.method == "POST" else None
    form = CampaignEntryForm(post, cases=open_to)
    if post is not None:
        kept = carry_out(
            form,
            lambda: actions.add_entry(
                campaign_id=found.pk, progress=form.progress(), by=request.post, at=timezone.now()
            ),
        )
        if kept is not None:
            messages.success(request, f"已登记{kept.case.organization.short_name}的进度，累计已更新。")
            return redirect("remediation:campaign", uid=found.uid)
    context = _context(request, found, cases) | {"form": form if open_to or post is not None else None}
    return render(request, "rectification/remediation/targets/campaign.html", context, status=status_of(form))


def _context(request: HttpRequest, found: Campaign, cases: Sequence[Case]) -> dict[str, Any]:
    seen = CampaignEntry.objects.visible_to(request.post).filter(campaign=found)
    entries = list(seen.select_related("case__organization", "by__user"))
    by_key = {case.pk: case for case in cases}
    rows = [CaseRow(case, _together(entries, case.pk)) for case in cases]
    lines = [
        EntryLine(
            one,
            one.case_id in by_key
            and not one.withdrawn_reason
            and actions.entry_refusal(found, by_key[one.case_id], request.post) is None,
        )
        for one in entries
    ]
    foot = CaseRow(None, total(row.numbers for row in rows))
    return {
        "campaign": found,
        "cases": table(CASES, rows, caption="涉及的整顿对象", foot=foot) if rows else "",
        "entries": table(ENTRIES, lines, caption="进度登记") if lines else "",
        "may_change": actions.change_refusal(found, request.post) is None,
        "rows": changes_of(found, skip=("scheme", "organization")),
    }


def _together(entries: Sequence[CampaignEntry], case: int) -> Numbers:
    return total(
        Numbers(one.found, one.solved, one.transferred)
        for one in entries
        if one.case_id == case and not one.withdrawn_reason
    )


@dataclass(frozen=True)
class CaseRow:
    """A case of the campaign with its numbers; without a case the line under the table."""

    case: Case | None
    numbers: Numbers

    def get_absolute_url(self) -> str:
        """The file of the case."""
        return self.case.get_absolute_url() if self.case else ""


@dataclass(frozen=True)
class EntryLine:
    """An entry as the list shows it."""

    entry: CampaignEntry
    may_change: bool


CASES = (
    Column("case", "整顿对象", lambda row: row.case.organization.short_name if row.case else "合计", "link"),
    Column(
        "unit",
        "乡镇（街道）",
        lambda row: row.case.township.short_name if row.case and row.case.township else "",
    ),
    Column("found", "发现问题", "numbers.found", "number"),
    Column("solved", "解决问题", "numbers.solved", "number"),
    Column("transferred", "移送线索（件）", "numbers.transferred", "number"),
)
ENTRIES = (
    Column("on", "日期", "entry.on", kind="date"),
    Column("case", "整顿对象", "entry.case.organization.short_name"),
    Column("found", "发现问题", "entry.found", "number"),
    Column("solved", "解决问题", "entry.solved", "number"),
    Column("transferred", "移送（件）", "entry.transferred", "number"),
    Column("number", "移送函号", "entry.transfer_number"),
    Column("by", "登记人", "entry.by.user.name"),
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
        link=lambda line: (
            reverse("remediation:campaign_entry", args=[line.entry.uid]) if line.may_change else ""
        ),
    ),
)
