"""公文: the list, drafting one from facts, the paper as it will print, its words beside the fixed facts."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import policy
from accounts.roles import OFFICERS, SUBTREE
from accounts.submission import carry_out, opened_version, status_of
from accounts.tables import Column, show
from accounts.tables import render as table
from accounts.year import working_year
from organizations.models import Appointment
from rectification.schemes.models import Scheme
from reports.documents import actions, reading
from reports.documents.forms import IssueForm, PeriodForm, WithdrawForm, WordsForm
from reports.documents.history import history_of
from reports.documents.models import DocumentKind, DocumentState, OfficeDocument
from reports.papers import bulletin, summary
from reports.papers.letter import Letter, spans

TONES = {"draft": "yellow", "issued": "green", "withdrawn": "grey"}
COLUMNS = (
    Column(
        "title",
        "公文",
        lambda one: reading.name_of(one).strip("《》").replace("》", " "),
        kind="link",
        width=34,
    ),
    Column("about", "专题", lambda one: one.title if one.kind == DocumentKind.BULLETIN else "", width=26),
    Column("kind", "文种", lambda one: one.get_kind_display(), width=10),
    Column("unit", "编写单位", "organization.office", width=18),
    Column("issued", "印发日期", "issued_on", kind="date", width=14),
    Column(
        "state",
        "状态",
        lambda one: one.get_state_display(),
        kind="light",
        tone=lambda one: TONES[one.state],
    ),
)


def kinds_for(post: Appointment, year: int) -> list[tuple[str, str]]:
    """The kinds of document this post drafts in a year."""
    scheme = Scheme.objects.visible_to(post).governing(post.organization, year)
    return [
        (kind.value, kind.label) for kind in DocumentKind if not actions.draft_refusal(post, kind, scheme)
    ]


@policy(SUBTREE, scope="none")
@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """The documents of the year: one's own with their drafts, those issued below, bulletins of the units above."""
    year = working_year(request)
    rows = OfficeDocument.objects.visible_to(request.post).filter(year=year).select_related("organization")
    page = Paginator(rows.defer("facts"), 30).get_page(request.GET.get("page"))
    context = {
        "year": year,
        "page": page,
        "count": page.paginator.count,
        "table": table(COLUMNS, page.object_list, caption="公文"),
        "may_add": bool(kinds_for(request.post, year)),
    }
    return render(request, "reports/documents/list.html", context)


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def document_add(request: HttpRequest) -> HttpResponse:
    """Choose kind and period; the system writes the draft."""
    post, year = request.post, working_year(request)
    kinds = kinds_for(post, year)
    if not kinds:
        scheme = Scheme.objects.visible_to(post).governing(post.organization, year)
        messages.error(request, f"{actions.draft_refusal(post, DocumentKind.SUMMARY, scheme)}。")
        return redirect("reports:documents")
    data = request.POST if request.method == "POST" else None
    form = PeriodForm(data, kinds=kinds, today=timezone.localdate(), year=year)
    if data is not None:
        made = carry_out(
            form,
            lambda: actions.draft(
                kind=form.cleaned_data["kind"],
                year=year,
                first=form.cleaned_data["period_from_on"],
                last=form.cleaned_data["period_to_on"],
                by=post,
                at=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, "已拟好初稿，数字由系统取得；请改好文字，核对后印发。")
            return redirect("reports:document_edit", uid=made.uid)
    return render(request, "reports/documents/add.html", {"form": form, "year": year}, status=status_of(form))


def found(request: HttpRequest, uid: str) -> OfficeDocument:
    """The document, where the post may see it."""
    rows = OfficeDocument.objects.visible_to(request.post).select_related(
        "organization", "scheme", "by__user"
    )
    return get_object_or_404(rows, uid=uid)


def letter_of(document: OfficeDocument) -> Letter:
    """The document as it prints."""
    return (bulletin if document.kind == DocumentKind.BULLETIN else summary).letter_of(document)


@policy(SUBTREE, scope="document")
@require_GET
def document(request: HttpRequest, uid: str) -> HttpResponse:
    """The document as it will print; a draft is its preview."""
    return page_of(request, found(request, uid))


def page_of(
    request: HttpRequest,
    one: OfficeDocument,
    *,
    refusal: str = "",
    withdrawing: WithdrawForm | None = None,
    issuing: IssueForm | None = None,
) -> HttpResponse:
    """The page of a document, with what was refused and the form it was refused in."""
    letter, post = letter_of(one), request.post
    own = post.organization_id == one.organization_id
    refused = actions.keep_refusal(one, post)
    asks = one.kind == DocumentKind.BULLETIN and not refused and not actions.last_number(one)
    rows = (
        [[(show(value, kind), down) for value, down, kind in row] for row in spans(letter.attachment)]
        if (letter.attachment)
        else []
    )
    context: dict[str, Any] = {
        "document": one,
        "name": reading.name_of(one),
        "letter": letter,
        "table": letter.attachment,
        "rows": rows,
        "refused": refused,
        "refusal": refusal,
        "issuing": issuing or (IssueForm() if asks else None),
        "withdrawing": None if actions.withdraw_refusal(one, post) else withdrawing or WithdrawForm(),
        "tone": TONES[one.state],
        "printable": one.state != DocumentState.DRAFT or own,
        "history": history_of(one) if own else None,
        "leftovers": reading.leftovers(one) if not refused else [],
    }
    failed = refusal or any(form is not None and form.errors for form in (withdrawing, issuing))
    return render(request, "reports/documents/document.html", context, status=422 if failed else 200)


@policy(OFFICERS, scope="document")
@require_http_methods(["GET", "POST"])
def document_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """The words of a draft beside its numbers, which stay as they are."""
    one = found(request, uid)
    posted = request.method == "POST"
    form = WordsForm(request.POST if posted else None, document=one)
    if posted:
        kept = carry_out(
            form,
            lambda: actions.save(
                document_id=one.pk,
                version=opened_version(request),
                head=form.head(),
                written=form.written(),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(request, "已保存，下面是印出来的样子；核对无误后点“印发”。")
            return redirect(kept)
    context = {
        "document": one,
        "name": reading.name_of(one),
        "form": form,
        "version": opened_version(request) or one.version,
        "stale": getattr(form, "stale", None),
        "stale_lines": _stale_lines(form),
        "refused": actions.keep_refusal(one, request.post),
        "leftovers": reading.leftovers(one),
    }
    return render(request, "reports/documents/edit.html", context, status=status_of(form))


def _stale_lines(form: WordsForm) -> list[tuple[str, str]]:
    """The words somebody else saved meanwhile, where they differ from what was typed."""
    current = getattr(form, "stale", None)
    if current is None:
        return []
    return [
        (part.heading, part.words)
        for part in reading.parts_of(current)
        if part.words.strip() != (form.cleaned_data.get(part.key) or "").strip()
    ]
