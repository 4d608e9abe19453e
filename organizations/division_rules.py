"""A divisions file (code,name,level,parent_code): lines in, nodes or broken lines with reasons out (issue 2 §2)."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from organizations.rules import CODE_LENGTHS, NAME_LENGTH, Level, level_of_code

DIVISION_HEADER = ("code", "name", "level", "parent_code")


class DivisionNode(NamedTuple):
    """One line of a divisions file that may be written: its code, published name, level, parent and line."""

    code: str
    name: str
    level: Level
    parent_code: str | None
    line: int


class LineError(NamedTuple):
    """A broken line: its number in the file (the header is 1) and the Chinese reason."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.reason}"


def parse_divisions(
    lines: Iterable[str], *, known_codes: Collection[str] = ()
) -> tuple[list[DivisionNode], list[LineError]]:
    """Read a divisions CSV (code,name,level,parent_code) into nodes, parents before children, and errors.

    `known_codes` are organizations that exist already and may be parents. Whoever imports writes nothing when
    there is any error (issue 2 §2); every broken line is reported, none is skipped silently.
    """
    rows, errors = _rows(lines)
    first_lines: dict[str, int] = {}
    for line, cells in rows:
        first_lines.setdefault(cells[0], line)
    parents = first_lines.keys() if not known_codes else {*first_lines, *known_codes}
    nodes: list[DivisionNode] = []
    for line, (code, name, level, parent) in rows:
        if _sound(code, name, level, parent) and parent in parents and first_lines[code] == line:
            nodes.append(DivisionNode(code, name, _LEVELS[level], parent, line))
            continue
        reasons = [*_own_reasons(code, name, level), *_parent_reasons(code, parent, parents)]
        if first_lines[code] != line:
            reasons.append(f"代码“{code}”与第 {first_lines[code]} 行重复")
        errors += [LineError(line, reason) for reason in reasons]
        if not reasons:
            nodes.append(DivisionNode(code, name, Level(level), parent or None, line))
    nodes.sort(key=lambda node: (len(node.code), node.code))
    return nodes, sorted(errors)


_LEVELS = {level.value: level for level in Level}
_SHAPES = {(level.value, length) for length, level in CODE_LENGTHS.items()}
_PARENT_LENGTHS = dict(zip(list(CODE_LENGTHS)[1:], CODE_LENGTHS, strict=False))


def _sound(code: str, name: str, level: str, parent: str) -> bool:
    """Whether a line below the province is right in itself: one look for the many, reasons only for the few."""
    return (
        (level, len(code)) in _SHAPES
        and code.isascii()
        and code.isdecimal()
        and len(parent) == _PARENT_LENGTHS.get(len(code))
        and code.startswith(parent)
        and 0 < len(name) <= NAME_LENGTH
        and name.isprintable()
    )


def _rows(lines: Iterable[str]) -> tuple[list[tuple[int, tuple[str, str, str, str]]], list[LineError]]:
    """The data rows with their line numbers, cells stripped; a wrong header ends the reading."""
    reader = csv.reader(_without_mark(lines))
    rows: list[tuple[int, tuple[str, str, str, str]]] = []
    errors: list[LineError] = []
    try:
        header = next(reader, None)
        if header is None:
            return [], [LineError(1, "文件是空的")]
        if tuple(cell.strip() for cell in header) != DIVISION_HEADER:
            return [], [LineError(1, f"表头应为“{','.join(DIVISION_HEADER)}”，实为“{','.join(header)}”")]
        for cells in reader:
            if len(cells) != len(DIVISION_HEADER):
                if not any(cell.strip() for cell in cells):
                    continue
                errors.append(LineError(reader.line_num, f"应有 4 列，实有 {len(cells)} 列"))
                continue
            code, name, level, parent = cells
            row = (code.strip(), name.strip(), level.strip(), parent.strip())
            if any(row):
                rows.append((reader.line_num, row))
    except csv.Error:
        errors.append(LineError(reader.line_num, "不是有效的 CSV（引号不成对或含有特殊字符）"))
    return rows, errors


def _without_mark(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield line.removeprefix("\ufeff") if number == 0 else line


def _own_reasons(code: str, name: str, level: str) -> Iterator[str]:
    by_code = level_of_code(code)
    if by_code is None:
        yield f"代码“{code}”无效：应为 2、4、6、9 或 12 位数字"
    elif level not in set(Level):
        yield f"级别“{level}”无效：应为 {'、'.join(Level)} 之一"
    elif by_code != level:
        yield f"级别“{level}”与代码“{code}”不符：{len(code)} 位代码应为 {by_code}"
    if not name:
        yield f"代码“{code}”的名称为空"
    elif len(name) > NAME_LENGTH:
        yield f"名称超过 {NAME_LENGTH} 个字"
    elif not name.isprintable():
        yield "名称含有不可见字符"


def _parent_reasons(code: str, parent: str, parents: Collection[str]) -> Iterator[str]:
    level = level_of_code(code)
    if level is None:
        return
    if not parent:
        if level is not Level.PROVINCE:
            yield f"代码“{code}”缺少上级代码"
        return
    if level is Level.PROVINCE:
        yield f"省级代码“{code}”不应有上级代码“{parent}”"
    elif not code.startswith(parent) or code == parent:
        yield f"代码“{code}”不以上级代码“{parent}”开头"
    elif (above := level_of_code(parent)) is None or above.depth != level.depth - 1:
        yield f"上级代码“{parent}”不是“{code}”的直接上一级"
    elif parent not in parents:
        yield f"上级代码“{parent}”不存在"
