"""Ballots on paper and by QR code: how the two are added up, when a poll takes answers, and the codes on its slips."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from rectification.acceptance.rules import Tally, ballot_items, ballot_options, tally_errors

Counts = Mapping[str, Mapping[str, int]]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 signs: no I, L, O or U, which are read as 1, 1, 0 and V."""
LENGTH = 12
"""32¹² = 2⁶⁰ codes: with 500 slips out, a thousand guesses a second for a whole day hit one with chance 4 · 10⁻⁸."""
MOST_SLIPS = 500
LONGEST = timedelta(days=3)
"""A poll is for one meeting, perhaps with a round through the village; longer is a slip of the hand."""


def moment(at: datetime) -> str:
    """A local time as a voter reads it."""
    return f"{at.month}月{at.day}日 {at:%H:%M}"


def added(paper: Tally, *, box: Counts, answers: int, handed_out: int) -> Tally:
    """Paper and QR together: a slip handed out is a ballot issued, and every answer is a valid ballot.

    An answer with nothing chosen is one with 未选 on every item. More answers than slips said to be handed out prove
    that at least so many were.
    """
    counts = {
        item: {
            option: paper.counts.get(item, {}).get(option, 0) + box.get(item, {}).get(option, 0)
            for option in options
        }
        for item, options in _union(paper.counts, box).items()
    }
    return Tally(
        issued=paper.issued + max(handed_out, answers),
        returned=paper.returned + answers,
        valid=paper.valid + answers,
        invalid=paper.invalid,
        counts=counts,
    )


def _union(paper: Counts, box: Counts) -> dict[str, list[str]]:
    return {
        item: list(dict.fromkeys([*paper.get(item, {}), *box.get(item, {})]))
        for item in dict.fromkeys([*paper, *box])
    }


def meeting_errors(
    paper: Tally,
    *,
    group: str,
    entitled: int | None,
    present: int | None,
    slips: int = 0,
    answers: int | None = None,
    handed_out: int | None = None,
) -> list[str]:
    """Everything in one group's meeting that does not add up, naming item and numbers.

    paper: what was counted by hand. slips: the codes there were; answers: how many came by QR, None while that is not
    told (still open, or too few to be shown); handed_out: slips given to people, None when not entered yet.
    """
    if not slips:
        return tally_errors(paper, group=group, entitled=entitled, present=present)
    errors = tally_errors(paper, group=f"{group}纸质票")
    errors += tally_errors(_nothing(), group=group, entitled=entitled, present=present)
    given = handed_out or 0
    if given > slips:
        errors.append(f"{group}测评：发出测评码 {given} 大于印制的测评码 {slips}")
    if answers is not None and handed_out is not None and answers > given:
        errors.append(f"{group}测评：扫码收回 {answers} 大于发出测评码 {given}")
    if present is not None and paper.issued + given > present:
        errors.append(
            f"{group}测评：发出票 {paper.issued} + 发出测评码 {given} = {paper.issued + given}，大于实到人数 {present}"
        )
    return errors


def _nothing() -> Tally:
    return Tally(issued=0, returned=0, valid=0, invalid=0, counts={"": {"": 0}})


def opening_errors(
    opens_at: datetime, closes_at: datetime, slips: int, *, now: datetime
) -> dict[str, list[str]]:
    """What keeps a poll from being arranged so, by field."""
    errors: dict[str, list[str]] = {}
    if closes_at <= opens_at:
        errors["closes_at"] = [f"结束时间 {moment(closes_at)} 应晚于开始时间 {moment(opens_at)}"]
    elif closes_at <= now:
        errors["closes_at"] = [f"结束时间 {moment(closes_at)} 已经过了"]
    elif closes_at - opens_at > LONGEST:
        errors["closes_at"] = [f"一次测评最长 {LONGEST.days} 天，请核对开始和结束时间"]
    if not 1 <= slips <= MOST_SLIPS:
        errors["slips"] = [f"测评码应为 1—{MOST_SLIPS} 份，现为 {slips}"]
    return errors


def answer_refusal(
    *, opens_at: datetime, closes_at: datetime, closed: bool, used: bool, now: datetime
) -> str | None:
    """Why an answer with this code is not taken now, in a voter's words, or None."""
    if closed or now >= closes_at:
        return "这次测评已经结束，不再收答卷。"
    if now < opens_at:
        return f"这次测评还没有开始，{moment(opens_at)} 开始，请到时再扫码。"
    if used:
        return "这个测评码已经用过，不能再次答卷。如果刚才就是您提交的，说明答卷已经收到，不用再交。"
    return None


WRONG_CODE = "没有这个测评码，请对照纸条核对 12 位数字和字母；仍不对的，请向会场工作人员换一张。"
TOO_MANY_WRONG = "现在输错测评码的太多，请一分钟后再试，或请会场工作人员发给纸质票。"


def counts_of(questions: list[Any], chosen: Mapping[int, str], *, unchosen: str) -> dict[str, str]:
    """One answer as option by item; an item left open, or answered with what is no option of it, is 未选."""
    return {
        item: chosen[number] if chosen.get(number) in options else unchosen
        for number, (item, options) in enumerate(questions)
    }


def put_in(counts: Counts, answer: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """The box's counts with one more answer in."""
    boxed = {item: dict(options) for item, options in counts.items()}
    for item, option in answer.items():
        of_item = boxed.setdefault(item, {})
        of_item[option] = of_item.get(option, 0) + 1
    return boxed


class Asks(Protocol):
    """What of a scheme says what a ballot asks."""

    satisfaction_items: list[str]
    satisfied_options: list[str]
    other_options: list[str]
    dissatisfied_options: list[str]


def questions_of(scheme: Asks) -> list[Any]:
    """What the scheme asks: [[item, [option, …]], …], 未选 last."""
    options = ballot_options(scheme.satisfied_options, scheme.other_options, scheme.dissatisfied_options)
    return [[item, options] for item in ballot_items(scheme.satisfaction_items)]


def in_order(counts: Counts, questions: list[Any]) -> list[Any]:
    """What was counted as questions, in the order of those the scheme asks; the database keeps none of a mapping."""
    places = dict(questions)
    items = sorted(counts, key=lambda item: _place(item, list(places)))
    return [[item, _sorted(counts[item], places.get(item, []))] for item in items]


def _sorted(words: Iterable[str], known: list[str]) -> list[str]:
    return sorted(words, key=lambda word: _place(word, known))


def _place(word: str, known: list[str]) -> int:
    return known.index(word) if word in known else len(known)


def new_code() -> str:
    """A code nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def readable(code: str) -> str:
    """As it stands on the slip: three groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


MISREAD = str.maketrans("OILU", "011V")


def as_typed(text: str) -> str | None:
    """The code somebody typed, whatever the case, spaces, dashes and full-width letters; None when it can be none."""
    plain = unicodedata.normalize("NFKC", text[:80]).upper()
    code = "".join(char for char in plain if char.isalnum()).translate(MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
