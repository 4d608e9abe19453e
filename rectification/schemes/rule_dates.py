"""The days of a scheme's duty rules: a row read as a date rule, in the scheme's year, phases and official calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import models

from organizations.models import Organization
from rectification.schemes.calendar_rules import CalendarRow, WorkingDays, working_days
from rectification.schemes.copying_rules import tracked_until
from rectification.schemes.date_rules import DateRule, Made, Span, due_days, rhythm_words
from rectification.schemes.duty_models import CalendarDay
from rectification.schemes.duty_problems import date_rule, span_of
from rectification.schemes.models import Scheme
from rectification.schemes.terms import Event, Rhythm


def official_calendar(year: int) -> WorkingDays:
    """The working days around a year, from the holiday orders entered (one query)."""
    rows = CalendarDay.objects.filter(on__year__gte=year - 1, on__year__lte=year + 1)
    return working_days(CalendarRow(*row) for row in rows.values_list("on", "working", "name"))


@dataclass(frozen=True)
class RuleDates:
    """What the dates of a scheme's rules depend on beside the rules themselves."""

    year: int
    phases: Sequence[Any]
    calendar: WorkingDays
    tracking_months: int = 0
    tracked_to: date | None = None  # where the watching goes on longer than the scheme's own time

    @classmethod
    def of(cls, scheme: Scheme, phases: Sequence[Any] | None = None) -> RuleDates:
        """Those of a scheme (two queries, one where its phases are read already)."""
        spans = tuple(scheme.phases.all() if phases is None else phases)
        return cls(scheme.year, spans, official_calendar(scheme.year), scheme.tracking_months)

    def made(self, row: Any, *, events: Sequence[date] = ()) -> Made:
        """The days a rule makes, or why none; a rule that waits for its event makes them from the `events` on."""
        rule, phase = date_rule(row), span_of(self.phases, row.stage)
        if row.stage and phase is None:
            return Made((), f"“{row.title}”所限的环节在方案中没有阶段")
        if rule.event and rule.rhythm != Rhythm.WITHIN:
            if row.event == Event.CLOSED and events:
                # 跟踪检查 goes on into the year after, until the time of tracking is over
                until = self.tracked_to or tracked_until(min(events), self.tracking_months)
                rule = replace(rule, due_on=min(until, rule.due_on or until))
            return self._from_event(rule, phase, events)
        return due_days(rule, year=self.year, phase=phase, is_working=self.calendar, events=events)

    def _from_event(self, rule: DateRule, phase: Span | None, events: Sequence[date]) -> Made:
        since = min(events, default=None)
        if since is not None:
            rule = replace(rule, starts_on=max(since, rule.starts_on or since))
        made = due_days(rule, year=self.year, phase=phase, is_working=self.calendar)
        if since is not None or made.refusal:
            return made
        return Made((), None, f"自“{rule.event}”起{rhythm_words(rule)}，发生后产生")

    def spans(self) -> list[Span]:
        """The phases as spans."""
        return [Span(phase.starts_on, phase.ends_on, phase.name) for phase in self.phases]

    def doubt(self, row: Any, days: Iterable[date]) -> str:
        """What to say where working days are counted in a year whose holiday order is not entered."""
        if not (row.shift or row.in_working_days):
            return ""
        return self.calendar.doubt([*days] or [date(self.year, 1, 1)]) or ""


def units_owing(scheme: Scheme, rule: Any) -> models.QuerySet[Organization]:
    """The active units below the issuer (and itself) that a rule for units speaks to."""
    return Organization.objects.under(scheme.issuer).active().filter(level=rule.owner_level)
