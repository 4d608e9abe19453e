"""工作总结 as a document, its table on a page of its own; and what both documents a unit writes have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from accounts.errors import Refused
from accounts.tables import show
from organizations.models import Appointment, Organization
from rectification.remediation.reporting.words import NUMERALS
from reports.documents import reading
from reports.documents.models import DocumentKind, OfficeDocument
from reports.ledgers import Selection
from reports.papers.circular import heading
from reports.papers.letter import Document, Letter, Paragraph, department_of
from reports.sheet import frozen

KEY = "summary"


@dataclass(frozen=True)
class OfficePaper(Document):
    """A document a unit writes: the one asked for, of the unit's own the newest."""

    kind: str = DocumentKind.SUMMARY

    def named(self, selection: Selection) -> str:
        """The document's own name where one is asked for."""
        try:
            found = self.asked(selection) if selection.filters.get("document") else None
        except Refused:
            found = None
        return (
            reading.name_of(found).replace("《", "").replace("》", "") if found else super().named(selection)
        )

    def asked(self, selection: Selection) -> OfficeDocument:
        """The document; Refused where there is none the post may read."""
        rows = OfficeDocument.objects.visible_to(selection.post).filter(kind=self.kind)
        if uid := selection.filters.get("document"):
            rows = rows.filter(uid=uid)
        else:
            rows = rows.filter(organization=selection.unit, year=selection.year)
        try:
            found = rows.select_related("organization", "scheme", "by").first()
        except ValidationError:
            found = None
        if found is None:
            name = DocumentKind(self.kind).label
            raise Refused(
                f"{selection.unit.short_name}{selection.year}年没有可以打印的{name}；请先在“公文”中编写"
            )
        return found


def filters_of(kind: str) -> Mapping[str, Any]:
    """Which of the unit's own documents of a year."""

    def choices(post: Appointment, unit: Organization, year: int) -> list[tuple[str, str]]:
        rows = OfficeDocument.objects.visible_to(post).filter(organization=unit, year=year, kind=kind)
        return [
            (str(row.uid), f"{reading.name_of(row)}{reading.state_mark(row)}") for row in rows.defer("facts")
        ]

    return {"document": ("哪一份", choices, "")}


def letter_of(document: OfficeDocument) -> Letter:
    """The summary as it reads now; a draft and a withdrawn one say so."""
    table, mark = document.facts.get("table"), reading.state_mark(document)
    unit = document.organization
    lines = list(heading(document.title))
    return Letter(
        key=KEY,
        title=document.title,
        heading=tuple([*lines, mark] if mark else lines),
        paragraphs=_paragraphs(document),
        signer=document.compiler or department_of(unit),
        attachment=frozen(table) if table else None,
        on=document.issued_on,
    )


def _paragraphs(document: OfficeDocument) -> list[Paragraph]:
    said = [Paragraph(_opening(document))]
    there = [part for part in reading.parts_of(document) if not part.out and part.lines]
    for number, part in enumerate(there):
        said.append(Paragraph(f"{NUMERALS[number]}、{part.heading}", 1))
        said += [Paragraph(line) for line in part.lines]
    return said


def _opening(document: OfficeDocument) -> str:
    period = reading.period_of(document.period_from_on, document.period_to_on)
    until = document.facts.get("as_of") or show(document.period_to_on)
    return f"按照《{document.scheme.title}》要求，现将{period}整顿工作总结如下（数据截至{until}）。"


SUMMARY = OfficePaper(
    key=KEY,
    title="{year}年整顿工作总结",
    write=lambda selection: letter_of(SUMMARY.asked(selection)),
    hint="印发时的原样；拟稿只在本单位可以看到。",
    filters=filters_of(DocumentKind.SUMMARY),
)
