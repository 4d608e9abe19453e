"""Two schemes' parts side by side: of each item what stands above, what here, and which is stricter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from organizations.rules import Field, Level
from rectification.schemes.chain_rules import deciding_step
from rectification.schemes.terms import (
    AcceptanceItem,
    Criterion,
    DutyRule,
    Phase,
    Rhythm,
    criterion_name,
    field_names,
    plain,
    words,
)

NONE = "无"
_ALIKE = 0.6
_OFTEN = {Rhythm.HALF_MONTH: 24, Rhythm.MONTHLY: 12, Rhythm.QUARTERLY: 4}


class Compared(StrEnum):
    """How an item of the lower scheme stands to the one above."""

    STRICTER = "stricter"
    LAXER = "laxer"
    OTHER = "other"
    SAME = "same"

    @property
    def label(self) -> str:
        """The word on screen; 不同 is neither stricter nor laxer by itself."""
        return {"stricter": "更严", "laxer": "更宽", "other": "不同", "same": "相同"}[self.value]


class Difference(NamedTuple):
    """One item of two schemes: `key` names it lastingly (reasons are kept by it), `above` and `here` are its words."""

    key: str
    what: str
    above: str
    here: str
    compared: Compared


V = TypeVar("V", Decimal, int, date)
C = TypeVar("C", bound=Criterion)


def ranked(
    key: str, what: str, above: V | None, here: V | None, *, low: bool = False, say: Callable[[V], str]
) -> Difference:
    """A value of which more is stricter (with `low`, less is); none at all is laxer than any."""
    if above == here:
        verdict = Compared.SAME
    elif above is None or here is None:
        verdict = Compared.STRICTER if above is None else Compared.LAXER
    else:
        verdict = Compared.STRICTER if (here < above) == low else Compared.LAXER
    texts = [NONE if value is None else say(value) for value in (above, here)]
    return Difference(key, what, texts[0], texts[1], verdict)


def phase_differences(here: Sequence[Phase], above: Sequence[Phase]) -> Iterator[Difference]:
    """Phases of a stage: the last day of each stage counts, earlier is stricter."""
    stages = list(dict.fromkeys(phase.stage for phase in (*above, *here)))
    for stage in stages:
        theirs, own = (_of_stage(phases, stage) for phases in (above, here))
        name = "、".join(phase.name for phase in theirs or own)
        ends = [max((p.ends_on for p in phases if p.ends_on), default=None) for phases in (theirs, own)]
        yield ranked(f"phase:{stage}", f"“{name}”完成日期", ends[0], ends[1], low=True, say=words)


def _of_stage(phases: Sequence[Phase], stage: str) -> list[Phase]:
    return [phase for phase in phases if phase.stage == stage]


def criterion_differences(here: Sequence[Criterion], above: Sequence[Criterion]) -> Iterator[Difference]:
    """More criteria are stricter. Same words are the same criterion, similar words of one number a reworded one."""
    left = list(here)
    for theirs in above:
        key, what = f"criterion:{theirs.order}", f"情形{criterion_name(theirs)}"
        own = counterpart(theirs, left)
        if own is None:
            yield Difference(key, what, theirs.text, NONE, Compared.LAXER)
            continue
        left.remove(own)
        yield Difference(key, what, _criterion_words(theirs), _criterion_words(own), _criterion(own, theirs))
    for own in left:
        yield Difference(
            f"own-criterion:{own.order}", f"情形{criterion_name(own)}", NONE, own.text, Compared.STRICTER
        )


def counterpart(theirs: C, left: Sequence[C]) -> C | None:
    """The same criterion among those of another scheme: by its words, else by number and similar words."""
    return next((one for one in left if one.text == theirs.text), None) or next(
        (one for one in left if one.order == theirs.order and _alike(one.text, theirs.text)), None
    )


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _criterion_words(one: Criterion) -> str:
    hard = "，硬杠杠" if one.hard else ""
    start = f"，扣 {plain(one.threshold)} 分即达到" if one.threshold is not None else ""
    fields = field_names(one.fields) or "全部领域"
    return f"{one.text}（{fields}，{plain(one.points)} 分{start}{hard}）"


def _criterion(own: Criterion, theirs: Criterion) -> Compared:
    """Laxer in anything is laxer: no longer hard, for fewer fields, reached later; points alone only weigh."""
    fields = [set(one.fields) or set(Field) for one in (theirs, own)]
    marks = {Compared.SAME if own.text == theirs.text and own.points == theirs.points else Compared.OTHER}
    if own.hard != theirs.hard:
        marks.add(Compared.STRICTER if own.hard else Compared.LAXER)
    if fields[0] != fields[1]:
        marks.add(Compared.STRICTER if fields[1] > fields[0] else Compared.LAXER)
    if own.threshold != theirs.threshold:
        both = own.threshold is not None and theirs.threshold is not None
        marks.add(
            Compared.OTHER
            if not both
            else _earlier(own.threshold or Decimal(0), theirs.threshold or Decimal(0))
        )
    return _worst(marks)


def _earlier(own: Decimal, theirs: Decimal) -> Compared:
    return Compared.STRICTER if own < theirs else Compared.LAXER


def _worst(marks: Collection[Compared]) -> Compared:
    for one in (Compared.LAXER, Compared.OTHER, Compared.STRICTER):
        if one in marks:
            return one
    return Compared.SAME


def duty_differences(asked: Sequence[DutyRule], here: Sequence[DutyRule]) -> Iterator[Difference]:
    """Duties by their keys: earlier, more often, more times and more of them are stricter."""
    own = {rule.key: rule for rule in here}
    for theirs in asked:
        mine = own.pop(theirs.key, None)
        key, what = f"duty:{theirs.key}", f"时限任务“{theirs.title}”"
        if mine is None:
            yield Difference(key, what, _duty_words(theirs), NONE, Compared.LAXER)
        else:
            yield Difference(key, what, _duty_words(theirs), _duty_words(mine), _duty(mine, theirs))
    for rule in own.values():
        yield Difference(
            f"duty:{rule.key}", f"时限任务“{rule.title}”", NONE, _duty_words(rule), Compared.STRICTER
        )


def _duty_words(rule: DutyRule) -> str:
    number = f"{rule.times} 次" if rule.rhythm == Rhythm.COUNT else ""
    by = f"，{words(rule.due_on)}前" if rule.due_on else ""
    return f"{Rhythm(rule.rhythm).label}{number}{by}"


def _duty(own: DutyRule, theirs: DutyRule) -> Compared:
    marks = {Compared.SAME}
    series = own.rhythm in _OFTEN and theirs.rhythm in _OFTEN
    if own.rhythm != theirs.rhythm:
        more = series and _OFTEN[Rhythm(own.rhythm)] > _OFTEN[Rhythm(theirs.rhythm)]
        marks.add((Compared.STRICTER if more else Compared.LAXER) if series else Compared.OTHER)
    if own.due_on != theirs.due_on:
        # The last day of a series ends it: an earlier end asks for less
        day = ranked("", "", theirs.due_on, own.due_on, low=not series, say=words)
        marks.add(day.compared)
    if own.rhythm == theirs.rhythm == Rhythm.COUNT and own.times != theirs.times:
        marks.add(Compared.STRICTER if own.times > theirs.times else Compared.LAXER)
    return _worst(marks)


def acceptance_differences(
    here: Sequence[AcceptanceItem], above: Sequence[AcceptanceItem]
) -> Iterator[Difference]:
    own = {item.text: item for item in here}
    for theirs in above:
        mine = own.pop(theirs.text, None)
        verdict = Compared.LAXER
        if mine is not None:
            verdict = Compared.SAME if mine.points == theirs.points else Compared.OTHER
            if mine.veto != theirs.veto:
                verdict = Compared.STRICTER if mine.veto else Compared.LAXER
        texts = [NONE if one is None else _item_words(one) for one in (theirs, mine)]
        yield Difference(f"acceptance:{theirs.text}", f"验收项目“{theirs.text}”", texts[0], texts[1], verdict)
    for item in own.values():
        what = f"验收项目“{item.text}”"
        yield Difference(f"acceptance:{item.text}", what, NONE, _item_words(item), Compared.STRICTER)


def _item_words(item: AcceptanceItem) -> str:
    points = NONE if item.points is None else f"{plain(item.points)} 分"
    return points + ("，否决项" if item.veto else "")


def listed_differences(
    here: Mapping[str, Sequence[str]], above: Mapping[str, Sequence[str]]
) -> Iterator[Difference]:
    for title in dict.fromkeys((*above, *here)):
        theirs, own = above.get(title, ()), here.get(title, ())
        for text in dict.fromkeys((*theirs, *own)):
            verdict = Compared.SAME if text in theirs and text in own else Compared.STRICTER
            if text not in own:
                verdict = Compared.LAXER
            texts = ["有" if text in one else NONE for one in (theirs, own)]
            yield Difference(f"listed:{title}:{text}", f"{title}“{text}”", texts[0], texts[1], verdict)


PROCESSES = {
    "determination": "整顿对象由谁认定",
    "acceptance": "由谁验收",
    "sign_off": "整顿对象销号由谁审批",
    "closing": "问题销号由谁确认",
}


def chain_differences(here: Sequence[Any], above: Sequence[Any]) -> Iterator[Difference]:
    """Who decides: a lower level than the scheme above says is laxer. A process it leaves open is open here too."""
    for process, what in PROCESSES.items():
        steps = [[step for step in chain if step.process == process] for chain in (above, here)]
        theirs, own = (deciding_step(chain) for chain in steps)
        if theirs is None and own is None:
            continue
        verdict = Compared.OTHER
        if theirs and own:
            depths = [Level(step.level).depth for step in (theirs, own)]
            verdict = Compared.LAXER if depths[1] > depths[0] else Compared.STRICTER
            if depths[0] == depths[1]:
                verdict = Compared.SAME if theirs.name == own.name else Compared.OTHER
        texts = [f"{step.name}（{Level(step.level).label}）" if step else NONE for step in (theirs, own)]
        yield Difference(f"decides:{process}", what, texts[0], texts[1], verdict)
