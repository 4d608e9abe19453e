"""Every page that takes a workbook takes it through the one reader: the trap is named on each, nothing is written."""

import ast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from organizations import imports
from organizations.models import ImportBatch
from rectification.cases.leader_actions import circles_of
from rectification.survey import scoring
from tests.hostile.archives import book, data
from tests.hostile.sheets import at
from tests.matrix.world import build
from tests.test_architecture import ROOT, python_of_the_rooms

pytestmark = pytest.mark.django_db
TRAP = book(data(at("XFD1048576")))
PARSERS = {
    "openpyxl.load_workbook",
    "openpyxl.reader",
    "python_calamine",
    "xlrd",
    "pandas",
    "pyxlsb",
    "odf",
    "csv",
}
# The child alone parses workbooks; csv is read from files of the administrator's own machine, never from a page
MAY_PARSE = {
    "organizations/workbook_child.py": {"python_calamine"},
    "organizations/division_rules.py": {"csv"},
    "reports/demo/places.py": {"csv"},
}


def pages_of(world) -> dict[str, tuple]:
    """Each page that takes a workbook, with the post that works there and what else its form asks."""
    from accounts.roles import Role

    county, town = world.posts[Role.COUNTY_OFFICER], world.posts[Role.TOWNSHIP_OFFICER]
    unit, survey = county.organization, world.objects["survey"]["own"]
    pages = {kind.page: (county, [unit.uid], {}) for kind in imports.KINDS.values() if not kind.home}
    return pages | {
        "survey:workbook_upload": (town, [survey.uid], {}),
        "remediation:activity_sheet": (town, [], {}),
        "remediation:leaders_add": (
            county,
            [],
            {"unit": str(unit.uid), "from_on": "2026-05-20", "circle": "CIRCLE"},
        ),
    }


def test_each_page_that_takes_a_workbook_names_the_trap_and_keeps_nothing(
    quick_children, as_post, monkeypatch
):
    # The survey of this world is over; its page says so before it would read
    monkeypatch.setattr(scoring, "scoring_refusal", lambda *_args: None)
    world, silent = build(), {}
    circle = circles_of(world.scheme)[0]
    pages = pages_of(world)
    assert len(pages) == len(imports.KINDS) + 1
    for name, (post, args, more) in pages.items():
        form = {key: str(circle.uid) if value == "CIRCLE" else value for key, value in more.items()}
        answer = as_post(post).post(
            reverse(name, args=args), {"file": SimpleUploadedFile("a.xlsx", TRAP), **form}
        )
        if answer.status_code != 422 or "XFD1048576" not in answer.content.decode():
            silent[name] = answer.status_code
    assert silent == {}
    assert not ImportBatch.objects.exists()


def parsers_in(source: str) -> set[str]:
    """The modules that read tables which a source imports or calls."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Attribute) and node.attr == "load_workbook":
            found.add("openpyxl.load_workbook")
    return {parser for parser in PARSERS for name in found if name == parser or name.startswith(f"{parser}.")}


def test_no_other_module_reads_tables():
    found = {str(path.relative_to(ROOT)): parsers_in(path.read_text()) for path in python_of_the_rooms()}
    assert {path: names for path, names in found.items() if names} == MAY_PARSE


@pytest.mark.parametrize(
    "source",
    ["from openpyxl import load_workbook", "import openpyxl as o\no.load_workbook(f)"],
)
def test_a_planted_second_reader_is_seen(source):
    assert parsers_in(source)
