"""The fixed stages of a year on one page: what may follow what. Who takes a step is data of the scheme."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.roles import Role


class Stage(StrEnum):
    """Where a case stands in its year (domain §2)."""

    SURVEY = "survey"
    REMEDIATION = "remediation"
    ACCEPTANCE = "acceptance"
    CONSOLIDATION = "consolidation"
    TRACKING = "tracking"
    CARRIED = "carried"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The stage as the screens call it."""
        return LABELS[self]

    @property
    def open(self) -> bool:
        """Whether the case is still being rectified."""
        return self in OPEN

    @property
    def supported(self) -> bool:
        """Whether support may not leave: until 销号, a failed case's too (S0 五)."""
        return self in OPEN or self is Stage.CARRIED


LABELS = {
    Stage.SURVEY: "摸排认定",
    Stage.REMEDIATION: "集中整顿",
    Stage.ACCEPTANCE: "考核验收",
    Stage.CONSOLIDATION: "巩固提升",
    Stage.TRACKING: "销号跟踪",
    Stage.CARRIED: "续整（转入下年）",
    Stage.CLOSED: "办结",
    Stage.WITHDRAWN: "退出整顿",
}
OPEN = frozenset({Stage.REMEDIATION, Stage.ACCEPTANCE, Stage.CONSOLIDATION})
# What the lookback of the year after may look at: whatever came out of acceptance (S0 一)
LOOKED_BACK = frozenset({Stage.TRACKING, Stage.CARRIED, Stage.CLOSED})
CHOICES = [(stage.value, label) for stage, label in LABELS.items()]


@dataclass(frozen=True)
class Step:
    """A change of stage: from one of these stages to that one, under its name on the button."""

    name: str
    before: frozenset[Stage]
    after: Stage
    needs_reason: bool = False


def _step(name: str, *before: Stage, to: Stage, needs_reason: bool = False) -> Step:
    return Step(name, frozenset(before), to, needs_reason)


STEPS = {
    "determine": _step("确定为整顿对象", Stage.SURVEY, to=Stage.REMEDIATION),
    "enter_acceptance": _step("提请验收", Stage.REMEDIATION, Stage.CONSOLIDATION, to=Stage.ACCEPTANCE),
    "send_back": _step("退回继续整顿", Stage.ACCEPTANCE, to=Stage.REMEDIATION, needs_reason=True),
    "consolidate": _step("基本合格，巩固提升", Stage.ACCEPTANCE, to=Stage.CONSOLIDATION, needs_reason=True),
    "close": _step("验收合格，销号", Stage.ACCEPTANCE, to=Stage.TRACKING),
    "carry_over": _step("验收不合格，续整", Stage.ACCEPTANCE, to=Stage.CARRIED, needs_reason=True),
    # Signed by mistake, and nothing rests on it yet
    "unsign": _step(
        "撤销验收签署",
        Stage.TRACKING,
        Stage.CONSOLIDATION,
        Stage.CARRIED,
        to=Stage.ACCEPTANCE,
        needs_reason=True,
    ),
    "end_tracking": _step("跟踪期满，办结", Stage.TRACKING, to=Stage.CLOSED),
    # The check of the unit above: who accepted it was too kind
    "overturn": _step("检查不认可，退回继续整顿", Stage.TRACKING, to=Stage.REMEDIATION, needs_reason=True),
    "withdraw": _step("退出整顿", *OPEN, to=Stage.WITHDRAWN, needs_reason=True),
    # The lookback of the year after: what acceptance said is confirmed, or overturned
    "lookback_close": _step("回头看：销号并跟踪", *LOOKED_BACK, to=Stage.TRACKING, needs_reason=True),
    "lookback_carry": _step("回头看：纳入本年整顿", *LOOKED_BACK, to=Stage.CARRIED, needs_reason=True),
}


def refusal(
    key: str, *, stage: Stage, role: Role, deciders: Mapping[str, frozenset[Role]], reason: str | None = None
) -> str | None:
    """Why this step cannot be taken now, in the user's words, or None.

    deciders: step key → roles that take it, from the scheme's chains. reason: None while only asking whether the
    button is shown; the words given when the step is taken.
    """
    step = STEPS[key]
    if stage not in step.before:
        allowed = "、".join(sorted(s.label for s in step.before))
        return f"当前处于“{stage.label}”，只有在“{allowed}”时才能{step.name}"
    takers = deciders.get(key, frozenset())
    if role not in takers:
        names = "、".join(sorted(r.label for r in takers)) or "（方案未指定）"
        return f"按方案，“{step.name}”由{names}办理"
    if step.needs_reason and reason is not None and not reason.strip():
        return f"“{step.name}”须写明理由"
    return None
