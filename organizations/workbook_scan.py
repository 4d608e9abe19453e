"""One pass over a sheet's tags: whether each cell stands where a parser can bear it, and whether it has its value.

Part of the child (`organizations.workbook_child`), so free of Django.
"""

import re
from functools import cache
from typing import NamedTuple

ROWS_LIMIT = 50_000
COLUMNS_LIMIT = 256
CELLS_LIMIT = 1_000_000
MEND = "请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"

# Each pattern passes over a text once: what follows the name of a tag is whatever stands before the next “<”
TAG = re.compile(rb"<(?:[^\s<>/:]{1,99}:)?(c|row|dimension|f|v|is)(?=[\s/>])([^<]*)")
USUAL = re.compile(rb"""\s+r(?:ef)?="([A-Z0-9:]{1,30})["]""")
PAIR = re.compile(rb"""([^\s=<>"'/]{1,60})\s*=\s*(?:"([^"]*)"|'([^']*)')""")
REFERENCE = re.compile(rb"([A-Z]*)([0-9]*)")
# A row as all office programs write most of theirs, of cells in columns that stand for %s; its numbers agree
PLAIN_ROW = (
    rb'<row r="([1-9][0-9]{0,4})"(?: [^<>]*+)?+>'
    rb'(?:<c r="(?:%s)\1"(?: s="[0-9]{1,5}")?+(?: t="(?:s|n|b|str|inlineStr)")?+(?:/>|>(?:'
    rb"(?:<f(?: [^<>]*+)?+>[^<]*+</f>)?+<v>[^<]*+</v>"
    rb'|<is><t(?: xml:space="preserve")?+>[^<]*+</t></is>)?+</c>))*+</row>'
)


class Unreadable(Exception):
    """Why a workbook is not read."""


class Page(NamedTuple):
    """A sheet as the workbook lists it: what it is called and whether it is shown."""

    name: str
    shown: bool


class Scan:
    """One pass over a sheet's tags: where its cells stand, and which of them are formulas without a result."""

    def __init__(self, page: Page) -> None:
        self.page, self.row, self.column, self.cells = page, 0, 0, 0
        self.tall, self.wide, self.open, self.error = 0, 0, False, False

    def where(self) -> str:
        """The cell it has come to, in words."""
        return place_words(self.page.name, max(self.row, 1), self.column)

    def through(self, text: bytes) -> None:
        """Go on through these bytes, which end with a whole tag."""
        at = 0
        while at < len(text):
            at = self._rows(text, at)
            end = text.find(b"<row", at + 4)
            end = len(text) if end < 0 else end
            self._tags(text, at, end)
            at = end

    def _rows(self, text: bytes, at: int) -> int:
        """Pass over plain rows that begin here, within the columns seen before; where the first other one begins.

        Leaves behind what `_tags` would, in a fraction of its time, and refuses nothing: a row that might be refused
        is not passed over.
        """
        if self.open or not self.wide:
            return at
        match, tallest = plain_row(self.wide).match, min(ROWS_LIMIT, CELLS_LIMIT // self.wide)
        begin, row, tall = at, self.row, self.tall
        while (found := match(text, at)) and int(found[1]) <= tallest:
            at, row = found.end(), int(found[1])
            tall = max(tall, row)
        cells = text.count(b"<c ", begin, at)
        if self.cells + cells > CELLS_LIMIT:
            self._tags(text, begin, at)
        elif at > begin:
            last = text.rfind(b'<c r="', begin, at)
            self.row, self.tall, self.cells = row, tall, self.cells + cells
            self.column = 0
            if last > text.rfind(b'<row r="', begin, at):
                self.column = number(REFERENCE.match(text, last + 6)[1])
            self.error = self.error and not cells
        return at

    def _tags(self, text: bytes, begin: int, end: int) -> None:
        """Go on tag by tag."""
        if text.find(b"<!DOCTYPE", begin, end) >= 0 or text.find(b"<!ENTITY", begin, end) >= 0:
            raise Unreadable(f"文件内部（{self.page.name}）含有外部引用或实体声明，没有接收；{MEND}")
        for found in TAG.finditer(text, begin, end):
            name = found[1]
            if name == b"f":
                self.open = True
            elif name in (b"v", b"is"):
                self.open = False
                if self.error and self.page.shown:
                    raise Unreadable(f"{self.where()}是错误值（如 #REF!、#N/A），请改正后重新上传")
            else:
                self._place(name, found[2])

    def _place(self, name: bytes, attributes: bytes) -> None:
        if name != b"dimension":
            self._formula()
        if name == b"c":
            self.cells += 1
            self.column += 1
            self.error = b't="e"' in attributes or b"t='e'" in attributes
        elif name == b"row":
            self.row, self.column = self.row + 1, 0
        for corner in place_of(attributes).split(b":"):
            if corner:
                self._corner(name, corner)
        if name != b"dimension":
            self.tall, self.wide = max(self.tall, self.row), max(self.wide, self.column)
            self._size()

    def _corner(self, name: bytes, corner: bytes) -> None:
        match = REFERENCE.fullmatch(corner)
        if match is None or len(corner) > 12:
            shown = corner[:20].decode("ascii", "replace")
            raise Unreadable(f"{self.where()}：“{shown}”不是有效的单元格位置，请另存后再上传")
        column, row = number(match[1]), int(match[2] or 0)
        if row > ROWS_LIMIT or column > COLUMNS_LIMIT:
            raise Unreadable(self._beyond(corner.decode()))
        if name != b"dimension":
            self.row, self.column = row or self.row, column or self.column

    def _beyond(self, place: str) -> str:
        place = f"第 {place} 行" if place.isdigit() else f"单元格 {place}"
        return (
            f"工作表“{self.page.name}”用到了{place}，超出 {ROWS_LIMIT} 行、{COLUMNS_LIMIT} 列的范围；"
            "请删去数据区以外的空白行列后另存再上传"
        )

    def _size(self) -> None:
        if self.row > ROWS_LIMIT or self.column > COLUMNS_LIMIT:
            raise Unreadable(self._beyond(f"{letters(max(self.column, 1))}{max(self.row, 1)}"))
        if self.cells > CELLS_LIMIT or self.tall * self.wide > CELLS_LIMIT:
            size = f"{self.tall} 行、{self.wide} 列"
            raise Unreadable(f"工作表“{self.page.name}”共 {size}，内容过多；请删去空白行列或分成几个文件上传")

    def _formula(self) -> None:
        if self.open and self.page.shown:
            words = "是公式，文件里没有保存计算结果；请用 Excel 或 WPS 打开并保存一次，或改为数值后上传"
            raise Unreadable(f"{self.where()}{words}")
        self.open = False

    def end(self) -> None:
        """Nothing comes after."""
        self._formula()


def place_of(attributes: bytes) -> bytes:
    """What a tag says of its place; b"" for nothing."""
    if usual := USUAL.match(attributes):
        return usual[1]
    return next((one or other for key, one, other in PAIR.findall(attributes) if key in (b"r", b"ref")), b"")


@cache
def plain_row(wide: int) -> re.Pattern[bytes]:
    """PLAIN_ROW where the columns are the first so many."""
    last = letters(wide)
    columns = f"[A-{last}]" if len(last) == 1 else f"[A-Z]|{last[0]}[A-{last[1]}]"
    if last[:-1] > "A":
        columns += f"|[A-{chr(ord(last[0]) - 1)}][A-Z]"
    return re.compile(PLAIN_ROW % columns.encode())


def number(letters_of: bytes) -> int:
    """A column's number from its letters; 0 for none."""
    count = 0
    for letter in letters_of[:8]:
        count = count * 26 + letter - 64
    return count


def letters(column: int) -> str:
    """A column's letters from its number; "" for none."""
    words = ""
    while column:
        column, rest = divmod(column - 1, 26)
        words = chr(65 + rest) + words
    return words


def place_words(sheet: str, row: int, column: int) -> str:
    """Where a cell stands, or a whole row where the column is 0."""
    return f"工作表“{sheet}”第 {row} 行" + (f" {letters(column)} 列" if column else "")
