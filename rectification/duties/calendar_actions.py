"""The official holiday order entered and corrected; what is counted in working days follows it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from accounts import audit
from accounts.errors import Refused
from accounts.roles import Role
from organizations.models import Appointment
from rectification.duties import redating
from rectification.schemes.calendar_rules import CalendarRow
from rectification.schemes.duty_models import CalendarDay
from rectification.schemes.terms import words


class Entered(NamedTuple):
    """What an entry changed: days written, days taken out, duties dated anew."""

    written: int
    removed: int
    duties: int


def _require_reviewer(by: Appointment) -> None:
    if by.role != Role.CITY_REVIEWER:
        raise Refused("放假调休安排由市委组织部录入")


@transaction.atomic
def enter(
    *, year: int, rows: Iterable[CalendarRow], by: Appointment, at: datetime, anew: bool = False
) -> Entered:
    """Enter days of a year's order; `anew` takes out what stood there before. Safe to repeat."""
    _require_reviewer(by)
    given = {row.day: row for row in rows}
    if not given:
        raise Refused("没有可录入的日期：周末放假不用录入，只录工作日放假和周末上班的日子")
    there = {day.on: day for day in CalendarDay.objects.select_for_update().of_year(year)}
    written = 0
    for on, row in given.items():
        day = there.pop(on, None) or CalendarDay(on=on)
        if day.pk is None or (day.working, day.name) != (row.working, row.name):
            day.working, day.name = row.working, row.name
            day.save()
            written += 1
    removed = 0
    if anew:
        for day in there.values():
            day.delete()
            removed += 1
    if not (written or removed):
        raise Refused("与已录入的安排相同，没有改动")
    duties = redating.follow_calendar(year=year, by=by, at=at)
    audit.record("录入放假调休安排", year=year, written=written, removed=removed)
    return Entered(written, removed, duties)


@transaction.atomic
def remove(*, on: date, by: Appointment, at: datetime) -> Entered:
    """Take a day out: it is then what its weekday says."""
    _require_reviewer(by)
    day = CalendarDay.objects.select_for_update().filter(on=on).first()
    if day is None:
        raise Refused(f"{words(on)}不在放假调休安排中，可能已被删除")
    day.delete()
    duties = redating.follow_calendar(year=on.year, by=by, at=at)
    audit.record("录入放假调休安排", year=on.year, removed=1)
    return Entered(0, 1, duties)
