"""A township's score sheet as a page shows it: organizations × criteria, with what was typed and what is wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.tables import show
from organizations.inputs import Input
from organizations.rules import Field
from rectification.schemes.models import Criterion
from rectification.schemes.terms import applies, criterion_name
from rectification.survey.entries import Entry, Line, read_points, read_source, source_words
from rectification.survey.known import TRACKED
from rectification.survey.merged import gone_words
from rectification.survey.models import Assessment, Finding, Sheet
from rectification.survey.note_models import SurveyNote
from rectification.survey.ranking import findings_of
from rectification.survey.rubric_rules import rubric_for
from rectification.survey.terms import FindingSource


@dataclass
class Cell:
    """One criterion at one organization: points and words as they stand or as they were typed."""

    criterion: Criterion
    points: str = ""
    words: str = ""
    source: str = FindingSource.VISIT.value
    note: str = ""
    by: str = ""
    error: str = ""
    asked: bool = True
    typed_source: str | None = None

    @property
    def found(self) -> bool:
        """Something was found here; a criterion without points is met by its words alone."""
        return bool(self.points or self.words)

    @property
    def source_words(self) -> str:
        """Where it comes from, as shown and as typed; what was typed wrong stays as typed."""
        return source_words(self.source, self.note) if self.typed_source is None else self.typed_source


@dataclass
class SheetRow:
    """One organization's line, with what is known of it beside the score."""

    assessment: Assessment
    cells: list[Cell]
    error: str = ""
    stale: str = ""
    gone: str = ""
    inputs: Sequence[Input] = ()
    self_check: SurveyNote | None = None
    visits: Sequence[SurveyNote] = ()

    @property
    def warnings(self) -> list[tuple[str, Input]]:
        """The inputs that ask for attention with their short words, the red ones first."""
        lit = sorted((one for one in self.inputs if one.tone in LIT), key=lambda one: one.tone != "red")
        return [(short_input(one), one) for one in lit]

    @property
    def self_found(self) -> list[str]:
        """The numbers of the criteria its own check sees met, as the papers write them."""
        numbers = {cell.criterion.order: cell.criterion.number for cell in self.cells}
        return (
            [numbers[order] for order in self.self_check.criteria if order in numbers]
            if self.self_check
            else []
        )

    @property
    def wordless(self) -> int:
        """How many deductions still lack their words."""
        return sum(bool(cell.points and not cell.words) for cell in self.cells)

    @property
    def name(self) -> str:
        """The organization's short name."""
        return self.assessment.organization.short_name


LIT = ("red", "yellow")
SHORT = {
    "分类定级": "定级",
    "村班子年度考核": "考核",
    "班子空缺": "缺",
    "集体经济收入": "收入",
    "述职评议查摆问题": "述职",
    TRACKED: "已",
}


def short_input(one: Input) -> str:
    """A known fact in a few characters for the sheet's narrow column: 定级较差, 信访3件, 已销号."""
    label = re.sub(r"^\d{4}年", "", one.label)
    value = re.split(r"[，、；（]", one.value)[0]
    value = re.sub(r"^\d{4}年", "", value).replace(" ", "")
    return f"{SHORT.get(label, label)}{value}"[:9]


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
        return [Line(str(one.order), criterion_name(one), one.points) for one in self.criteria]

    def rubrics(self) -> list[tuple[Criterion, list[tuple[str, str, str]]]]:
        """Each criterion with its 评分细则 for the fields on this sheet: key, label, text; one for all where alike."""
        present = {row.assessment.field for row in self.rows}
        fields = [field for field in Field if field in present]
        told = []
        for one in self.criteria:
            texts = [(field.value, field.label, rubric_for(one.rubric, field)) for field in fields]
            told.append((one, texts))
        return told

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
        [
            SheetRow(
                row,
                cells_of(row, criteria, found.get(row.pk, ())),
                gone=gone_words(row, sheet.survey),
            )
            for row in rows
        ],
    )


def put_beside(
    page: Page, inputs: Mapping[int, Sequence[Input]], notes: Mapping[int, Sequence[SurveyNote]]
) -> None:
    """Put what is known of each organization (by its key) into the rows: inputs, self-check, visits."""
    for row in page.rows:
        key = row.assessment.organization_id
        row.inputs = inputs.get(key, ())
        own = notes.get(key, ())
        row.self_check = next((note for note in own if note.kind == "self_check"), None)
        row.visits = [note for note in own if note.kind != "self_check"]


def cells_of(row: Assessment, criteria: Sequence[Criterion], findings: Iterable[Finding]) -> list[Cell]:
    """A row's cells in the order of the criteria."""
    found = {finding.criterion_id: finding for finding in findings}
    cells = []
    for criterion in criteria:
        cell = Cell(criterion, asked=applies(criterion, row.field))
        if finding := found.get(criterion.pk):
            cell.points = show(finding.deduction) if finding.deduction else ""
            cell.words, cell.by = finding.words, str(finding.by.user)
            cell.source, cell.note = finding.source, finding.source_note
        cells.append(cell)
    return cells


def typed(
    row: SheetRow,
    points: Mapping[str, Any],
    words: Mapping[str, Any],
    sources: Mapping[str, Any] | None = None,
) -> dict[int, Entry]:
    """What was typed into a row, by criterion number; keeps it in the cells, and the errors beside it.

    points, words, sources: by criterion number as text; a criterion not named stays as it is, a source not named too.
    """
    entries, sources = {}, sources or {}
    for cell in row.cells:
        key = str(cell.criterion.order)
        if key not in points and key not in words and key not in sources:
            continue
        cell.points = str(points.get(key, cell.points) or "").strip()[:20]
        cell.words = str(words.get(key, cell.words) or "").replace("\r\n", "\n").strip()[:2000]
        try:
            read = read_points(cell.points)
            source = _typed_source(cell, sources.get(key)) if read or cell.words else ("", "")
            entries[cell.criterion.order] = Entry(read, cell.words, *source)
        except ValueError as error:
            cell.error = f"{row.name}{criterion_name(cell.criterion)}：{error}"
    return entries


def _typed_source(cell: Cell, text: Any) -> tuple[str, str]:
    """The source typed for a cell; empty where none was sent."""
    if text is None:
        return "", ""
    cell.typed_source = str(text).strip()[:80]
    return read_source(cell.typed_source)


def blame(row: SheetRow, errors: Mapping[str, Sequence[str]]) -> None:
    """Put an action's errors beside the cells they are about."""
    for cell in row.cells:
        if texts := errors.get(str(cell.criterion.order)):
            cell.error = "；".join(texts)
