"""The month's 工作纪实 from Excel: the template out, the filled-in sheet in, all of it or nothing."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.policy import policy
from organizations.workbook import FILE_LIMIT, read_workbook
from rectification.cases.models import Case, CaseMember, CaseQuerySet
from rectification.remediation.activities import actions
from rectification.remediation.activities.forms import SheetForm
from rectification.remediation.activities.sheet import SHEET, Fault, Line, read_sheet, write_template
from rectification.workflow import Stage

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200


def _cases(request: HttpRequest) -> CaseQuerySet:
    """The year's cases whose log this post writes."""
    year = request.session.get("year") or timezone.localdate().year
    rows = Case.objects.visible_to(request.post).of_year(year)
    rows = rows.exclude(stage__in=(Stage.SURVEY, Stage.WITHDRAWN))
    members = Prefetch("members", CaseMember.objects.order_by("kind", "from_on"))
    return rows.select_related("organization", "township", "scheme").prefetch_related(members)


@policy(actions.WRITERS, scope="none")
@require_http_methods(["GET", "POST"])
def activity_sheet(request: HttpRequest) -> HttpResponse:
    """Upload a month's sheet; every error by its cell, and nothing written while there is one."""
    posted = request.method == "POST"
    form = SheetForm(request.POST if posted else None, request.FILES if posted else None)
    faults: list[Fault] = []
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            lines, faults = read_sheet(
                read_workbook(file.read(FILE_LIMIT + 1), file_name=file.name), _cases(request)
            )
            if not faults:
                return _written(request, lines)
        except Invalid as invalid:
            faults = [Fault(lines[int(at)].row, "", "；".join(texts)) for at, texts in invalid.errors.items()]
        except Refused as refused:
            form.add_error("file", str(refused))
        if faults:
            form.add_error("file", f"有 {len(faults)} 处须改正，没有导入任何一行；改好后重新上传")
    context = {"form": form, "faults": faults[:SHOWN], "more": max(len(faults) - SHOWN, 0), "sheet": SHEET}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "rectification/remediation/activity_sheet.html", context, status=status)


def _written(request: HttpRequest, lines: list[Line]) -> HttpResponse:
    entries = [(line.case, line.written) for line in lines]
    new, there = actions.log_many(entries=entries, by=request.post, at=timezone.now())
    same = f"，{there} 条以前已经登记，没有重复计入" if there else ""
    messages.success(request, f"已导入 {new} 条工作纪实{same}。到点、走访、会议的次数已随之更新。")
    return redirect("remediation:diary")


@policy(actions.WRITERS, scope="none")
@never_cache
@require_GET
def activity_template(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the post's own cases and people to choose from."""
    cases = list(_cases(request))
    audit.record("下载工作纪实模板", obj=request.post.organization, rows=len(cases))
    response = HttpResponse(write_template(cases), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, "工作纪实.xlsx")
    return response
