"""Forms and documents of the site, by key, beside the ledgers. To add one: declare it in a module here and name it."""

from datetime import date

from reports.ledgers import LEDGERS, Ledger, Selection
from reports.papers.acceptance_sheet import ACCEPTANCE_SHEET
from reports.papers.bulletin import BULLETIN
from reports.papers.circular import CIRCULAR
from reports.papers.closing_form import CLOSING_FORM
from reports.papers.determination_form import DETERMINATION_FORM
from reports.papers.evaluations import PERSON_EVALUATION
from reports.papers.form import Book, Form, Page
from reports.papers.letter import Document, Letter
from reports.papers.notice import NOTICE
from reports.papers.plan import PLAN
from reports.papers.progress_report import PROGRESS_REPORT
from reports.papers.publication import PUBLICATION
from reports.papers.secretary_review import SECRETARY_REVIEW
from reports.papers.summary import SUMMARY
from reports.sheet import Sheet, live

PAPERS: dict[str, Form | Document] = {
    paper.key: paper
    for paper in (
        DETERMINATION_FORM,
        PUBLICATION,
        ACCEPTANCE_SHEET,
        CLOSING_FORM,
        PLAN,
        PROGRESS_REPORT,
        CIRCULAR,
        NOTICE,
        BULLETIN,
        SUMMARY,
        PERSON_EVALUATION,
        SECRETARY_REVIEW,
    )
}
Printable = Ledger | Form | Document
Drawn = Sheet | Book | Letter


def declared(key: str) -> Printable | None:
    """What can be printed under a key: a ledger, a form or a document."""
    return LEDGERS.get(key) or PAPERS.get(key)


def drawn(paper: Printable, selection: Selection, *, today: date, mark: str = "") -> Drawn:
    """What stands in the selection now, ready for a file; raises Refused where there is nothing to print."""
    if isinstance(paper, Ledger):
        return live(paper, selection, today=today, mark=mark)
    if isinstance(paper, Form):
        return Book(paper.key, paper.named(selection), paper.pages(selection), mark)
    letter = paper.letter(selection)
    letter.mark = mark
    return letter


def length(paper: Printable, selection: Selection) -> int:
    """About how many rows or pages there will be."""
    if isinstance(paper, Document):
        return 1
    return (paper.asked(selection) if isinstance(paper, Ledger) else paper.source(selection)).count()


__all__ = [
    "PAPERS",
    "Book",
    "Document",
    "Drawn",
    "Form",
    "Letter",
    "Page",
    "Printable",
    "declared",
    "drawn",
    "length",
]
