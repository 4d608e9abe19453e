"""A township's score sheet as a page shows it: organizations × criteria, with what was typed and what is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.tables import show
from rectification.schemes.models import Criterion
from rectification.schemes.terms import applies, criterion_name
from rectification.survey.entries import Line, read_points
from rectification.survey.models import Assessment, Finding, Sheet
from rectification.survey.ranking import findings_of


@dataclass
class Cell:
    """One criterion at one organization: points and words as they stand or as they were typed."""

    criterion: Criterion
    points: str = ""
    words: str = ""
    by: str = ""
    error: str = ""
    asked: bool = True

    @property
    def found(self) -> bool:
        """Something was found here; a criterion without points is met by its words alone."""
        return bool(self.points or self.words)


@dataclass
class SheetRow:
    """One organization's line."""

    assessment: Assessment
    cells: list[Cell]
    error: str = ""
    stale: str = ""

    @property
    def wordless(self) -> int:
        """How many deductions still lack their words."""
        return sum(bool(cell.points and not cell.words) for cell in self.cells)

    @property
    def name(self) -> str:
        """The organization's short name."""
        return self.assessment.organization.short_name


@dataclass
class Page:
    """The whole sheet."""

    sheet: Sheet
    criteria: Sequence[Criterion]
    rows: list[SheetRow] = field(default_factory=list)

    def lines(self) -> list[Line]:
        """Its rows, for pasting."""
        return [Line(str(row.assessment.uid), row.name) for row in self.rows]

    def columns(self) -> list[Line]:
        """Its columns, for pasting."""
        return [Line(str(one.order), criterion_name(one)) for one in self.criteria]

    @property
    def scored(self) -> int:
        """How many organizations have any deduction."""
        return sum(bool(row.assessment.deducted) for row in self.rows)

    @property
    def wordless(self) -> int:
        """How many deductions lack their words."""
        return sum(row.wordless for row in self.rows)


def page_of(sheet: Sheet, assessments: Iterable[Assessment]) -> Page:
    """The sheet as it stands: two queries, however many organizations."""
    criteria = list(sheet.survey.scheme.criteria.all())
    rows = list(assessments)
    found = findings_of([row.pk for row in rows])
    return Page(
        sheet,
        criteria,
        [SheetRow(row, cells_of(row, criteria, found.get(row.pk, ()))) for row in rows],
    )


def cells_of(row: Assessment, criteria: Sequence[Criterion], findings: Iterable[Finding]) -> list[Cell]:
    """A row's cells in the order of the criteria."""
    found = {finding.criterion_id: finding for finding in findings}
    cells = []
    for criterion in criteria:
        cell = Cell(criterion, asked=applies(criterion, row.field))
        if finding := found.get(criterion.pk):
            cell.points = show(finding.deduction) if finding.deduction else ""
            cell.words, cell.by = finding.words, str(finding.by.user)
        cells.append(cell)
    return cells


def typed(
    row: SheetRow, points: Mapping[str, Any], words: Mapping[str, Any]
) -> dict[int, tuple[Decimal, str]]:
    """What was typed into a row, by criterion number; keeps it in the cells, and the errors beside it.

    points, words: by criterion number as text; a criterion not named stays as it is.
    """
    entries = {}
    for cell in row.cells:
        key = str(cell.criterion.order)
        if key not in points and key not in words:
            continue
        cell.points = str(points.get(key, cell.points) or "").strip()[:20]
        cell.words = str(words.get(key, cell.words) or "").replace("\r\n", "\n").strip()[:2000]
        try:
            entries[cell.criterion.order] = (read_points(cell.points), cell.words)
        except ValueError as error:
            cell.error = f"{row.name}{criterion_name(cell.criterion)}：{error}"
    return entries


def blame(row: SheetRow, errors: Mapping[str, Sequence[str]]) -> None:
    """Put an action's errors beside the cells they are about."""
    for cell in row.cells:
        if texts := errors.get(str(cell.criterion.order)):
            cell.error = "；".join(texts)
