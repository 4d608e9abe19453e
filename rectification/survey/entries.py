"""What is typed or pasted into the score sheet, as values: points out of words, cells out of a block from Excel."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from rectification.schemes.terms import plain
from rectification.survey.change_rules import source_error
from rectification.survey.terms import FindingSource

NOTHING = frozenset({"", "0", "-", "—", "——", "/", "无", "\\"})


class Entry(NamedTuple):
    """What is entered for one criterion: points, words of what was seen, where that comes from.

    An empty source leaves what stands; a new finding comes from a visit (走访) unless something else is said.
    """

    points: Decimal
    words: str = ""
    source: str = ""
    note: str = ""


def read_points(text: str) -> Decimal:
    """Points as typed: 5, 2.5, ５, 5分; nothing, a dash or 无 is none. Raises ValueError naming what is no number."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("分").strip()
    if plain in NOTHING or text.strip() in NOTHING:
        return Decimal(0)
    if not re.fullmatch(r"-?\d{1,6}(\.\d{1,6})?", plain):
        raise ValueError(f"“{text.strip()[:20]}”不是数字")
    return Decimal(plain)


def read_source(text: str) -> tuple[str, str]:
    """A source as typed or picked, with its words: 走访, 其他：巡察反馈. Nothing is nothing.

    Raises ValueError for what is no source, and for 其他 that does not say which.
    """
    label, _, note = text.strip().replace(":", "：").partition("：")
    if not label.strip():
        return "", ""
    source = next((one.value for one in FindingSource if one.label == label.strip()), "")
    if problem := source_error(source, note):
        choices = "、".join(one.label for one in FindingSource)
        raise ValueError(problem if source else f"“{text.strip()[:20]}”不是来源，可选{choices}")
    return source, note.strip()


def source_words(source: str, note: str) -> str:
    """A source as it is shown and typed."""
    label = FindingSource(source).label
    return f"{label}：{note}" if note else label


def beyond(points: Decimal, most: Decimal | None) -> str | None:
    """Why points cannot stand in a column whose criterion has so many, or None."""
    if points < 0:
        return f"扣分 {points} 不能为负数，填应扣的分数即可"
    if most is not None and points > most:
        return f"扣分 {plain(points)} 超过标准分 {plain(most)}"
    return None


@dataclass(frozen=True)
class Line:
    """A row or column of the sheet a block is pasted onto: its key on the page, its name in messages.

    most: the standard points of a column's criterion; None where nothing is checked.
    """

    key: str
    name: str
    most: Decimal | None = None


@dataclass
class Block:
    """A pasted block: cells by row key and column key as plain numbers, or what is wrong with it, cell by cell."""

    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def read_block(
    text: str, *, rows: Sequence[Line], columns: Sequence[Line], row: str = "", column: str = ""
) -> Block:
    """Lay a block copied from Excel (tabs and line ends) onto the sheet.

    row, column: the cell it is pasted at; empty is the first. When the block's first column holds names, its rows go
    to the organizations of these names, wherever they stand. Nothing is taken when anything is wrong.
    """
    lines = [
        line.split("\t") for line in text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    ]
    lines = [[cell.strip() for cell in line] for line in lines]
    if not any(cell for line in lines for cell in line):
        return Block(errors=["粘贴的内容是空的"])
    left = next((i for i, one in enumerate(columns) if one.key == column), 0)
    if _named(lines):
        return _by_name(lines, rows, columns)
    top = next((i for i, one in enumerate(rows) if one.key == row), 0)
    if len(lines) > len(rows) - top:
        return Block(
            errors=[
                f"粘贴的内容有 {len(lines)} 行，从“{rows[top].name}”往下只有 {len(rows) - top} 行，没有写入"
            ]
        )
    return _laid(list(zip(rows[top:], lines, strict=False)), columns[left:])


def _named(lines: Sequence[Sequence[str]]) -> bool:
    """Whether the first column holds names rather than points."""
    first = [line[0] for line in lines if line[0]]
    return len(lines[0]) > 1 and bool(first) and not any(_is_points(cell) for cell in first)


def _is_points(cell: str) -> bool:
    try:
        read_points(cell)
    except ValueError:
        return False
    return True


def _by_name(lines: Sequence[list[str]], rows: Sequence[Line], columns: Sequence[Line]) -> Block:
    known: dict[str, list[Line]] = {}
    for one in rows:
        known.setdefault(one.name, []).append(one)
    pairs, errors = [], []
    for number, line in enumerate(lines, 1):
        found = known.get(line[0], [])
        if len(found) == 1:
            pairs.append((found[0], line[1:]))
        elif not found:
            errors.append(f"第 {number} 行：本表没有“{line[0]}”")
        else:
            errors.append(f"第 {number} 行：本表有 {len(found)} 个“{line[0]}”，请按行粘贴，不带名称")
    return Block(errors=errors) if errors else _laid(pairs, columns)


def _laid(pairs: Sequence[tuple[Line, Sequence[str]]], columns: Sequence[Line]) -> Block:
    block = Block()
    for number, (row, line) in enumerate(pairs, 1):
        if len(line) > len(columns):
            block.errors.append(
                f"第 {number} 行（{row.name}）有 {len(line)} 列，从{columns[0].name}往右只有 {len(columns)} 列"
            )
            continue
        cells = block.cells.setdefault(row.key, {})
        for column, cell in zip(columns, line, strict=False):
            try:
                points = read_points(cell)
            except ValueError as error:
                block.errors.append(f"第 {number} 行（{row.name}）{column.name}：{error}")
                continue
            if problem := beyond(points, column.most):
                block.errors.append(f"第 {number} 行（{row.name}）{column.name}：{problem}")
                continue
            cells[column.key] = f"{points.normalize():f}" if points else ""
    if block.errors:
        block.cells = {}
    return block
