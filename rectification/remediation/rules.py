"""Measures, problems and plans: what is missing and what is refused (domain §6, S0 三（二）).

Rows of Problem and Measure may stand in for the values here: the names are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol, TypeAlias

from rectification.schemes.terms import words

OPEN, REPORTED, CONFIRMED = "open", "reported", "confirmed"
CLOSED = "closed"


@dataclass(frozen=True)
class Measure:
    """整改措施: what is done, to which goal, by whom, until when; `percent` is 0–100."""

    text: str
    goal: str = ""
    unit: str = ""
    person: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    state: str = OPEN
    percent: int = 0
    result: str = ""
    requirement: str = ""


@dataclass(frozen=True)
class Problem:
    """突出问题, numbered within its case."""

    order: int
    text: str
    state: str = OPEN


Problems: TypeAlias = Sequence[tuple[Problem, Sequence[Measure]]]
"""A case's problems, each with its measures."""


class Finding(NamedTuple):
    """What is wrong with a field of a measure; a warning is shown and may stand."""

    field: str
    message: str
    is_error: bool = True


ECONOMY = "集体经济"
"""The word by which a scheme's suggested measure is for the collective economy of poor villages (S0 三（二）)."""


class Suggested(Protocol):
    """措施参考 of the scheme: its words, and the order of the criterion it is for (None: every kind of weakness)."""

    text: str
    criterion: int | None


def suggests(item: Suggested, order: int | None, *, poor: bool) -> bool:
    """Whether the scheme suggests a measure for a problem of the criterion with this order (None: of no criterion);
    what is for the collective economy, only to a poor village."""
    if ECONOMY in item.text and not poor:
        return False
    return item.criterion is None or item.criterion == order


def measure_findings(measure: Measure, *, last_day: date | None = None) -> list[Finding]:
    """What is wrong with a measure as written; `last_day` is the end of the scheme's last phase.

    A plan may be drafted in pieces, so that what is still empty is asked only by `plan_missing`.
    """
    found = []
    starts, due = measure.starts_on, measure.due_on
    if not measure.text.strip():
        found.append(Finding("text", "没有写整顿措施"))
    if starts is not None and due is not None and due < starts:
        found.append(Finding("due_on", f"完成时限 {words(due)} 早于开始日期 {words(starts)}"))
    if due is not None and last_day is not None and due > last_day:
        late = f"完成时限 {words(due)} 晚于方案最后阶段的结束日期 {words(last_day)}"
        found.append(Finding("due_on", late, is_error=False))
    if refusal := percent_refusal(measure.percent):
        found.append(Finding("percent", refusal))
    return found


def percent_refusal(percent: int) -> str | None:
    """Progress lies between 0 and 100; it may go down when work proves undone."""
    if not 0 <= percent <= 100:
        return f"完成率 {percent}% 应在 0 与 100% 之间"
    return None


def report_done_refusal(measure: Measure, *, result: str) -> str | None:
    """Why a measure cannot be reported done, or None: its result must be written (domain §6)."""
    if measure.state != OPEN:
        return "该措施已经报过完成"
    if not result.strip():
        return "报完成须写明完成结果"
    return None


def confirm_refusal(measure: Measure, *, separation: str | None = None) -> str | None:
    """Why the township cannot confirm a measure done, or None; `separation` is what `separation_refusal` says."""
    if measure.state == CONFIRMED:
        return "该措施已经确认完成"
    if measure.state != REPORTED or not measure.result.strip():
        return "该措施还没有报完成结果，不能确认"
    return separation


def separation_refusal(*, by_person: int, by_unit: int, submitter: int, submitter_unit: int) -> str | None:
    """Nobody approves what they submitted: why this person may not decide it, or None (domain §2).

    Persons are compared, not posts, and only between units: in a one-person township office the same 组织委员
    may enter and confirm, but who has a post in two units may not pass in one what they sent from the other.
    """
    if by_person == submitter and by_unit != submitter_unit:
        return "您在下级单位提交了本事项，不能再以上级单位身份审批，请由其他同志办理"
    return None


def close_problem_refusal(problem: Problem, measures: Sequence[Measure]) -> str | None:
    """Why the county cannot confirm the 销号 of a problem, naming the measures in the way, or None."""
    name = f"问题 {problem.order}“{_short(problem.text)}”"
    if problem.state == CLOSED:
        return f"{name}已经销号"
    if not measures:
        return f"{name}没有整顿措施，不能销号"
    if undone := [measure for measure in measures if measure.state != CONFIRMED]:
        listed = "、".join(f"“{_short(measure.text)}”" for measure in undone[:3])
        more = f"等 {len(undone)} 项" if len(undone) > 3 else ""
        return f"{name}的措施{listed}{more}还没有确认完成"
    return None


def close_problems_refusals(problems: Mapping[int, tuple[Problem, Sequence[Measure]]]) -> dict[int, str]:
    """Refusals of a 销号 in bulk, by key; those not in it may be closed."""
    refusals = {
        key: close_problem_refusal(problem, measures) for key, (problem, measures) in problems.items()
    }
    return {key: refusal for key, refusal in refusals.items() if refusal}


def case_percent(percents: Iterable[int | None]) -> int:
    """完成率 of a case: the mean of its measures, rounded down so that 100 means all of them; 0 without any.

    A long-term measure has no percentage (None) until it is done, and does not weigh before.
    """
    values = [percent for percent in percents if percent is not None]
    return sum(values) // len(values) if values else 0


def open_problems(problems: Iterable[Problem]) -> list[str]:
    """The problems not yet 销号, each in words; a case may enter acceptance when there is none."""
    return [
        f"问题 {problem.order}“{_short(problem.text)}”尚未销号"
        for problem in problems
        if problem.state != CLOSED
    ]


def acceptance_refusal(problems: Sequence[Problem], *, reason: str) -> str | None:
    """Why a case cannot enter acceptance, or None: all problems are closed, or a reason is written (domain §6)."""
    if not problems:
        return "还没有问题清单，不能提请验收"
    left = open_problems(problems)
    if left and not reason.strip():
        return f"还有 {len(left)} 个问题没有销号，提请验收须写明理由：{'；'.join(left)}"
    return None


def plan_missing(
    problems: Problems, *, needs_collective_economy: bool = False, five_clear: bool = False
) -> list[str]:
    """Everything a plan lacks before it may be submitted, each item by name; empty when it may.

    At least one problem, each with at least one measure, each with goal, deadline, responsible unit and person
    (S0 三（二）: 针对每个具体问题逐一提出整顿措施，明确目标、时限和责任人). `needs_collective_economy` is a poor
    village for which no measure on its collective economy is marked (S0 四（二）). `five_clear`: the scheme asks for
    五个明确 (S1 陇县), so that each measure says its requirement too.
    """
    if not problems:
        return ["还没有列出突出问题，至少要有一个"]
    missing: list[str] = []
    for problem, measures in problems:
        name = f"问题 {problem.order}"
        if not problem.text.strip():
            missing.append(f"{name}没有文字")
        if not measures:
            missing.append(f"{name}“{_short(problem.text)}”没有整顿措施")
        for number, measure in enumerate(measures, start=1):
            missing += _measure_missing(f"{name}的措施 {number}", measure, five_clear)
    if needs_collective_economy:
        missing.append("贫困村的方案须有发展村级集体经济的措施")
    return missing


def _measure_missing(name: str, measure: Measure, five_clear: bool) -> Iterator[str]:
    labels = {
        "措施内容": measure.text.strip(),
        "目标": measure.goal.strip(),
        "时限": measure.due_on,
        "责任单位": measure.unit.strip(),
        "责任人": measure.person.strip(),
    }
    if five_clear:
        labels["要求"] = measure.requirement.strip()
    if lacks := [label for label, value in labels.items() if not value]:
        yield f"{name}缺{'、'.join(lacks)}"
    for finding in measure_findings(measure):
        if finding.is_error and finding.field != "text":
            yield f"{name}：{finding.message}"


def _short(text: str, length: int = 20) -> str:
    """The first words of a long text."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length] + "…"
