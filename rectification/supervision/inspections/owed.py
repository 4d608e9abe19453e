"""What the scheme's 督导安排 ask of a unit and how far it is; the duties an inspection discharges."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from organizations.models import Appointment, Organization
from rectification.duties import actions as duties
from rectification.duties.models import Duty
from rectification.schemes.models import PhaseStage, Scheme
from rectification.schemes.practice_models import InspectionRule
from rectification.schemes.terms import Rhythm
from rectification.supervision.inspections import rules
from rectification.supervision.inspections.models import Inspection, InspectionKind, InspectionState

RECTIFYING = (PhaseStage.REMEDIATION, PhaseStage.CONSOLIDATION)
# Duty rules of a scheme that ask for the thing itself, beside those that carry the key of a 督导安排 (S1 陇县)
DUTY_KEYS = {
    InspectionKind.INSPECTION: ("inspection",),
    InspectionKind.EVALUATION: ("quarterly_evaluation",),
}


@dataclass(frozen=True)
class Arrangement:
    """One of the scheme's 督导安排 with how far the unit is; `planned` are arranged and not done yet."""

    rule: InspectionRule
    standing: rules.Standing
    planned: int

    @property
    def often(self) -> str:
        """How often, in words."""
        if not self.rule.rhythm:
            return "频次不定"
        if self.rule.rhythm == Rhythm.COUNT:
            return f"全年{self.rule.times}次"
        times = f"{self.rule.times}次" if self.rule.times > 1 else ""
        return f"{self.rule.get_rhythm_display()}{times}"


def rectifying(scheme: Scheme) -> tuple[date, date]:
    """From the first to the last day of 集中整顿 and what follows it; the whole year where there is no such phase."""
    phases = [phase for phase in scheme.phases.all() if phase.stage in RECTIFYING]
    if not phases:
        return date(scheme.year, 1, 1), date(scheme.year, 12, 31)
    return min(phase.starts_on for phase in phases), max(phase.ends_on for phase in phases)


def arrangements(unit: Organization, scheme: Scheme, today: date) -> list[Arrangement]:
    """What the scheme asks units of this level to inspect; three queries."""
    asked = list(scheme.inspection_rules.filter(level=unit.level))
    if not asked:
        return []
    held: dict[int, list[date]] = defaultdict(list)
    planned: dict[int, int] = defaultdict(int)
    rows = Inspection.objects.filter(organization=unit, rule__in=asked)
    for rule, state, day in rows.order_by("ends_on").values_list("rule", "state", "ends_on"):
        if state == InspectionState.DONE:
            held[rule].append(day)
        elif state == InspectionState.PLANNED:
            planned[rule] += 1
    first, last = rectifying(scheme)
    return [
        Arrangement(
            rule,
            rules.standing(
                rhythm=rule.rhythm,
                times=rule.times,
                first=first,
                last=last,
                held=held[rule.pk],
                today=today,
            ),
            planned[rule.pk],
        )
        for rule in asked
    ]


def discharge(inspection: Inspection, *, by: Appointment, at: datetime) -> None:
    """End the unit's open duties this inspection makes up the number of."""
    keys = {*DUTY_KEYS[InspectionKind(inspection.kind)]}
    if inspection.rule is not None:
        keys.add(inspection.rule.key)
    owed = Duty.objects.open().filter(
        organization=inspection.organization, scheme=inspection.scheme, key__in=keys, case=None
    )
    for duty in owed.order_by("due_on"):
        first = duty.period_from_on or date(inspection.scheme.year, 1, 1)
        last = max(duty.period_to_on or date(inspection.scheme.year, 12, 31), duty.effective_due_on)
        if not first <= inspection.ends_on <= last:
            continue
        held = Inspection.objects.filter(
            organization=inspection.organization,
            state=InspectionState.DONE,
            kind=inspection.kind,
            ends_on__range=(first, last),
        )
        if duty.key == getattr(inspection.rule, "key", None):
            held = held.filter(rule=inspection.rule)
        if held.count() >= duty.times:
            duties.discharge(duty=duty, by=by, at=at, reason=f"由督导自动办结：{inspection.title}")
