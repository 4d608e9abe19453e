"""Last year's cases from a filled sheet: looked at row by row, then written as closed or carried cases, once."""

from datetime import date
from typing import Any

from django.utils import timezone

from accounts.roles import Role
from accounts.tables import show
from organizations.form_book import FormRow, find_page
from organizations.imports import Kind, Staged, register
from organizations.layout_rules import LayoutRow
from organizations.models import Appointment, Organization
from organizations.record_rules import clean_choice, clean_day
from organizations.roster_rules import CellRefused
from organizations.workbook import SheetCells
from rectification.cases.models import Case
from rectification.lookback.last_year_book import (
    CARRIED,
    CLOSED,
    CLOSED_ON,
    CODE,
    DETERMINED,
    LEFT,
    NAME,
    RESULT,
    RESULTS,
    SHEET,
    SOLVED,
    TYPE,
    WHERE,
    columns,
    criterion_name,
    last_year,
)
from rectification.lookback.last_year_layout import WANTED, rows_of
from rectification.lookback.last_year_writing import write
from rectification.lookback.places import Places
from rectification.schemes.models import Criterion, Scheme
from rectification.workflow import Stage

PROBLEM_LIMIT = 500
CLASSED = {RESULT: RESULTS, WHERE: {CLOSED: CLOSED, CARRIED: CARRIED}}


def classing_scheme(county: Organization, year: int) -> Scheme | None:
    """By whose criteria last year's cases are classed: last year's scheme, or where there is none this year's."""
    return Scheme.objects.worked_by(county, year) or Scheme.objects.governing(county, year + 1)


def own_sheet(sheets: list[SheetCells], *, unit: Organization, post: Appointment) -> Staged | None:
    """What the downloaded sheet would bring in, and what is wrong with it by cell; None where the file is another."""
    page = find_page(sheets, SHEET, columns(), (CODE, NAME, TYPE, WHERE))
    if page is None:
        return None
    if not page.errors:
        return _staged(page.rows, unit)
    staged = Staged()
    for reason in page.errors:
        staged.refuse(page.name, page.header_row, "", "", "", reason)
    return staged


def stage(rows: list[LayoutRow], *, unit: Organization, post: Appointment) -> Staged:
    """The same of a list of any layout whose headings were matched; writes nothing."""
    return _staged(rows_of(rows), unit)


def _staged(rows: list[FormRow], unit: Organization) -> Staged:
    staged, year = Staged(), last_year(timezone.localdate())
    scheme = classing_scheme(unit, year)
    if scheme is None:
        words = f"{year + 1}年还没有执行中的实施方案，整顿对象无从分类，请先执行方案"
        staged.refuse("", 0, "", "", "", words)
    else:
        _Reading(staged, unit, year, list(scheme.criteria.order_by("order"))).read(rows)
    return staged


class _Reading:
    """One pass over the rows."""

    def __init__(self, staged: Staged, unit: Organization, year: int, criteria: list[Criterion]) -> None:
        self.staged, self.unit, self.year = staged, unit, year
        self.places = Places(unit)
        self.types: dict[str, Any] = {}
        for criterion in criteria:
            for name in (
                str(criterion.order),
                criterion.number,
                criterion.short,
                criterion.text,
                str(criterion),
                criterion_name(criterion.order, criterion.short or criterion.text),
            ):
                self.types.setdefault(name, criterion.order)
        self.named = {each.order: str(each) for each in criteria}
        rows = Case.objects.under(unit).of_year(year).select_related("primary").prefetch_related("problems")
        self.known = {case.organization_id: case for case in rows}
        self.seen: dict[int, int] = {}
        self.today = timezone.localdate()

    def read(self, rows: list[FormRow]) -> None:
        """Compare each row with what is there."""
        self.staged.read = len(rows)
        for row in rows:
            before = len(self.staged.errors)
            where = self._where(row)
            facts = self._facts(row)
            if where is None or len(self.staged.errors) > before:
                continue
            first = self.seen.setdefault(where.pk, row.number)
            if first != row.number:
                self.refuse(row, CODE if row.text(CODE) else NAME, f"与第 {first} 行是同一个党组织")
            elif (case := self.known.get(where.pk)) is None:
                self.staged.rows.append(self._line(row, where, facts))
            elif not _same(case, facts):
                reason = f"{where.short_name}{self.year}年整顿档案已在系统中，与本行不一致；档案以系统为准，请删去本行"
                self.refuse(row, CODE if row.text(CODE) else NAME, reason)

    def refuse(self, row: FormRow, header: str, reason: str) -> None:
        """Note what is wrong with a cell."""
        letter = row.letters.get(header, "")
        self.staged.refuse(row.sheet, row.number, letter, header, row.text(header), reason)

    def _where(self, row: FormRow) -> Organization | None:
        found, header, reason = self.places.find(row.text(CODE), row.text(NAME))
        if found is None:
            self.refuse(row, {"code": CODE, "name": NAME}[header], reason)
        return found

    def _facts(self, row: FormRow) -> dict[str, Any]:
        facts: dict[str, Any] = {"criterion": self._type(row)}
        for header, choices in CLASSED.items():
            facts[header] = self._clean(
                row, header, lambda value, c=choices, h=header: clean_choice(value, c, h)
            )
        for header in (DETERMINED, CLOSED_ON):
            day = self._clean(row, header, lambda value: clean_day(value, today=self.today))
            facts[header] = day.isoformat() if day else ""
            if day and not self.year <= day.year <= self.year + 1:
                self.refuse(row, header, f"应为{self.year}年内的日期")
        facts[SOLVED], facts[LEFT] = (self._problems(row, header) for header in (SOLVED, LEFT))
        self._agree(row, facts)
        return facts

    def _type(self, row: FormRow) -> int | None:
        typed = row.text(TYPE)
        if not typed:
            self.refuse(row, TYPE, "请填写主要类型")
        elif typed not in self.types:
            self.refuse(row, TYPE, f"主要类型“{typed[:20]}”不在方案的认定情形中，请填序号")
        return self.types.get(typed)

    def _clean(self, row: FormRow, header: str, cleaner: Any) -> Any:
        try:
            return cleaner(row.cells.get(header))
        except CellRefused as refused:
            self.refuse(row, header, str(refused))
            return None

    def _problems(self, row: FormRow, header: str) -> list[str]:
        texts = [text.strip(" ；;") for text in row.text(header).splitlines()]
        if any(len(text) > PROBLEM_LIMIT for text in texts):
            self.refuse(row, header, f"一条问题不超过 {PROBLEM_LIMIT} 个字")
        return [text for text in texts if text]

    def _agree(self, row: FormRow, facts: dict[str, Any]) -> None:
        """Outcome, result, days and problems must hold together."""
        where, on = facts[WHERE], facts[CLOSED_ON]
        if where is None and not row.text(WHERE):
            self.refuse(row, WHERE, "请填写去向：销号或续整")
        if where == CLOSED and not on and not row.text(CLOSED_ON):
            self.refuse(row, CLOSED_ON, "去向为销号的，须填写销号日期")
        if where == CARRIED and on:
            self.refuse(row, CLOSED_ON, "去向为续整的，不填销号日期")
        if where == CLOSED and facts[RESULT] == "fail":
            self.refuse(row, RESULT, "验收不合格的不能销号，去向应为续整")
        if where == CLOSED and facts[LEFT]:
            self.refuse(row, LEFT, "已经销号的，不应还有未解决的问题")
        if on and facts[DETERMINED] and on < facts[DETERMINED]:
            self.refuse(row, CLOSED_ON, "销号日期早于认定日期")

    def _line(self, row: FormRow, where: Organization, facts: dict[str, Any]) -> dict[str, Any]:
        words = {
            TYPE: self.named[facts["criterion"]],
            SOLVED: "；".join(facts[SOLVED]),
            LEFT: "；".join(facts[LEFT]),
            RESULT: row.text(RESULT),
            WHERE: facts[WHERE],
            DETERMINED: _day(facts[DETERMINED]),
            CLOSED_ON: _day(facts[CLOSED_ON]),
        }
        changes = [{"label": key, "before": "", "after": text} for key, text in words.items() if text]
        said = {"row": row.number, "id": where.pk, "code": where.code or "", "name": where.name}
        return {**said, "year": self.year, "facts": facts, "changes": changes}


def _day(text: str) -> str:
    return show(date.fromisoformat(text)) if text else ""


def _same(case: Case, facts: dict[str, Any]) -> bool:
    """Whether a case that is there says what the row says."""
    problems = sorted((problem.text, problem.closed_on is not None) for problem in case.problems.all())
    asked = sorted([(text, True) for text in facts[SOLVED]] + [(text, False) for text in facts[LEFT]])
    closed = case.closed_on.isoformat() if case.closed_on else ""
    return (case.primary.order, problems) == (facts["criterion"], asked) and (
        closed == facts[CLOSED_ON] or case.stage == Stage.CARRIED
    )


LAST_YEAR = Kind(
    key="last_year",
    title="上年整顿对象",
    roles=frozenset({Role.COUNTY_OFFICER}),
    stage=stage,
    write=write,
    own_sheet=own_sheet,
    wanted=WANTED,
    page="lookback:last_year",
    counted="个整顿对象",
    after="下一步在“回头看”页开展回头看",
    refusal="上年整顿对象由县（市、区）委组织部导入",
)
register(LAST_YEAR)
