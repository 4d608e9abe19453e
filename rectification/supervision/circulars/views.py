"""通报: the list, the draft with its fixed numbers, the paper as it reads, issuing it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS, SUBTREE
from accounts.submission import carry_out, opened_version, status_of
from accounts.tables import Column
from accounts.tables import render as table
from accounts.year import working_year
from rectification.schemes.models import Scheme
from rectification.supervision.circulars import actions, facts, rules, wording
from rectification.supervision.circulars.forms import PeriodForm, WordsForm
from rectification.supervision.circulars.models import Circular, CircularState

COLUMNS = (
    Column("title", "标题", kind="link", width=30),
    Column("number", "文号", "number_words", width=16),
    Column("unit", "印发单位", "organization.office", width=16),
    Column("issued", "印发日期", lambda one: _issued_on(one), kind="date", width=14),
    Column(
        "state",
        "状态",
        lambda one: one.get_state_display(),
        kind="light",
        tone=lambda one: "green" if one.state == CircularState.ISSUED else "yellow",
    ),
)


def _issued_on(circular: Circular) -> Any:
    return timezone.localdate(circular.issued_at) if circular.issued_at else None


@policy(SUBTREE, scope="none")
@require_GET
def circulars(request: HttpRequest) -> HttpResponse:
    """The circulars of the year: one's own with their drafts, those of units above and below."""
    year = working_year(request)
    rows = Circular.objects.visible_to(request.post).filter(year=year).select_related("organization")
    page = Paginator(rows.order_by("-period_to_on", "-pk"), 30).get_page(request.GET.get("page"))
    refused = actions.issue_refusal(
        request.post, Scheme.objects.visible_to(request.post).governing(request.post.organization, year)
    )
    context = {
        "year": year,
        "page": page,
        "table": table(COLUMNS, page.object_list, caption="通报"),
        "count": page.paginator.count,
        "refused": refused,
    }
    return render(request, "rectification/supervision/circulars/list.html", context)


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def circular_add(request: HttpRequest) -> HttpResponse:
    """Choose a period; the system writes the draft."""
    post, year = request.post, working_year(request)
    scheme = Scheme.objects.visible_to(request.post).governing(post.organization, year)
    refused = actions.issue_refusal(post, scheme)
    may_rank = not refused and facts.ranking_allowed(scheme, post.organization)
    data = request.POST if request.method == "POST" else None
    form = PeriodForm(data, may_rank=may_rank, today=timezone.localdate(), year=year)
    if data is not None:
        made = carry_out(
            form,
            lambda: actions.draft(
                year=year,
                first=form.cleaned_data["period_from_on"],
                last=form.cleaned_data["period_to_on"],
                ranked=bool(form.cleaned_data.get("ranking")),
                by=post,
                at=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, "已拟好初稿，数字由系统取得；请核对文字后印发。")
            return redirect("supervision:circular_edit", uid=made.uid)
    context = {"form": form, "refused": refused, "may_rank": may_rank}
    return render(request, "rectification/supervision/circulars/add.html", context, status=status_of(form))


def _circular(request: HttpRequest, uid: str) -> Circular:
    rows = Circular.objects.visible_to(request.post)
    return get_object_or_404(rows.select_related("organization", "scheme", "by__user"), uid=uid)


@policy(SUBTREE, scope="circular")
@require_GET
def circular(request: HttpRequest, uid: str) -> HttpResponse:
    """The circular as it reads; a draft is its preview."""
    return _page(request, _circular(request, uid))


def _page(request: HttpRequest, found: Circular, refusal: str = "") -> HttpResponse:
    context = {
        "circular": found,
        "opening": rules.opening(found.facts),
        "parts": wording.parts_of(found),
        "to": wording.addressees(found),
        "annex": wording.annex_title(found),
        "signer": found.organization.office,
        "issued_on": _issued_on(found),
        "refused": actions.keep_refusal(found, request.post),
        "refusal": refusal,
        "own": request.post.organization_id == found.organization_id,
    }
    status = 422 if refusal else 200
    return render(request, "rectification/supervision/circulars/circular.html", context, status=status)


@policy(OFFICERS, scope="circular")
@require_http_methods(["GET", "POST"])
def circular_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """The words of a draft beside its numbers, which stay as they are."""
    found = _circular(request, uid)
    may_rank = facts.ranking_allowed(found.scheme, found.organization)
    posted = request.method == "POST"
    form = WordsForm(request.POST if posted else None, circular=found, may_rank=may_rank)
    if posted:
        kept = carry_out(
            form,
            lambda: actions.save(
                circular_id=found.pk,
                version=opened_version(request),
                title=form.cleaned_data["title"],
                ranked=bool(form.cleaned_data.get("ranking")),
                written=form.written(),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(request, "已保存，下面是印发后的样子；核对无误后点“印发”。")
            return redirect(kept)
    context = {
        "circular": found,
        "form": form,
        "opening": rules.opening(found.facts),
        "version": opened_version(request) or found.version,
        "stale": getattr(form, "stale", None),
        "stale_lines": _stale_lines(form),
        "refused": actions.keep_refusal(found, request.post),
    }
    return render(request, "rectification/supervision/circulars/edit.html", context, status=status_of(form))


def _stale_lines(form: WordsForm) -> list[tuple[str, str]]:
    """The words somebody else saved meanwhile, where they differ from what was typed."""
    current = getattr(form, "stale", None)
    if current is None:
        return []
    return [
        (title, current.words.get(key, ""))
        for key, title in rules.PARTS.items()
        if current.words.get(key, "").strip() != (form.cleaned_data.get(key) or "").strip()
    ]


def _do(request: HttpRequest, uid: str, act: Callable[..., Any], said: str) -> HttpResponse:
    found = _circular(request, uid)
    try:
        act(circular_id=found.pk, version=opened_version(request), by=request.post, at=timezone.now())
    except Refused as refused:
        return _page(request, found, str(refused))
    messages.success(request, said)
    return redirect("supervision:circulars") if act is actions.discard else redirect(found)


@policy(OFFICERS, scope="circular")
@require_POST
def circular_recount(request: HttpRequest, uid: str) -> HttpResponse:
    """Take the numbers of a draft anew."""
    return _do(request, uid, actions.recount, "已重新取数，文字没有改动。")


@policy(OFFICERS, scope="circular")
@require_POST
def circular_issue(request: HttpRequest, uid: str) -> HttpResponse:
    """Number, freeze, bring it to the units below."""
    return _do(request, uid, actions.issue, "通报已印发，下级单位已收到消息；可以导出 PDF 打印。")


@policy(OFFICERS, scope="circular")
@require_POST
def circular_discard(request: HttpRequest, uid: str) -> HttpResponse:
    """Drop a draft."""
    return _do(request, uid, actions.discard, "已删除拟稿。")
