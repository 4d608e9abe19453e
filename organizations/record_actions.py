"""What is known of an organization year by year, and its committee: the only writers on the pages."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused, StaleVersion
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment, Organization
from organizations.record_models import LeaderPost, YearRecord
from organizations.rules import Level

KEEPERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})
RECORDED = ("grade", "committee_class", "petitions", "income", "review_problems")


def keep_refusal(unit: Organization, post: Appointment | None) -> str | None:
    """Why this post does not keep a unit's yearly records and its committee, or None (the subtree is the scope's)."""
    if post is None or Role(post.role) not in KEEPERS:
        return "年度情况和班子成员由乡镇（街道）组织委员或县（市、区）委组织部登记"
    if unit.level != Level.GRASSROOTS:
        return f"{unit.short_name}不是基层党组织，不登记年度情况和班子成员"
    if not unit.is_open:
        return f"{unit.short_name}已撤销，不再登记"
    return None


def _unit(unit_id: int, by: Appointment) -> Organization:
    """The unit, locked, so that two who add the same thing at once come one after the other."""
    unit = Organization.objects.visible_to(by).select_for_update(no_key=True).get(pk=unit_id)
    if refused := keep_refusal(unit, by):
        raise Refused(refused)
    return unit


@transaction.atomic
def save_record(
    *, unit_id: int, year: int, facts: Mapping[str, Any], version: int | None, by: Appointment, at: datetime
) -> YearRecord:
    """Write a year's record of an organization: what `facts` names of RECORDED; a new one begins at version 0.

    Raises StaleVersion when somebody saved the year meanwhile, Invalid for a year that has not begun.
    """
    unit = _unit(unit_id, by)
    this_year = timezone.localdate(at).year
    if year > this_year:
        raise Invalid({"year": [f"{year}年还没有开始"]})
    record = YearRecord.objects.filter(organization=unit, year=year).select_for_update().first()
    if record is not None and version is not None and record.version != version:
        raise StaleVersion(record)
    record = record or YearRecord(organization=unit, year=year, version=0)
    for name in RECORDED:
        if name in facts:
            setattr(record, name, facts[name])
    if record.pk:
        record.save_version(*RECORDED)
    else:
        record.version = 1
        record.save()
    audit.record("登记年度情况", obj=record)
    return record


@transaction.atomic
def add_post(
    *,
    unit_id: int,
    title: str,
    secretary: bool,
    holder: str,
    since_on: date,
    by: Appointment,
    at: datetime,
) -> LeaderPost:
    """Set up a post in a committee, held or vacant since a day; a committee has one secretary."""
    unit = _unit(unit_id, by)
    title = title.strip()
    if not title:
        raise Invalid({"title": ["请填写职务"]})
    _not_later(since_on, at)
    current = LeaderPost.objects.filter(organization=unit).current(timezone.localdate(at))
    if current.filter(title=title, holder=holder.strip()).exists():
        raise Invalid(
            {"title": [f"{unit.short_name}已有“{title}”{holder.strip() or '（空缺）'}，不必重复登记"]}
        )
    if secretary and current.filter(secretary=True).exists():
        raise Invalid({"secretary": [f"{unit.short_name}已有书记职务，请在原职务上更换或撤销"]})
    post = LeaderPost.objects.create(
        organization=unit, title=title, secretary=secretary, holder=holder.strip(), since_on=since_on
    )
    audit.record("增设班子职务", obj=post, title=title)
    return post


def post_refusal(post: LeaderPost, by: Appointment | None) -> str | None:
    """Why this post of a committee cannot be changed, or None."""
    if refused := keep_refusal(post.organization, by):
        return refused
    if post.ended_on is not None:
        return f"“{post.title}”已于{_day(post.ended_on)}撤销，不能再改"
    return None


def _locked(post_id: int, version: int | None, by: Appointment) -> LeaderPost:
    rows = LeaderPost.objects.visible_to(by).select_related("organization")
    post = lock(rows, pk=post_id, version=version)
    if refused := post_refusal(post, by):
        raise Refused(refused)
    return post


@transaction.atomic
def hold(
    *, post_id: int, holder: str, since_on: date, version: int | None, by: Appointment, at: datetime
) -> LeaderPost:
    """Put somebody in a post since a day, or vacate it (holder ""); who held it before stays in its history."""
    post = _locked(post_id, version, by)
    _not_later(since_on, at)
    holder = holder.strip()
    if holder == post.holder and since_on == post.since_on:
        raise Invalid({"holder": [f"“{post.title}”现在就是{holder or '空缺'}，没有变动"]})
    if holder != post.holder and since_on < post.since_on:
        raise Invalid({"since_on": [f"不能早于现任（空缺）开始的{_day(post.since_on)}"]})
    post.holder, post.since_on = holder, since_on
    post.save_version("holder", "since_on")
    audit.record("更换班子成员" if holder else "班子职务空缺", obj=post, title=post.title)
    return post


@transaction.atomic
def abolish(
    *, post_id: int, ended_on: date, version: int | None, by: Appointment, at: datetime
) -> LeaderPost:
    """Take a post out of the committee from a day on; it stays in the records."""
    post = _locked(post_id, version, by)
    if ended_on > timezone.localdate(at):
        raise Invalid({"ended_on": ["撤销日期不能晚于今天"]})
    if ended_on < post.since_on:
        raise Invalid({"ended_on": [f"不能早于{_day(post.since_on)}"]})
    post.ended_on = ended_on
    post.save_version("ended_on")
    audit.record("撤销班子职务", obj=post, title=post.title)
    return post


def _not_later(day: date, at: datetime) -> None:
    if day > timezone.localdate(at):
        raise Invalid({"since_on": ["日期不能晚于今天"]})


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
