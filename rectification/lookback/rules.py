"""回头看 (S0 一): three parties on each point, what follows from them, an organization's cases over the years."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rectification.schemes.copying_rules import tracked_until
from rectification.schemes.terms import quoted, words


class Party(StrEnum):
    """Who looks: 整顿对象自查, 上级党组织检查, 组织（人事）部门考核验收."""

    SELF = "self"
    SUPERIOR = "superior"
    DEPARTMENT = "department"

    @property
    def label(self) -> str:
        """The party's words on screen."""
        return {
            "self": "整顿对象自查",
            "superior": "上级党组织检查",
            "department": "组织（人事）部门考核验收",
        }[self.value]


class State(StrEnum):
    """How what was turned round stands a year on."""

    HELD = "held"
    SLIPPED = "slipped"
    RELAPSED = "relapsed"

    @property
    def label(self) -> str:
        """The state's word on screen."""
        return {"held": "巩固", "slipped": "下滑", "relapsed": "反弹"}[self.value]


class Outcome(StrEnum):
    """Where a looked-back case goes."""

    CLOSED = "closed"
    CARRIED = "carried"

    @property
    def label(self) -> str:
        """The outcome's words on screen."""
        return {"closed": "转化提高，销号并跟踪管理", "carried": "没有转化到位，纳入本年整顿任务"}[self.value]


@dataclass(frozen=True)
class Checkpoint:
    """What is looked at: a point of the scheme, or one of last year's problems come back."""

    key: str
    text: str
    last_years_problem: bool = False


@dataclass(frozen=True)
class View:
    """What one party says of one checkpoint; `state` None is not answered. `evidence` counts what was attached."""

    checkpoint: str
    party: Party
    state: State | None
    finding: str = ""
    evidence: int = 0


@dataclass(frozen=True)
class Suggestion:
    """What follows from the views: an outcome (None while parts are missing) with every reason, and contradictions."""

    outcome: Outcome | None
    reasons: tuple[str, ...]
    conflicts: tuple[str, ...] = ()


def view_error(view: View, checkpoint: Checkpoint) -> str | None:
    """Why a view cannot stand, or None: what slipped or relapsed is said in words."""
    if view.state in (State.SLIPPED, State.RELAPSED) and not view.finding.strip():
        return f"{quoted(checkpoint.text)}{view.party.label}为“{view.state.label}”，须写明具体情况"
    return None


def missing(
    asked: Sequence[Checkpoint], views: Iterable[View], parties: Collection[Party] = tuple(Party)
) -> dict[Party, list[Checkpoint]]:
    """The checkpoints each party has not answered; parties that are done are left out."""
    given = {(view.checkpoint, view.party) for view in views if view.state is not None}
    open_ = {
        party: [one for one in asked if (one.key, party) not in given] for party in Party if party in parties
    }
    return {party: left for party, left in open_.items() if left}


def missing_words(left: dict[Party, list[Checkpoint]]) -> list[str]:
    """What is missing, one line a party: 上级党组织检查还有 2 项没有填写：……."""
    lines = []
    for party, points in left.items():
        named = "、".join(quoted(one.text) for one in points[:3]) + ("等" if len(points) > 3 else "")
        lines.append(f"{party.label}还有 {len(points)} 项没有填写：{named}")
    return lines


def suggested(
    asked: Sequence[Checkpoint], views: Sequence[View], parties: Collection[Party] = tuple(Party)
) -> Suggestion:
    """What follows from the views; a person decides (domain §6).

    - Nothing while a party's part is missing: the reasons then say whose.
    - Not turned round: anything relapsed for the superior or the department, or slipped for the department.
    - Turned round: everything held for the department. What others saw slip stands among the reasons, to be watched
      in the year of tracking.
    - A conflict is a checkpoint on which parties differ.
    """
    if left := missing(asked, views, parties):
        return Suggestion(None, tuple(missing_words(left)))
    texts = {one.key: one.text for one in asked}
    judging = Party.DEPARTMENT if Party.DEPARTMENT in parties else Party.SUPERIOR
    against: list[str] = []
    watched: list[str] = []
    for view in views:
        if view.state in (None, State.HELD) or view.checkpoint not in texts or view.party not in parties:
            continue
        finding = f"：{view.finding.strip()}" if view.finding.strip() else ""
        said = f"{quoted(texts[view.checkpoint])}{view.party.label}为“{view.state.label}”{finding}"
        relapsed = view.state is State.RELAPSED and view.party is not Party.SELF
        (against if relapsed or view.party is judging else watched).append(said)
    conflicts = tuple(_conflicts(asked, views, parties))
    if against:
        return Suggestion(Outcome.CARRIED, (*against, *watched), conflicts)
    held = f"{len(asked)} 项{judging.label}均为“巩固”"
    return Suggestion(Outcome.CLOSED, (held, *(f"{one}，列入跟踪" for one in watched)), conflicts)


def _conflicts(asked: Sequence[Checkpoint], views: Sequence[View], parties: Collection[Party]) -> list[str]:
    lines = []
    for one in asked:
        states = {
            view.party: view.state
            for view in views
            if view.checkpoint == one.key and view.state is not None and view.party in parties
        }
        if len(set(states.values())) > 1:
            said = "，".join(f"{party.label}“{states[party].label}”" for party in Party if party in states)
            lines.append(f"{quoted(one.text)}意见不一：{said}")
    return lines


def verdict_refusal(
    asked: Sequence[Checkpoint],
    views: Sequence[View],
    *,
    outcome: str,
    reasons: str,
    decided_on: date | None,
    today: date,
    parties: Collection[Party] = tuple(Party),
) -> str | None:
    """Why a verdict cannot be recorded so, or None.

    It needs an outcome, its reasons in words, a day, and the whole part of the department (in a township's own scheme:
    of whoever judges, `parties`). Another party's missing part and another outcome than the suggested one may
    stand: the reasons answer for them.
    """
    if outcome not in set(Outcome):
        return "请选择回头看结论：销号，或纳入本年整顿任务"
    judging = Party.DEPARTMENT if Party.DEPARTMENT in parties else Party.SUPERIOR
    left = missing(asked, views, parties).get(judging)
    if not asked:
        return "方案没有回头看要点，也没有上年问题，不能作出结论"
    if left:
        return f"{missing_words({judging: left})[0]}，不能作出结论"
    if not reasons.strip():
        return "回头看结论须写明理由"
    if decided_on is None:
        return "没有填作出结论的日期"
    if decided_on > today:
        return f"结论日期 {words(decided_on)} 晚于今天"
    return None


def consequence(outcome: Outcome, *, year: int, decided_on: date, tracking_months: int) -> str:
    """What a verdict means, in words: until when it is watched, or which list it enters."""
    if outcome is Outcome.CARRIED:
        return f"纳入{year}年整顿任务，不受倒排名次限制，计入比例"
    return f"销号，跟踪管理至{words(tracked_until(decided_on, tracking_months))}"


@dataclass(frozen=True)
class CaseYear:
    """An organization's case of a year: how it ended (`closed_on` None: not closed) and who it was then.

    `carried` is a case taken over from last year's because it was not turned round.
    """

    key: int
    year: int
    name: str
    closed_on: date | None
    carried: bool = False


@dataclass(frozen=True)
class LineageRow:
    """A case among an organization's cases: the one it carries on, or the closed one it is a relapse of, with words."""

    case: CaseYear
    follows: CaseYear | None
    relapse: bool
    text: str


def lineage(cases: Iterable[CaseYear]) -> list[LineageRow]:
    """An organization's cases from first to last, under earlier names too; one after a closed one is a relapse."""
    rows: list[LineageRow] = []
    before: CaseYear | None = None
    for case in sorted(cases, key=lambda one: (one.year, one.key)):
        relapse = before is not None and before.closed_on is not None and not case.carried
        rows.append(LineageRow(case, before, relapse, _lineage_words(case, before, relapse)))
        before = case
    return rows


def _lineage_words(case: CaseYear, before: CaseYear | None, relapse: bool) -> str:
    end = f"{words(case.closed_on)}销号" if case.closed_on else "未销号"
    name = f"（时称{before.name}）" if before is not None and before.name != case.name else ""
    if before is None:
        return f"{case.year}年列为整顿对象，{end}"
    if relapse and before.closed_on is not None:
        return f"{case.year}年反弹：{before.year}年{name}整顿，{words(before.closed_on)}销号后再次列为整顿对象，{end}"
    return f"{case.year}年续整：{before.year}年{name}整顿未转化到位，{end}"
