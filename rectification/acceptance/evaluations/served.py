"""Who served in a year and who assesses whom: where posted for those sent down, the county for leaders (S0 四、五)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.roles import Role
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, Level, paths_over, range_end
from rectification.acceptance.evaluations.models import EvaluationKind, PersonEvaluation
from rectification.cases.leader_actions import LISTED_AT
from rectification.cases.leader_models import ContactLeader
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.schemes.models import Scheme
from rectification.workflow import Stage

OUTSIDE = frozenset({Stage.SURVEY, Stage.WITHDRAWN})
KINDS = {
    MemberKind.LEADER: EvaluationKind.CONTACT_LEADER,
    MemberKind.TEAM: EvaluationKind.TEAM,
    MemberKind.FIRST_SECRETARY: EvaluationKind.FIRST_SECRETARY,
}


@dataclass(frozen=True)
class Served:
    """Somebody who served in the year, with the unit that assesses."""

    kind: EvaluationKind
    scheme: Scheme
    unit: Organization
    name: str
    post_words: str
    contact: ContactLeader | None = None
    member: CaseMember | None = None
    case: Case | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two rows the same person's: a leader of the list once, others once for each case and kind."""
        if self.contact is not None:
            return ("contact", self.contact.pk)
        return (self.case.pk if self.case else None, self.kind, self.name)


def key_of(row: PersonEvaluation) -> tuple[object, ...]:
    """The same for a row of the list."""
    if row.contact_id is not None:
        return ("contact", row.contact_id)
    return (row.case_id, row.kind, row.member.name if row.member else row.name)


def posted_at(case: Case) -> Organization:
    """Who assesses those who serve at a case: the unit right above it, they are assessed where posted (S0 四（三）)."""
    return case.township or case.county


def leaders_assessed_by(unit: Organization, scheme: Scheme, above: dict[int, Organization]) -> Organization:
    """Who assesses the leaders of a unit's list: the county, for a township's too; a township that runs its year by
    itself does it alone (S2 岔路)."""
    if unit.level != Level.TOWNSHIP or scheme.issuer.level == Level.TOWNSHIP:
        return unit
    return above.get(unit.pk, unit)


def assess_refusal(row: PersonEvaluation, post: Appointment | None) -> str | None:
    """Why this post does not assess this person, or None; the same answer for button, action and test."""
    officer = OFFICER.get(Level(row.organization.level))
    if post is None or (post.organization_id, post.role) != (row.organization_id, officer):
        return f"由{row.organization.office}考核"
    return None


def list_refusal(post: Appointment | None, scheme: Scheme | None) -> str | None:
    """Why this post opens no list, or None."""
    if post is None or post.role not in (Role.CITY_REVIEWER, Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER):
        return "年底考核由党委组织部门和乡镇（街道）党（工）委办理"
    if scheme is None:
        return "本年度还没有执行的实施方案"
    return None


def served(post: Appointment, year: int, today: date) -> list[Served]:
    """Everyone the post's unit assesses who served in the year, once each; five queries.

    Only what may be the unit's is read: the cases right below it, the leaders of its lists and of those below it.
    """
    own = post.organization
    cases = Case.objects.visible_to(post).of_year(year).exclude(stage__in=OUTSIDE)
    near = cases.filter(Q(township=own) | Q(county=own))
    known = {
        case.pk: case for case in near.select_related("organization", "county", "township", "scheme__issuer")
    }
    rows = CaseMember.objects.filter(kind__in=KINDS, from_on__lte=today).exclude(to_on__lt=date(year, 1, 1))
    # The last time somebody came to a case stands for all times
    rows = rows.order_by("-from_on", "-pk")
    found: list[Served] = []
    if own.level in LISTED_AT:
        below = Q(contact__org_path__gte=own.path, contact__org_path__lt=range_end(own.path))
        listed = rows.filter(below, kind=MemberKind.LEADER, case__in=cases.order_by().values("pk"))
        found += _leaders(listed)
    if known:
        others = rows.filter(case__in=known).exclude(kind=MemberKind.LEADER, contact__isnull=False)
        found += [*_members(list(others), known), *_secretaries(known, year, today)]
    mine: dict[tuple[object, ...], Served] = {}
    for one in found:
        if one.unit.pk == own.pk:
            mine.setdefault(one.key, one)
    return sorted(mine.values(), key=_order)


def _order(one: Served) -> tuple[object, ...]:
    return (list(EvaluationKind).index(one.kind), one.case.org_path if one.case else "", one.name)


def _leaders(rows: QuerySet[CaseMember]) -> Iterator[Served]:
    """The leaders of the lists."""
    members = list(rows.select_related("contact__organization", "contact__scheme__issuer"))
    above = _counties(one.contact.organization for one in members)
    for contact in (one.contact for one in members):
        unit = leaders_assessed_by(contact.organization, contact.scheme, above)
        yield Served(
            EvaluationKind.CONTACT_LEADER, contact.scheme, unit, contact.name, contact.title, contact=contact
        )


def _members(members: Sequence[CaseMember], cases: dict[int, Case]) -> Iterator[Served]:
    """Who is on a case without being on a list."""
    first = {(one.case_id, one.name) for one in members if one.kind == MemberKind.FIRST_SECRETARY}
    for member in members:
        case = cases[member.case_id]
        kind = KINDS[MemberKind(member.kind)]
        if kind == EvaluationKind.TEAM and (case.pk, member.name) in first:
            continue  # a first secretary who heads the team is assessed once, as that (S0 四（三）)
        unit = posted_at(case)
        if kind == EvaluationKind.CONTACT_LEADER and case.scheme.issuer.level != Level.TOWNSHIP:
            unit = case.county
        yield Served(kind, case.scheme, unit, member.name, member.unit, member=member, case=case)


def _counties(units: Iterable[Organization]) -> dict[int, Organization]:
    """The county over each township."""
    towns = {unit.pk: unit for unit in units if unit.level == Level.TOWNSHIP}
    paths = {path for unit in towns.values() for path in paths_over(unit.path)}
    counties = {one.path: one for one in Organization.objects.filter(path__in=paths, level=Level.COUNTY)}
    return {
        key: county
        for key, unit in towns.items()
        if (county := next((counties[path] for path in paths_over(unit.path) if path in counties), None))
    }


def _secretaries(cases: dict[int, Case], year: int, today: date) -> Iterator[Served]:
    """Who held a secretary's post at any time of the year since the case was determined, told by its history: who was
    replaced before the list was made is on it too. A name put right (the same day of taking office) is one person."""
    by_unit = {case.organization_id: case for case in cases.values()}
    history = apps.get_model("organizations", "LeaderPostHistory")
    rows = history.objects.filter(organization__in=by_unit, secretary=True).order_by(
        "org_path", "pgh_obj", "pgh_id"
    )
    for _post, group in groupby(rows, key=lambda row: row.pgh_obj_id):
        told = list(group)
        terms: dict[date, tuple[Any, date | None]] = {}
        for row, after in pairwise([*told, None]):
            if row.pgh_label != "delete":
                terms[row.since_on] = row, _until(row, after)
        for row, until in reversed(terms.values()):
            case = by_unit[row.organization_id]
            since = max(date(year, 1, 1), case.determined_on or date(year, 1, 1))
            if row.holder and row.since_on <= today and (until is None or until >= since):
                left = (
                    f"（{until.year}年{until.month}月离任）" if until is not None and until <= today else ""
                )
                title = f"{case.organization.short_name}{row.title}{left}"
                yield Served(
                    EvaluationKind.SECRETARY, case.scheme, posted_at(case), row.holder, title, case=case
                )


def _until(row: Any, after: Any) -> date | None:
    """When a term told by a row of history ended: the post was given up, or another row took its place."""
    if row.ended_on is not None:
        return row.ended_on
    if after is None:
        return None
    return after.since_on if after.since_on > row.since_on else timezone.localdate(after.pgh_created_at)
