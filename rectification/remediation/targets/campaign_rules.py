"""专项整治: why an entry is refused (S0 四（六）)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from rectification.schemes.terms import words

NUMBER_AT_MOST = 9999


class Numbers(NamedTuple):
    """What an entry says, or several together: problems found and solved, discipline matters handed over."""

    found: int = 0
    solved: int = 0
    transferred: int = 0

    def __add__(self, other: object) -> Numbers:
        """Both together."""
        if not isinstance(other, Numbers):
            return NotImplemented
        return Numbers(
            self.found + other.found, self.solved + other.solved, self.transferred + other.transferred
        )

    @property
    def words(self) -> str:
        """In one line."""
        handed = f"，移送违纪违法线索 {self.transferred} 件" if self.transferred else ""
        return f"发现问题 {self.found} 个，解决 {self.solved} 个{handed}"


def total(rows: Iterable[Numbers]) -> Numbers:
    """The sum."""
    return sum(rows, Numbers())


def entry_errors(
    *,
    numbers: Numbers,
    before: Numbers,
    transfer_number: str,
    on: date,
    today: date,
    starts_on: date,
    ends_on: date | None,
) -> dict[str, list[str]]:
    """What is wrong with an entry, by field; `before` is what the case's other entries in this campaign say together.

    Of a discipline matter a count and the number of the paper that handed it over are kept, never its story (§8).
    """
    found: dict[str, list[str]] = {}
    if not any(numbers):
        found["found"] = ["发现、解决、移送至少填一项"]
    together = before + numbers
    if together.solved > together.found:
        found["solved"] = [
            f"累计解决 {together.solved} 个，多于累计发现的 {together.found} 个，请先登记发现的问题"
        ]
    if numbers.transferred and not transfer_number.strip():
        found["transfer_number"] = ["移送了线索的，须填移送函号；只记件数和函号，不写案情"]
    if transfer_number.strip() and not numbers.transferred:
        found["transferred"] = ["填了移送函号，请填移送件数"]
    if refused := day_refusal(on, today=today, starts_on=starts_on, ends_on=ends_on):
        found["on"] = [refused]
    return found


def day_refusal(on: date, *, today: date, starts_on: date, ends_on: date | None) -> str | None:
    """Why an entry of this day does not belong to the campaign, or None."""
    if on > today:
        return f"{words(on)}在今天之后，只登记已经发生的"
    if on < starts_on:
        return f"{words(on)}早于专项整治开始的{words(starts_on)}"
    if ends_on is not None and on > ends_on:
        return f"{words(on)}晚于专项整治结束的{words(ends_on)}，需要延长的请先改结束日期"
    return None


def withdraw_refusal(before: Numbers) -> str | None:
    """Why an entry cannot be taken out, or None; `before` is what the case's other entries say together."""
    if before.solved > before.found:
        return f"撤回后累计解决 {before.solved} 个会多于累计发现的 {before.found} 个，请先更正解决数"
    return None


def leaving_refusal(names: Collection[str]) -> str | None:
    """Why these cases stay in a campaign, or None: what was entered for them counts."""
    return f"{'、'.join(names)}已有进度登记，不能移出；登记有误的先撤回" if names else None
