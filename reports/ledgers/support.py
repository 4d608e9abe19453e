"""五个一落实情况表 (domain §5.4): what each case has been given, titled with the scheme's own name for it.

Leaders and projects stand line by line, each with their own numbers; everything else of a case is merged beside them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import zip_longest
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.tables import Column
from organizations.rules import Field
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.cases.support_rules import leader_word
from rectification.duties.making import MADE_AGAIN, NOT_TURNED_ROUND, PASSED
from rectification.duties.models import Duty, DutyState
from rectification.remediation.models import Plan
from rectification.remediation.support import in_place
from rectification.remediation.support.funds import short
from rectification.remediation.support.in_place_rules import Given
from rectification.remediation.support.leaders_reading import VISITS, visits_of
from rectification.remediation.support.models import CommitteeNeed, HelpingUnit, Pairing, Project
from rectification.workflow import CHOICES, Stage
from reports.ledgers.declaration import Ledger, Record, Selection, Total
from reports.ledgers.support_totals import asked_totals

CASE = 1
FIELDS = [(one.value, one.label) for one in Field]
NOT_GIVEN = (Stage.SURVEY, Stage.WITHDRAWN)
STAGES = [choice for choice in CHOICES if choice[0] not in NOT_GIVEN]
LEADER_GROUP = "联系领导"
RELATED = ("organization", "county", "township", "scheme")
TOLD = (  # what rows say of a case, and what its duties are reckoned by
    *("org_path", "stage", "closed_on", "organization__short_name", "organization__households"),
    *("county__short_name", "township__short_name", "scheme__yellow_days"),
)
LEADERS = (MemberKind.LEADER, MemberKind.STATIONED)


def source(selection: Selection) -> QuerySet:
    """The cases of the year under the unit, in the tree's order, with what each lacks where that is filtered."""
    cases = Case.objects.visible_to(selection.post).under(selection.unit).of_year(selection.year)
    cases = cases.exclude(stage__in=NOT_GIVEN)
    if selection.filters.get("lacks"):
        cases = in_place.with_gaps(cases, timezone.localdate())
    return cases.order_by("org_path", "pk").values("pk")


@dataclass
class Held:
    """What some cases have, by the case's key."""

    given: dict[int, Given]
    members: dict[int, list[CaseMember]] = field(default_factory=lambda: defaultdict(list))
    units: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    pairings: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    projects: dict[int, list[Project]] = field(default_factory=lambda: defaultdict(list))
    needed: Counter[int] = field(default_factory=Counter)
    filled: Counter[int] = field(default_factory=Counter)
    visits: dict[int, Any] = field(default_factory=dict)
    asked: dict[int, int] = field(default_factory=dict)


def compute(_selection: Selection, records: Sequence[Record]) -> list[Record]:
    """The lines of each case; a fixed number of queries, however many cases."""
    today = timezone.localdate()
    keys = [record["pk"] for record in records]
    found = Case.objects.filter(pk__in=keys).select_related(*RELATED).only(*TOLD).in_bulk()
    cases = [found[key] for key in keys]
    held = _held(cases, today)
    return [line for case in cases for line in _lines(case, held)]


def _held(cases: Sequence[Case], today: date) -> Held:
    keys, days = [case.pk for case in cases], {case.pk: in_place.day_of(case, today) for case in cases}
    members = list(CaseMember.objects.filter(case__in=keys).defer("search").order_by("kind", "from_on", "pk"))
    units, pairings = (list(model.objects.filter(case__in=keys)) for model in (HelpingUnit, Pairing))
    projects = list(Project.objects.standing().filter(case__in=keys).order_by("pk"))
    needs = CommitteeNeed.objects.standing().filter(case__in=keys)
    needs = list(needs.values_list("case", "settled_on", "post__holder"))
    rows = in_place.Rows(
        plans=Plan.objects.filter(case__in=keys).only("case", "state", "approved_on"),
        stays=[*units, *pairings, *members],
        projects=[one.case_id for one in projects],
        needs=[case for case, settled, holder in needs if settled is None and holder != ""],
        posts=in_place.posts_of(cases, today),
    )
    held = Held(in_place.given_of(cases, rows, today))
    for member in _on(members, days):
        held.members[member.case_id].append(member)
        if member.kind == MemberKind.OFFICE:
            held.units[member.case_id].append(f"{member.name}（包联组室）")
    for unit in _on(units, days):
        held.units[unit.case_id].append(unit.name)
    for pairing in _on(pairings, days):
        way = f"（{pairing.form}）" if pairing.form else ""
        held.pairings[pairing.case_id].append(f"{pairing.partner_name}{way}")
    for project in projects:
        held.projects[project.case_id].append(project)
    for case, settled, _holder in needs:
        held.needed[case] += 1
        held.filled[case] += settled is not None
    leaders = [one for rows in held.members.values() for one in rows if one.kind in LEADERS]
    held.visits = visits_of(cases, leaders, today)
    held.asked = _asked([case.pk for case in cases if not case.is_open])
    return held


def _asked(keys: Sequence[int]) -> dict[int, int]:
    """The visits the year asked of each leader at cases that ended: nothing is owed there any more, but it was."""
    rows = Duty.objects.filter(case__in=keys, key=VISITS, state=DutyState.CANCELLED)
    for reason in MADE_AGAIN:
        if reason not in (PASSED, NOT_TURNED_ROUND):
            rows = rows.exclude(ended_reason__startswith=reason)
    # Once a period: what a check took back and closed again was owed twice, one after the other
    asked: Counter[int] = Counter()
    for case, _period, times in rows.order_by().values_list("case", "period_from_on").annotate(Max("times")):
        asked[case] += times
    return dict(asked)


def _on(rows: Iterable[Any], days: dict[int, date]) -> list[Any]:
    """Those on their case on its day."""
    return [
        row
        for row in rows
        if row.from_on <= days[row.case_id] and (row.to_on is None or row.to_on >= days[row.case_id])
    ]


def _lines(case: Case, held: Held) -> list[Record]:
    members = held.members[case.pk]
    whole = _whole(case, held, members)
    leaders = [one for one in members if one.kind in LEADERS]
    leaders.sort(key=lambda one: one.kind != MemberKind.LEADER)
    pairs = list(zip_longest(leaders, held.projects[case.pk])) or [(None, None)]
    return [
        whole | {"line": number, **_leader(leader, held), **_project(project)}
        for number, (leader, project) in enumerate(pairs)
    ]


def _whole(case: Case, held: Held, members: Sequence[CaseMember]) -> Record:
    """What stands once for a case."""
    team = [one for one in members if one.kind == MemberKind.TEAM]
    first = next((one for one in members if one.kind == MemberKind.FIRST_SECRETARY), None)
    given = held.given[case.pk]
    # A vacant post nobody has put down is to be filled all the same
    open_posts = max(given.vacant - (held.needed[case.pk] - held.filled[case.pk] - given.needs), 0)
    return {
        "case": case.pk,
        "county_name": case.county.short_name,
        "township_name": case.township.short_name if case.township else "",
        "organization_name": case.organization.short_name,
        "approved_on": given.approved_on,  # an adjusted plan stays in force as approved
        "team_leader": _names(one for one in team if one.leads),
        "team_members": _names(one for one in team if not one.leads),
        "team_unit": "；".join(dict.fromkeys(one.unit for one in team if one.unit)),
        "first_name": first.name if first else "",
        "first_unit": first.unit if first else "",
        "first_from": first.from_on if first else None,
        "first_to": first.to_on if first else None,
        "units": "；".join(held.units[case.pk]),
        "pairings": "；".join(held.pairings[case.pk]),
        "posts": given.posts or None,
        "needed": held.needed[case.pk] + open_posts,
        "filled": held.filled[case.pk],
    }


def _names(people: Iterable[CaseMember]) -> str:
    return "、".join(dict.fromkeys(one.name for one in people))


def _leader(leader: CaseMember | None, held: Held) -> Record:
    if leader is None:
        return {"leader": "", "leader_post": "", "made": None, "owed": None}
    visits = held.visits[leader.pk]
    stationed = "（蹲点）" if leader.kind == MemberKind.STATIONED else ""
    return {
        "leader": leader.name,
        "leader_post": f"{leader.unit}{stationed}",
        "made": visits.made,
        "owed": visits.owed or held.asked.get(leader.case_id),
    }


def _project(project: Project | None) -> Record:
    if project is None:
        return {"project": "", "planned": None, "spent": None}
    return {"project": project.name, "planned": short(project.planned), "spent": short(project.spent)}


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
