"""The audit trail as the auditor reads it: its columns in words, its filters, and a period of it as a file."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.forms import DateField
from accounts.models import AuditEvent, AuditEventQuerySet
from accounts.roles import LABELS, Role
from accounts.tables import Column, show
from organizations.models import Organization
from reports.bundles import BUNDLES, Bundle
from reports.ledgers import Selection
from reports.sheet import Row, Sheet

HASH = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")
SHORT = r"\1…"
MOST_UNITS = 50
MOST_ROWS = 1_000_000

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
    "key": "密钥标识",
    "kind": "类别",
    "last_on": "任职止",
    "mac": "封存校验值",
    "nodes": "单位数",
    "number": "序号",
    "order": "序号",
    "organizations": "单位数",
    "percent": "比例",
    "preset": "预设方案",
    "previous": "上一校验值",
    "reason": "理由",
    "renamed": "更名",
    "role": "岗位职责",
    "round": "第几次",
    "rows": "行数",
    "sha256": "校验值",
    "size": "大小",
    "source": "来源",
    "step": "步骤",
    "tables": "各表校验值",
    "to": "移至",
    "under": "上级",
    "unit": "单位",
    "units": "单位数",
    "until": "延至",
    "user": "用户名",
    "what": "内容",
    "year": "年度",
}


def on_a_line(key: str, value: Any) -> str:
    """A value of a detail in a list or a cell; of digests, which are for a machine, the number."""
    return f"{len(value)} 张表" if key == "tables" else words_of(value)


def words_of(value: Any) -> str:
    """A value of an event's detail."""
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, dict):
        return "、".join(f"{key} {words_of(item)}" for key, item in value.items())
    return str(LABELS.get(value, value) if isinstance(value, str) else value)


def detail_of(event: AuditEvent) -> str:
    """What an event says beside its object, on one line; of a hash its beginning, the whole is on the event's page."""
    said = ((WORDS.get(key, key), on_a_line(key, value)) for key, value in event.detail.items())
    return "；".join(f"{name}：{HASH.sub(SHORT, words)}" for name, words in said)


def whole_detail_of(event: AuditEvent) -> str:
    """The same whole, for the file."""
    return "；".join(f"{WORDS.get(key, key)}：{on_a_line(key, value)}" for key, value in event.detail.items())


def fields_of(event: AuditEvent) -> str:
    """Which fields it wrote."""
    return "；".join(event.fields)


def _tone(event: AuditEvent) -> str:
    return "green" if event.result == "成功" else "red"


COLUMNS = (
    Column("at", "时间", kind="link", width=20, link=lambda event: f"/audit/event/?id={event.pk}"),
    Column("username", "用户名"),
    Column("post", "岗位", width=24),
    Column("action", "操作", width=16),
    Column("object", "对象", width=30),
    Column("detail", "内容", detail_of, width=30),
    Column("result", "结果", kind="light", tone=_tone),
    Column("address", "来源地址", width=16),
)
IN_FILE = (
    Column("pk", "编号", width=10),
    Column("at", "时间", width=20),
    *(Column(one.key, one.title, width=one.width) for one in COLUMNS[1:5]),
    Column("detail", "内容", whole_detail_of, width=30),
    Column("fields", "写入项", fields_of, width=30),
    Column("result", "结果"),
    Column("address", "来源地址", width=16),
    Column("request", "请求编号", width=38),
)


class AuditFilterForm(forms.Form):
    """What the auditor looks for."""

    person = forms.CharField(label="用户名", required=False, max_length=40)
    unit = forms.CharField(label="单位（含下级）", required=False, max_length=60)
    action = forms.CharField(label="操作", required=False, max_length=40)
    object = forms.CharField(label="对象", required=False, max_length=100)
    from_on = DateField(label="自", required=False)
    to_on = DateField(label="至", required=False)

    def given(self) -> dict[str, str]:
        """What was asked for as plain words, for the record of an export."""
        return {name: show(value) for name, value in self.cleaned_data.items() if value}


def filtered(rows: AuditEventQuerySet, asked: Mapping[str, Any]) -> AuditEventQuerySet:
    """The events that a valid filter form asks for, newest first."""
    plain = {
        "username": asked["person"],
        "action__contains": asked["action"],
        "object__contains": asked["object"],
    }
    rows = rows.filter(**{key: value for key, value in plain.items() if value})
    if asked["unit"]:
        rows = rows.filter(_in_units(asked["unit"]))
    zone = timezone.get_current_timezone()
    if asked["from_on"]:
        rows = rows.filter(at__gte=datetime.combine(asked["from_on"], time(), zone))
    if asked["to_on"]:
        rows = rows.filter(at__lte=datetime.combine(asked["to_on"], time.max, zone))
    return rows.order_by("-id")


def _in_units(words: str) -> Q:
    """Acts of posts at the units of a name or code, and below them; of none where there is no such unit."""
    units = Organization.objects.filter(Q(code=words) | Q(name__contains=words))
    paths = units.order_by("depth", "path").values_list("path", flat=True)[:MOST_UNITS]
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(unit_path__startswith=path)
    return found


# --- a period as a file --------------------------------------------------------------------------------------------


def _rows(selection: Selection) -> AuditEventQuerySet:
    form = AuditFilterForm(dict(selection.filters))
    rows = AuditEvent.objects.visible_to(selection.post)
    return filtered(rows, form.cleaned_data) if form.is_valid() else rows.none()


def _refusal(selection: Selection) -> str | None:
    if not (selection.filters.get("from_on") and selection.filters.get("to_on")):
        return "请填写起止日期，导出一段时间的审计记录"
    if _length(selection) > MOST_ROWS:
        return f"这段时间的记录超过 {MOST_ROWS} 条，请分段导出"
    return None


def _length(selection: Selection) -> int:
    return _rows(selection).order_by()[: MOST_ROWS + 1].count()


def _sheet(selection: Selection, *, today: date, mark: str) -> Sheet:
    def rows() -> Iterator[Row]:
        for event in _rows(selection).order_by("id").iterator(chunk_size=2000):
            yield Row(tuple(show(column.of(event)) for column in IN_FILE), ())

    named = {"person": "用户名", "unit": "单位", "action": "操作", "object": "对象"}
    asked = [(words, selection.filters[key]) for key, words in named.items() if selection.filters.get(key)]
    who = [("导出人", selection.post.user.name), ("导出时间", show(today))]
    return Sheet("audit", _name(selection), IN_FILE, rows(), lambda: None, [*asked, *who], mark=mark)


def _name(selection: Selection) -> str:
    return f"审计记录（{selection.filters.get('from_on')}至{selection.filters.get('to_on')}）"


AUDIT = Bundle(
    key="audit",
    format="xlsx",
    counted="条",
    allowed=lambda selection: selection.post.role == Role.AUDITOR,
    refusal=_refusal,
    named=_name,
    make=_sheet,
    length=_length,
)
BUNDLES[AUDIT.key] = AUDIT
