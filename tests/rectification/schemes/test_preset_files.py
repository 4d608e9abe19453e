"""Preset A says what its paper says; a broken preset says where it is broken."""

from datetime import date
from decimal import Decimal

import pytest

from rectification.schemes.preset_files import (
    Preset,
    PresetInvalid,
    check,
    load_preset,
    parse_preset,
    preset_keys,
    preset_path,
)
from rectification.schemes.rules import document_number_refusal

KEY = "a_yueyang_2015"
TEXT = preset_path(KEY).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def preset() -> Preset:
    return load_preset(preset_path(KEY))


def faults(old: str, new: str) -> str:
    """The words of refusal after one change to the file."""
    assert old in TEXT
    with pytest.raises(PresetInvalid) as refused:
        parse_preset(TEXT.replace(old, new, 1), name=KEY)
    return str(refused.value)


@pytest.mark.parametrize("key", preset_keys())
def test_every_preset_shipped_makes_a_scheme_without_errors_or_warnings(key: str) -> None:
    assert check(load_preset(preset_path(key)), year=2026) == []


def test_the_ten_criteria_are_numbered_and_worded_as_in_the_paper(preset: Preset) -> None:
    assert [criterion.order for criterion in preset.criteria] == list(range(1, 11))
    assert preset.criteria[0].text == "党组织班子配备不齐、书记长期缺职、工作处于停滞状态的"
    assert preset.criteria[8].text == "村（社区）干部存在违纪违法问题、甚至贪污腐化的"
    assert preset.criteria[9].text == "无固定活动场所的"


def test_criteria_map_to_the_national_types(preset: Preset) -> None:
    types = {criterion.order: criterion.national_types for criterion in preset.criteria}
    assert types == {
        1: (1,),
        2: (2,),
        3: (3,),
        4: (4,),
        5: (10,),
        6: (5, 6),
        7: (7,),
        8: (8,),
        9: (),
        10: (9,),
    }


def test_every_criterions_points_are_marked_as_starters(preset: Preset) -> None:
    assert all(criterion.starter and criterion.points == 10 for criterion in preset.criteria)
    assert all(item.starter for item in preset.acceptance_items)
    assert {"pass_line", "satisfied_options", "tracking_months"} <= set(preset.values.starter)


def test_quotas_and_phases_are_the_papers_own(preset: Preset) -> None:
    assert [(quota.fields[0], quota.percent) for quota in preset.quotas] == [
        ("village", Decimal(10)),
        ("community", Decimal(5)),
        ("agency", Decimal(5)),
    ]
    assert not any(part.starter for part in (*preset.quotas, *preset.phases))
    assert [phase.ends.in_year(2015) for phase in preset.phases if phase.ends] == [
        date(2015, 3, 31),
        date(2015, 10, 31),
        date(2015, 12, 31),
    ]


def test_duties_fall_on_the_papers_days(preset: Preset) -> None:
    due = {rule.key: rule.due for rule in preset.duty_rules}
    assert due["lookback_report"] == (3, 15)
    assert due["ledger_county"] == (3, 26)
    assert due["ledger_township"] is not None
    assert due["ledger_township"] < (3, 26)
    assert due["plan"] == (4, 30)
    assert due["acceptance"] == (12, 31)


def test_seven_points_five_items_and_five_helps(preset: Preset) -> None:
    assert [len(part) for part in (preset.lookback_points, preset.support_items, preset.helps)] == [7, 5, 5]


def test_acceptance_items_are_the_lookback_points_and_the_support_items(preset: Preset) -> None:
    items = [item.text for item in preset.acceptance_items]
    assert items == [point.text for point in (*preset.lookback_points, *preset.support_items)]


def test_every_part_names_its_source(preset: Preset) -> None:
    parts = (*preset.criteria, *preset.quotas, *preset.phases, *preset.duty_rules, *preset.chain)
    assert all(part.source.startswith("S0") for part in parts)


def test_the_document_number_format_makes_a_valid_number(preset: Preset) -> None:
    number = preset.document_number_format.replace("{year}", "2015").replace("{number}", "3")
    assert document_number_refusal(number) is None


def test_the_title_is_the_years(preset: Preset) -> None:
    assert preset.title_in(2026) == "2026年度整顿软弱涣散基层党组织实施方案"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('due = "04-30"', 'due = "04-31"', "duty_rules.3.due：“04-31”不是每年都有的日期"),
        ('due = "04-30"', 'due = "02-29"', "“02-29”不是每年都有的日期"),
        ('due = "04-30"', "", "duty_rules.3.due：缺少“due”"),
        ('role = "village_reporter"', 'role = "部门"', "chains.determination.0.role：“role”的“部门”无效"),
        ("points = 10", 'points = "十"', "criteria.0.points：“points”应为数字"),
        ("points = 10", "point = 10", "criteria.0.point：不认识的键“point”"),
        ('fields = ["village"]', 'fields = ["农村"]', "领域“农村”无效"),
        ("percent = 10\n", "percent = 101\n", "quotas.0.percent：“村”的比例 101% 应大于 0 且不超过 100%"),
        ("pass_line = 80", "pass_line = 180", "合格线 180 超过考核验收总分 100"),
        ("national_types = [1]", "national_types = [11]", "主要类型 11 应在 1 与 10 之间"),
        ('starts = "04-01"', 'starts = "02-01"', "早于前一阶段"),
        ('  "full_marks", ', '  "full_mark", ', "“full_mark”不是方案的数值"),
        ("[[quotas]]", "[[quota]]", "不认识的键“quota”"),
        (f'key = "{KEY}"', 'key = "b"', "与文件名"),
    ],
)
def test_a_broken_preset_says_where_and_what(old: str, new: str, message: str) -> None:
    assert message in faults(old, new)


def test_every_fault_is_reported_at_once() -> None:
    words = faults('due = "04-30"\nsource = "S0 三（二）"', 'due = "x"')
    assert "duty_rules.3.due" in words
    assert "duty_rules.3.source" in words


def test_what_is_no_toml_is_refused_in_words() -> None:
    with pytest.raises(PresetInvalid, match="不是有效的 TOML"):
        parse_preset("key = ", name="x")


def test_an_unknown_key_names_the_presets_there_are() -> None:
    with pytest.raises(PresetInvalid, match=KEY):
        preset_path("../settings")
