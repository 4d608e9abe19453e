"""Workbooks from outside meant to break the reader: each ends in words or is read whole; the site goes on."""

import re
import subprocess
import sys
import time

import pytest
from django.db import transaction

from organizations import workbook as reader
from organizations import workbook_child, workbook_look, workbook_scan
from organizations.workbook import BadWorkbook, read_workbook
from tests.hostile.archives import READ, SHEET, archives, book, data, listed, packed, parts
from tests.hostile.checking import through_the_site, written
from tests.hostile.mutants import mutants
from tests.hostile.sheets import at, one, sheets
from tests.organizations.rosters import read

SLOWEST = 15  # seconds a file may take, on a machine that does other things as well


@pytest.fixture(scope="module")
def files():
    """All of them."""
    return [*archives(), *sheets()]


def said(file) -> str:
    """What the reader says of a file; READ when it read it."""
    try:
        read_workbook(file.content, file_name=file.file_name)
    except BadWorkbook as refused:
        return str(refused)
    return READ


def test_each_hostile_file_is_refused_for_its_own_reason_and_soon(quick_children, files):
    assert len(files) >= 60
    wrong = {}
    for file in files:
        started = time.perf_counter()
        words = said(file)
        if file.words not in words or time.perf_counter() - started > SLOWEST:
            wrong[file.trick] = words, round(time.perf_counter() - started, 1)
    assert wrong == {}


def test_the_site_survives_each_and_imports_all_or_nothing(
    quick_children, files, as_post, township_officer, township, village, other_village
):
    """Whatever may be read, and some of what is refused at once: the pages are the same for all of those."""
    client, wrong = as_post(township_officer), {}
    some = [file for number, file in enumerate(files) if file.words == READ or number % 5 == 0]
    for file in some:
        with transaction.atomic():
            if found := through_the_site(client, township_officer, township, file.file_name, file.content):
                wrong[file.trick] = found
            transaction.set_rollback(True)
    assert wrong == {}


def mutant_import(post, unit, content: bytes) -> tuple[str, str]:
    """How the import of a spoilt roster ended, and what is wrong with that."""
    with transaction.atomic():
        try:
            batch = read(post, unit, content)
        except BadWorkbook:
            return "refused", ""
        ended = "errors" if batch.errors else batch.state
        found = written(batch, post) if ended == "done" else ""
        transaction.set_rollback(True)
    return ended, found


def test_two_hundred_spoilt_rosters_end_in_words_or_are_written_whole(
    quick_children, township_officer, township, village, other_village
):
    ended, wrong = {}, {}
    for mutant in mutants(200):
        how, found = mutant_import(township_officer, township, mutant.content)
        ended[how] = ended.get(how, 0) + 1
        if found:
            wrong[mutant.seed] = found
    assert wrong == {}
    assert len(ended) > 2, ended


# --- each guard off: its own check reports --------------------------------------------------------------------------


def looked(content: bytes) -> str:
    """What looking alone says."""
    try:
        workbook_look.look(content)
    except workbook_look.Unreadable as refused:
        return str(refused)
    return READ


@pytest.mark.parametrize(
    ("guard", "content"),
    [
        ("check_names", listed(book(), SHEET, method=12)),
        ("check_sizes", book(media=b"\0" * (80 << 20))),
        ("check_encoding", book(b'<?xml version="1.0" encoding="utf-7"?>' + data())),
    ],
)
def test_without_a_guard_of_the_archive_its_file_is_not_refused(guard, content, monkeypatch):
    before = looked(content)
    monkeypatch.setattr(workbook_look, guard, lambda *_args: None)
    try:
        after = looked(content)
    except Exception as broken:
        after = type(broken).__name__
    assert before and after != before


@pytest.mark.parametrize(
    "file",
    [one(at("XFD1048576"), "far"), one(at("A1") + at("IV50000"), "corners"), one("<!DOCTYPE x>", "declared")],
)
def test_without_the_scan_of_places_its_file_is_not_refused(file, monkeypatch):
    assert looked(file.content)
    monkeypatch.setattr(workbook_look.Scan, "through", lambda _self, _text: None)
    assert looked(file.content) == READ


def test_rows_passed_over_leave_what_their_tags_would_leave(monkeypatch):
    contents = [mutant.content for mutant in mutants(100)]
    quick = [looked_at(content) for content in contents]
    monkeypatch.setattr(workbook_scan.Scan, "_rows", lambda _self, _text, at: at)
    assert quick == [looked_at(content) for content in contents]
    assert len({found[-1] for found in quick}) > 3


def looked_at(content: bytes) -> tuple:
    """How looking ended: the words or error, and where each part's scan stood."""
    scans = []

    class Kept(workbook_scan.Scan):
        def __init__(self, page):
            super().__init__(page)
            scans.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook_look, "Scan", Kept)
        try:
            end = looked(content)
        except Exception as broken:
            end = type(broken).__name__
    return *[sorted(vars(scan).items()) for scan in scans], end


def test_with_rows_of_any_column_passed_over_the_far_one_is_not_refused(monkeypatch):
    file = one('<row r="3"><c r="IW3"><v>1</v></c></row>', "far")
    assert looked(file.content)
    anywhere = re.compile(workbook_scan.PLAIN_ROW % b"[A-Z]+")
    monkeypatch.setattr(workbook_scan, "plain_row", lambda _wide: anywhere)
    assert looked(file.content) == READ


def test_without_the_look_the_child_dies_of_the_farthest_cell_and_the_parent_lives(monkeypatch):
    """The limits of the child still hold, and the answer is in words."""
    off = reader.START.replace("main()", "").rstrip("; ") + (
        "; from organizations import workbook_child as child; child.look = bytes; child.main()"
    )
    monkeypatch.setattr(reader, "CHILD", (sys.executable, "-I", "-c", off))
    with pytest.raises(BadWorkbook, match=r"读取被中止|已损坏"):
        read_workbook(one(at("XFD1048576"), "far").content, file_name="a.xlsx")


def test_the_child_has_little_memory_and_time_and_may_start_nothing():
    code = (
        "import resource as r; from organizations.workbook_child import limit; limit();"
        "print(*(r.getrlimit(w)[1] for w in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_NPROC)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=reader.ROOT
    )
    assert done.stdout.split() == [str(workbook_child.MEMORY), str(workbook_child.CPU_SECONDS), "0", "0"]


def test_the_parser_gets_only_what_was_looked_at():
    hidden = parts() | {"content.xml": b"x", "xl/other.xml": b"x", "xl/drawings/a.xml": b"x"}
    seen = workbook_look.look(packed(hidden))
    assert b"content.xml" not in seen and b"xl/other.xml" not in seen and SHEET.encode() in seen
