"""Search over organizations, cases, problems and people within the post's scope: names, pinyin, codes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import CASE_READERS
from organizations.models import Appointment, Organization
from organizations.outline import places
from organizations.record_models import LeaderPost
from rectification.cases.leader_models import ContactLeader
from rectification.cases.models import Case, CaseMember
from rectification.remediation.models import Problem

FEW, MANY = 10, 100
LONGEST = 50


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is called, where it leads, what else tells it apart."""

    words: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """What of one kind was found, at most so many; `more` says there are others."""

    kind: str
    title: str
    hits: list[Hit]
    more: bool


Finder = Callable[[Appointment, str], QuerySet[Any]]
Teller = Callable[[Iterable[Any], Appointment], list[Hit]]


def _each(rows: QuerySet[Any], words: str, matches: Callable[[str], Q]) -> QuerySet[Any]:
    """Every word has to be found somewhere in a row."""
    for word in words.split():
        rows = rows.filter(matches(word))
    return rows


def _organizations(post: Appointment, words: str) -> QuerySet[Organization]:
    return Organization.objects.visible_to(post).matching(words)


def _cases(post: Appointment, words: str) -> QuerySet[Case]:
    rows = Case.objects.visible_to(post).matching(words)
    return rows.select_related("organization", "township", "primary").order_by("-year", "org_path")


def _problems(post: Appointment, words: str) -> QuerySet[Problem]:
    rows = Problem.objects.visible_to(post).select_related("case__organization")
    return _each(
        rows,
        words,
        lambda word: (
            Q(text__icontains=word)
            | Q(case__organization__name__icontains=word)
            | Q(case__organization__search__contains=word)
        ),
    ).order_by("-case__year", "case__org_path", "order")


def _named(name: str, *beside: str) -> Callable[[str], Q]:
    """A person's name or its pinyin, or a piece of what stands beside it."""

    def matches(word: str) -> Q:
        found = Q(**{f"{name}__icontains": word}) | Q(search__contains=word)
        for column in beside:
            found |= Q(**{f"{column}__icontains": word})
        return found

    return matches


def _members(post: Appointment, words: str) -> QuerySet[CaseMember]:
    rows = CaseMember.objects.visible_to(post).select_related("case__organization", "case__scheme")
    return _each(rows, words, _named("name", "unit")).order_by("-case__year", "case__org_path", "kind", "pk")


def _leaders(post: Appointment, words: str) -> QuerySet[ContactLeader]:
    rows = ContactLeader.objects.visible_to(post).select_related("organization", "scheme")
    return _each(rows, words, _named("name", "title")).order_by("-scheme__year", "org_path", "pk")


def _committees(post: Appointment, words: str) -> QuerySet[LeaderPost]:
    rows = LeaderPost.objects.visible_to(post).current(timezone.localdate()).exclude(holder="")
    rows = rows.select_related("organization")
    return _each(rows, words, _named("holder")).order_by("org_path", "-secretary", "pk")


def _tell_organizations(rows: Iterable[Organization], post: Appointment) -> list[Hit]:
    units = list(rows)
    where = places(units, post)
    return [
        Hit(
            unit.name + ("" if unit.is_open else "（已撤销）"),
            unit.get_absolute_url(),
            "，".join(filter(None, [where[unit.path], unit.code or ""])),
        )
        for unit in units
    ]


def _tell_cases(rows: Iterable[Case], _post: Appointment) -> list[Hit]:
    return [
        Hit(
            str(case),
            case.get_absolute_url(),
            "，".join(filter(None, [str(case.township or ""), str(case.primary), case.get_stage_display()])),
        )
        for case in rows
    ]


def _tell_problems(rows: Iterable[Problem], _post: Appointment) -> list[Hit]:
    return [
        Hit(
            problem.text,
            f"{problem.case.get_absolute_url()}?tab=problems",
            f"{problem.case}，{problem.get_state_display()}",
        )
        for problem in rows
    ]


def _tell_members(rows: Iterable[CaseMember], _post: Appointment) -> list[Hit]:
    return [
        Hit(
            member.name,
            f"{member.case.get_absolute_url()}?tab=support",
            "，".join(filter(None, [str(member.case), member.called, member.unit])),
        )
        for member in rows
    ]


def _tell_leaders(rows: Iterable[ContactLeader], _post: Appointment) -> list[Hit]:
    address = reverse("remediation:leaders")
    return [
        Hit(
            leader.name, f"{address}?year={leader.scheme.year}", f"{leader.title}，{leader.scheme.year}年名单"
        )
        for leader in rows
    ]


def _tell_committees(rows: Iterable[LeaderPost], _post: Appointment) -> list[Hit]:
    return [
        Hit(post.holder, post.organization.get_absolute_url(), f"{post.organization.short_name}{post.title}")
        for post in rows
    ]


KINDS: dict[str, tuple[str, Finder, Teller]] = {
    "cases": ("整顿对象", _cases, _tell_cases),
    "organizations": ("党组织", _organizations, _tell_organizations),
    "problems": ("突出问题", _problems, _tell_problems),
    "members": ("帮扶人员", _members, _tell_members),
    "leaders": ("挂点领导名单", _leaders, _tell_leaders),
    "committees": ("班子成员", _committees, _tell_committees),
}


def found(post: Appointment, words: str, kind: str = "") -> list[Group]:
    """What the words find: a few of each kind, many of the one kind asked for; kinds without a hit are left out."""
    groups = []
    for key, (title, find, tell) in KINDS.items():
        if kind and key != kind:
            continue
        most = MANY if kind else FEW
        rows = list(find(post, words.lower())[: most + 1])
        if rows:
            groups.append(Group(key, title, tell(rows[:most], post), len(rows) > most))
    return groups


@policy(CASE_READERS, scope="none")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """?q= words, ?kind= one kind only."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    kind = request.GET.get("kind", "") if request.GET.get("kind") in KINDS else ""
    context = {
        "q": words,
        "kind": kind,
        "groups": found(request.post, words, kind) if words else [],
        "many": MANY,
    }
    return render(request, "reports/search.html", context)
