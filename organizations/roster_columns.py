"""A roster looked at by whole columns: which of its rows say only what is known.

Most rows of a roster that comes back do. They are found without looking at each cell by itself: a column's texts are
tried at once, equal cells are cleaned once. A row that says anything else is left to `organizations.roster_actions`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import compress, count, repeat
from operator import and_, is_not, ne
from typing import Any, NamedTuple

from organizations.roster_rules import (
    CLEANERS,
    CellRefused,
    clean_code,
    clean_name,
    clean_text,
    contradictions,
)
from organizations.rules import NAME_LENGTH, Level


class KnownUnit(NamedTuple):
    """What a roster is compared with: a unit's facts, as the database has them."""

    id: int
    version: int
    level: str
    closed_on: date | None
    code: str
    name: str
    short_name: str
    field: str
    party_name: str
    party_type: str
    households: int | None
    population: int | None
    members: int | None
    groups: int | None
    income: Decimal | None
    venue: str
    poor_village: bool
    construction_village: bool

    @property
    def is_open(self) -> bool:
        """Whether it still exists."""
        return self.closed_on is None


KNOWN = KnownUnit._fields
CHECKED_ONLY = frozenset({"code", "name"})
COUNTS = ("households", "population", "members", "groups")
VILLAGE_CODE = re.compile("[0-9]{12}")
UNTIDY = ("  ", "\0 ", " \0", "\0\0")
REFUSED = object()
"""Stands for a cell that cannot be taken; equal to nothing that is known."""


def clean_column(key: str, values: Sequence[Any]) -> Sequence[Any]:
    """The clean facts of a column's cells, each as its cleaner takes it; REFUSED where it takes none."""
    clean, kinds = CLEANERS.get(key, clean_text), set(map(type, values))
    if clean is clean_code and kinds == {str} and all(map(VILLAGE_CODE.fullmatch, values)):
        return values
    if clean is clean_name and kinds == {str} and tidy(values):
        return values
    if (
        clean is clean_text
        and kinds <= {str, type(None)}
        and tidy([one for one in values if one is not None])
    ):
        return values
    # Where there are truths among the cells, 1 and True would be one key
    keys = list(zip(map(type, values), values, strict=True)) if bool in kinds else values
    each = {key: key[1] for key in set(keys)} if bool in kinds else {value: value for value in set(values)}
    taken = {key: _taken(clean, value) for key, value in each.items()}
    return list(map(taken.__getitem__, keys))


def _taken(clean: Any, value: Any) -> Any:
    try:
        return clean(value)
    except CellRefused:
        return REFUSED


def tidy(texts: Sequence[str]) -> bool:
    """Whether all of these texts are facts as they stand: short, printable, no space too many, not empty."""
    joined = "\0".join(["", *texts, ""]) if texts else ""
    return (
        joined.replace("\0", "").isprintable()
        and joined.count("\0") == (len(texts) + 1 if texts else 0)
        and not any(found in joined for found in UNTIDY)
        and unicodedata.is_normalized("NFC", joined)
        and max(map(len, texts), default=0) <= NAME_LENGTH
    )


def unchanged(cleaned: Mapping[str, Sequence[Any]], units: Mapping[str, Sequence[Any]]) -> set[int]:
    """The rows (by place) of which there is nothing to say: in order, and of the unit they name all is known.

    cleaned: the columns by fact, as `clean_column` gives them; units: by code, in the order of KNOWN.
    """
    codes = cleaned["code"]
    often = Counter(codes)
    rows = [units.get(code) if often[code] == 1 else None for code in codes]
    if not rows:
        return set()
    nothing = (None,) * len(KNOWN)
    known = dict(zip(KNOWN, zip(*(row or nothing for row in rows), strict=True), strict=True))
    return set(range(len(rows))).difference(
        _no_unit(known), _other_name(cleaned, known), _news(cleaned, known)
    )


def _no_unit(known: Mapping[str, Sequence[Any]]) -> Iterator[int]:
    yield from places(map(ne, known["level"], repeat(Level.GRASSROOTS.value)))
    yield from places(map(is_not, known["closed_on"], repeat(None)))


def _other_name(cleaned: Mapping[str, Sequence[Any]], known: Mapping[str, Sequence[Any]]) -> Iterator[int]:
    names, short_names = cleaned["name"], known["short_name"]
    return (place for place in places(map(ne, names, known["name"])) if names[place] != short_names[place])


def _news(cleaned: Mapping[str, Sequence[Any]], known: Mapping[str, Sequence[Any]]) -> Iterator[int]:
    """Rows that state another fact than is known, and those whose unit's known facts cannot hold together."""
    for key in cleaned.keys() - CHECKED_ONLY:
        said = cleaned[key]
        yield from places(map(and_, map(ne, said, known[key]), map(is_not, said, repeat(None))))
    counts = list(zip(*(known[key] for key in COUNTS), strict=True))
    for place in places(map(ne, counts, repeat((None,) * len(COUNTS)))):
        if contradictions(dict(zip(COUNTS, counts[place], strict=True))):
            yield place


def places(true: Iterable[bool]) -> Iterator[int]:
    """Where these are true."""
    return compress(count(), true)
