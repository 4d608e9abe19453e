"""A divisions file (code,name,level,parent_code): lines in, nodes or broken lines with reasons out (issue 2 §2)."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from organizations.rules import CODE_LENGTHS, NAME_LENGTH, Level, level_of_code

DIVISION_HEADER = ("code", "name", "level", "parent_code")
_Row = tuple[str, str, str, str]  # the cells under it


class DivisionNode(NamedTuple):
    """One line of a divisions file that may be written: its code, published name, level and parent."""

    code: str
    name: str
    level: Level
    parent_code: str | None


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
    lines = list(lines)
    errors: list[LineError] = []
    rows = _sound_rows(lines, known_codes)
    if rows is None:
        rows, errors = _looked_through(lines, known_codes)
    nodes = [DivisionNode(code, name, _LEVELS[level], parent or None) for code, name, level, parent in rows]
    nodes.sort(key=itemgetter(0))
    nodes.sort(key=_code_length)
    return nodes, errors


_LEVELS = {level.value: level for level in Level}
_SHAPES = set(zip(map(str, CODE_LENGTHS.values()), CODE_LENGTHS, [0, *CODE_LENGTHS], strict=False))


def _code_length(node: DivisionNode) -> int:
    return len(node[0])


def _sound_rows(lines: list[str], known_codes: Collection[str]) -> Iterable[_Row] | None:
    """The rows of a file that is right throughout, else None.

    Nearly every file is, so whole columns are looked at; only the others are looked through line by line.
    """
    try:
        reader = csv.reader(_without_mark(lines))
        header = next(reader, [])
        codes, names, levels, parents = zip(*filter(None, reader), strict=True)
    except (csv.Error, ValueError):
        return None
    names = tuple(map(str.strip, names))
    digits, distinct = "".join(codes), set(codes)
    sound = (
        tuple(header) == DIVISION_HEADER
        and _SHAPES.issuperset(zip(levels, map(len, codes), map(len, parents), strict=True))
        and digits.isascii()
        and digits.isdecimal()
        and all(map(str.startswith, codes, parents))
        and all(names)
        and max(map(len, names)) <= NAME_LENGTH
        and "".join(names).isprintable()
        and len(distinct) == len(codes)
        and (set(parents) - distinct).issubset({"", *known_codes})
    )
    return zip(codes, names, levels, parents, strict=True) if sound else None


def _looked_through(lines: list[str], known_codes: Collection[str]) -> tuple[list[_Row], list[LineError]]:
    """The lines that are right, and every reason against the others."""
    rows, errors = _rows(lines)
    first_lines: dict[str, int] = {}
    for line, cells in rows:
        first_lines.setdefault(cells[0], line)
    parents = {*first_lines, *known_codes}
    sound: list[_Row] = []
    for line, row in rows:
        code, name, level, parent = row
        reasons = [*_own_reasons(code, name, level), *_parent_reasons(code, parent, parents)]
        if first_lines[code] != line:
            reasons.append(f"代码“{code}”与第 {first_lines[code]} 行重复")
        errors += [LineError(line, reason) for reason in reasons]
        if not reasons:
            sound.append(row)
    return sound, sorted(errors)


def _rows(lines: list[str]) -> tuple[list[tuple[int, _Row]], list[LineError]]:
    """The data rows with their line numbers, cells stripped; a wrong header ends the reading."""
    reader = csv.reader(_without_mark(lines))
    rows: list[tuple[int, _Row]] = []
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


def _without_mark(lines: list[str]) -> list[str]:
    return [line.removeprefix("\ufeff") for line in lines[:1]] + lines[1:]


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
