"""Draft a circular from the facts, edit its words, count again, issue it. Once issued it stands as it is."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.actions import notify
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment, Organization
from organizations.rules import Level
from organizations.scope import subtree
from rectification.schemes.models import Scheme
from rectification.schemes.terms import words
from rectification.supervision.circulars import facts, rules
from rectification.supervision.circulars.models import Circular, CircularState
from rectification.supervision.inspections.admission import inspect_refusal

FROM_BELOW = {
    Level.CITY: (Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER),
    Level.COUNTY: (Role.TOWNSHIP_OFFICER,),
    Level.TOWNSHIP: (Role.VILLAGE_REPORTER,),
}
"""Whom a circular of each level is brought to; everybody else below may read it."""


def issue_refusal(post: Appointment | None, scheme: Scheme | None) -> str | None:
    """Why this post issues no circulars, or None: who inspects reports on it."""
    refused = inspect_refusal(post, scheme)
    return refused.replace("督导由", "督导和通报由") if refused else None


@transaction.atomic
def draft(*, year: int, first: date, last: date, ranked: bool, by: Appointment, at: datetime) -> Circular:
    """Count a period and write a first draft."""
    scheme = Scheme.objects.governing(by.organization, year)
    if refused := issue_refusal(by, scheme):
        raise Refused(refused)
    today = timezone.localdate(at)
    if last < first:
        raise Invalid({"period_to_on": [f"结束日期 {words(last)} 早于开始日期 {words(first)}"]})
    if first > today:
        raise Invalid({"period_from_on": ["时段还没有开始"]})
    if first.year != year:
        raise Invalid({"period_from_on": [f"开始日期不在{year}年"]})
    _check_ranking(scheme, by.organization, ranked)
    counted = facts.collect(
        scheme=scheme, unit=by.organization, first=first, last=last, ranked=ranked, today=today
    )
    circular = Circular.objects.create(
        organization=by.organization,
        scheme=scheme,
        title=rules.title_of(first, last),
        year=year,
        period_from_on=first,
        period_to_on=last,
        ranking=ranked,
        facts=counted,
        words=rules.first_words(counted),
        by=by,
    )
    audit.record("拟通报", obj=by.organization)
    return circular


def _check_ranking(scheme: Scheme, unit: Organization, ranked: bool) -> None:
    if ranked and not facts.ranking_allowed(scheme, unit):
        raise Invalid({"ranking": ["方案没有规定通报排名，不能附排名"]})


def keep_refusal(circular: Circular, post: Appointment | None) -> str | None:
    """Why this post does not change this circular, or None."""
    if circular.state == CircularState.ISSUED:
        return "通报已印发，不能修改；需要更正的，另发一期"
    if post is None or post.organization_id != circular.organization_id or post.role != circular.by.role:
        return f"通报由{circular.organization.office}拟订"
    return None


def _locked(circular_id: int, version: int | None, by: Appointment) -> Circular:
    rows = Circular.objects.visible_to(by).select_related("organization", "scheme", "by")
    try:
        circular = lock(rows, pk=circular_id, version=version)
    except Circular.DoesNotExist:
        raise Refused("这份拟稿刚刚被删除") from None
    if refused := keep_refusal(circular, by):
        raise Refused(refused)
    return circular


@transaction.atomic
def save(
    *,
    circular_id: int,
    version: int | None,
    title: str,
    ranked: bool,
    written: Mapping[str, str],
    by: Appointment,
    at: datetime,
) -> Circular:
    """Keep the words of a draft; turning the ranking on or off counts again."""
    circular = _locked(circular_id, version, by)
    if not title.strip():
        raise Invalid({"title": ["请填写标题"]})
    circular.title = title.strip()
    circular.words = {key: written.get(key, "").strip() for key in rules.PARTS}
    fields = ["title", "words"]
    if ranked != circular.ranking:
        _check_ranking(circular.scheme, circular.organization, ranked)
        circular.ranking = ranked
        _count(circular, timezone.localdate(at))
        fields += ["ranking", "facts"]
    circular.save_version(*fields)
    audit.record("修改通报拟稿", obj=circular.organization)
    return circular


def _count(circular: Circular, today: date) -> None:
    circular.facts = facts.collect(
        scheme=circular.scheme,
        unit=circular.organization,
        first=circular.period_from_on,
        last=circular.period_to_on,
        ranked=circular.ranking,
        today=today,
    )


@transaction.atomic
def recount(*, circular_id: int, version: int | None, by: Appointment, at: datetime) -> Circular:
    """Take the numbers of a draft anew; the words stay."""
    circular = _locked(circular_id, version, by)
    _check_ranking(circular.scheme, circular.organization, circular.ranking)
    _count(circular, timezone.localdate(at))
    circular.save_version("facts")
    audit.record("通报重新取数", obj=circular.organization)
    return circular


@transaction.atomic
def issue(*, circular_id: int, version: int | None, by: Appointment, at: datetime) -> Circular:
    """Give it the next number of its unit and year, freeze it, and bring it to the units below."""
    # One after the other within a unit: numbers have no gap and none comes twice
    Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=by.organization_id)
    circular = _locked(circular_id, version, by)
    _check_ranking(circular.scheme, circular.organization, circular.ranking)
    own = Circular.objects.filter(organization=circular.organization, year=circular.year)
    circular.number = (own.aggregate(last=Max("number"))["last"] or 0) + 1
    circular.state, circular.issued_at = CircularState.ISSUED, at
    circular.save_version("number", "state", "issued_at")
    told = _tell(circular, timezone.localdate(at))
    audit.record("印发通报", obj=circular, number=circular.number, count=told)
    return circular


def _tell(circular: Circular, today: date) -> int:
    """One line in the inbox of everyone who does this work in the units below; how many people."""
    unit = circular.organization
    below = Appointment.objects.current(today).filter(
        subtree(unit.path).q("organization__path"), role__in=FROM_BELOW.get(Level(unit.level), ())
    )
    people = {post.user_id: post.user for post in below.select_related("user")}
    for user in people.values():
        notify(
            user=user,
            title=f"{unit.office}印发{circular.number_words}",
            body=f"{circular.title}。请对照抓好整改。",
            url=circular.get_absolute_url(),
        )
    return len(people)


@transaction.atomic
def discard(*, circular_id: int, version: int | None, by: Appointment, at: datetime) -> None:
    """Drop a draft nobody outside has seen; its history keeps what it said."""
    circular = _locked(circular_id, version, by)
    circular.delete()
    audit.record("删除通报拟稿", obj=by.organization)
