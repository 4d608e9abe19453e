"""Lists of things to do as plain values: a line, a list, and how rows become a number or an address."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Line:
    """One thing on a list: what, where it is done, when or since when, and its light."""

    title: str
    url: str
    when: str
    note: str = ""
    tone: str = ""
    light: str = ""


@dataclass
class Lines:
    """A list with its first lines, how many there are in all, and the address of the whole list."""

    title: str
    count: int
    rows: list[Line] = field(default_factory=list)
    url: str = ""


def address(name: str, *args: Any, query: str = "") -> str:
    """An address of another room; "" where that page does not exist."""
    try:
        return reverse(name, args=args) + query
    except NoReverseMatch:
        return ""
