"""What people wrote goes out as words: no export has a formula or a field in it, whoever opens it."""

import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.errors import Refused
from accounts.models import AuditEvent
from accounts.roles import Role
from organizations import workbook_out
from organizations.form_book import FormColumn, add_page
from reports import files
from reports.ledgers import LEDGERS, Selection
from reports.papers import PAPERS, drawn
from reports.sheet import live
from tests.cast import TODAY, YEAR, PostClient
from tests.hostile.filling import fill
from tests.matrix.world import build
from tests.test_architecture import ROOT, python_of_the_rooms

pytestmark = pytest.mark.django_db
FORMULAS = [
    '=HYPERLINK("http://127.0.0.1/"&A1)',
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "{=1+1}",
    "=DDE('cmd';'/C calc';'x')",
    '=IMPORTXML("http://127.0.0.1/","//a")',
    "=\x07WEBSERVICE(1)",
    "#REF!",
    '"=1+1',
    "'=1+1",
    "](=1+1)",
    '","=1+1',
]
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]|DDEAUTO|externalLink|<ddeLink")


@pytest.fixture
def world(db):
    """A year with something of everything, all its words formulas."""
    made = build()
    refused = fill(FORMULAS)
    assert refused == [], "\n".join(refused)
    for post in made.posts.values():
        post.refresh_from_db()
        post.organization.refresh_from_db()
    return made


def exports_of(world, folder: Path) -> list[Path]:
    """Every Excel and Word file the site makes of the county's year."""
    post = world.posts[Role.COUNTY_OFFICER]
    unit, made = post.organization, []

    def draw(name, make, format):
        path = folder / f"{name}.{format}"
        try:
            files.draw(make(), format, path)
        except (Refused, LookupError):
            path.unlink(missing_ok=True)
        else:
            made.append(path)

    for key, ledger in LEDGERS.items():
        asked = Selection(post, unit, YEAR, {})
        draw(key, lambda ledger=ledger, asked=asked: live(ledger, asked, today=TODAY, mark="=1+1"), "xlsx")
    for key, paper in PAPERS.items():
        asked = Selection(post, unit, YEAR, {}, case_id=world.objects["case"]["own"].pk)
        for format in ("xlsx", "docx"):
            draw(key, lambda paper=paper, asked=asked: drawn(paper, asked, today=TODAY, mark="=1+1"), format)
    return made + downloads_of(world, folder)


def downloads_of(world, folder: Path) -> list[Path]:
    """The workbooks a page hands out at once, to be filled in."""
    client = PostClient(world.posts[Role.COUNTY_OFFICER])
    unit, survey = world.posts[Role.COUNTY_OFFICER].organization, world.objects["survey"]["own"]
    town = world.posts[Role.TOWNSHIP_OFFICER].organization
    addresses = [
        reverse("organizations:roster_file", args=[unit.uid]),
        reverse("organizations:records_file", args=[unit.uid]),
        reverse("survey:workbook", args=[survey.uid]) + f"?township={town.uid}",
        reverse("lookback:last_year_file", args=[unit.uid]),
        reverse("remediation:activity_template"),
    ]
    made = []
    for number, address in enumerate(addresses):
        answer = client.get(address)
        assert answer.status_code == 200, address
        made.append(folder / f"download{number}.xlsx")
        made[-1].write_bytes(answer.content)
    return made


def formulas_in(path: Path) -> list[str]:
    """The parts of a file in which something would be reckoned or fetched."""
    with zipfile.ZipFile(path) as parts:
        found = [name for name in parts.namelist() if FORMULA.search(parts.read(name))]
        if path.suffix == ".docx":
            text = parts.read("word/document.xml")
            found += re.findall(rb"<w:instrText[^>]*>(?!\s*PAGE)[^<]*|<w:fldSimple", text)
    return found


def opened_by_an_office(paths: list[Path], folder: Path) -> list[str]:
    """The files in which LibreOffice sees a formula."""
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to",
        "fods",
    ]
    command += ["--outdir", str(folder / "opened"), *map(str, paths)]
    subprocess.run(command, capture_output=True, timeout=240, check=True)
    opened = sorted((folder / "opened").glob("*.fods"))
    assert len(opened) == len(paths)
    return [path.stem for path in opened if "table:formula=" in path.read_text(encoding="utf-8")]


def test_no_export_holds_a_formula_and_no_office_program_sees_one(world, tmp_path):
    made = exports_of(world, tmp_path)
    assert len([path for path in made if path.suffix == ".xlsx"]) >= 15
    assert any(path.suffix == ".docx" for path in made)
    assert {path.name: found for path in made if (found := formulas_in(path))} == {}
    if not shutil.which("soffice"):
        pytest.skip("没有 LibreOffice（soffice），没有用办公软件打开导出文件核对公式")
    assert opened_by_an_office([path for path in made if path.suffix == ".xlsx"], tmp_path) == []


def test_a_workbook_handed_out_at_once_is_recorded_marked_and_kept_by_nobody(
    as_post, county_officer, county, township, village
):
    answer = as_post(county_officer).get(reverse("organizations:roster_file", args=[county.uid]))
    event = AuditEvent.objects.get(action="导出名册")
    assert (event.detail["rows"], event.detail["sha256"]) == (1, hashlib.sha256(answer.content).hexdigest())
    foot = load_workbook(io.BytesIO(answer.content)).active.oddFooter.right.text
    assert county_officer.user.name in foot and "2026年5月20日" in foot
    headers = ("X-Content-Type-Options", "Content-Security-Policy", "Cache-Control")
    assert [answer[name] for name in headers] == ["nosniff", "sandbox", "private, no-store"]


def handed_out_bare(source: str) -> list[str]:
    """Files a view hands out past what records them."""
    return re.findall(r"HttpResponse\([^)]*content_type=(?!.text/|.application/json)", source)


def test_no_view_hands_out_a_file_unrecorded():
    found = {str(p.relative_to(ROOT)) for p in python_of_the_rooms() if handed_out_bare(p.read_text())}
    # A poll's slips with their codes: recorded when the codes are made, without a hash that would know them
    assert found == {"organizations/handing_out.py", "reports/papers/slip_pages.py"}
    assert handed_out_bare("HttpResponse(content, content_type=XLSX)")


def planted(folder: Path) -> Path:
    book = Workbook()
    book.active["A1"] = "=1+1"
    book.save(folder / "planted.xlsx")
    return folder / "planted.xlsx"


def test_a_planted_formula_is_seen_in_the_file_and_by_the_office_program(tmp_path):
    path = planted(tmp_path)
    assert formulas_in(path)
    if not shutil.which("soffice"):
        pytest.skip("没有 LibreOffice（soffice），没有核对")
    assert opened_by_an_office([path], tmp_path) == ["planted"]


def test_what_a_writer_forgot_is_put_right_when_it_is_saved():
    book, out = Workbook(), io.BytesIO()
    book.active["A1"], book.active["A2"] = "=1+1", "#REF!"
    workbook_out.save(book, out)
    assert [cell.data_type for (cell,) in load_workbook(out).active["A1:A2"]] == ["s", "s"]


def test_words_cannot_leave_a_list_to_choose_from():
    book = Workbook()
    page = add_page(book, "表", "=1+1", "x", [FormColumn("列", choices=('a","b";HYPERLINK(1)', "c"))], [])
    (rule,) = page.data_validations.dataValidation
    assert rule.formula1 == '"a""，""b"";HYPERLINK(1),c"'


def saved_elsewhere(source: str) -> list[str]:
    """Workbooks that are saved without being put right."""
    return re.findall(r"\b(?:book|workbook|wb)\.save\(", source)


def test_only_one_module_saves_a_workbook():
    found = {
        str(path.relative_to(ROOT)) for path in python_of_the_rooms() if saved_elsewhere(path.read_text())
    }
    assert found == {"organizations/workbook_out.py"}
    assert saved_elsewhere("book.save(out)")
