"""跟踪管理: until when a closed case is watched, which looks are owed, what may be recorded and when it ends."""

from __future__ import annotations

from datetime import date

from rectification.schemes.terms import words


def check_errors(on: date, *, starts_on: date, ends_on: date, today: date) -> dict[str, str]:
    """What is wrong with the day of a look, by field: it lies in the time of watching and is not to come.

    A look after the last day still counts while the tracking is not ended: it is late, not nothing.
    """
    if on > today:
        return {"on": f"检查日期 {words(on)} 晚于今天"}
    if on < starts_on:
        return {"on": f"检查日期 {words(on)} 早于销号日期 {words(starts_on)}"}
    if on > ends_on:
        return {"on": f"检查日期 {words(on)} 晚于跟踪期满日 {words(ends_on)}"}
    return {}


def ending_refusal(ends_on: date, *, today: date, relapse: bool) -> str | None:
    """Why the tracking of a case cannot be ended now, or None: its time is over and nothing relapsed."""
    if today <= ends_on:
        return f"跟踪到{words(ends_on)}，还没有期满"
    if relapse:
        return "跟踪中发现反弹，请先按年中增列办理或撤销有误的登记"
    return None
