"""简报 as a document (seed 001): name, 期号, compiler, red line, 编者按, articles, 送、发."""

from reports.documents import reading
from reports.documents.models import DocumentKind, OfficeDocument
from reports.documents.parts import ARTICLES, is_title
from reports.papers.letter import ARTICLE, Letter, Masthead, Paragraph
from reports.papers.summary import OfficePaper, filters_of

KEY = "bulletin"


def letter_of(document: OfficeDocument) -> Letter:
    """The bulletin as it reads now; a draft and a withdrawn one say so."""
    issue = f"第{document.number}期" if document.number else "第　　期"
    receivers = (("送", document.sent_to), ("发", document.issued_to))
    return Letter(
        key=KEY,
        title=reading.name_of(document),
        heading=(),
        paragraphs=_paragraphs(document),
        signer="",
        on=document.issued_on,
        masthead=Masthead(
            reading.masthead_of(document),
            f"{issue}{reading.state_mark(document)}",
            document.title,
            document.compiler,
        ),
        note=[line.strip() for line in reading.note_of(document).splitlines() if line.strip()],
        distribution=[(label, who) for label, who in receivers if who],
        copies=document.words.get(reading.COPIES, ""),
    )


def _paragraphs(document: OfficeDocument) -> list[Paragraph]:
    said = []
    for part in reading.parts_of(document):
        lines = [] if part.out else part.lines
        if lines and part.key != ARTICLES:
            said.append(Paragraph(part.heading, ARTICLE))
        said += [Paragraph(line, ARTICLE if is_title(line) else 0) for line in lines]
    return said


BULLETIN = OfficePaper(
    key=KEY,
    title="{year}年整顿工作简报",
    write=lambda selection: letter_of(BULLETIN.asked(selection)),
    hint="印发时的原样；拟稿只在本单位可以看到。",
    filters=filters_of(DocumentKind.BULLETIN),
    kind=DocumentKind.BULLETIN,
)
