"""A group's tally as it is read: counts by item and option, rates with their formula, what is wrong, what changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.changes import TITLES, Change, Entry
from accounts.tables import show
from rectification.acceptance import rules as acceptance_rules
from rectification.acceptance.ballots import rules
from rectification.acceptance.ballots.actions import of_group, questions_of
from rectification.acceptance.ballots.models import Poll
from rectification.acceptance.models import Acceptance, Tally, TallyGroup
from rectification.acceptance.results import lines_of
from rectification.schemes.terms import plain


@dataclass(frozen=True)
class Line:
    """One item: its votes by option in their order, their sum, the rate and what it means; veto: why it fails."""

    item: str
    votes: list[tuple[str, int]]
    total: int
    rate: str
    formula: str
    low: bool
    veto: str


@dataclass(frozen=True)
class Board:
    """One group: its tally and poll, None before there are any; the options, the lines, what does not agree."""

    group: str
    label: str
    items: list[str]
    options: list[str]
    satisfied: list[str]
    tally: Tally | None
    poll: Poll | None
    lines: list[Line]
    errors: list[str]
    line: str
    veto: str


def boards(acceptance: Acceptance) -> list[Board]:
    """Both groups, 党员 first."""
    return [board(acceptance, group) for group in TallyGroup.values]


def board(acceptance: Acceptance, group: str) -> Board:
    """One group as it stands."""
    tally = of_group(acceptance.tallies.all(), group)
    poll = of_group(acceptance.polls.all(), group)
    lines = lines_of(acceptance.case.scheme)
    label = TallyGroup(group).label
    questions = questions_of(acceptance, group)
    options = list(dict.fromkeys(option for _item, listed in questions for option in listed))
    veto = lines.dissatisfied_veto
    return Board(
        group=group,
        label=label,
        items=[item for item, _options in questions],
        options=options,
        satisfied=[option for option in options if option in lines.satisfied],
        tally=tally,
        poll=poll,
        lines=list(_lines(tally, questions, options, lines)) if tally else [],
        errors=_errors(tally, label) if tally else [],
        line="" if lines.satisfaction is None else plain(lines.satisfaction),
        veto="" if veto is None else plain(veto),
    )


def _lines(
    tally: Tally, questions: list[Any], options: list[str], lines: acceptance_rules.Lines
) -> Iterator[Line]:
    for item, votes in _ordered(tally, questions):
        rate = acceptance_rules.satisfaction_rate(votes, lines.satisfied)
        below = rate is not None and lines.satisfaction is not None and rate.percent < lines.satisfaction
        against = lines.dissatisfied_veto
        veto = acceptance_rules.dissatisfied_veto(votes, lines.dissatisfied, against or Decimal(100))
        yield Line(
            item=item,
            votes=[(option, votes.get(option, 0)) for option in options],
            total=sum(votes.values()),
            rate=f"{rate.percent}%" if rate else "—",
            formula=rate.formula if rate else "没有有效票，满意率无法计算",
            low=below,
            veto=veto or "" if against is not None else "",
        )


def _ordered(tally: Tally, questions: list[Any]) -> Iterator[tuple[str, dict[str, int]]]:
    """The tally's items as they are asked, with their votes in the order of the options."""
    for item, options in rules.in_order(tally.counts, questions):
        yield item, {option: tally.counts[item][option] for option in options}


def _errors(tally: Tally, label: str) -> list[str]:
    """What does not agree in what stands: QR answers that came in later can pass what was typed before."""
    return acceptance_rules.tally_errors(
        acceptance_rules.Tally(tally.issued, tally.returned, tally.valid, tally.invalid, tally.counts),
        group=label,
        entitled=tally.entitled,
        present=tally.present,
    )


FACTS = {
    "held_on": "测评日期",
    "place": "时间、地点",
    "entitled": "应到人数",
    "present": "实到人数",
    "issued": "发出票",
    "returned": "收回票",
    "valid": "有效票",
    "invalid": "无效票",
    "supervisor": "监票人",
    "teller": "计票人",
}


def changes(tally: Tally | None) -> list[Entry]:
    """Who entered the tally and who changed which number of it, newest first."""
    if tally is None:
        return []
    rows = list(tally.history.order_by("-pgh_id")[:51])
    entries = []
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        now, was = _facts(row), _facts(before) if before else {}
        found = [
            Change(label, was.get(label, ""), now.get(label, ""))
            for label in dict.fromkeys([*now, *was])
            if before and now.get(label, "") != was.get(label, "")
        ]
        if before and not found:
            continue
        context = row.pgh_context or {}
        who, post = context.get("name") or "系统", context.get("post") or ""
        entries.append(Entry(row.pgh_created_at, who, post, TITLES[row.pgh_label], changes=found))
    return entries[:50]


def _facts(row: Any) -> dict[str, str]:
    """Every number of a tally under its words."""
    facts = {label: show(getattr(row, name)) for name, label in FACTS.items()}
    for item, options in row.counts.items():
        facts |= {f"“{item}”{option}": str(votes) for option, votes in options.items()}
    return facts
