"""The rounds of one acceptance in the order of the scheme's chain: who does each, what was done, who is next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from accounts.roles import Role
from accounts.tables import show
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.acceptance.models import Acceptance, AcceptanceState, TallyGroup
from rectification.acceptance.sides import accepting, first_side, scoring_refusal, self_check_refusal
from rectification.cases.takers import Decider
from rectification.schemes.chain_rules import deciding_step, steps_of
from rectification.schemes.models import ChainStep, Process

SELF, TALLY, FIRST, LAST, ABOVE = "self", "tally", "first", "last", "above"
ANCHORS = {SELF: "#self", TALLY: "#tallies", FIRST: "#scores", LAST: "#result", ABOVE: ""}


@dataclass(frozen=True)
class Round:
    """One round: its kind and the scheme's own name for it, who does it, whether it is done and in what words.

    mine: whether the reader does it. next: whether it is the first that is not done.
    """

    kind: str
    name: str
    who: str
    done: bool
    words: str = ""
    mine: bool = False
    next: bool = False

    @property
    def anchor(self) -> str:
        """Where on the page it is done."""
        return ANCHORS[self.kind]


def kind_of(step: ChainStep, deciding: ChainStep | None, first: Organization | None) -> str:
    """What a step of the chain is in an acceptance; the scheme names and orders them as it likes."""
    if step == deciding:
        return LAST
    if step.level == Level.GRASSROOTS:
        return SELF
    if "测评" in step.name or "评议" in step.name:
        return TALLY
    return FIRST if step.level == Level.TOWNSHIP and first is not None else ABOVE


def rounds_of(
    acceptance: Acceptance, post: Appointment | None = None, steps: Sequence[ChainStep] | None = None
) -> list[Round]:
    """The rounds as they stand; a scheme that names no 测评 has it before the first scores all the same.

    post: the reader, for whom `mine` is told. steps: the scheme's acceptance chain, where a list has read it already.
    """
    case = acceptance.case
    steps = steps_of(case.scheme, Process.ACCEPTANCE) if steps is None else steps
    first, last = first_side(case, steps), accepting(case, steps)
    named = _named(steps, first)
    rows = []
    for kind, name in named:
        if kind == FIRST:
            rows.append(_first(acceptance, name, first, post))
        elif kind == LAST:
            rows.append(_last(acceptance, name, last, post))
        elif kind == TALLY:
            rows.append(_tally(acceptance, name, first or last.unit, post))
        else:
            rows.append(_self(acceptance, name, post) if kind == SELF else Round(ABOVE, name, "", False))
    waiting = next((row for row in rows if not row.done and row.kind != ABOVE), None)
    return [replace(row, next=row is waiting) for row in rows]


def _named(steps: Sequence[ChainStep], first: Organization | None) -> list[tuple[str, str]]:
    """Kind and name of each round in order."""
    deciding = deciding_step(steps)
    named = [(kind_of(step, deciding, first), step.name) for step in steps]
    if TALLY not in dict(named):
        at = next((n for n, (kind, _name) in enumerate(named) if kind in (FIRST, LAST)), len(named))
        named.insert(at, (TALLY, "党员群众测评"))
    return named if LAST in dict(named) else [*named, (LAST, "考核验收")]


def next_words(rows: list[Round]) -> str:
    """Who is next and with what; "" where all is done."""
    row = next((row for row in rows if row.next), None)
    return f"{row.who}：{row.name}" if row else ""


def _self(acceptance: Acceptance, name: str, post: Appointment | None) -> Round:
    case, on = acceptance.case, acceptance.self_on
    by = acceptance.self_by
    entered = f"，由{by.organization.short_name}代录" if by and by.role != Role.VILLAGE_REPORTER else ""
    mine = post is not None and self_check_refusal(case, post) is None
    words = f"{show(on)}{entered}" if on else ""
    return Round(SELF, name, case.organization.short_name, on is not None, words, mine)


def _tally(acceptance: Acceptance, name: str, unit: Organization, post: Appointment | None) -> Round:
    held = {tally.group for tally in acceptance.tallies.all()}
    said = [f"{group.label}{'已登记' if group.value in held else '未登记'}" for group in TallyGroup]
    mine = post is not None and scoring_refusal(acceptance.case, post) is None
    return Round(TALLY, name, unit.office, len(held) == len(TallyGroup), "，".join(said), mine)


def _first(acceptance: Acceptance, name: str, unit: Organization | None, post: Appointment | None) -> Round:
    rows = list(acceptance.scores.all())
    scored = [row.township_score for row in rows if row.township_score is not None]
    day = f"{show(acceptance.township_on)}，" if acceptance.township_on else ""
    words = f"{day}{len(scored)}／{len(rows)} 项，{show(sum(scored))} 分" if scored else ""
    mine = bool(unit and post and (post.organization_id, post.role) == (unit.pk, Role.TOWNSHIP_OFFICER))
    return Round(FIRST, name, unit.office if unit else "", len(scored) == len(rows), words, mine)


def _last(acceptance: Acceptance, name: str, decider: Decider, post: Appointment | None) -> Round:
    rows = list(acceptance.scores.all())
    scored = [row.county_score for row in rows if row.county_score is not None]
    words = f"{len(scored)}／{len(rows)} 项，{show(sum(scored))} 分" if scored else ""
    if acceptance.state != AcceptanceState.OPEN and acceptance.signed_on:
        result = acceptance.get_outcome_display()
        words = f"{show(acceptance.signed_on)}签署{result}，{show(acceptance.total)} 分"
    signed = acceptance.state != AcceptanceState.OPEN
    return Round(LAST, name, decider.unit.office, signed, words, decider.is_(post))


def done_words(rows: list[Round]) -> str:
    """How many rounds are done of those there are."""
    counted = [row for row in rows if row.kind != ABOVE]
    return f"{sum(row.done for row in counted)}／{len(counted)}"
