"""Workbooks from outside as offices send them: read as they stand, refused in words (hostile ones: tests/hostile)."""

import subprocess
import sys

import pytest

from organizations import workbook as reader
from organizations import workbook_look
from organizations.workbook import BadWorkbook, read_workbook
from tests.organizations.workbooks import bomb, packed, workbook


def test_rows_come_back_as_they_stand_in_the_sheet():
    (sheet,) = read_workbook(workbook([["0123", "石桥村", 5, None, 1.5]]), file_name="a.xlsx")
    assert sheet.name == "名册"
    assert sheet.rows[1] == ["0123", "石桥村", 5.0, None, 1.5]


def test_leading_empty_rows_and_columns_keep_their_numbers():
    sheet = '<sheetData><row r="3"><c r="C3"><v>7</v></c></row></sheetData>'
    (read,) = read_workbook(packed(sheet), file_name="a.xlsx")
    assert read.rows == [[None] * 3, [None] * 3, [None, None, 7.0]]


def test_a_tiny_file_that_names_the_farthest_cell_is_refused():
    content = bomb()
    assert len(content) < 1500
    with pytest.raises(BadWorkbook, match=r"工作表“名册”.*XFD1048576"):
        read_workbook(content, file_name="a.xlsx")


def test_a_reference_across_two_pieces_is_still_seen(monkeypatch):
    monkeypatch.setattr(workbook_look, "PIECE", 64)
    with pytest.raises(workbook_look.Unreadable, match="XFD1048576"):
        workbook_look.look(bomb())


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.xlsx", "文件是空的"),
        (b"code,name\n1,2\n", "a.csv", "不接受 .csv"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xls", "另存为 .xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xlsx", "打开密码"),
        (b"not a workbook", "a.xlsx", "不是有效的 .xlsx"),
        (workbook([])[:-200], "a.xlsx", "不是有效的 .xlsx"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(content, name, words):
    with pytest.raises(BadWorkbook, match=words):
        read_workbook(content, file_name=name)


def test_a_damaged_part_is_refused_in_words():
    content = bytearray(workbook([["1", "2", 3, 4, 5]]))
    middle = content.index(b"xl/worksheets/sheet1.xml") + 60
    content[middle : middle + 40] = b"\xff" * 40
    with pytest.raises(BadWorkbook):
        read_workbook(bytes(content), file_name="a.xlsx")


def test_broken_xml_is_refused_in_words():
    with pytest.raises(BadWorkbook, match="另存为"):
        read_workbook(packed("<sheetData><row><c><v>1</row>"), file_name="a.xlsx")


def test_a_child_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(reader, "WALL_SECONDS", 0.001)
    with pytest.raises(BadWorkbook, match="超时"):
        read_workbook(workbook([]), file_name="a.xlsx")


def test_the_child_imports_no_django():
    code = (
        f"import sys; sys.path.insert(0, {str(reader.ROOT)!r}); import organizations.workbook_child, python_calamine;"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'accounts')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def cell(xml):
    (sheet,) = read_workbook(packed(f'<sheetData><row r="1">{xml}</row></sheetData>'), file_name="a.xlsx")
    return sheet.rows[0][0]


@pytest.mark.parametrize(("number", "read"), [("1e999", "inf"), ("-1e999", "-inf"), ("NaN", "nan")])
def test_a_number_that_is_none_comes_as_words(number, read):
    assert cell(f'<c r="A1"><v>{number}</v></c>') == read


def test_characters_no_database_takes_are_left_out():
    text = cell('<c r="A1" t="inlineStr"><is><t>石桥_x0000_村_x0007_𬱖</t></is></c>')
    assert text == "石桥村𬱖"
    assert cell('<c r="A1" t="inlineStr"><is><t>_x0000_</t></is></c>') is None
