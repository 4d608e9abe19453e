"""A document as it reads: the facts it was drawn with, the words its officer changed, words no part has any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from rectification.supervision.circulars.rules import period_words
from reports.documents.models import DocumentKind, DocumentState, OfficeDocument

MASTHEAD, NOTE, COPIES, LEFT_OUT = "masthead", "note", "copies", "left_out"
OTHER_WORDS = (MASTHEAD, NOTE, COPIES, LEFT_OUT)
"""Keys among the words that are no part: name of the bulletin, 编者按, 印数, parts that this issue goes without."""
NAME = "工作简报"


class ReadPart(NamedTuple):
    """A part: sentences of numbers, words in force; edited: whether they are the officer's; out: not in this issue."""

    key: str
    heading: str
    fixed: list[str]
    words: str
    edited: bool
    out: bool

    @property
    def lines(self) -> list[str]:
        """Everything it says, by the paragraph."""
        said = [*self.fixed, *self.words.splitlines()]
        return [line.strip() for line in said if line.strip()]


def parts_of(document: OfficeDocument) -> list[ReadPart]:
    """The parts as the draft was drawn, in order."""
    words, out = document.words, document.words.get(LEFT_OUT, "").split(",")
    return [
        ReadPart(
            one["key"],
            one["heading"],
            one["fixed"],
            words.get(one["key"], one["drafted"]),
            one["key"] in words,
            one["key"] in out,
        )
        for one in document.facts.get("parts", ())
    ]


def leftovers(document: OfficeDocument) -> list[tuple[str, str]]:
    """原有文字: words of parts the document has no longer; kept, shown, not printed."""
    known = {one["key"] for one in document.facts.get("parts", ())}.union(OTHER_WORDS)
    return [(key, text) for key, text in document.words.items() if key not in known and text.strip()]


def note_of(document: OfficeDocument) -> str:
    """编者按 in force."""
    return document.words.get(NOTE, document.facts.get("note", ""))


def masthead_of(document: OfficeDocument) -> str:
    """The bulletin's name."""
    return document.words.get(MASTHEAD, "").strip() or NAME


def kept_words(document: OfficeDocument, written: Mapping[str, str]) -> dict[str, str]:
    """The words to keep: changed ones by part; what is still as drafted is left to the system; 原有文字 stay."""
    drafted = {one["key"]: one["drafted"] for one in document.facts.get("parts", ())}
    drafted |= {NOTE: document.facts.get("note", ""), MASTHEAD: NAME, COPIES: "", LEFT_OUT: ""}
    kept = {key: text for key, text in document.words.items() if key not in drafted or key not in written}
    for key, text in written.items():
        text = "\n".join(line.rstrip() for line in text.strip().splitlines())
        if key in drafted and text != drafted[key].strip():
            kept[key] = text
    return kept


def title_of(kind: str, unit: str, first: date, last: date) -> str:
    """What a document of this period is called until somebody gives it another name."""
    if kind == DocumentKind.BULLETIN:
        return "软弱涣散基层党组织集中整顿专刊"
    return f"{unit}{period_of(first, last)}软弱涣散基层党组织整顿工作总结"


def period_of(first: date, last: date) -> str:
    """The period as a title says it; a whole year by its number."""
    whole = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    return f"{first.year}年" if whole else period_words(first, last)


def name_of(document: OfficeDocument) -> str:
    """How a list and a message call it: 《工作简报》2026年第11期, or its title."""
    if document.kind != DocumentKind.BULLETIN:
        return f"《{document.title}》"
    issue = f"第{document.number}期" if document.number else "（拟稿）"
    return f"《{masthead_of(document)}》{document.year}年{issue}"


def state_mark(document: OfficeDocument) -> str:
    """What the paper itself says of its state; "" for one that is in force."""
    return {DocumentState.DRAFT: "（拟稿）", DocumentState.WITHDRAWN: "（已撤回）"}.get(
        DocumentState(document.state), ""
    )
