"""A circular as it reads: its parts in order, each with the fixed sentences of its numbers and the officer's words."""

from typing import NamedTuple

from rectification.supervision.circulars import rules
from rectification.supervision.circulars.models import Circular

NUMERALS = "一二三四五六"


class Part(NamedTuple):
    """A part of a circular: `fixed` comes from the numbers, `words` from the officer, by the line."""

    key: str
    heading: str
    fixed: list[str]
    words: list[str]


def parts_of(circular: Circular) -> list[Part]:
    """Its parts in order."""
    return [
        Part(
            key,
            f"{NUMERALS[number]}、{title}",
            rules.sentences(key, circular.facts),
            [line.strip() for line in circular.words.get(key, "").splitlines() if line.strip()],
        )
        for number, (key, title) in enumerate(rules.PARTS.items())
    ]


def addressees(circular: Circular) -> str:
    """Whom it is written to."""
    return {
        "city": "各县（市、区）委组织部：",
        "county": "各乡镇（街道）党（工）委：",
        "township": "各村（社区）党组织：",
    }.get(circular.facts.get("level", ""), "")


def annex_title(circular: Circular) -> str:
    """What its table is called."""
    ranked = "及排名" if circular.facts.get("ranking") else ""
    return f"{circular.facts['period']}整顿工作进展情况{ranked}表"
