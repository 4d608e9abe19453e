"""The things of a case's support as its file shows them: units, pairing, projects, helps, committee, training."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.tables import Column
from accounts.tables import render as table
from organizations.models import Appointment
from organizations.record_models import LeaderPost
from rectification.cases.models import Case, CaseMember
from rectification.remediation.models import Plan
from rectification.remediation.support import committee_actions, funds, in_place
from rectification.remediation.support.models import (
    CommitteeNeed,
    Help,
    HelpingUnit,
    Pairing,
    Project,
    Training,
)
from rectification.remediation.support.people_part import members_of, people_part
from rectification.remediation.support.rights import TEAM, support_refusal
from rectification.schemes.models import ItemKind, SchemeItem


@dataclass
class Kept:
    """What a case's file holds of its support, each kind read once."""

    units: list[HelpingUnit]
    pairings: list[Pairing]
    projects: list[Project]
    committee: list[LeaderPost]
    needs: list[CommitteeNeed]

    def rows(self, plan: Plan | None, members: Sequence[CaseMember]) -> in_place.Rows:
        """The same for the lights of the scheme's items."""
        needs = [row for row in self.needs if not row.settled_on and not (row.post and not row.post.holder)]
        return in_place.Rows(
            plans=[plan] if plan else [],
            stays=[*self.units, *self.pairings, *members],
            projects=[row.case_id for row in self.projects if not row.cancelled_reason],
            needs=[row.case_id for row in needs],
            posts=[(post.organization_id, post.holder) for post in self.committee],
        )


def part_of(case: Case, post: Appointment, plan: Plan | None) -> dict[str, Any]:
    """The people, and everything else under the one name `things`; a fixed number of queries."""
    today = timezone.localdate()
    items = list(case.scheme.items.filter(kind__in=(ItemKind.SUPPORT, ItemKind.HELP)).order_by("order"))
    texts = [item.text for item in items if item.kind == ItemKind.SUPPORT]
    members, kept = members_of(case), _kept(case, today)
    may_add = support_refusal(case, post, new=True) is None
    may_edit = support_refusal(case, post) is None
    things = {
        "items": in_place.items_of(case, texts, kept.rows(plan, members), today),
        "may_add": may_add,
        "may_help": support_refusal(case, post, roles=TEAM, new=True) is None,
        "units": _drawn(UNITS, kept.units, "帮扶单位", may_edit),
        "pairings": _drawn(PAIRINGS, kept.pairings, "结对共建", may_edit),
        "projects": _drawn(PROJECTS, kept.projects, "帮扶项目", may_edit),
        "money": funds.row_of(case.county, None, kept.projects),
        "helps": _helps(case, items, support_refusal(case, post, roles=TEAM) is None),
        "committee": table(POSTS, kept.committee, caption="班子成员") if kept.committee else "",
        "vacancies": committee_actions.unlisted(kept.committee, kept.needs) if may_add else [],
        **_needs(kept.needs, today, may_edit),
        "trainings": _drawn(TRAININGS, Training.objects.standing().filter(case=case), "培训", may_edit),
    }
    return {**people_part(case, post, members, texts), "things": things}


def _kept(case: Case, today: date) -> Kept:
    needs = CommitteeNeed.objects.standing().filter(case=case)
    return Kept(
        units=list(HelpingUnit.objects.filter(case=case)),
        pairings=list(Pairing.objects.filter(case=case)),
        projects=list(Project.objects.filter(case=case).select_related("helper")),
        committee=list(LeaderPost.objects.filter(organization=case.organization).current(today)),
        needs=list(needs.select_related("post", "duty")),
    )


def _drawn(columns: Sequence[Column], rows: Any, caption: str, may_edit: bool) -> str:
    rows = list(rows)
    shown = columns if may_edit else [_unlinked(column) for column in columns]
    return table(shown, rows, caption=caption) if rows else ""


def _unlinked(column: Column) -> Column:
    """Who only reads gets the same words without the way to the form."""
    if column.kind != "link":
        return column
    return Column(column.key, column.title, column.value, "text", column.width)


def _helps(case: Case, items: Iterable[SchemeItem], may_edit: bool) -> list[dict[str, Any]]:
    """Each help of the scheme with what was done for it, oldest first."""
    done: dict[int, list[Help]] = {}
    for row in Help.objects.standing().filter(case=case).select_related("by__user").order_by("on", "pk"):
        row.may_edit = may_edit
        done.setdefault(row.item_id, []).append(row)
    return [{"item": item, "rows": done.get(item.pk, [])} for item in items if item.kind == ItemKind.HELP]


def _needs(rows: Sequence[CommitteeNeed], today: date, may_edit: bool) -> dict[str, Any]:
    """What is still to be settled as a table, and what was settled as one of its own, to be folded."""
    for row in rows:
        row.until_on = row.duty.effective_due_on if row.duty else row.limit_on
        row.today = today
    settled = [row for row in rows if row.settled_on]
    return {
        "needs": _drawn(NEEDS, [row for row in rows if not row.settled_on], "限期选配和调整", may_edit),
        "settled": _drawn(SETTLED, settled, "已配齐、已调整的职务", may_edit),
        "settled_count": len(settled),
    }


def _to(route: str) -> Any:
    return lambda row: reverse(f"remediation:{route}", args=[row.uid])


def _ended(row: Any) -> str:
    if not row.to_on:
        return ""
    paper = f"（{row.end_document}）" if row.end_document else ""
    return f"{row.end_reason}{paper}"


def _need_state(row: CommitteeNeed) -> str:
    if row.post and row.post.holder and row.kind == "vacant":
        return f"{row.post.holder}已任职，请登记到位"
    if row.until_on < row.today:
        return "已逾期"
    return "办理中"


def _need_tone(row: CommitteeNeed) -> str:
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
    Column("title", "职务", kind="link", link=_to("committee_need")),
    Column("kind", "情况", lambda row: row.get_kind_display()),
    Column("since_on", "自", kind="date"),
    Column("from_start", "年初即有"),
    Column("limit_on", "限期", "until_on", kind="date"),
    Column("state", "办理", _need_state, kind="light", tone=_need_tone),
    Column("words", "说明"),
)
SETTLED = (
    Column("title", "职务", kind="link", link=_to("committee_need")),
    Column("kind", "原情况", lambda row: row.get_kind_display()),
    Column("since_on", "自", kind="date"),
    Column("limit_on", "限期", "until_on", kind="date"),
    Column("settled_on", "到位日期", kind="date"),
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
