"""Words into a workbook of ours: typed as words whatever they begin with, without what no workbook can hold.

The only module that saves one: what a writer forgot is put right here, so no cell of an export is ever a formula
(reliability design, Input 8).
"""

import re
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import Cell

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MAX_TEXT = 32_767
WORDS = "s"


def clean(words: str) -> str:
    """Words without what XML forbids, as long as a cell may be."""
    return ILLEGAL.sub("", words)[:MAX_TEXT]


def say(cell: Any, value: Any) -> Cell:
    """Put a value into a cell; a text is typed as a text."""
    if isinstance(value, str):
        cell.value = clean(value)
        cell.data_type = WORDS
    else:
        cell.value = value
    return cell


def choices(words: list[str] | tuple[str, ...]) -> str:
    """The formula of a list to choose from, which nothing in the words can leave."""
    plain = ",".join(clean(word).replace(",", "，") for word in words)
    return '"' + plain.replace('"', '""') + '"'


def save(book: Workbook, target: Path | IO[bytes], *, mark: str = "") -> None:
    """Write the workbook; a text that became a formula or an error value is a text again.

    mark: the line at the foot of each page that says who took this copy.
    """
    for sheet in book.worksheets:
        if mark:
            sheet.oddFooter.right.text, sheet.oddFooter.right.size = clean(mark).replace("&", "&&"), 8
        for cell in sheet._cells.values():
            if cell.data_type in ("f", "e"):
                cell.data_type = WORDS
    book.save(target)
