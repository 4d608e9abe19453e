"""How the tests of forms and documents have one drawn, and read what came out."""

from pypdf import PdfReader

from reports.ledgers import Selection
from reports.papers import PAPERS, drawn
from tests import cast

FORM, LETTER = PAPERS["determination_form"], PAPERS["publication"]


def made(paper, post, unit):
    return drawn(paper, Selection(post, unit, cast.YEAR, {}), today=cast.TODAY, mark="某同志 导出")


def texts(path):
    return "".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", "")
