"""Codes, names, pinyin and path ranges."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.pinyin import search_text
from organizations.rules import (
    Field,
    Level,
    field_of,
    level_of_code,
    organ_name,
    range_end,
    read_field,
    short_name,
)

steps = st.text(alphabet="0123456789AZ", min_size=4, max_size=4)
paths = st.lists(steps, min_size=1, max_size=4).map("".join)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("43", Level.PROVINCE),
        ("4306", Level.CITY),
        ("430626", Level.COUNTY),
        ("430626103", Level.TOWNSHIP),
        ("430626103217", Level.GRASSROOTS),
        ("43062", None),
        ("", None),
        ("４３０６２６", None),
    ],
)
def test_a_codes_level_is_its_number_of_digits(code: str, level: Level | None) -> None:
    assert level_of_code(code) == level


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("七家沟村委会", Field.VILLAGE),
        ("三村村民委员会", Field.VILLAGE),
        ("团结村", Field.VILLAGE),
        ("二郎湖渔场村", Field.VILLAGE),
        ("狮山居委会", Field.COMMUNITY),
        ("老街居民委员会", Field.COMMUNITY),
        ("新华社区居委会", Field.COMMUNITY),
        ("桂花园社区", Field.COMMUNITY),
        ("君山养殖场类似村", None),
        ("原种场生活区", None),
        ("某开发区虚拟社区", None),
        ("某某社区村委会", None),
        ("国营农场", None),
        ("团湖公园", None),
    ],
)
def test_field_is_read_from_the_published_name_or_left_to_a_person(name: str, field: Field | None) -> None:
    assert field_of(name) == field


def test_an_unclassified_name_says_why() -> None:
    assert "类似" in (read_field("团湖公园类似村").reason or "")
    assert "人工确定" in (read_field("国营农场").reason or "")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("七家沟村委会", "七家沟村"),
        ("花园村民委员会", "花园村"),
        ("三村村民委员会", "三村"),
        ("饶村村", "饶村村"),
        ("新华社区居委会", "新华社区"),
        ("金凤桥社区居民委员会", "金凤桥社区"),
        ("狮山居委会", "狮山居委会"),
        ("月田居民委员会", "月田居委会"),
        ("团湖公园类似村", "团湖公园类似村"),
        ("平江县", "平江县"),
    ],
)
def test_short_name_uses_only_words_of_the_published_name(name: str, short: str) -> None:
    assert short_name(name) == short
    assert set(short) <= set(name) | set("居委会")


@pytest.mark.parametrize(
    ("level", "name", "organ"),
    [
        (Level.PROVINCE, "湖南省", "湖南省委"),
        (Level.CITY, "岳阳市", "岳阳市委"),
        (Level.COUNTY, "平江县", "平江县委"),
        (Level.COUNTY, "岳阳楼区", "岳阳楼区委"),
        (Level.COUNTY, "岳阳市屈原管理区", "岳阳市屈原管理区党委"),
        (Level.COUNTY, "岳阳经济技术开发区", "岳阳经济技术开发区党工委"),
        (Level.COUNTY, "南湖风景区", "南湖风景区工委"),
        (Level.TOWNSHIP, "西塘镇", "西塘镇党委"),
        (Level.TOWNSHIP, "岳阳楼街道", "岳阳楼街道党工委"),
        (Level.TOWNSHIP, "金凤桥管理处", "金凤桥管理处党组织"),
        (Level.GRASSROOTS, "七家沟村委会", "七家沟村党组织"),
    ],
)
def test_a_units_party_organ_is_called_what_it_is(level: Level, name: str, organ: str) -> None:
    assert organ_name(level, name) == organ


def test_pinyin_searches_by_initials_and_in_full() -> None:
    assert search_text("七家沟村") == "qjgc qijiagoucun"


def test_a_place_name_is_found_by_its_other_reading_too() -> None:
    assert {"zcc", "ccc", "changchongcun"} <= set(search_text("长冲村").split())


def test_range_end_is_the_next_sibling() -> None:
    assert range_end("0001") == "0002"
    assert range_end("0001000Z") == "00010010"


def test_range_end_of_a_full_level_does_not_reach_into_the_next_unit() -> None:
    assert range_end("0001ZZZZ") == "0002"
    assert range_end("ZZZZ") > "ZZZZZZZZ"


@pytest.mark.parametrize("path", ["", "001", "000a"])
def test_range_end_refuses_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="not a tree path"):
        range_end(path)


@given(paths, paths)
def test_the_range_of_a_path_is_exactly_its_subtree(path: str, other: str) -> None:
    assert (path <= other < range_end(path)) == other.startswith(path)


@given(paths, paths)
def test_the_range_of_a_path_holds_all_its_children(path: str, below: str) -> None:
    assert path <= path + below < range_end(path)


def _real_names() -> list[str]:
    data = Path(__file__).parents[1] / "data" / "divisions-430600.csv"
    if not data.exists():
        pytest.skip("tests/data/divisions-430600.csv is not here")
    with data.open(encoding="utf-8-sig", newline="") as lines:
        return [row["name"] for row in csv.DictReader(lines) if row["level"] == Level.GRASSROOTS]


def test_the_real_roster_leaves_only_similar_villages_and_living_areas_to_a_person() -> None:
    names = _real_names()
    left = [name for name in names if field_of(name) is None]
    assert len(names) == 1899
    assert len(left) == 26
    assert all("类似村" in name or "生活区" in name for name in left)
