"""A month's 工作纪实 as one Excel sheet, where no phone reaches the network: the template, and its reading."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from accounts.forms import DateField
from organizations.workbook import SheetCells
from organizations.workbook_out import save, say
from rectification.cases.models import Case, CaseMember
from rectification.remediation.activities.actions import Written
from rectification.remediation.activities.household_rules import Reading, read_households
from rectification.remediation.activities.rules import LABELS, Kind, people_words

SHEET, PEOPLE = "工作纪实", "对象和人员"
ROWS_AT_MOST = 500
HEADER_ROW = 3
WIDTHS = {
    "序号": 6,
    "乡镇（街道）": 12,
    "整顿对象": 14,
    "日期": 12,
    "类别": 10,
    "参加人员": 16,
    "其他参加人员": 14,
    "做了什么": 36,
    "结果": 24,
    "入户": 22,
    "电话联系": 18,
}
HEADERS = tuple(WIDTHS)
LONGEST = {"做了什么": 2000, "结果": 2000, "其他参加人员": 200, "入户": 4000, "电话联系": 4000}
"""As many characters as the form takes; what is longer is named, not cut."""
NEEDED = ("整顿对象", "日期", "类别", "做了什么")
NOTE = (
    "填写说明：一次活动一行。日期如 2025-3-26；参加人员写姓名，用顿号隔开，须是该对象的帮扶人员，其他人写在后一列；"
    "入户、电话联系写组和门牌号，如 3组12、15，不写户主姓名。"
)
LINE = Side(style="thin", color="FF808080")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)


class Fault(NamedTuple):
    """What is wrong with a cell: its row and column on the sheet and the words."""

    row: int
    column: str
    words: str


class Line(NamedTuple):
    """A row that was understood."""

    row: int
    case: Case
    written: Written

    @property
    def kind_words(self) -> str:
        """The kind as the screens call it."""
        return LABELS[Kind(self.written.kind)]

    @property
    def people_words(self) -> str:
        """Who took part, in one line."""
        names = [one.name for one in self.case.members.all() if one.pk in self.written.members]
        return people_words(names, self.written.others)


def read_sheet(sheets: Sequence[SheetCells], cases: Iterable[Case]) -> tuple[list[Line], list[Fault]]:
    """The rows of a filled-in template and everything wrong with it; cases with organization, township and members."""
    sheet = next((one for one in sheets if one.name == SHEET), sheets[0] if sheets else SheetCells("", []))
    at, columns = _header(sheet)
    if at is None:
        return [], [Fault(HEADER_ROW, "", f"没有找到表头（{'、'.join(NEEDED)}），请用下载的模板填写")]
    reader = _Reader(cases)
    for number, row in enumerate(sheet.rows[at + 1 :], start=at + 2):
        cells = {name: _text(row[column]) if column < len(row) else "" for name, column in columns.items()}
        if any(value for name, value in cells.items() if name not in ("序号", "乡镇（街道）")):
            reader.read(number, cells)
    if len(reader.lines) + len(reader.faults) > ROWS_AT_MOST:
        return [], [Fault(HEADER_ROW, "", f"超过 {ROWS_AT_MOST} 行，请分次导入")]
    if not reader.lines and not reader.faults:
        return [], [Fault(HEADER_ROW + 1, "", "表中没有填任何活动")]
    return reader.lines, reader.faults


def _header(sheet: SheetCells) -> tuple[int | None, dict[str, int]]:
    for at, row in enumerate(sheet.rows[:10]):
        columns = {_text(cell): column for column, cell in enumerate(row) if _text(cell) in WIDTHS}
        if all(name in columns for name in NEEDED):
            return at, columns
    return None, {}


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


class _Reader:
    """Reads row after row against the cases there are."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.lines: list[Line] = []
        self.faults: list[Fault] = []
        self.named: dict[str, list[Case]] = {}
        for case in cases:
            for name in {case.organization.name, case.organization.short_name}:
                self.named.setdefault(name, []).append(case)
        self.kinds = {label: kind.value for kind, label in LABELS.items()}

    def read(self, number: int, cells: dict[str, str]) -> None:
        """Keep the row, or what is wrong with it, cell by cell."""
        before = len(self.faults)

        def wrong(column: str, words: str) -> None:
            self.faults.append(Fault(number, column, words))

        case = self._case(cells, wrong)
        on = self._day(cells["日期"], wrong)
        kind = self.kinds.get(cells["类别"], "")
        if not kind:
            wrong("类别", f"“{cells['类别']}”不是类别，请填{'、'.join(self.kinds)}")
        if not cells["做了什么"]:
            wrong("做了什么", "没有写做了什么")
        members = self._members(case, cells.get("参加人员", ""), on, wrong) if case else ()
        for name, most in LONGEST.items():
            if len(cells.get(name, "")) > most:
                wrong(name, f"有 {len(cells[name])} 个字，不超过 {most} 个字")
        calls = {name: self._calls(cells.get(name, ""), name, wrong) for name in ("入户", "电话联系")}
        if len(self.faults) > before or case is None or on is None:
            return
        written = Written(
            kind=kind,
            on=on,
            what=cells["做了什么"],
            members=members,
            others=cells.get("其他参加人员", ""),
            result=cells.get("结果", ""),
            households=calls["入户"].households,
            phoned=calls["电话联系"].households,
        )
        self.lines.append(Line(number, case, written))

    def _case(self, cells: dict[str, str], wrong: Any) -> Case | None:
        name, town = cells["整顿对象"], cells.get("乡镇（街道）", "")
        found = self.named.get(name, [])
        if len(found) > 1 and town:
            found = [
                case
                for case in found
                if case.township and town in (case.township.name, case.township.short_name)
            ]
        if len(found) == 1:
            return found[0]
        wrong(
            "整顿对象",
            f"有 {len(found)} 个“{name}”，请填明乡镇（街道）"
            if found
            else f"“{name}”不是您能登记的在办整顿对象，请照“{PEOPLE}”表填写",
        )
        return None

    @staticmethod
    def _day(text: str, wrong: Any) -> date | None:
        try:
            return DateField().clean(text[:10] if "T" in text else text)
        except ValidationError as error:
            wrong("日期", f"“{text}”：{error.messages[0]}" if text else "没有填日期")
            return None

    @staticmethod
    def _members(case: Case, text: str, on: date | None, wrong: Any) -> tuple[int, ...]:
        found = []
        for name in text.replace(",", "、").replace("，", "、").replace(" ", "、").split("、"):
            same = [one for one in case.members.all() if name and one.name == name]
            here = [
                one for one in same if on and one.from_on <= on and (one.to_on is None or one.to_on >= on)
            ]
            if name and not same:
                wrong("参加人员", f"“{name}”不是该对象的帮扶人员，请写到“其他参加人员”")
            found += [one.pk for one in (here or same)[:1]]
        return tuple(dict.fromkeys(found))

    @staticmethod
    def _calls(text: str, column: str, wrong: Any) -> Reading:
        reading = read_households(text)
        for fault in reading.faults:
            wrong(column, fault)
        return reading


def write_template(cases: Sequence[Case]) -> bytes:
    """An empty sheet to fill in, with the cases and their people on a second one; A4 landscape, one page wide."""
    book = Workbook()
    page = book.active
    page.title = SHEET
    _head(page)
    _choices(page, len(cases))
    people = book.create_sheet(PEOPLE)
    rows = [("整顿对象", "乡镇（街道）", "帮扶人员")]
    for case in cases:
        town = case.township.short_name if case.township else ""
        rows.append((case.organization.short_name, town, "、".join(_names(case.members.all()))))
    for number, row in enumerate(rows, 1):
        for column, words in enumerate(row, 1):
            say(people.cell(number, column), words)
    for letter, width in (("A", 16), ("B", 16), ("C", 80)):
        people.column_dimensions[letter].width = width
    out = io.BytesIO()
    save(book, out)
    return out.getvalue()


def _names(members: Iterable[CaseMember]) -> list[str]:
    return [f"{one.name}（{one.get_kind_display()}）" for one in members if one.to_on is None]


def _head(page: Worksheet) -> None:
    last = get_column_letter(len(HEADERS))
    page.merge_cells(f"A1:{last}1")
    page["A1"] = "整顿软弱涣散基层党组织工作纪实"
    page["A1"].font, page["A1"].alignment = Font(name="黑体", size=16), Alignment(horizontal="center")
    page.merge_cells(f"A2:{last}2")
    page["A2"] = NOTE
    page["A2"].font = Font(name="宋体", size=9)
    page["A2"].alignment = Alignment(wrap_text=True, vertical="center")
    page.row_dimensions[2].height = 30
    for column, (header, width) in enumerate(WIDTHS.items(), start=1):
        cell = page.cell(HEADER_ROW, column, header)
        cell.font, cell.border = Font(name="黑体", size=10), BOX
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = page.cell(HEADER_ROW + 1, 1)
    page.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0


def _choices(page: Worksheet, cases: int) -> None:
    first, last = HEADER_ROW + 1, HEADER_ROW + ROWS_AT_MOST
    rules = {"类别": f'"{",".join(LABELS.values())}"', "整顿对象": f"'{PEOPLE}'!$A$2:$A${cases + 1}"}
    for header, formula in rules.items():
        rule = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=True)
        page.add_data_validation(rule)
        letter = get_column_letter(HEADERS.index(header) + 1)
        rule.add(f"{letter}{first}:{letter}{last}")
    for row in range(first, first + 40):
        for column in range(1, len(HEADERS) + 1):
            cell = page.cell(row, column)
            cell.border = BOX
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            cell.number_format = "@"
