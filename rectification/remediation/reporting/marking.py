"""What changed in a text from one hand-in to the next, clause by clause."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

CLAUSE = re.compile(r"[^。；：，、]*[。；：，、]|[^。；：，、]+$")


class Piece(NamedTuple):
    """A run of text: kind is "" where it stayed, "ins" or "del"."""

    kind: str
    text: str


def marked(before: str, now: str) -> list[Piece]:
    """The newer text with what went out of the older one; whole where nothing changed."""
    old, new = CLAUSE.findall(before), CLAUSE.findall(now)
    found: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece("", "".join(new[c:d])))
            continue
        if b > a:
            found.append(Piece("del", "".join(old[a:b])))
        if d > c:
            found.append(Piece("ins", "".join(new[c:d])))
    return found


def marked_paragraphs(before: str, now: str) -> list[list[Piece]]:
    """The same paragraph by paragraph: the fixed sentences of both stand against each other, then the words."""
    old, new = before.split("\n"), now.split("\n")
    longest = max(len(old), len(new))
    old += [""] * (longest - len(old))
    new += [""] * (longest - len(new))
    return [marked(a, b) for a, b in zip(old, new, strict=True) if a or b]
