"""What a scheme's rules make: the one place where days become duties, whether they are made or only foretold."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from accounts.roles import Role
from organizations.models import Organization
from rectification.cases.models import Case
from rectification.duties import debtors
from rectification.duties.models import Duty, DutyState
from rectification.schemes.date_rules import DueDay, is_single, newcomers_day, titled
from rectification.schemes.duty_models import DutyRule, DutySubject
from rectification.schemes.duty_problems import date_rule
from rectification.schemes.models import Scheme
from rectification.schemes.rule_dates import RuleDates, units_owing
from rectification.schemes.terms import Event, Rhythm

AMENDED, CALENDAR = "方案修订", "放假调休安排调整"
PASSED, OVERTURNED, UNSIGNED = "验收合格，已销号", "检查不认可验收结果", "撤销验收签署"
NOT_TURNED_ROUND = "回头看没有转化到位，纳入本年整顿"
MADE_AGAIN = (
    AMENDED,
    CALENDAR,
    "本单位没有整顿对象",
    "结对共建已结束",
    PASSED,  # a check or a correction may take the case back
    OVERTURNED,
    UNSIGNED,
    NOT_TURNED_ROUND,  # the conclusion may be corrected
)
"""How the reason of a cancelled duty begins where it may be made again; what was lifted otherwise stays lifted."""


def rules_of(scheme: Scheme, subject: str = "") -> list[DutyRule]:
    """The rules that stand in the scheme, for one subject or all."""
    rows = scheme.duty_rules.filter(withdrawn=False)
    return list(rows.filter(subject=subject) if subject else rows)


def owed_days(
    rule: DutyRule, dates: RuleDates, *, since: date, events: Sequence[date] = (), newcomer: bool = False
) -> list[DueDay]:
    """The days a debtor owes under a rule from `since` on: a period that ended before is never asked for.

    What is asked for once stands with its own date even where that has passed (the start page warns of it), but a
    newcomer, determined in mid-year, gets a day of their own instead of a debt that is late at birth.
    """
    days = dates.made(rule, events=events).days
    plain = date_rule(rule)
    if not is_single(plain):
        return [day for day in days if day.on >= since]
    if not newcomer:
        return list(days)
    calendar = dates.calendar
    return [newcomers_day(plain, day, since=since, phases=dates.spans(), is_working=calendar) for day in days]


def period_of(rule: DutyRule, day: DueDay) -> date | None:
    """What tells a rule's duties of one debtor apart: the first day of the period; None where there is only one."""
    return None if is_single(date_rule(rule)) else day.period.first


def from_rule(scheme: Scheme, rule: DutyRule, unit: Organization, case: Case | None, day: DueDay) -> Duty:
    """A duty as its rule says, not saved yet."""
    title = debtors.named(titled(date_rule(rule), day.period, year=scheme.year), rule.debtor)
    first = period_of(rule, day)
    return Duty(
        scheme=scheme,
        rule=rule,
        key=rule.key,
        case=case,
        organization=unit,
        org_path=unit.path,
        owner_role=Role.HELPER if rule.debtor else rule.owner_role,
        debtor=rule.debtor,
        title=(f"{case.organization.short_name}：{title}" if case else title)[:200],
        due_on=day.on,
        effective_due_on=day.on,
        late_after_on=day.until if day.until > day.on else None,
        period_from_on=first,
        period_to_on=day.period.last if first else None,
        times=day.times,
    )


def unit_duties(
    scheme: Scheme,
    rule: DutyRule,
    dates: RuleDates,
    *,
    since: date,
    units: Iterable[Organization] | None = None,
    events: Sequence[date] = (),
) -> list[Duty]:
    """What units owe under a rule and have not been given yet, not saved: all units of its level, or the given ones
    (then as newcomers, who owe it from now on)."""
    owing = list(units_owing(scheme, rule)) if units is None else list(units)
    # A township's scheme asks nothing of its county
    below = scheme.issuer.path
    owing = [unit for unit in owing if unit.level == rule.owner_level and unit.path.startswith(below)]
    days = owed_days(rule, dates, since=since, events=events, newcomer=units is not None)
    if not days or not owing:
        return []
    settled, elsewhere = _settled(scheme, rule, owing)
    return [
        from_rule(scheme, rule, unit, None, day)
        for unit in owing
        if unit.pk not in elsewhere
        for day in days
        if (unit.pk, period_of(rule, day)) not in settled
    ]


def _settled(
    scheme: Scheme, rule: DutyRule, units: Sequence[Organization]
) -> tuple[set[tuple[int, date | None]], set[int]]:
    """The periods units have for this rule already, lifted ones too; and the units a nearer scheme asks it of."""
    rows = Duty.objects.filter(case=None, scheme__year=scheme.year, key=rule.key, organization__in=units)
    periods, elsewhere = set(), set()
    for unit, period, own, state, reason, issuer in rows.values_list(
        "organization", "period_from_on", "rule", "state", "ended_reason", "scheme__issuer__path"
    ):
        gone = state == DutyState.CANCELLED and (own != rule.pk or reason.startswith(MADE_AGAIN))
        if not gone:
            periods.add((unit, period))
            if own != rule.pk and len(issuer) > len(scheme.issuer.path):
                elsewhere.add(unit)
    return periods, elsewhere


def asked_elsewhere(scheme: Scheme, rule: DutyRule, units: Sequence[Organization]) -> set[int]:
    """The units of which a scheme nearer to them asks the same thing."""
    return _settled(scheme, rule, units)[1]


def unit_of(case: Case, rule: DutyRule) -> Organization:
    """Which unit answers for a case's duty; for the people on the case it is the township that stands in."""
    if rule.debtor or rule.owner_role == Role.HELPER:
        return case.township or case.county
    by_level = {"county": case.county, "township": case.township}
    return by_level.get(rule.owner_level, case.organization) or case.county


def case_duties(
    case: Case,
    rules: Iterable[DutyRule],
    dates: RuleDates,
    *,
    since: date,
    event: str = Event.DETERMINED,
    on: date | None = None,
) -> list[Duty]:
    """What a case owes under these rules and has not been given yet, not saved. `on` is the day of the event, for
    the rules that wait for it; the others know their days."""
    asked = list(rules)
    there: dict[int, set[date | None]] = defaultdict(set)
    for rule_id, period, state, reason in Duty.objects.filter(case=case, rule__in=asked).values_list(
        "rule_id", "period_from_on", "state", "ended_reason"
    ):
        if state != DutyState.CANCELLED or not reason.startswith(MADE_AGAIN):
            there[rule_id].add(period)
    rows = []
    for rule in asked:
        happened = [on] if on and rule.event == event else []
        if there[rule.pk] and rule.rhythm == Rhythm.WITHIN and rule.event == Event.DETERMINED:
            continue  # a case is determined once
        for day in owed_days(rule, dates, since=since, events=happened, newcomer=True):
            if period_of(rule, day) not in there[rule.pk]:
                rows.append(from_rule(case.scheme, rule, unit_of(case, rule), case, day))
    return rows


def foretold(scheme: Scheme, since: date) -> list[tuple[DutyRule, list[Duty]]]:
    """What putting the scheme in force would make of each unit rule: the very rows, unsaved."""
    dates = RuleDates.of(scheme)
    return [
        (rule, unit_duties(scheme, rule, dates, since=since)) for rule in rules_of(scheme, DutySubject.UNIT)
    ]
