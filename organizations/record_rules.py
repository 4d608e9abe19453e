"""The cells of the yearly records and of the committee's sheet: what each accepts, and why not."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Any

from organizations.roster_rules import CellRefused, cell_text, clean_count

GRADES = {"好": "good", "较好": "fair", "一般": "plain", "较差": "poor"}
CLASSES = {"一类": 1, "二类": 2, "三类": 3}
VACANT = "空缺"
MAX_PETITIONS = 9999
FIRST_YEAR = 2000
EXCEL_EPOCH = date(1899, 12, 30)


def clean_choice(value: object, words: dict[str, Any], title: str) -> Any:
    """One of these words as what it stands for; None when empty."""
    text = cell_text(value)
    if not text:
        return None
    if text not in words:
        raise CellRefused(f"{title}“{text}”无效：应为 {'、'.join(words)} 之一")
    return words[text]


def clean_year(value: object, this_year: int) -> int:
    """A year that has begun."""
    text = cell_text(value).removesuffix("年")
    if not re.fullmatch(r"[0-9]{4}", text) or not FIRST_YEAR <= int(text) <= this_year:
        raise CellRefused(f"年度“{text}”无效：应为 {FIRST_YEAR} 至 {this_year} 之间的年份")
    return int(text)


def clean_petitions(value: object) -> int | None:
    """A number of petitions; None when empty."""
    number = clean_count(value)
    if number is not None and number > MAX_PETITIONS:
        raise CellRefused(f"信访件数 {number} 过大，请核对")
    return number


def clean_words(value: object, limit: int) -> str | None:
    """Text of at most so many characters; None when empty."""
    text = cell_text(value)
    if len(text) > limit:
        raise CellRefused(f"超过 {limit} 个字")
    return text or None


def clean_day(value: object, *, today: date | None = None) -> date | None:
    """A day typed as 2025年3月26日, 2025-3-26, 2025.3.26 or kept by Excel as a date; None when empty.

    today: no later day is accepted. A plain number is a day as Excel counts them.
    """
    text = unicodedata.normalize("NFKC", cell_text(value))
    if not text:
        return None
    found = re.match(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?", text)
    try:
        if found:
            day = date(*map(int, found.groups()))
        elif re.fullmatch(r"[1-9]\d{4}", text):
            day = EXCEL_EPOCH + timedelta(days=int(text))
        else:
            raise ValueError
    except ValueError:
        raise CellRefused(f"“{text}”不是日期，请写作 2025年3月26日 或 2025-3-26") from None
    if today is not None and day > today:
        raise CellRefused(f"{day.year}年{day.month}月{day.day}日晚于今天")
    return day
