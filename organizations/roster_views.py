"""The roster as Excel: download, upload, look at what would change, confirm."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS, SUBTREE
from organizations import imports
from organizations.forms import RosterForm
from organizations.handing_out import hand_out, mark_of
from organizations.models import ImportBatch, Organization
from organizations.roster_book import ROWS_AT_MOST, roster_units, write_roster
from organizations.workbook import FILE_LIMIT

PAGE = 100
RECENT = 10


def handed_in(
    request: HttpRequest, unit: Organization, form: forms.Form, kind: str, given: dict[str, Any] | None = None
) -> ImportBatch | None:
    """The posted workbook as a batch to be read; None where nothing was posted, or the form says why not."""
    if request.method != "POST" or not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    try:
        return imports.hand_in(
            unit_id=unit.pk,
            file_name=file.name,
            content=file.read(FILE_LIMIT + 1),
            kind=kind,
            given=given,
            by=request.post,
            at=timezone.now(),
        )
    except Refused as refused:
        form.add_error("file", str(refused))
        return None


@policy(OFFICERS, scope="organization")
@require_http_methods(["GET", "POST"])
def roster(request: HttpRequest, uid: str) -> HttpResponse:
    """A subtree's roster: take it out, bring it back."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    form = RosterForm(request.POST or None, request.FILES or None)
    if batch := handed_in(request, unit, form, imports.ROSTER):
        return redirect("organizations:batch", uid=batch.uid)
    context = {
        "unit": unit,
        "form": form,
        "count": roster_units(unit).count(),
        "limit": ROWS_AT_MOST,
        "batches": ImportBatch.objects.visible_to(request.post)
        .filter(unit=unit, kind=imports.ROSTER)
        .defer("content", "rows")[:RECENT],
    }
    return render(request, "organizations/roster.html", context, status=422 if form.errors else 200)


@policy(SUBTREE, scope="organization")
@require_GET
def download(request: HttpRequest, uid: str) -> HttpResponse:
    """The roster of a subtree; filled in, it is also what is uploaded."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    units = list(roster_units(unit)[: ROWS_AT_MOST + 1])
    if len(units) > ROWS_AT_MOST:
        messages.error(
            request, f"{unit.short_name}超过 {ROWS_AT_MOST} 个基层党组织，请按下级单位分别导出名册。"
        )
        return redirect("organizations:detail", uid=uid)
    content = write_roster(unit, units, timezone.localdate(), mark=mark_of(request.post))
    name = f"{unit.short_name}党组织名册.xlsx"
    return hand_out(content, name=name, action="导出名册", obj=unit.name, rows=len(units))


@policy(OFFICERS, scope="batch")
@require_GET
def batch(request: HttpRequest, uid: str) -> HttpResponse:
    """What a workbook would change and what is wrong with it; while it is read, how far it is."""
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.post).select_related("unit"), uid=uid)
    if batch.unmatched:
        return redirect("organizations:layout", uid=uid)
    context = {
        "batch": batch,
        "kind": imports.kind_of(batch),
        "home": imports.home_of(batch),
        "page": Paginator(batch.rows, PAGE).get_page(request.GET.get("page")),
        "reading": batch.state in ("waiting", "running"),
        "counts": imports.counts_of(batch),
        "late": imports.late_rows(batch),
        "changes": sum(len(row["changes"]) for row in batch.rows),
    }
    return render(request, "organizations/batch.html", context)


@policy(OFFICERS, scope="batch", passive=True)
@require_GET
def progress(request: HttpRequest, uid: str) -> HttpResponse:
    """How far the reading is, for polling; when it ends the page is loaded anew."""
    rows = ImportBatch.objects.visible_to(request.post).defer("content", "rows", "errors")
    batch = get_object_or_404(rows, uid=uid)
    response = render(request, "organizations/batch.html#reading", {"batch": batch})
    if batch.state not in ("waiting", "running"):
        response["HX-Refresh"] = "true"
    return response


@policy(OFFICERS, scope="batch")
@require_POST
def apply(request: HttpRequest, uid: str) -> HttpResponse:
    """Write what the preview shows, all of it or nothing."""
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.post), uid=uid)
    kind = imports.kind_of(batch)
    try:
        over = request.POST.get("over") == "1"
        changed = imports.apply_batch(batch_id=batch.pk, by=request.post, at=timezone.now(), over=over)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{kind.title}已写入，更新 {changed} {kind.counted}，{kind.after}。")
    return redirect("organizations:batch", uid=uid)


@policy(OFFICERS, scope="batch")
@require_POST
def discard(request: HttpRequest, uid: str) -> HttpResponse:
    """Give up what the preview shows; nothing is written."""
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.post).select_related("unit"), uid=uid)
    try:
        imports.discard(batch_id=batch.pk, by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("organizations:batch", uid=uid)
    messages.success(request, f"已放弃“{batch.file_name}”，没有写入任何内容。")
    return redirect(imports.home_of(batch))
