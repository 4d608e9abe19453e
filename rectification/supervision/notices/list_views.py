"""督导文书 as a list, and the drafts that wait to be signed, many at once."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import policy
from accounts.roles import OFFICERS, SUBTREE
from accounts.submission import status_of
from accounts.tables import Column
from accounts.tables import render as table
from accounts.year import working_year
from organizations.nearby import unit_choices
from rectification.duties import listing
from rectification.supervision.notices import actions, drafting
from rectification.supervision.notices.forms import IssueManyForm, NoticeFilterForm
from rectification.supervision.notices.models import UNANSWERED, Notice, NoticeState

PAGE = 50
TONES = {
    NoticeState.DRAFT: "blue",
    NoticeState.REPLIED: "blue",
    NoticeState.ISSUED: "yellow",
    NoticeState.RETURNED: "red",
    NoticeState.VERIFIED: "green",
    NoticeState.CLOSED: "green",
}


def state_of(notice: Notice) -> str:
    """Where it stands, with how late the reply is."""
    if notice.answered and notice.duty and notice.state in UNANSWERED:
        shown = listing.light(notice.duty, timezone.localdate())
        return f"{notice.state_words}，{shown.text}" if shown else notice.state_words
    return notice.state_words


def tone_of(notice: Notice) -> str:
    """The colour of its state: that of its date while a reply is owed."""
    if notice.answered and notice.duty and notice.state in UNANSWERED:
        shown = listing.light(notice.duty, timezone.localdate())
        return shown.light.value if shown else "grey"
    return TONES.get(NoticeState(notice.state), "grey")


def _kind(notice: Notice) -> str:
    light = f"（{notice.get_light_display()}）" if notice.light else ""
    return f"{notice.get_kind_display()}{light}{notice.number_words if notice.number else ''}"


COLUMNS = (
    Column("title", "事由", kind="link", width=30),
    Column("kind", "文种、编号", _kind, width=18),
    Column("issuer", "签发单位", "issuer.short_name", width=10),
    Column("unit", "收件单位", "organization.short_name", width=10),
    Column("case", "整顿对象", lambda one: one.case.organization.short_name if one.case else "", width=10),
    Column(
        "issued", "签发日期", lambda one: timezone.localdate(one.issued_at) if one.issued_at else None, "date"
    ),
    Column(
        "due",
        "回复期限",
        lambda one: one.duty.effective_due_on if one.duty and one.answered else None,
        kind="date",
    ),
    Column("state", "状态", state_of, kind="light", tone=tone_of, width=16),
)
DRAFTS = (
    COLUMNS[0],
    COLUMNS[1],
    COLUMNS[3],
    COLUMNS[4],
    Column("drafted", "拟稿日期", lambda one: timezone.localdate(one.drafted_at), kind="date"),
    Column("reply", "回复期限", "due_on", kind="date"),
    Column("from", "来源", lambda one: "逐级督办" if one.steps else "人工拟稿"),
)
RELATED = ("issuer", "organization", "case__organization", "duty__scheme")


@policy(SUBTREE, scope="none")
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """督导文书: every paper the post sees, filtered by the address."""
    today, post = timezone.localdate(), request.post
    year = working_year(request)
    seen = Notice.objects.visible_to(post).of_year(year)
    form = NoticeFilterForm(request.GET, units=unit_choices(post, request.GET.get("unit", "")))
    rows = form.apply(seen, post=post, today=today).select_related(*RELATED)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "count": page.paginator.count,
        "table": table(COLUMNS, page.object_list, caption="督导文书", query=request.GET),
        "year": year,
        "may_draft": drafting.may_draft(post, year),
    }
    return render(request, "rectification/supervision/notices/notices.html", context)


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def drafts(request: HttpRequest) -> HttpResponse:
    """待签发: drafts of the own unit, from 逐级督办 and drawn up by hand; signed one by one or many at once."""
    post = request.post
    form = IssueManyForm(request.POST if request.method == "POST" else None)
    own = Notice.objects.visible_to(post).drafts_of(post).with_steps().select_related(*RELATED)
    chosen = request.POST.getlist("notice")
    if request.method == "POST" and form.is_valid():
        picked = [one for one in own if str(one.uid) in chosen]
        if picked:
            done, refused = actions.issue_many(
                notice_ids=[one.pk for one in picked],
                due_on=form.cleaned_data["due_on"],
                by=post,
                at=timezone.now(),
            )
            _say(request, done, refused)
            return redirect("supervision:drafts")
        form.add_error(None, "请先勾选要签发的文书")
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "table": table(DRAFTS, page.object_list, select="notice", caption="待签发的督导文书"),
        "count": page.paginator.count,
        "may_draft": drafting.may_draft(post, timezone.localdate().year),
    }
    template = "rectification/supervision/notices/drafts.html"
    return render(request, template, context, status=status_of(form))


def _say(request: HttpRequest, done: list[Any], refused: list[str]) -> None:
    if done:
        names = "、".join(one.name for one in done[:5]) + ("等" if len(done) > 5 else "")
        messages.success(request, f"已签发 {len(done)} 件：{names}，收件单位已收到通知。")
    for line in refused[:10]:
        messages.error(request, f"没有签发{line}")
