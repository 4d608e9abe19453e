"""Open a check, draw its cases, change its days, finish it, call it off. Below nothing is seen before it concludes."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment, Organization
from rectification.acceptance.checks import pool
from rectification.acceptance.checks.models import Check, CheckResult, CheckState
from rectification.cases.models import Case
from rectification.schemes.models import Scheme
from rectification.schemes.terms import words
from rectification.supervision.inspections import drawing


@dataclass(frozen=True)
class Planned:
    """A check as it was typed. under: only the cases of this unit. size: how many to draw; 0 for all of them."""

    title: str
    starts_on: date
    ends_on: date
    team: str = ""
    under: Organization | None = None
    size: int = 0


def keep_refusal(check: Check, post: Appointment | None) -> str | None:
    """Why this post does not work on this check, or None: the unit that opened it does."""
    if post is None or post.organization_id != check.organization_id or post.role != check.by.role:
        return f"本次检查由{check.organization.office}办理"
    if check.state == CheckState.CANCELLED:
        return f"本次检查已取消：{check.ended_reason}"
    return None


@transaction.atomic
def plan(*, planned: Planned, year: int, by: Appointment, at: datetime, seed: str = "") -> Check:
    """Open a check of all that was accepted and not looked at yet, or of so many drawn by lot, written down whole.

    seed: for tests; otherwise made by chance at this moment, so that nobody chooses what it gives.
    """
    scheme = Scheme.objects.governing(by.organization, year)
    if refused := pool.open_refusal(by, scheme):
        raise Refused(refused)
    # Two checks opened at once would both hold the same cases
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    rows = pool.pool(by, year)
    cases = list(rows.under(planned.under) if planned.under else rows)
    if errors := {
        **_day_errors(planned.title, planned.starts_on, planned.ends_on),
        **_pool_errors(planned, cases),
    }:
        raise Invalid(errors)
    record: dict[str, Any] = {}
    if planned.size and planned.size < len(cases):
        record = drawing.record_of(pool.weigh(cases), planned.size, seed or secrets.token_hex(8))
        cases = [case for case in cases if str(case.uid) in record["drawn"]]
    check = Check.objects.create(
        organization=by.organization,
        scheme=scheme,
        title=planned.title.strip(),
        starts_on=planned.starts_on,
        ends_on=planned.ends_on,
        team=planned.team.strip(),
        draw=record,
        by=by,
        at=at,
    )
    CheckResult.objects.bulk_create(CheckResult(check_of=check, case=case) for case in cases)
    # The trail names no case: below nothing is to be read before something is concluded
    audit.record("安排验收检查", obj=by.organization, count=len(cases))
    return check


def _day_errors(title: str, starts_on: date, ends_on: date) -> dict[str, list[str]]:
    errors = {}
    if not title.strip():
        errors["title"] = ["请填写名称"]
    if ends_on < starts_on:
        errors["ends_on"] = [f"结束日期 {words(ends_on)} 早于开始日期 {words(starts_on)}"]
    return errors


def _pool_errors(planned: Planned, cases: Sequence[Case]) -> dict[str, list[str]]:
    if not cases:
        return {"": ["现在没有可以检查的整顿对象：验收合格、已销号且没有检查过的才能列入"]}
    if planned.size > len(cases):
        return {"size": [f"可以检查的整顿对象只有{len(cases)}个"]}
    return {}


def locked(check_id: int, version: int | None, by: Appointment) -> Check:
    """The check, locked, for the unit that works on it."""
    rows = Check.objects.visible_to(by).select_related("organization", "by", "scheme")
    check = lock(rows, pk=check_id, version=version)
    if refused := keep_refusal(check, by):
        raise Refused(refused)
    return check


def _planned(check_id: int, version: int | None, by: Appointment) -> Check:
    check = locked(check_id, version, by)
    if check.state != CheckState.PLANNED:
        raise Refused(f"本次检查{check.get_state_display()}")
    return check


def results_of(check: Check) -> list[CheckResult]:
    """Its cases in the order of the tree."""
    near = ("case__organization", "case__township", "case__county")
    return list(CheckResult.objects.filter(check_of=check).select_related(*near))


def outstanding(results: Iterable[CheckResult]) -> list[str]:
    """The cases of which nothing is said yet."""
    return [result.case.organization.short_name for result in results if not result.written]


@transaction.atomic
def change(
    *,
    check_id: int,
    version: int | None,
    title: str,
    starts_on: date,
    ends_on: date,
    team: str,
    by: Appointment,
    at: datetime,
) -> Check:
    """Change its name, days and team while it goes on; its cases stay as they were drawn."""
    check = _planned(check_id, version, by)
    errors = _day_errors(title, starts_on, ends_on)
    earliest = min((one.on for one in results_of(check) if one.on), default=None)
    if earliest and starts_on > earliest:
        errors["starts_on"] = [f"已有{words(earliest)}的检查记录，开始日期不能晚于这一天"]
    if errors:
        raise Invalid(errors)
    check.title, check.team = title.strip(), team.strip()
    check.starts_on, check.ends_on = starts_on, ends_on
    check.save_version("title", "team", "starts_on", "ends_on")
    audit.record("调整验收检查", obj=by.organization)
    return check


@transaction.atomic
def finish(*, check_id: int, version: int | None, by: Appointment, at: datetime) -> Check:
    """Done: every case has a conclusion or a reason why nobody looked."""
    check = _planned(check_id, version, by)
    results = results_of(check)
    if left := outstanding(results):
        raise Refused(f"还有{len(left)}个整顿对象没有登记检查结论或未检查的原因：{'、'.join(left)}")
    if not any(result.verdict for result in results):
        raise Refused("一个整顿对象也没有检查，不能作为已完成；请取消本次检查并写明原因")
    check.state = CheckState.DONE
    check.save_version("state")
    audit.record("完成验收检查", obj=by.organization, count=len(results))
    return check


@transaction.atomic
def cancel(*, check_id: int, version: int | None, reason: str, by: Appointment, at: datetime) -> Check:
    """Call it off with its reason while nothing is concluded; the draw stays on record."""
    check = _planned(check_id, version, by)
    if not reason.strip():
        raise Invalid({"reason": ["取消检查须写明原因"]})
    if said := [one.case.organization.short_name for one in results_of(check) if one.verdict]:
        raise Refused(f"{'、'.join(said)}已登记检查结论，不能取消；其余的请写明未检查的原因后完成")
    check.state, check.ended_reason = CheckState.CANCELLED, reason.strip()[:200]
    check.save_version("state", "ended_reason")
    audit.record("取消验收检查", obj=by.organization)
    return check
