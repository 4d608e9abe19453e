"""What follows from an acceptance as it stands: what is missing, the result by the scheme's lines and vetoes."""

from datetime import date, timedelta

from django.db.models import prefetch_related_objects
from django.utils import timezone

from accounts.roles import Role
from organizations.models import Appointment
from organizations.rules import Level
from rectification.acceptance import rules
from rectification.acceptance.models import Acceptance
from rectification.acceptance.sides import first_side
from rectification.schemes.chain_rules import steps_of
from rectification.schemes.models import PhaseStage, Process, Scheme, StepMode


def lines_of(scheme: Scheme) -> rules.Lines:
    """The scheme's thresholds as the rules take them."""
    return rules.Lines(
        passing=scheme.pass_line,
        basic=scheme.basic_line,
        satisfaction=scheme.satisfaction_line,
        dissatisfied_veto=scheme.dissatisfied_veto,
        satisfied=scheme.satisfied_options,
        dissatisfied=rules.against(scheme.dissatisfied_options),
    )


def missing(acceptance: Acceptance) -> list[str]:
    """What keeps a result from being told: unscored items, reasons not written, a poll that still runs.

    What else is not in place may be passed over with a reason (gates).
    """
    items = _items(acceptance)
    blank = [item for item in items if item.score is None]
    if len(blank) > 3:  # one line says it; a dozen would hide what else is missing
        found = [f"还有 {len(blank)} 个项目没有{'县' if first_side(acceptance.case) else ''}验收分"]
        items = [item for item in items if item.score is not None]
    else:
        found = []
    found += rules.score_errors(items).values()
    if first := _first_lacks(acceptance):
        found.insert(0, first)
    running = [poll for poll in acceptance.polls.all() if poll.closed_at is None]
    return found + [f"{poll.get_group_display()}的扫码测评还没有结束" for poll in running]


def _first_lacks(acceptance: Acceptance) -> str:
    """That the township has not scored yet where the scheme has it examine first (S2 苏仙: 初步考核), or "".

    A township where nobody is appointed keeps nobody waiting.
    """
    case = acceptance.case
    first = first_side(case)
    if first is None or any(row.township_score is not None for row in acceptance.scores.all()):
        return ""
    steps = steps_of(case.scheme, Process.ACCEPTANCE)
    examines = [step for step in steps if step.level == Level.TOWNSHIP and step.mode == StepMode.HANDLE]
    posts = Appointment.objects.at(first, Role.TOWNSHIP_OFFICER).current(timezone.localdate())
    if not examines or not posts.exists():
        return ""
    return f"“{examines[0].name}”还没有评分，由{first.organ}填写"


def suggested(acceptance: Acceptance) -> rules.Verdict | None:
    """The result that follows from items, vetoes and tallies, or None while something is missing."""
    return None if missing(acceptance) else verdict_of(acceptance)


def verdict_of(acceptance: Acceptance) -> rules.Verdict:
    """The same of one of which nothing is missing."""
    tallies = {tally.get_group_display(): tally for tally in acceptance.tallies.all()}
    return rules.verdict(_items(acceptance), tallies, lines_of(acceptance.case.scheme))


def _items(acceptance: Acceptance) -> list[rules.ScoredItem]:
    rows = list(acceptance.scores.all())
    prefetch_related_objects(rows, "item")
    return [
        rules.ScoredItem(
            key=row.item_id,
            text=row.item.text,
            points=row.item.points,
            score=row.county_score,
            reason=row.reason,
            vetoed=row.vetoed,
        )
        for row in rows
    ]


SPARE = timedelta(days=30)


def follow_day(scheme: Scheme, today: date) -> date:
    """Until when a case consolidates or makes up, where nobody says another day: the end of the scheme's last phase of
    巩固提升 or 考核验收; a month from today where that is past."""
    stages = (PhaseStage.CONSOLIDATION, PhaseStage.ACCEPTANCE)
    ends = [phase.ends_on for phase in scheme.phases.all() if phase.stage in stages]
    return max([day for day in ends if day > today], default=today + SPARE)
