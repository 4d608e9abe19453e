"""What a scheme will ask: the days of each duty rule and how many units owe it, before anything is made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from organizations.models import Organization
from rectification.schemes import rules
from rectification.schemes.duty_models import DutySubject
from rectification.schemes.models import Scheme
from rectification.schemes.terms import Rhythm


@dataclass(frozen=True)
class DutyPreview:
    """What one rule will ask: on which days, of whom, and how many duties are made at once (None: with each case)."""

    rule: Any
    days: tuple[date, ...]
    owner: str
    when: str
    count: int | None


def duty_previews(scheme: Scheme, duty_rules: Iterable[Any]) -> list[DutyPreview]:
    """A preview of each rule, saved or still being typed; one query for all."""
    levels = Organization.objects.under(scheme.issuer).active().order_by().values_list("level", flat=True)
    units = Counter(levels)
    phase = scheme.phases.filter(stage="remediation").first() or scheme.phases.first()
    return [_preview(rule, units, phase.starts_on if phase else None) for rule in duty_rules]


def _preview(rule: Any, units: Counter, starts_on: date | None) -> DutyPreview:
    owner = rule.get_owner_role_display()
    days = rules.due_dates(rule, starts_on=starts_on)
    if rule.rhythm != Rhythm.ONCE:
        return DutyPreview(rule, days, owner, "从工作纪实统计，不逐次生成任务", None)
    if rule.subject == DutySubject.UNIT:
        count = units[rule.owner_level] if rule.due_on else 0
        return DutyPreview(rule, days, owner, f"方案执行时产生 {count} 项", count)
    what = "每认定一个整顿对象产生一项" if rule.subject == DutySubject.CASE else "有整顿对象的单位各一项"
    return DutyPreview(rule, days, owner, what, None)
