"""What a scheme will ask: the days of each duty rule and how many units owe it, before anything is made."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from organizations.models import Organization
from rectification.schemes.date_rules import DueDay, Made, rhythm_words
from rectification.schemes.duty_models import DutySubject
from rectification.schemes.duty_problems import date_rule
from rectification.schemes.models import Scheme
from rectification.schemes.rule_dates import RuleDates
from rectification.schemes.terms import Event, Rhythm, words


@dataclass(frozen=True)
class DutyPreview:
    """What one rule will ask: how often, on which days, of whom; `doubt` where working days are only guessed."""

    rule: Any
    made: Made
    owner: str
    rhythm: str
    text: str
    when: str
    doubt: str

    @property
    def days(self) -> tuple[date, ...]:
        """The due days."""
        return tuple(day.on for day in self.made.days)


def duty_previews(
    scheme: Scheme, duty_rules: Iterable[Any], phases: Sequence[Any] | None = None
) -> list[DutyPreview]:
    """A preview of each rule, saved or still being typed; three queries for all, two where its phases are read."""
    units, dates = _units_by_level(scheme), RuleDates.of(scheme, phases)
    return [_preview(rule, units, dates) for rule in duty_rules]


def _units_by_level(scheme: Scheme) -> Counter[str]:
    """How many units of each level the scheme is for."""
    rows = Organization.objects.under(scheme.issuer).active().order_by().values_list("level")
    return Counter(dict(rows.annotate(number=Count("pk"))))


def _preview(rule: Any, units: Counter, dates: RuleDates) -> DutyPreview:
    made = _made(rule, dates)
    return DutyPreview(
        rule=rule,
        made=made,
        owner=rule.get_debtor_display() if rule.debtor else rule.get_owner_role_display(),
        rhythm=_rhythm(rule),
        text=previewed(made),
        when=_when(rule, made, units),
        doubt=dates.doubt(rule, [day.nominal for day in made.days]),
    )


def _rhythm(rule: Any) -> str:
    if rule.rhythm not in set(Rhythm):
        return ""
    said = rhythm_words(date_rule(rule))
    # The number of household calls is a share of the households (走访面)
    return said.replace("次", "%") if rule.key == "household_calls" else said


def _made(rule: Any, dates: RuleDates) -> Made:
    """The days, or the first fault in words; rows still being typed may be anything."""
    if rule.rhythm not in set(Rhythm):
        return Made((), "还没有选频次")
    return dates.made(rule)


def _when(rule: Any, made: Made, units: Counter) -> str:
    if made.refusal:
        return ""
    times = f"{len(made.days)} 项" if len(made.days) > 1 else "一项"
    if rule.event and rule.event != Event.DETERMINED:
        return f"{Event(rule.event).label.removesuffix('之日')}时产生" if rule.event in set(Event) else ""
    if rule.subject == DutySubject.UNIT:
        return f"方案执行时产生：{units[rule.owner_level]} 个单位各{times}"
    if rule.subject == DutySubject.CASE:
        return f"每认定一个整顿对象产生{times}"
    return f"有整顿对象的单位各{times}"


def previewed(made: Made, *, most: int = 6) -> str:
    """The days of a rule in one line for the editor: how many, the first ones, what was moved."""
    if made.refusal:
        return made.refusal
    if not made.days:
        return made.note
    shown = "、".join(_said(day) for day in made.days[:most])
    if len(made.days) == 1:
        return shown
    more = "……" if len(made.days) > most else ""
    return f"共 {len(made.days)} 次：{shown}{more}"


def _said(day: DueDay) -> str:
    text = words(day.on)
    if day.on != day.nominal:
        text += f"（原为{words(day.nominal)}，休息日）"
    if day.until > day.on:
        text += f"（宽限至{words(day.until)}）"
    return text
