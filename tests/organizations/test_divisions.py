"""Loading the official divisions of 岳阳 (2,049 nodes) and what a second import does."""

from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from organizations.divisions import BrokenFile, import_divisions
from organizations.models import Organization
from organizations.rules import Level
from tests.cast import NOW

FILE = Path(__file__).parents[1] / "data" / "divisions-430600.csv"
HEADER = "code,name,level,parent_code"
SMALL = [
    HEADER,
    "99,云省,province,",
    "9901,云泽市,city,99",
    "990121,青禾县,county,9901",
    "990121101,柳溪镇,township,990121",
    "990121101201,石桥村委会,grassroots,990121101",
    "990121101501,柳溪渔场生活区,grassroots,990121101",
]
pytestmark = pytest.mark.django_db


def load(lines=SMALL):
    return import_divisions([f"{line}\n" for line in lines], by=None, at=NOW)


def unit(code: str) -> Organization:
    return Organization.objects.get(code=code)


def history_rows() -> int:
    return apps.get_model("organizations", "OrganizationHistory").objects.count()


def test_the_whole_file_of_yueyang_becomes_a_sound_tree():
    report = import_divisions(FILE.open(encoding="utf-8"), by=None, at=NOW)
    assert (report.nodes, report.created) == (2049, 2049)
    assert [report.by_level[level] for level in Level] == [1, 1, 10, 138, 1899]
    assert (report.by_field["village"], report.by_field["community"], report.by_field[""]) == (1391, 482, 26)
    assert len(report.unclassified) == 26
    assert Organization.objects.find_problems() == ([], [], [], [], [])
    assert history_rows() == 2049
    pingjiang = unit("430626")
    assert Organization.objects.under(pingjiang).filter(level=Level.TOWNSHIP).count() == 25
    assert Organization.objects.get_parent(pingjiang) == unit("4306")


def test_a_second_import_changes_nothing():
    load()
    before = list(Organization.objects.values())
    rows = history_rows()
    report = load()
    assert (report.created, report.renamed, report.moved, report.missing) == (0, [], [], [])
    assert list(Organization.objects.values()) == before
    assert history_rows() == rows


def test_a_name_that_does_not_tell_its_field_is_left_to_a_person():
    report = load()
    assert [(code, name) for code, name, _why in report.unclassified] == [("990121101501", "柳溪渔场生活区")]
    assert unit("990121101501").field == ""
    assert unit("990121101201").field == "village"


def test_short_name_and_search_text_come_with_the_import():
    load()
    village = unit("990121101201")
    assert village.name == "石桥村委会"
    assert village.short_name == "石桥村"
    assert Organization.objects.matching("sqc").get() == village


@pytest.mark.parametrize(
    ("line", "number", "reason"),
    [
        ("99012110,柳溪镇,township,990121", 8, "应为 2、4、6、9 或 12 位数字"),
        ("990121102,白岩乡,county,990121", 8, "不符"),
        ("990122101,望江镇,township,990122", 8, "上级代码“990122”不存在"),
        ("990121102,,township,990121", 8, "名称为空"),
        ("990121101,柳溪镇,township,990121", 8, "重复"),
        ("990121102,白岩乡,township", 8, "应有 4 列"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_written(line, number, reason):
    with pytest.raises(BrokenFile) as broken:
        load([*SMALL, line])
    assert [error.line for error in broken.value.errors] == [number]
    assert reason in str(broken.value)
    assert not Organization.objects.exists()


def test_the_command_ends_with_1_and_names_the_lines(tmp_path):
    file = tmp_path / "broken.csv"
    file.write_text("\n".join([*SMALL, "x,坏行,county,9901"]), encoding="utf-8")
    with pytest.raises(CommandError, match=r"第 8 行[\s\S]*没有写入任何内容") as refused:
        call_command("import_divisions", str(file))
    assert refused.value.returncode == 1
    assert not Organization.objects.exists()


def test_the_command_prints_counts_and_the_undecided_and_writes_a_report(tmp_path):
    file, report, out = tmp_path / "small.csv", tmp_path / "report.txt", StringIO()
    file.write_text("\n".join(SMALL), encoding="utf-8")
    call_command("import_divisions", str(file), "--report", str(report), stdout=out)
    assert "新增 6 个" in out.getvalue()
    assert "990121101501 柳溪渔场生活区" in out.getvalue()
    assert "生活区" in report.read_text(encoding="utf-8")


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path):
    file = tmp_path / "gbk.csv"
    file.write_bytes("\n".join(SMALL).encode("gbk"))
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("import_divisions", str(file))


def test_a_unit_moved_by_hand_stays_where_it_is_and_is_reported():
    load([*SMALL, "990122,东陵县,county,9901"])
    Organization.objects.move(unit("990121101"), unit("990122"), pos="last-child")
    report = load([*SMALL, "990122,东陵县,county,9901", "990121101202,枫林村委会,grassroots,990121101"])
    assert report.moved == [("990121101", "柳溪镇", "990121")]
    assert unit("990121101").path.startswith(unit("990122").path)
    assert unit("990121101202").path.startswith(unit("990121101").path), "a new village follows its township"
    assert Organization.objects.find_problems() == ([], [], [], [], [])


def test_a_new_name_is_taken_over_and_reported_but_a_chosen_short_name_stays():
    load()
    village = unit("990121101201")
    village.derive("大石桥")
    village.save()
    renamed = [line.replace("石桥村委会", "新石桥村委会") for line in SMALL]
    report = load(renamed)
    assert report.renamed == [("990121101201", "石桥村委会", "新石桥村委会")]
    village.refresh_from_db()
    assert (village.name, village.short_name, village.version) == ("新石桥村委会", "大石桥", 2)


def test_what_the_file_no_longer_names_is_reported_and_kept():
    load()
    report = load(SMALL[:-1])
    assert report.missing == [("990121101501", "柳溪渔场生活区")]
    assert unit("990121101501").is_open


def test_a_closed_unit_stays_closed():
    load()
    Organization.objects.filter(code="990121101501").update(closed_on=NOW.date(), closed_reason="并入石桥村")
    report = load()
    assert not unit("990121101501").is_open
    assert report.unclassified == []


def test_names_with_backslashes_and_quotes_arrive_as_they_are():
    load([*SMALL, r'990121101203,"东\N""村",grassroots,990121101'])
    assert unit("990121101203").name == '东\\N"村'
