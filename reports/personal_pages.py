"""The register of personal data, for the auditor and the security administrator."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import Role
from accounts.tables import Column
from accounts.tables import render as draw
from reports.personal.declaration import Class
from reports.personal.register import register

COLUMNS = (
    Column("table", "数据", width=14),
    Column("fields", "内容", width=24),
    Column("what", "类别", width=14),
    Column("purpose", "用途", width=30),
    Column("kept", "保存期限", width=30),
)


@policy({Role.AUDITOR, Role.SECURITY_ADMIN}, scope="none")
@require_GET
def personal_data(request: HttpRequest) -> HttpResponse:
    """What is kept of people, why and how long: ?what= one class only."""
    rows = register()
    chosen = request.GET.get("what", "")
    if chosen in {one.value for one in Class}:
        rows = [row for row in rows if row.what == chosen]
    context = {
        "table": draw(COLUMNS, rows, caption="个人信息清单"),
        "classes": [one.value for one in Class],
        "chosen": chosen,
        "count": len(rows),
    }
    return render(request, "reports/audit/personal_data.html", context)
