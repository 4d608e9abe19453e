"""五个一落实情况表 (domain §5.4): what each case has been given, titled with the scheme's own name for it.

Leaders and projects stand line by line, each with their own numbers; everything else of a case is merged beside them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.tables import Column
from organizations.record_models import LeaderPost
from organizations.rules import Field
from rectification.cases.models import Case, MemberKind
from rectification.cases.support_rules import leader_word
from rectification.remediation.support import in_place
from rectification.remediation.support.funds import short
from rectification.remediation.support.models import CommitteeNeed
from rectification.workflow import CHOICES, Stage
from reports.ledgers.declaration import Ledger, Record, Selection, Total
from reports.ledgers.support_reading import LEADERS, PAIRING, UNIT, Held, Stay, held_of
from reports.ledgers.support_totals import asked_totals

CASE = 1
FIELDS = [(one.value, one.label) for one in Field]
NOT_GIVEN = (Stage.SURVEY, Stage.WITHDRAWN)
STAGES = [choice for choice in CHOICES if choice[0] not in NOT_GIVEN]
LEADER_GROUP = "联系领导"
TOLD = {  # what rows say of a case, and what its duties are reckoned by
    "county_name": "county__short_name",
    "township_name": "township__short_name",
    "organization_name": "organization__short_name",
    "households": "organization__households",
    "yellow_days": "scheme__yellow_days",
    "approved_on": "plan__approved_on",  # an adjusted plan stays in force as approved
}


def source(selection: Selection) -> QuerySet:
    """The cases of the year under the unit, in the tree's order, with their committees' posts (`holders`) and what of
    them is to be settled (`needs`), and with what each lacks where that is filtered."""
    today = timezone.localdate()
    cases = Case.objects.visible_to(selection.post).under(selection.unit).of_year(selection.year)
    cases = cases.exclude(stage__in=NOT_GIVEN)
    if selection.filters.get("lacks"):
        cases = in_place.with_gaps(cases, today)
    posts = LeaderPost.objects.filter(organization=OuterRef("organization")).current(today).order_by()
    needs = CommitteeNeed.objects.standing().filter(case=OuterRef("pk")).order_by()
    return cases.order_by("org_path", "pk").values(
        "pk",
        "stage",
        "closed_on",
        holders=ArraySubquery(posts.values("holder")),
        needs=ArraySubquery(needs.values(said=JSONObject(settled="settled_on", holder="post__holder"))),
        **{name: F(path) for name, path in TOLD.items()},
    )


def compute(_selection: Selection, records: Sequence[Record]) -> list[Record]:
    """The lines of each case; a fixed number of queries, however many cases."""
    held = held_of(records, timezone.localdate())
    return [line for case in records for line in _lines(case, held)]


def _lines(case: Record, held: Held) -> list[Record]:
    stays = held.stays[case["pk"]]
    whole = _whole(case, stays)
    leaders = [one for one in stays if one.kind in LEADERS]
    leaders.sort(key=lambda one: one.kind != MemberKind.LEADER)
    pairs = list(zip_longest(leaders, held.projects[case["pk"]])) or [(None, None)]
    return [
        whole | {"line": number, **_leader(leader, held), **_project(project)}
        for number, (leader, project) in enumerate(pairs)
    ]


def _whole(case: Record, stays: Sequence[Stay]) -> Record:
    """What stands once for a case."""
    team = [one for one in stays if one.kind == MemberKind.TEAM]
    first = next((one for one in stays if one.kind == MemberKind.FIRST_SECRETARY), None)
    units = [f"{one.name}（包联组室）" for one in stays if one.kind == MemberKind.OFFICE]
    units += [one.name for one in stays if one.kind == UNIT]
    pairings = [one.name + (f"（{one.more}）" if one.more else "") for one in stays if one.kind == PAIRING]
    # A vacant post nobody has put down is to be filled all the same
    settled = [one["settled"] is not None for one in case["needs"]]
    known = [one for one in case["needs"] if one["settled"] is None and one["holder"] == ""]
    return {
        "case": case["pk"],
        **{name: case[name] for name in ("county_name", "organization_name", "approved_on")},
        "township_name": case["township_name"] or "",
        "team_leader": _names(one for one in team if one.leads),
        "team_members": _names(one for one in team if not one.leads),
        "team_unit": "；".join(dict.fromkeys(one.more for one in team if one.more)),
        "first_name": first.name if first else "",
        "first_unit": first.more if first else "",
        "first_from": first.from_on if first else None,
        "first_to": first.to_on if first else None,
        "units": "；".join(units),
        "pairings": "；".join(pairings),
        "posts": len(case["holders"]) or None,
        "needed": len(settled) + max(case["holders"].count("") - len(known), 0),
        "filled": sum(settled),
    }


def _names(people: Iterable[Stay]) -> str:
    return "、".join(dict.fromkeys(one.name for one in people))


def _leader(leader: Stay | None, held: Held) -> Record:
    if leader is None:
        return {"leader": "", "leader_post": "", "made": None, "owed": None}
    visits = held.visits[leader.pk]
    stationed = "（蹲点）" if leader.kind == MemberKind.STATIONED else ""
    return {
        "leader": leader.name,
        "leader_post": f"{leader.more}{stationed}",
        "made": visits.made,
        "owed": visits.owed or held.asked.get(leader.case_id),
    }


def _project(project: Sequence[Any] | None) -> Record:
    if project is None:
        return {"project": "", "planned": None, "spent": None}
    name, planned, spent = project
    return {"project": name, "planned": short(planned), "spent": short(spent)}


def called(selection: Selection) -> str:
    """The title with the name the unit's scheme gives the support: 五个一, 四个一."""
    scheme = selection.governing
    name = scheme.support_name if scheme else "帮扶力量"
    return f"{selection.year}年整顿软弱涣散基层党组织“{name}”落实情况表"


def shape(selection: Selection) -> tuple[tuple[Column, ...], tuple[Total, ...]]:
    """The columns with the leaders under the unit's scheme's own word: 挂点领导, 包抓领导."""
    scheme = selection.governing
    group = leader_word(scheme.contact_name) if scheme else LEADER_GROUP
    columns = tuple(
        replace(column, group=group) if column.group == LEADER_GROUP else column for column in COLUMNS
    )
    asked = asked_totals(timezone.localdate())
    return columns, tuple(
        replace(total, asks=asked[total.column]) if total.column in asked else total
        for total in SUPPORT.totals
    )


def _merged(key: str, title: str, value: str, group: str, width: int, kind: str = "text") -> Column:
    return Column(key, title, value, kind, width, group, merge=CASE)


COLUMNS = (
    Column("number", "序号", kind="number", width=5, merge=CASE),
    _merged("county", "县市区", "county_name", "整顿对象", 9),
    _merged("township", "乡镇（街道）", "township_name", "整顿对象", 13),
    _merged("organization", "村（社区）", "organization_name", "整顿对象", 11),
    _merged("plan", "批准时间", "approved_on", "整顿方案", 17, "date"),
    _merged("team_leader", "组长", "team_leader", "工作组", 9),
    _merged("team_members", "成员", "team_members", "工作组", 14),
    _merged("team_unit", "单位", "team_unit", "工作组", 16),
    _merged("first_name", "姓名", "first_name", "第一书记", 9),
    _merged("first_unit", "单位", "first_unit", "第一书记", 14),
    _merged("first_from", "自", "first_from", "第一书记", 14, "date"),
    _merged("first_to", "至", "first_to", "第一书记", 14, "date"),
    Column("leader", "姓名", width=9, group=LEADER_GROUP),
    Column("leader_post", "职务", width=16, group=LEADER_GROUP),
    Column("made", "已到点（次）", kind="number", width=7, group=LEADER_GROUP),
    Column("owed", "应到点（次）", kind="number", width=7, group=LEADER_GROUP),
    _merged("units", "帮扶单位", "units", "", 16),
    _merged("pairings", "结对共建", "pairings", "", 16),
    Column("project", "名称", width=18, group="帮扶项目"),
    Column("planned", "计划资金（万元）", kind="number", width=9, group="帮扶项目"),
    Column("spent", "已支出（万元）", kind="number", width=9, group="帮扶项目"),
    _merged("posts", "职数", "posts", "班子", 6, "number"),
    _merged("needed", "应配备", "needed", "班子", 7, "number"),
    _merged("filled", "已配备", "filled", "班子", 7, "number"),
)

SUPPORT = Ledger(
    key="support",
    title="{year}年整顿软弱涣散基层党组织帮扶力量落实情况表",
    called=called,
    shape=shape,
    columns=COLUMNS,
    source=source,
    compute=compute,
    each=True,
    parts=("case", "line"),
    totals=(
        Total("organization", "count", CASE, words="{}个"),
        Total("made", "sum"),
        Total("owed", "sum"),
        Total("planned", "sum"),
        Total("spent", "sum"),
        Total("posts", "sum", CASE),
        Total("needed", "sum", CASE),
        Total("filled", "sum", CASE),
    ),
    filters={
        "field": ("领域", FIELDS, "organization__field"),
        "stage": ("环节", STAGES, "stage"),
        "lacks": ("缺项", in_place.LACKING, "gaps__contains"),
    },
)
