"""A divisions file, whole and broken."""

from pathlib import Path

import pytest

from organizations.division_rules import parse_divisions
from organizations.rules import Level

HEADER = "code,name,level,parent_code"
GOOD = [HEADER, "43,湖南省,province,", "4306,岳阳市,city,43", "430626,平江县,county,4306"]


def errors_of(*lines: str) -> list[str]:
    return [str(error) for error in parse_divisions([*GOOD, *lines])[1]]


def test_good_lines_become_nodes_parents_first_whatever_their_order() -> None:
    nodes, errors = parse_divisions([HEADER, *reversed(GOOD[1:])])
    assert errors == []
    assert [node.code for node in nodes] == ["43", "4306", "430626"]
    assert nodes[0].parent_code is None


def test_a_byte_order_mark_windows_ends_and_empty_lines_are_no_errors() -> None:
    nodes, errors = parse_divisions(["\ufeff" + HEADER + "\r\n", "43,湖南省,province,\r\n", "\r\n"])
    assert (len(nodes), errors) == (1, [])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("43062,某县,county,4306", "第 5 行：代码“43062”无效"),
        ("43062６,某县,county,4306", "无效"),
        ("430627,,county,4306", "第 5 行：代码“430627”的名称为空"),
        ("430627,某县,township,4306", "第 5 行：级别“township”与代码“430627”不符"),
        ("430627,某县,区,4306", "级别“区”无效"),
        ("430626,又一县,county,4306", "代码“430626”与第 4 行重复"),
        ("430727,某县,county,4307", "上级代码“4307”不存在"),
        ("430727,某县,county,4306", "代码“430727”不以上级代码“4306”开头"),
        ("430627,某县,county,43", "不是“430627”的直接上一级"),
        ("430627,某县,county,", "缺少上级代码"),
        ("44,某省,province,43", "不应有上级代码"),
        ("430627,某县,county", "应有 4 列，实有 3 列"),
        ("430627,某\x07县,county,4306", "不可见字符"),
        ("430627," + "长" * 101 + ",county,4306", "名称超过"),
    ],
)
def test_a_broken_line_names_its_number_and_reason(line: str, message: str) -> None:
    errors = errors_of(line)
    assert len(errors) == 1
    assert message in errors[0]


def test_every_broken_line_is_reported_not_only_the_first() -> None:
    assert len(errors_of("x,某县,county,4306", "430627,,county,4306")) == 2


def test_a_wrong_header_is_line_one() -> None:
    nodes, errors = parse_divisions(["代码,名称", "43,湖南省"])
    assert nodes == []
    assert str(errors[0]).startswith("第 1 行：表头应为")


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert parse_divisions([])[1][0].reason == "文件是空的"


def test_a_parent_may_exist_already() -> None:
    nodes, errors = parse_divisions([HEADER, "430626,平江县,county,4306"], known_codes={"4306"})
    assert (len(nodes), errors) == (1, [])


def test_the_real_roster_has_2049_nodes_and_no_error() -> None:
    data = Path(__file__).parents[1] / "data" / "divisions-430600.csv"
    if not data.exists():
        pytest.skip("tests/data/divisions-430600.csv is not here")
    with data.open(encoding="utf-8", newline="") as lines:
        nodes, errors = parse_divisions(lines)
    assert (len(nodes), errors) == (2049, [])
    assert sum(node.level is Level.GRASSROOTS for node in nodes) == 1899
