"""Empty forms: a ledger's head with lines to write on, a form with its boxes open."""

import re
from dataclasses import replace
from itertools import islice

from django.utils import timezone

from accounts.errors import Refused
from rectification.cases.models import Case
from reports.ledgers import LEDGERS, Selection
from reports.papers import PAPERS, Book, Form, declared
from reports.papers.form import Cell, Page
from reports.sheet import Row, Sheet, live

LINES = 12
DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
SIGNER = re.compile(r"签字：[^（]*（盖章）")


def blank_refusal(key: str) -> str | None:
    """Why there is no empty form of it, or None: a document is written, not filled in."""
    if key in LEDGERS or isinstance(PAPERS.get(key), Form):
        return None
    return "这种文书按内容生成，没有空表" if declared(key) else "没有这种台账或表单"


def blank(key: str, selection: Selection) -> Sheet | Book:
    """The empty ledger or form as the unit's scheme has it. Refused where there is none."""
    if refused := blank_refusal(key):
        raise Refused(refused)
    paper = declared(key)
    selection = replace(selection, filters={})
    return blank_form(paper, selection) if isinstance(paper, Form) else blank_sheet(key, selection)


def blank_sheet(key: str, selection: Selection) -> Sheet:
    """The head, the line of particulars, empty rows and the signatures."""
    sheet = live(LEDGERS[key], selection, today=timezone.localdate())
    values = (None,) * len(sheet.columns)
    rows = [Row((number, *values[1:]), (number,)) for number in range(1, LINES + 1)]
    if sheet.columns[0].key != "number":
        rows = [Row(values, (number,)) for number in range(1, LINES + 1)]
    return replace(
        sheet,
        title=LEDGERS[key].title.format(year=selection.year),
        rows=rows,
        foot=lambda: None,
        particulars=[(label, "") for label, _value in sheet.particulars],
    )


def blank_form(form: Form, selection: Selection) -> Book:
    """The boxes of the newest filled one, emptied: which boxes there are, the year's scheme says."""
    for year in (selection.year, selection.year - 1):
        page = next(islice(form.pages(replace(selection, year=year)), 1), None)
        if page is not None:
            return Book(form.key, form.title.format(year=selection.year), [_emptied(page)])
    cases = Case.objects.visible_to(selection.post).of_year(selection.year).exists()
    raise Refused(
        f"表中有哪些栏由年度方案决定，{'有了第一张填好的表' if cases else '有了第一个对象'}以后可以看空表"
    )


def _open(cell: Cell) -> Cell:
    """A box to write in: its words gone, of its foot what is printed on every copy."""
    foot = DAY.sub("　　年　　月　　日", SIGNER.sub("签字：　　　　　　（盖章）", cell.foot))
    return replace(cell, words=cell.words if cell.kind == "label" else "", foot=foot)


def _emptied(page: Page) -> Page:
    lines = tuple(replace(line, cells=tuple(map(_open, line.cells))) for line in page.lines)
    return replace(
        page,
        name="空表",
        lines=lines,
        above="填报单位（盖章）：　　　　　　　　　　填报时间：　　　　年　　月　　日",
    )
