"""The audit trail for the auditor: read, never changed."""

from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.forms import AuditFilterForm
from accounts.models import AuditEvent, AuditEventQuerySet
from accounts.policy import policy
from accounts.roles import LABELS, Role
from accounts.tables import Column
from accounts.tables import render as draw

PAGE = 100


# What the keys of an event's detail are called on screen; a key that is not here is shown as it is
WORDS = {
    "after": "改后",
    "base_on": "基准日",
    "before": "改前",
    "cases": "整顿对象数",
    "closed_on": "日期",
    "count": "个数",
    "created": "新增",
    "fields": "修改项",
    "file": "文件",
    "filing": "报送",
    "format": "格式",
    "group": "测评对象",
    "kind": "类别",
    "last_on": "任职止",
    "nodes": "单位数",
    "number": "序号",
    "order": "序号",
    "organizations": "单位数",
    "percent": "比例",
    "preset": "预设方案",
    "reason": "理由",
    "renamed": "更名",
    "role": "岗位职责",
    "round": "第几次",
    "rows": "行数",
    "size": "大小",
    "source": "来源",
    "step": "步骤",
    "to": "移至",
    "under": "上级",
    "unit": "单位",
    "units": "单位数",
    "until": "延至",
    "user": "用户名",
    "what": "内容",
    "year": "年度",
}


def _detail(event: AuditEvent) -> str:
    return "；".join(f"{WORDS.get(key, key)}：{_words(value)}" for key, value in event.detail.items())


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(LABELS.get(value, value) if isinstance(value, str) else value)


COLUMNS = [
    Column("at", "时间", kind="date", width=20),
    Column("username", "用户名"),
    Column("post", "岗位", width=24),
    Column("action", "操作"),
    Column("object", "对象", width=30),
    Column("detail", "内容", _detail, width=30),
    Column(
        "result",
        "结果",
        kind="light",
        tone=lambda event: "green" if event.result == "成功" else "red",
    ),
    Column("address", "来源地址"),
]


@policy(Role.AUDITOR, scope="none")
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first: ?person=&action=&object=&from_on=&to_on=; ?before= goes on to older ones."""
    form = AuditFilterForm(request.GET)
    rows = AuditEvent.objects.visible_to(request.post).order_by("-id")
    rows = _filtered(rows, form.cleaned_data) if form.is_valid() else rows.none()
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    table = draw(COLUMNS, found[:PAGE], caption="审计记录")
    context = {
        "form": form,
        "table": table,
        "shown": len(found[:PAGE]),
        "older": older,
        "later": bool(before),
    }
    return render(request, "accounts/audit.html", context)


def _filtered(rows: AuditEventQuerySet, asked: dict) -> AuditEventQuerySet:
    plain = {
        "username": asked["person"],
        "action__contains": asked["action"],
        "object__contains": asked["object"],
    }
    rows = rows.filter(**{key: value for key, value in plain.items() if value})
    zone = timezone.get_current_timezone()
    if asked["from_on"]:
        rows = rows.filter(at__gte=datetime.combine(asked["from_on"], time(), zone))
    if asked["to_on"]:
        rows = rows.filter(at__lte=datetime.combine(asked["to_on"], time.max, zone))
    return rows
