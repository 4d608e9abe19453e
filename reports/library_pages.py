"""表样库: every ledger, form, document and import table in one place, with its empty form, its use and who files it."""

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import SUBTREE
from accounts.year import working_year
from organizations.handing_out import hand_out
from organizations.imports import KINDS
from rectification.filings.tables import draw
from rectification.schemes.models import Scheme
from rectification.schemes.wording import line
from reports import actions, files
from reports.blanks import blank, blank_refusal
from reports.bundles import BLANK
from reports.ledgers import LEDGERS, Selection
from reports.papers import PAPERS, Form, declared
from reports.sheet import Sheet

# What each is for, where its own title does not say it
USED = {
    "lookback": "回头看结束后，汇总上年整顿对象的评议和去向",
    "survey_register": "摸排评分后登记，县级联审和审定时使用",
    "quota": "核对倒排比例是否落实",
    "work": "整顿期间的主台账，逐条措施登记进展和销号",
    "support": "核对帮扶力量是否逐项到位",
    "support_funds": "核对帮扶资金的安排、到位和支出",
    "problems": "问题销号时核对",
    "task_lists": "与整顿方案一并使用，张贴、督查时对照",
    "activities": "到点指导、入户走访、会议的记录",
    "targets": "量化目标的完成进度",
    "inspections": "每次督导的情况和整改",
    "evaluations": "季度评估的等次汇总",
    "notices": "督导文书的发出、回复和核实",
    "checks": "上级检查验收结果的情况",
    "person_evaluations": "联系领导、工作队员、书记的年底考核",
    "tallies": "党员群众测评的票数和满意率",
    "acceptance": "年底考核验收情况的汇总",
    "county_summary": "各单位全年情况的汇总，报上级",
    "party_statistics": "党内统计年报",
    "determination_form": "提出拟整顿对象后逐级签署意见",
    "acceptance_sheet": "验收时逐项评分、扣分和签署结果",
    "closing_form": "验收合格后逐级签署销号意见",
    "publication": "审定以后公布或公示名单",
    "plan": "一村一策，呈报批准后执行",
    "progress_report": "按方案规定的周期报送",
    "circular": "督导以后通报各单位进展",
    "notice": "督办、整改通知、提醒、约谈",
    "bulletin": "刊发工作动态和做法",
    "summary": "阶段和年底工作总结",
    "person_evaluation": "年底考核一人一表，考核单位签署",
    "secretary_review": "县乡党委书记述职评议时使用",
}


def _filed(request: HttpRequest, year: int) -> dict[str, list[str]]:
    """By ledger who files it when, as the scheme in force says."""
    found: dict[str, list[str]] = defaultdict(list)
    scheme = Scheme.objects.governing(request.post.organization, year)
    rules = scheme.duty_rules.filter(withdrawn=False).exclude(ledger="") if scheme else ()
    for rule in rules:
        found[rule.ledger].append("：".join(line("duty_rules", rule)[:2]))
    return found


def _kind(key: str) -> str:
    return "台账" if key in LEDGERS else "表单" if isinstance(PAPERS[key], Form) else "文书"


def _page_of(key: str) -> str:
    return reverse("reports:ledger" if key in LEDGERS else "reports:paper", args=[key])


@policy(SUBTREE, scope="none")
@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """Everything there is, by kind."""
    year, post = working_year(request), request.post
    filed = _filed(request, year)
    groups: dict[str, list[dict[str, Any]]] = {"台账": [], "表单": [], "文书": []}
    for key, paper in {**LEDGERS, **PAPERS}.items():
        row = {"key": key, "title": paper.title.format(year=year), "used": USED.get(key, "")}
        row |= {"filed": filed.get(key, []), "url": _page_of(key), "empty": blank_refusal(key) is None}
        groups[_kind(key)].append(row)
    imports = [
        {"title": kind.title, "url": reverse(kind.page, args=[post.organization.uid]), "after": kind.after}
        for kind in KINDS.values()
        if post.role in kind.roles and kind.home is None  # the others are handed in from a page of their own
    ]
    context = {"groups": groups, "imports": imports, "year": year}
    return render(request, "reports/library.html", context)


def _selection(request: HttpRequest) -> Selection:
    return Selection(request.post, request.post.organization, working_year(request), {})


@policy(SUBTREE, scope="none")
@require_GET
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """The empty form as it will print."""
    if declared(key) is None:
        raise Http404
    context: dict[str, Any] = {
        "key": key,
        "title": declared(key).title.format(year=working_year(request)),
        "kind": _kind(key),
        "used": USED.get(key, ""),
        "filed": _filed(request, working_year(request)).get(key, []),
        "url": _page_of(key),
    }
    try:
        made = blank(key, _selection(request))
    except Refused as refused:
        return render(request, "reports/library_preview.html", context | {"refusal": str(refused)})
    if isinstance(made, Sheet):
        content = made.content()
        context |= {"content": content, "table": draw(content)}
    else:
        context["pages"] = list(made.pages)
    return render(request, "reports/library_preview.html", context)


@policy(SUBTREE, scope="none")
@require_GET
def workbook(request: HttpRequest, key: str) -> HttpResponse:
    """The empty form as a workbook: small, so made at once."""
    if declared(key) is None:
        raise Http404
    try:
        made = blank(key, _selection(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("reports:preview", key)
    title = declared(key).title.format(year=working_year(request))
    with TemporaryDirectory() as folder:
        path = Path(folder, "form.xlsx")
        files.draw(made, "xlsx", path)
        content = path.read_bytes()
    return hand_out(content, name=f"{title}（空表）.xlsx", action="下载空表", obj=title, rows=0)


@policy(SUBTREE, scope="none")
@require_POST
def blank_pdf(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for the empty form as a PDF."""
    if declared(key) is None:
        raise Http404
    wanted = {"unit": request.post.organization, "year": working_year(request), "filters": {"paper": key}}
    try:
        made = actions.request_bundle(by=request.post, key=BLANK.key, reason="", at=timezone.now(), **wanted)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("reports:preview", key)
    messages.success(request, f"已开始生成“{made.title}”，完成后会收到消息。")
    return redirect("reports:exports")
