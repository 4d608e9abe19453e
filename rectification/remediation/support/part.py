"""The things of a case's support as its file shows them: units, pairing, projects, helps, committee, training."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.tables import Column, show
from accounts.tables import render as table
from organizations.models import Appointment
from organizations.record_models import LeaderPost
from rectification.cases.models import Case
from rectification.remediation.support import committee_actions, funds, in_place
from rectification.remediation.support.models import (
    CommitteeNeed,
    Help,
    HelpingUnit,
    Pairing,
    Project,
    Training,
)
from rectification.remediation.support.rights import TEAM, support_refusal
from rectification.schemes.models import ItemKind


def part_of(case: Case, post: Appointment) -> dict[str, Any]:
    """Everything the part shows, under the one name `things`; a fixed number of queries."""
    today = timezone.localdate()
    may_add = support_refusal(case, post, new=True) is None
    may_edit = support_refusal(case, post) is None
    committee = list(LeaderPost.objects.filter(organization=case.organization).current(today))
    return {
        "things": {
            "items": in_place.items_of([case], today)[case.pk],
            "may_add": may_add,
            "may_help": support_refusal(case, post, roles=TEAM, new=True) is None,
            "units": _drawn(UNITS, HelpingUnit.objects.filter(case=case), "帮扶单位", may_edit),
            "pairings": _drawn(PAIRINGS, Pairing.objects.filter(case=case), "结对共建", may_edit),
            **_projects(case, may_edit),
            "helps": _helps(case, support_refusal(case, post, roles=TEAM) is None),
            "committee": table(POSTS, committee, caption="班子成员") if committee else "",
            "vacancies": committee_actions.vacancies_left(case, today) if may_add else [],
            "needs": _drawn(NEEDS, _needs(case, today), "限期选配和调整", may_edit),
            "trainings": _drawn(TRAININGS, Training.objects.standing().filter(case=case), "培训", may_edit),
        }
    }


def _drawn(columns: Sequence[Column], rows: Any, caption: str, may_edit: bool) -> str:
    rows = list(rows)
    shown = columns if may_edit else [_unlinked(column) for column in columns]
    return table(shown, rows, caption=caption) if rows else ""


def _unlinked(column: Column) -> Column:
    """Who only reads gets the same words without the way to the form."""
    if column.kind != "link":
        return column
    return Column(column.key, column.title, column.value, "text", column.width)


def _projects(case: Case, may_edit: bool) -> dict[str, Any]:
    rows = list(Project.objects.filter(case=case).select_related("helper"))
    total = funds.row_of(case.county, None, rows)
    shown = PROJECTS if may_edit else [_unlinked(column) for column in PROJECTS]
    return {"projects": table(shown, rows, caption="帮扶项目") if rows else "", "money": total}


def _helps(case: Case, may_edit: bool) -> list[dict[str, Any]]:
    """Each help of the scheme with what was done for it, oldest first."""
    done: dict[int, list[Help]] = {}
    for row in Help.objects.standing().filter(case=case).select_related("by__user").order_by("on", "pk"):
        row.may_edit = may_edit
        done.setdefault(row.item_id, []).append(row)
    items = case.scheme.items.filter(kind=ItemKind.HELP).order_by("order")
    return [{"item": item, "rows": done.get(item.pk, [])} for item in items]


def _needs(case: Case, today: date) -> list[CommitteeNeed]:
    rows = list(CommitteeNeed.objects.standing().filter(case=case).select_related("post", "duty"))
    for row in rows:
        row.until_on = row.duty.effective_due_on if row.duty else row.limit_on
        row.today = today
    return rows


def _to(route: str) -> Any:
    return lambda row: reverse(f"remediation:{route}", args=[row.uid])


def _ended(row: Any) -> str:
    if not row.to_on:
        return ""
    paper = f"（{row.end_document}）" if row.end_document else ""
    return f"{row.end_reason}{paper}"


def _need_state(row: CommitteeNeed) -> str:
    if row.settled_on:
        return f"{show(row.settled_on)}到位"
    if row.post and row.post.holder and row.kind == "vacant":
        return f"{row.post.holder}已任职，请登记到位"
    if row.until_on < row.today:
        return "已逾期"
    return "办理中"


def _need_tone(row: CommitteeNeed) -> str:
    if row.settled_on:
        return "green"
    return "red" if row.until_on < row.today else "yellow"


UNITS = (
    Column("name", "帮扶单位", kind="link", link=_to("helping_unit")),
    Column("contact", "联系人"),
    Column("from_on", "自", kind="date"),
    Column("to_on", "至", kind="date"),
    Column("ended", "调整原因", _ended),
)
PAIRINGS = (
    Column("name", "结对党组织", "partner_name", kind="link", link=_to("pairing")),
    Column("form", "方式"),
    Column("from_on", "自", kind="date"),
    Column("to_on", "至", kind="date"),
    Column("ended", "结束原因", _ended),
)
PROJECTS = (
    Column("name", "项目名称", kind="link", link=_to("project")),
    Column("helper", "帮扶单位", lambda row: row.helper.name if row.helper else ""),
    Column("planned", "计划（万元）", kind="number"),
    Column("arrived", "到位（万元）", kind="number"),
    Column("spent", "支出（万元）", kind="number"),
    Column("due_on", "计划完成", kind="date"),
    Column("done_on", "实际完成", kind="date"),
    Column("state", "状态", funds.state_of, kind="light", tone=funds.tone_of),
    Column("progress", "进展", lambda row: row.cancelled_reason or row.progress),
)
POSTS = (
    Column("title", "职务"),
    Column("holder", "姓名"),
    Column("since_on", "任职（空缺）起", kind="date"),
    Column(
        "vacant", "情况", lambda post: "" if post.holder else "空缺", kind="light", tone=lambda post: "red"
    ),
)
NEEDS = (
    Column(
        "title", "职务", kind="link", link=lambda row: "" if row.settled_on else _to("committee_need")(row)
    ),
    Column("kind", "情况", lambda row: row.get_kind_display()),
    Column("since_on", "自", kind="date"),
    Column("from_start", "年初即有"),
    Column("limit_on", "限期", "until_on", kind="date"),
    Column("state", "办理", _need_state, kind="light", tone=_need_tone),
    Column("holder", "继任"),
    Column("origin", "人选来源"),
    Column("words", "说明"),
)
TRAININGS = (
    Column("person", "参训人员", kind="link", link=_to("training")),
    Column("secretary", "书记"),
    Column("on", "日期", kind="date"),
    Column("level", "组织层级", lambda row: row.get_level_display()),
    Column("title", "培训内容"),
)
