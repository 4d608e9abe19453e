"""Rosters that were in order, with bytes of them changed at random: of the archive, or of a part within a sound one."""

import random
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from tests.hostile.archives import packed
from tests.organizations.workbooks import workbook

ROWS = [
    ["990121101201", "石桥村委会", 321, 1180, 46],
    ["990121101202", "枫林村委会", 211, 900, 31],
]
PIECES = (
    b"<",
    b">",
    b'"',
    b"&",
    b"\0",
    b"\xff",
    b"-1",
    b"9" * 20,
    b"]]>",
    b"<!--",
    b"<row>",
    b"</c>",
    b"r=",
    b"=",
)


class Mutant(NamedTuple):
    """What made it and its bytes."""

    seed: int
    content: bytes


def mutants(count: int, first: int = 1, good: bytes = b"") -> Iterator[Mutant]:
    """So many of a good workbook, each of its own seed: the same seed is the same file."""
    good = good or workbook(ROWS)
    with zipfile.ZipFile(BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for seed in range(first, first + count):
        chance = random.Random(seed)
        yield Mutant(seed, _archive(good, chance) if seed % 3 == 0 else _part(parts, chance))


def _archive(good: bytes, chance: random.Random) -> bytes:
    return _spoilt(good, chance)


def _part(parts: dict[str, bytes], chance: random.Random) -> bytes:
    """One part spoilt, oftenest the sheet, in an archive whose sums are right."""
    names = ["xl/worksheets/sheet1.xml"] * 6 + sorted(parts)
    name = chance.choice(names)
    return packed(parts | {name: _spoilt(parts[name], chance)})


def _spoilt(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(max(len(changed), 1))
        match chance.randrange(6):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                changed[at : at + 1] = chance.choice(PIECES)
            case 2:
                del changed[at : at + chance.randrange(1, 60)]
            case 3:
                changed[at:at] = changed[at : at + chance.randrange(1, 200)]
            case 4:
                changed[at : at + 1] = bytes([changed[at] ^ 1 << chance.randrange(8)]) if changed else b""
            case _:
                del changed[at:]
        if not changed:
            changed += b"P"
    return bytes(changed)
