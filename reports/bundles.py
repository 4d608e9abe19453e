"""Files made of many papers: a case's book, one paper for many cases, a unit's year-end folder. By key."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from accounts.errors import Refused
from accounts.roles import OFFICERS, SUBTREE
from organizations.scope import covers
from rectification.cases.models import Case
from reports import case_book, dossier, dossier_items
from reports.binding import Bound, Section
from reports.blanks import blank, blank_refusal
from reports.case_book import size_words
from reports.dossier import Dossier
from reports.ledgers import LEDGERS, Selection
from reports.papers import declared, drawn
from reports.sheet import Sheet

CASES_IN_A_BATCH = 120
# One copy a case, signed by hand: what is printed for many at once
BATCHED = (
    "determination_form",
    "plan",
    "task_lists",
    "acceptance_sheet",
    "closing_form",
)


@dataclass(frozen=True)
class Bundle:
    """A kind of file made of many papers.

    allowed: whether the post may have what the selection names, asked again at start and at download. refusal: why
    there is nothing to make, or None. length: how many parts there are, for the progress. counted: what `rows` of the
    export counts.
    """

    key: str
    format: str
    counted: str
    allowed: Callable[[Selection], bool]
    refusal: Callable[[Selection], str | None]
    named: Callable[[Selection], str]
    make: Callable[..., Bound | Dossier | Sheet]
    length: Callable[[Selection], int]
    filters: None = None  # a page of it is asked for by unit and year alone
    personal: bool = True  # as a ledger's


# --- a case's book ---------------------------------------------------------------------------------------------


def _case(selection: Selection) -> Case:
    found = case_book.case_of(selection)
    if found is None:
        raise Refused("没有这个整顿对象，或不在您的管理范围内")
    return found


def _book(selection: Selection, *, today: date, mark: str) -> Bound:
    return case_book.book(_case(selection), selection, today=today, mark=mark)


def _book_name(selection: Selection) -> str:
    case = _case(selection)
    return f"{case.organization.name}{case.year}年整顿档案"


CASE_BOOK = Bundle(
    key="case_book",
    format="pdf",
    counted="页",
    allowed=lambda selection: case_book.case_of(selection) is not None,
    refusal=lambda selection: None,
    named=_book_name,
    make=_book,
    length=lambda selection: 24,
)

# --- one paper for many cases ----------------------------------------------------------------------------------


def batch_choices(year: int) -> list[tuple[str, str]]:
    """What can be printed for many cases at once."""
    return [(key, declared(key).title.format(year=year)) for key in BATCHED if declared(key)]


def _chosen(selection: Selection) -> list[Case]:
    """The cases asked for that the post sees, in the tree's order; those of the unit when none are named."""
    rows = Case.objects.visible_to(selection.post).under(selection.unit).of_year(selection.year)
    if named := selection.filters.get("cases", "").split():
        rows = rows.filter(uid__in=named)
    return list(rows.select_related(*case_book.RELATED).order_by("org_path", "pk")[: CASES_IN_A_BATCH + 1])


def _batch_refusal(selection: Selection) -> str | None:
    if selection.filters.get("paper") not in dict(batch_choices(selection.year)):
        return "请选择要打印的表单或文书"
    cases = _chosen(selection)
    if not cases:
        return "请至少选择一个整顿对象"
    if len(cases) > CASES_IN_A_BATCH:
        return f"一次最多打印 {CASES_IN_A_BATCH} 个整顿对象，请按下级单位分批打印"
    return None


def _batch_name(selection: Selection) -> str:
    title = declared(selection.filters["paper"]).title.format(year=selection.year)
    return f"{selection.unit.name}{title}（{len(_chosen(selection))}个整顿对象合订）"


def _batch(selection: Selection, *, today: date, mark: str) -> Bound:
    key = selection.filters["paper"]
    paper = declared(key)
    if paper is None:
        raise Refused("这种台账或表单已不再提供")

    def section(case: Case) -> Section:
        own = Selection(selection.post, case.organization, case.year, {}, case_id=case.pk)

        def draw() -> Any:
            if key in LEDGERS:
                return case_book.printed(key, own, today=today, mark=mark)
            return drawn(paper, own, today=today, mark=mark)

        return Section(case.organization.name, draw)

    sections = [section(case) for case in _chosen(selection)]
    kind = paper.title.format(year=selection.year)
    return Bound("batch", _batch_name(selection), sections, running=kind, mark=mark)


BATCH = Bundle(
    key="batch",
    format="pdf",
    counted="页",
    allowed=lambda selection: selection.post.role in SUBTREE and covers(selection.post, selection.unit),
    refusal=_batch_refusal,
    named=_batch_name,
    make=_batch,
    length=lambda selection: len(_chosen(selection)),
)

# --- a unit's year ---------------------------------------------------------------------------------------------


def _whole(selection: Selection) -> bool:
    return bool(selection.filters.get("whole"))


def dossier_refusal(selection: Selection) -> str | None:
    """Why the folder would be too much for one file, with what to do instead; or None."""
    if not _whole(selection):
        return None
    cases = dossier_items.cases_of(selection).count()
    return too_much(selection, cases, dossier_items.files_of(selection)[1])


def too_much(selection: Selection, cases: int, size: int) -> str | None:
    """The same for so many cases and bytes of attachments."""
    if cases > dossier_items.CASES_AT_MOST:
        return (
            f"{selection.unit.short_name}有 {cases} 个整顿对象，超过一次 {dossier_items.CASES_AT_MOST} 个的上限；"
            "请按下级单位分别归档，或不含整本档案和附件"
        )
    return dossier.too_large(size) if size > dossier.MOST_BYTES else None


def _writer() -> dossier_items.Write:
    from reports import files

    def write(made: Any, format: str, path: Path) -> int:
        return files.draw(made, format, path)

    return write


def _items(selection: Selection, today: date, mark: str) -> dossier_items.Items:
    return dossier_items.Items(selection, whole=_whole(selection), today=today, mark=mark, write=_writer())


def _dossier(selection: Selection, *, today: date, mark: str) -> Dossier:
    from reports import files

    if refused := dossier_refusal(selection):
        raise Refused(refused)
    number, size = dossier_items.files_of(selection) if _whole(selection) else (0, 0)
    if shutil.disk_usage(files.folder()).free < 2 * size + 200_000_000:
        raise Refused("服务器上的存储空间不足，没有开始归档；请联系系统管理员")
    return Dossier(
        key="dossier",
        title=_dossier_name(selection),
        items=iter(_items(selection, today, mark)),
        facts=[
            ("单位", selection.unit.organ),
            ("年度", f"{selection.year}年"),
            ("整顿对象", f"{dossier_items.cases_of(selection).count()}个"),
            ("归档日期", f"{today.year}年{today.month}月{today.day}日"),
            ("归档人", selection.post.user.name),
            ("附件", (size_words(size) if number else "没有") if _whole(selection) else "不含"),
        ],
        mark=mark,
    )


def _dossier_name(selection: Selection) -> str:
    return f"{selection.unit.name}{selection.year}年整顿工作年终归档"


DOSSIER = Bundle(
    key="dossier",
    format="zip",
    counted="件",
    allowed=lambda selection: selection.post.role in OFFICERS and covers(selection.post, selection.unit),
    refusal=dossier_refusal,
    named=_dossier_name,
    make=_dossier,
    length=lambda selection: _items(selection, date.min, "").length(),
)

# --- the empty form --------------------------------------------------------------------------------------------


def _blank(selection: Selection, *, today: date, mark: str) -> Bound:
    made = blank(selection.filters["paper"], selection)
    return Bound("blank", _blank_name(selection), [Section(_blank_name(selection), lambda: made)], mark=mark)


def _blank_name(selection: Selection) -> str:
    paper = declared(selection.filters.get("paper", ""))
    if paper is None:
        raise Refused("没有这种台账或表单")
    return f"{paper.title.format(year=selection.year)}（空表）"


BLANK = Bundle(
    key="blank",
    personal=False,
    format="pdf",
    counted="页",
    allowed=lambda selection: selection.post.role in SUBTREE and covers(selection.post, selection.unit),
    refusal=lambda selection: blank_refusal(selection.filters.get("paper", "")),
    named=_blank_name,
    make=_blank,
    length=lambda selection: 1,
)
BUNDLES: dict[str, Bundle] = {bundle.key: bundle for bundle in (CASE_BOOK, BATCH, DOSSIER, BLANK)}
