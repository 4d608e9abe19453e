"""The people on the support part of a case's file: what is missing, who is there, who was."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.tables import Column, show
from accounts.tables import render as table
from organizations.models import Appointment
from rectification.cases import member_actions as members
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.remediation.support.gaps import gaps_of
from rectification.remediation.support.leaders_reading import Visits, visits_of

ORDER = ("leader", "office", "stationed", "first_secretary", "team", "liaison")


def members_of(case: Case) -> list[CaseMember]:
    """Everybody who is or was on a case."""
    rows = list(case.members.select_related("user", "replaces"))
    for member in rows:
        member.case = case
    return rows


def people_part(
    case: Case, post: Appointment, rows: Sequence[CaseMember], texts: Iterable[str]
) -> dict[str, Any]:
    """What the part shows of these `members_of` the case; texts: the support items of its scheme."""
    today = timezone.localdate()
    now = [member for member in rows if member.to_on is None or member.to_on >= today]
    now.sort(key=lambda one: (ORDER.index(one.kind), not one.leads, one.from_on))
    leaders = [member for member in now if member.kind == MemberKind.LEADER]
    visits = visits_of([case], leaders, today) if leaders else {}
    for member in now:
        member.visits = visits.get(member.pk)
    may_keep = members.member_refusal(case, post) is None
    may_join = members.join_refusal(case, post) is None
    gaps = gaps_of(case, rows, texts, today) if case.is_open else None
    return {
        "now": table(_columns(may_keep, may_join), now, caption="在岗帮扶人员") if now else "",
        "former": [member for member in rows if member not in now],
        "gaps": gaps,
        "may_join": may_join,
        "may_drop": may_join and post.role == Role.COUNTY_OFFICER,
    }


def _columns(may_keep: bool, may_join: bool) -> tuple[Column, ...]:
    shown = (
        Column("name", "姓名"),
        Column("kind", "身份", lambda member: member.called + ("（组长）" if member.leads else "")),
        Column("unit", "单位及职务"),
        Column("from_on", "自", kind="date"),
        Column("more", "情况", _more),
        Column("visits", "到点", _visits, kind="light", tone=_tone),
        Column("user", "账号", _account),
    )
    keep = (Column("edit", "更正", lambda one: "更正", "link", link=_to("remediation:member_edit")),)
    change = (
        Column("replace", "换人", _if_staying("换人"), "link", link=_to("remediation:member_replace", True)),
    )
    end = (Column("end", "离岗", _if_staying("离岗"), "link", link=_to("remediation:member_end", True)),)
    return (*shown, *(keep if may_keep else ()), *(change if may_join else ()), *(end if may_keep else ()))


def _if_staying(word: str) -> Any:
    return lambda member: "" if member.to_on else word


def _to(name: str, staying: bool = False) -> Any:
    return lambda member: "" if staying and member.to_on else reverse(name, args=[member.uid])


def _account(member: CaseMember) -> str:
    if member.kind in (MemberKind.LEADER, MemberKind.OFFICE):
        return ""
    return member.user.username if member.user else "未关联"


def _visits(member: CaseMember) -> str:
    visits: Visits | None = member.visits
    return visits.words if visits else ""


def _tone(member: CaseMember) -> str:
    return member.visits.tone if member.visits else "grey"


def _more(member: CaseMember) -> str:
    said = []
    if member.to_on:
        said.append(f"到{show(member.to_on)}止")
    if member.reserve:
        said.append("后备干部")
    if member.released_from_on:
        said.append(f"脱钩{_span(member.released_from_on, member.released_to_on)}")
    if member.matched:
        said.append(f"选派依据：{member.matched}")
    if member.replaces:
        said.append(f"接替{member.replaces.name}")
    return "；".join(said)


def _span(first: date, last: date | None) -> str:
    return f"{show(first)}至{show(last)}" if last else f"自{show(first)}起"
