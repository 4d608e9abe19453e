"""Reading typed values out of a preset's tables, keeping every complaint in Chinese with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from rectification.schemes.terms import Problem


class MonthDay(NamedTuple):
    """A day of any year, as presets write it: 03-26."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        """The day in a year; 02-29 is never read, so that it exists in every one."""
        return date(year, self.month, self.day)


class Table:
    """One table of a preset: values are taken out by name, and what is wrong or left over is noted.

    `path` is where the table stands (`criteria.3`), `problems` the list all tables of a file write to. A wrong value
    is replaced by an empty one of its kind, so that reading goes on and finds the other faults.
    """

    def __init__(self, values: Mapping[str, Any], path: str, problems: list[Problem]) -> None:
        self.values = dict(values)
        self.path = path
        self.problems = problems

    def wrong(self, key: str, message: str) -> None:
        """Note a complaint about a value of this table."""
        self.problems.append(Problem(f"{self.path}.{key}".lstrip("."), message))

    def _take(self, key: str, kind: type | tuple[type, ...], words: str, *, needed: bool = True) -> Any:
        value = self.values.pop(key, None)
        if value is None:
            if needed:
                self.wrong(key, f"缺少“{key}”")
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.wrong(key, f"“{key}”应为{words}")
            return None
        return value

    def text(self, key: str, *, longest: int, needed: bool = True) -> str:
        """A text of at most `longest` characters; empty where it may be missing."""
        value = self._take(key, str, "文字", needed=needed) or ""
        if len(value) > longest:
            self.wrong(key, f"“{key}”超过 {longest} 个字")
        return str(value)

    def number(self, key: str, *, needed: bool = True) -> Decimal | None:
        """A decimal number."""
        value = self._take(key, (int, Decimal), "数字", needed=needed)
        return None if value is None else Decimal(value)

    def whole(self, key: str, *, default: int | None = None) -> int:
        """A whole number; 0 where it is wrong."""
        value = self._take(key, int, "整数", needed=default is None)
        return default or 0 if value is None else int(value)

    def flag(self, key: str) -> bool:
        """true or false; false where it is missing."""
        return bool(self._take(key, bool, "true 或 false", needed=False))

    def choice(self, key: str, allowed: Iterable[str], *, needed: bool = True) -> str:
        """One of the allowed words."""
        value = self._take(key, str, "文字", needed=needed) or ""
        words = [str(word) for word in allowed]
        if value and value not in words:
            self.wrong(key, f"“{key}”的“{value}”无效：应为 {'、'.join(words)} 之一")
            return ""
        return str(value)

    def words(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(value for value in self._list(key, needed) if self._is(key, value, str, "文字"))

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return tuple(value for value in self._list(key) if self._is(key, value, int, "整数"))

    def _list(self, key: str, needed: bool = True) -> list[Any]:
        return list(self._take(key, list, "列表", needed=needed) or [])

    def _is(self, key: str, value: object, kind: type, words: str) -> bool:
        if isinstance(value, kind) and not isinstance(value, bool):
            return True
        self.wrong(key, f"“{key}”中的“{value}”应为{words}")
        return False

    def fields(self, key: str, allowed: Iterable[str]) -> tuple[str, ...]:
        """A list of fields; "all" is every one and reads as none."""
        if self.values.get(key) == "all":
            del self.values[key]
            return ()
        found, known = self.words(key), {str(word) for word in allowed}
        for field in found:
            if field not in known:
                self.wrong(key, f"领域“{field}”无效")
        if not found:
            self.wrong(key, '没有写领域，适用于全部领域写 "all"')
        return found

    def month_day(self, key: str, *, needed: bool = True) -> MonthDay | None:
        """A day written as 03-26 that exists in every year."""
        value = self._take(key, str, "“月-日”", needed=needed)
        if value is None:
            return None
        if match := re.fullmatch(r"([0-9]{2})-([0-9]{2})", value):
            try:
                date(2001, int(match[1]), int(match[2]))  # no leap year: 02-29 is refused
            except ValueError:
                pass
            else:
                return MonthDay(int(match[1]), int(match[2]))
        self.wrong(key, f"“{value}”不是每年都有的日期，应如 03-26")
        return None

    def table(self, key: str) -> Table:
        """A table inside this one."""
        return Table(self._take(key, dict, "表") or {}, f"{self.path}.{key}".lstrip("."), self.problems)

    def tables(self, key: str, *, needed: bool = True) -> Iterator[Table]:
        """A list of tables inside this one, each checked for leftovers after it was read."""
        for number, values in enumerate(self._list(key, needed)):
            if not self._is(key, values, dict, "表"):
                continue
            table = Table(values, f"{self.path}.{key}.{number}".lstrip("."), self.problems)
            yield table
            table.finish()

    def finish(self) -> None:
        """Note the keys nobody asked for: a slip of the pen is not silently dropped."""
        for key in self.values:
            self.wrong(key, f"不认识的键“{key}”")
