"""财务审查与公开: a quarter's check by 镇农经、财政, its publication, and the duties they answer (S2 岔路 二（三）)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused, StaleVersion
from accounts.roles import Role
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties import actions as duties
from rectification.duties.models import Duty, DutyState
from rectification.remediation.actions import handler_of, is_handler, lock_case
from rectification.remediation.reporting.models import FinanceCheck
from rectification.remediation.reporting.periods import Period
from rectification.schemes.terms import words
from rectification.workflow import Stage

CHECK, PUBLICATION = "finance_check", "finance_publication"
CHECKED = ("checked_on", "checkers", "found")
PUBLISHED = ("published_on", "published_where")


def is_village(case: Case, post: Appointment | None) -> bool:
    """Whether the post reports for the case's own organization."""
    return (
        post is not None
        and post.organization_id == case.organization_id
        and post.role == Role.VILLAGE_REPORTER
    )


def entry_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post may not enter check or publication, or None; a village enters its publication."""
    unit, role = handler_of(case)
    if Stage(case.stage) in (Stage.SURVEY, Stage.WITHDRAWN):
        return f"当前处于“{case.get_stage_display()}”，不登记财务审查"
    if is_handler(case, post) or is_village(case, post):
        return None
    return f"由{unit}{role.label}登记，公开情况也可由{case.organization.short_name}填写"


def errors_of(values: dict[str, Any], period: Period, today: date) -> dict[str, list[str]]:
    """What is wrong with an entry, by field."""
    found: dict[str, list[str]] = {}
    for name, label in (("checked_on", "审查"), ("published_on", "公开")):
        day = values.get(name)
        if day and day > today:
            found[name] = [f"{label}日期不能晚于今天"]
        elif day and day < period.first:
            found[name] = [f"{label}日期早于本季度第一天，请在它所在的季度登记"]
    for day, where, label in (
        ("checked_on", "checkers", "审查单位"),
        ("published_on", "published_where", "公开方式"),
    ):
        if values.get(day) and not (values.get(where) or "").strip():
            found[where] = [f"请填写{label}"]
        if (values.get(where) or "").strip() and not values.get(day):
            found.setdefault(day, ["请填写日期"])
    if values.get("checked_on") and not (values.get("found") or "").strip():
        found["found"] = ["请写审查发现；没有发现问题的写“未发现问题”"]
    return found


@transaction.atomic
def save(
    *,
    case_id: int,
    period: Period,
    version: int,
    values: dict[str, Any],
    by: Appointment,
    at: datetime,
) -> FinanceCheck:
    """Keep a quarter's entry; version: as opened, 0 when there was none. Raises Invalid, Refused, StaleVersion.

    What is entered discharges the quarter's duties; what is taken out again is owed again.
    """
    case = lock_case(case_id, by)
    if refused := entry_refusal(case, by):
        raise Refused(refused)
    first = case.began_on or date(case.year, 1, 1)
    if period.last.year < first.year:
        raise Refused(f"{words(first)}才认定为整顿对象，以前年度的财务审查不在本档案登记")
    if wrong := errors_of(values, period, timezone.localdate(at)):
        raise Invalid(wrong)
    given = {"period_to_on": period.last, "by": by}
    row, made = FinanceCheck.objects.select_for_update(of=("self",)).get_or_create(
        case=case, period_from_on=period.first, defaults=given
    )
    if not made and row.version != version:
        raise StaleVersion(row)
    own = PUBLISHED if is_village(case, by) else (*CHECKED, *PUBLISHED)
    for name in own:
        value = values.get(name)
        setattr(row, name, value if name.endswith("_on") else (value or "").strip())
    row.by = by
    row.save_version(*own, "by")
    for key, done in ((CHECK, row.checked_on), (PUBLICATION, row.published_on)):
        _settle(case, key, period, bool(done), by, at)
    audit.record("登记财务审查与公开", obj=case, quarter=period.first.isoformat())
    return row


def _settle(case: Case, key: str, period: Period, done: bool, by: Appointment, at: datetime) -> None:
    owed = Duty.objects.filter(
        case=case, key=key, period_from_on__gte=period.first, period_from_on__lte=period.last
    ).exclude(state=DutyState.CANCELLED)
    for duty in owed:
        if done:
            duties.discharge(duty=duty, by=by, at=at, reason="已登记")
        else:
            duties.reopen(duty=duty, by=by, reason="登记已更改")
