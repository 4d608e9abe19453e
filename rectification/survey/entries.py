"""What is typed or pasted into the score sheet, as values: points out of words, cells out of a block from Excel."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

NOTHING = frozenset({"", "0", "-", "—", "——", "/", "无", "\\"})


def read_points(text: str) -> Decimal:
    """Points as typed: 5, 2.5, ５, 5分; nothing, a dash or 无 is none. Raises ValueError naming what is no number."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("分").strip()
    if plain in NOTHING or text.strip() in NOTHING:
        return Decimal(0)
    if not re.fullmatch(r"-?\d{1,6}(\.\d{1,6})?", plain):
        raise ValueError(f"“{text.strip()[:20]}”不是数字")
    return Decimal(plain)


@dataclass(frozen=True)
class Line:
    """A row or column of the sheet a block is pasted onto: its key on the page, its name in messages."""

    key: str
    name: str


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
            cells[column.key] = f"{points.normalize():f}" if points else ""
    if block.errors:
        block.cells = {}
    return block
