"""Loading a divisions file into the tree: all or nothing, fast, and the same file twice changes nothing.

The file is the truth about codes and published names, people about everything else: a unit moved by hand stays
where it is, a closed one stays closed, and units that the file does not name are reported, never deleted.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count

from accounts import audit
from accounts.errors import Refused
from organizations.division_rules import DivisionNode, LineError, parse_divisions
from organizations.models import Appointment, Organization
from organizations.pinyin import search_text
from organizations.rules import PATH_STEP, Level, path_over, read_field, short_name

TABLE = Organization._meta.db_table
COLUMNS = (
    "uid, path, depth, numchild, version, code, name, short_name, search, level, field, "
    "party_name, party_type, venue, poor_village, construction_village, closed_reason"
)
REST = (
    "\t\t\t\tf\tf\t\n"  # what the file does not tell: party name and type, venue, poor, construction, reason
)
CHUNK = 500  # rows sent at a time: while the server takes them in, the next are made


class BrokenFile(Refused):
    """A divisions file with broken lines; `errors` lists every one of them. Nothing was written."""

    def __init__(self, errors: list[LineError]) -> None:
        self.errors = errors
        super().__init__("\n".join(map(str, errors)))


class Unit(NamedTuple):
    """What the tree knows of a unit that has a code."""

    pk: int
    code: str
    path: str
    name: str
    short_name: str
    field: str
    level: str
    closed_on: date | None


@dataclass
class Report:
    """What an import did and what it leaves to people."""

    nodes: int = 0
    created: int = 0
    by_level: Counter[str] = field(default_factory=Counter)
    by_field: Counter[str] = field(default_factory=Counter)
    unclassified: list[tuple[str, str, str]] = field(default_factory=list)
    """(code, name, why a person must decide the field)"""
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    """(code, name before, name in the file)"""
    moved: list[tuple[str, str, str]] = field(default_factory=list)
    """(code, name, code of the parent in the file): stands elsewhere by hand, and stays there"""
    missing: list[tuple[str, str]] = field(default_factory=list)
    """(code, name): in the tree but not in the file; kept"""


@transaction.atomic
def import_divisions(lines: Iterable[str], *, by: Appointment | None, at: datetime) -> Report:
    """Load the lines of a divisions CSV; raises BrokenFile with every broken line, and then nothing is written.

    `by` is None on the command line, where no post acts yet. Paths are given in the order of the codes, so the tree
    reads like the published one.
    """
    Organization.objects.lock_tree()
    known = _known_units()
    nodes, errors = parse_divisions(lines, known_codes=known)
    if errors:
        raise BrokenFile(errors)
    report = Report(nodes=len(nodes))
    new = [node for node in nodes if node.code not in known]
    if new:
        _write(new, known, report)
    _compare(nodes, known, report)
    report.created = len(new)
    audit.record("导入区划", nodes=report.nodes, created=report.created, renamed=len(report.renamed))
    return report


def _known_units() -> dict[str, Unit]:
    rows = Organization.objects.exclude(code=None).order_by()
    names = ("pk", "code", "path", "name", "short_name", "field", "level", "closed_on")
    return {row[1]: Unit._make(row) for row in rows.values_list(*names).iterator(chunk_size=20_000)}


def _write(new: list[DivisionNode], known: dict[str, Unit], report: Report) -> None:
    """COPY the new nodes: parents come before children, so every path follows from one seen before."""
    children = Counter(node.parent_code for node in new)
    paths = {code: unit.path for code, unit in known.items()}
    steps = _last_steps({node.parent_code for node in new} & known.keys() | {None}, known)
    with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} ({COLUMNS}) FROM STDIN") as copy:
        rows = _rows(new, paths, steps, children, report)
        while text := "".join(islice(rows, CHUNK)):
            copy.write(text)
    _count_new_children(children, known)


def _last_steps(codes: set[str | None], known: dict[str, Unit]) -> dict[str, int]:
    """The last step taken under each parent path that may get more children ("" for the roots)."""
    parents = [known[code].path for code in codes if code] + [""]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT left(path, -{PATH_STEP}), max(right(path, {PATH_STEP})) FROM {TABLE}"
            f" WHERE left(path, -{PATH_STEP}) = ANY(%s) GROUP BY 1",
            [parents],
        )
        return {parent: int(step, 36) for parent, step in cursor.fetchall()}


def _rows(
    nodes: list[DivisionNode],
    paths: dict[str, str],
    steps: dict[str, int],
    children: Counter[str | None],
    report: Report,
) -> Iterator[str]:
    """The new rows as COPY text. Siblings follow one another, as codes begin with the parent's."""
    numerals, uids, told = _Numerals(), _random_uids(), _Told()
    grassroots = Level.GRASSROOTS  # an attribute of an enum costs more than a look-up
    for parent, siblings in groupby(nodes, key=itemgetter(3)):
        above = paths[parent] if parent else ""
        depth = len(above) // PATH_STEP + 1
        for step, (code, name, level, _parent) in enumerate(siblings, steps.get(above, 0) + 1):
            path = above + numerals[step]
            words, kind = told[name]
            below = 0
            if level is not grassroots:
                paths[code], below, kind = path, children[code], ""
            elif not kind:
                report.unclassified.append((code, name, read_field(name).reason or ""))
            yield f"{next(uids)}\t{path}\t{depth}\t{below}\t1\t{code}\t{words}\t{level}\t{kind}{REST}"


class _Told(dict[str, tuple[str, str]]):
    """What a name tells: its part of a row (name, short name, search text) and its field, if any. Names recur."""

    def __missing__(self, name: str) -> tuple[str, str]:
        words = f"{name}\t{short_name(name)}\t{search_text(name)}".replace("\\", "\\\\")
        told = self[name] = (words, str(read_field(name).field or ""))
        return told


class _Numerals(dict[int, str]):
    """Steps of a path as four base-36 digits."""

    def __missing__(self, number: int) -> str:
        text = Organization._int2str(number).rjust(PATH_STEP, "0")
        if len(text) > PATH_STEP:
            raise Refused(f"同一上级下的单位超过 {36**PATH_STEP - 1} 个，无法编排")
        self[number] = text
        return text


def _random_uids() -> Iterator[str]:
    """Random UUIDs (version 4) as hexadecimal text, drawn by the hundred: one by one they cost as much as the row."""
    while True:
        drawn = bytearray(os.urandom(16 * CHUNK))
        drawn[6::16] = drawn[6::16].translate(_VERSION)
        drawn[8::16] = drawn[8::16].translate(_VARIANT)
        yield from drawn.hex(" ", 16).split(" ")


_VERSION = bytes(byte & 0x0F | 0x40 for byte in range(256))
_VARIANT = bytes(byte & 0x3F | 0x80 for byte in range(256))


def _count_new_children(children: Counter[str | None], known: dict[str, Unit]) -> None:
    """Known units that got children: their counts, which the tree library reads."""
    grown = [(known[code].pk, count) for code, count in children.items() if code in known]
    if grown:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {TABLE} SET numchild = numchild + more FROM unnest(%s::bigint[], %s::int[]) AS grown(id, more)"
                f" WHERE {TABLE}.id = grown.id",
                [[pk for pk, _ in grown], [count for _, count in grown]],
            )


def _compare(nodes: list[DivisionNode], known: dict[str, Unit], report: Report) -> None:
    """Count what is there now; take over new names; report what differs and is left to people."""
    report.by_level.update(map(itemgetter(2), nodes))
    listed = {node.code for node in nodes} & known.keys()
    for node in nodes if listed else ():
        unit = known.get(node.code)
        if unit is None:
            continue
        if unit.name != node.name:
            report.renamed.append((node.code, unit.name, node.name))
            _rename(unit, node.name)
        above = known.get(node.parent_code or "")
        if (above.path if above else "") != path_over(unit.path):
            report.moved.append((node.code, unit.name, node.parent_code or ""))
        if unit.level == Level.GRASSROOTS and not unit.field and unit.closed_on is None:
            report.unclassified.append((node.code, node.name, read_field(node.name).reason or "领域尚未确定"))
    report.missing = [(unit.code, unit.name) for code, unit in known.items() if code not in listed]
    fields = Organization.objects.grassroots().order_by().values_list("field")
    report.by_field.update(dict(fields.annotate(number=Count("pk"))))


def _rename(unit: Unit, name: str) -> None:
    """Take the published name; a short name that a person chose stays."""
    record = Organization.objects.get(pk=unit.pk)
    chosen = record.short_name if record.short_name != short_name(unit.name) else ""
    record.name = name
    record.derive(chosen)
    record.save_version("name", "short_name", "search")
