"""The other presets say what their papers say, leave empty what these leave out, and mark what is only a starter."""

import pytest

from rectification.schemes import preset_rows
from rectification.schemes.preset_files import (
    Preset,
    PresetInvalid,
    laid_over,
    load_preset,
    parse_preset,
    preset_keys,
    preset_path,
)
from rectification.schemes.rules import scheme_problems
from rectification.schemes.terms import NATIONAL_TYPES, SchemeHead

KEYS = (
    "a_yueyang_2015",
    "b_fufeng_2023",
    "b_jintai_2023",
    "b_longxian_2023",
    "b_meixian_2023",
    "c_suxian_2017",
    "d_chalu_2017",
    "e_central_2014",
    "f_national_ten",
)
BAOJI = KEYS[1:5]


def preset(key: str) -> Preset:
    return load_preset(preset_path(key))


def parts(one: Preset) -> list[object]:
    practice = one.practice
    return [
        *one.criteria,
        *one.phases,
        *one.support_items,
        *one.duty_rules,
        *one.acceptance_items,
        *one.chain,
        *practice.survey_forms,
        *practice.targets,
        *practice.inspections,
        *practice.leadership,
        *practice.provisions,
        *practice.gaps,
    ]


def test_the_presets_a_to_f_are_offered_and_the_shared_files_are_not() -> None:
    assert tuple(preset_keys()) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_every_part_names_its_source(key: str) -> None:
    assert [part for part in parts(preset(key)) if not part.source] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", KEYS)
def test_points_of_criteria_and_acceptance_items_are_marked_as_starters(key: str) -> None:
    one = preset(key)
    assert all(criterion.starter for criterion in one.criteria if criterion.points)
    assert all(item.starter for item in one.acceptance_items)
    assert {"pass_line", "basic_line", "satisfied_options"} <= set(one.values.starter)


@pytest.mark.parametrize("key", KEYS)
def test_a_preset_becomes_the_rows_of_a_scheme_with_sources_in_words(key: str) -> None:
    rows = [row for part in preset_rows.part_rows(preset(key), 2026).values() for row in part]
    assert rows
    assert not any(row["source"].startswith(("S0", "S1", "S2", "S4")) for row in rows)


@pytest.mark.parametrize("key", KEYS)
def test_a_rhythm_fits_its_column(key: str) -> None:
    assert all(len(rule.rhythm) <= 10 for rule in preset(key).duty_rules)


def test_fufeng_has_six_hard_criteria_without_points_each_enough_by_itself() -> None:
    one = preset("b_fufeng_2023")
    assert (one.mode, one.quotas) == ("criteria", ())
    assert [criterion.hard for criterion in one.criteria] == [True] * 6
    assert [criterion.points for criterion in one.criteria] == [0] * 6
    assert one.criteria[0].text == "班子不团结不作为的"


def test_key_tasks_and_the_third_class_map_to_no_national_type() -> None:
    types = {one.short: one.national_types for one in preset("b_fufeng_2023").criteria}
    assert types["重点任务滞后"] == types["上年度三类村"] == ()
    assert types["信访事件频发"] == (8,)


def test_fufeng_revisits_with_five_questions() -> None:
    forms = {form.kind: form for form in preset("b_fufeng_2023").practice.survey_forms}
    assert forms["revisit"].questions == (
        "班子运行顺不顺",
        "工作能力强不强",
        "精神状态好不好",
        "群众反映怎么样",
        "矛盾问题有没有",
    )
    assert "集体经济发展" in forms["dragnet"].questions


def test_meixian_checks_itself_on_four_topics() -> None:
    (form,) = preset("b_meixian_2023").practice.survey_forms
    assert (form.kind, len(form.questions)) == ("self_check", 4)


def test_meixian_reports_every_half_month_and_is_looked_at_monthly_and_four_times_unannounced() -> None:
    one = preset("b_meixian_2023")
    assert [rule.rhythm for rule in one.duty_rules if rule.key != "fill_vacancy"] == ["half_month"]
    monthly, unannounced = one.practice.inspections
    assert (monthly.rhythm, unannounced.rhythm, unannounced.times) == ("monthly", "count", 4)
    assert not unannounced.announced


@pytest.mark.parametrize("key", KEYS)
def test_no_preset_ranks_units_by_itself(key: str) -> None:
    assert not any(inspection.ranking for inspection in preset(key).practice.inspections)


def test_meixians_targets_are_set_for_each_case() -> None:
    targets = {one.key: (one.least, one.most) for one in preset("b_meixian_2023").practice.targets}
    assert targets["new_members"] == (1, None)
    assert targets["activists"] == (3, None)
    assert targets["reserve_cadres"] == (3, 5)
    assert targets["development_plan"] == (1, None)
    assert targets["practical_matters"] == (None, None)


def test_longxian_ranks_without_a_ratio_and_asks_five_departments() -> None:
    one = preset("b_longxian_2023")
    assert (one.mode, one.quotas) == ("ranked", ())
    assert len(one.practice.departments) == 5
    assert [each.key for each in one.practice.inputs] == ["committee_grade", "collective_economy"]
    assert [rule.rhythm for rule in one.duty_rules if rule.key != "fill_vacancy"] == ["monthly", "quarterly"]


@pytest.mark.parametrize("key", BAOJI)
def test_the_four_ones_are_shared_and_marked_because_the_paper_does_not_define_them(key: str) -> None:
    one = preset(key)
    assert one.values.support_name == "四个一"
    assert [item.starter for item in one.support_items] == [True] * 4


@pytest.mark.parametrize("key", ["b_fufeng_2023", "b_longxian_2023"])
def test_the_four_aspects_are_empty_because_the_paper_only_names_them(key: str) -> None:
    one = preset(key)
    assert [(aspect.name, aspect.types) for aspect in one.practice.aspects] == [("", ())] * 4
    assert "aspects" in one.empty_parts


def test_a_scheme_from_a_preset_without_criteria_cannot_be_put_in_force_yet() -> None:
    one = preset("b_longxian_2023")
    head = SchemeHead("2026年度方案", one.mode, one.values.full_marks, one.values.pass_line)
    found = scheme_problems(
        head, phases=[], criteria=one.criteria, quotas=[], duty_rules=[], acceptance_items=[]
    )
    assert "criteria" in one.empty_parts
    assert "criteria" in {problem.path for problem in found}


def test_suxian_consolidates_in_november_while_acceptance_has_begun() -> None:
    phases = preset("c_suxian_2017").phases
    assert [(one.stage, one.starts, one.ends) for one in phases] == [
        ("remediation", (4, 1), (10, 31)),
        ("consolidation", (11, 1), (11, 30)),
        ("acceptance", (11, 1), (12, 31)),
    ]


def test_suxians_own_words_are_those_of_residents_and_community_cadres() -> None:
    criteria = preset("c_suxian_2017").criteria
    assert len(criteria) == 10
    assert criteria[6].text.startswith("居务财务")
    assert criteria[8].text.startswith("社区干部")


def test_suxian_is_accepted_first_by_the_sub_district_then_by_the_district() -> None:
    one = preset("c_suxian_2017")
    assert one.issuer_level == "township"
    assert [step.level for step in one.chain if step.process == "acceptance"] == ["township", "county"]


def test_in_chalu_the_township_takes_every_step_itself() -> None:
    one = preset("d_chalu_2017")
    assert one.issuer_level == "township"
    assert {step.level for step in one.steps} == {"township"}
    assert {step.process for step in one.steps} >= {
        "determination",
        "acceptance",
        "closing",
        "inspection",
        "lookback",
    }


def test_chalus_five_steps_share_a_day_and_end_with_the_lookback() -> None:
    phases = preset("d_chalu_2017").phases
    assert len(phases) == 5
    assert (phases[0].starts, phases[-1].ends) == ((3, 1), (5, 30))
    assert phases[3].ends == phases[4].starts == (5, 22)
    assert phases[-1].stage == "lookback"


def test_chalus_accounts_are_published_by_the_15th_of_each_quarters_first_month() -> None:
    rules = {rule.key: rule for rule in preset("d_chalu_2017").duty_rules}
    published = rules["finance_publication"]
    assert (published.rhythm, published.month, published.day) == ("quarterly", 1, 15)
    assert rules["finance_check"].rhythm == "quarterly"


def test_the_central_notice_treats_each_kind_its_own_way_with_the_days_left_to_fill_in() -> None:
    one = preset("e_central_2014")
    assert [(each.criterion, each.due) for each in one.practice.treatments] == [
        (n, None) for n in (1, 2, 3, 4)
    ]
    assert "treatments" in one.empty_parts
    assert {each.key for each in one.practice.provisions} >= {"make_up", "support_stays"}


def test_the_national_ten_are_the_statistics_own() -> None:
    one = preset("f_national_ten")
    assert tuple(criterion.text for criterion in one.criteria) == NATIONAL_TYPES
    assert [criterion.national_types for criterion in one.criteria] == [(n,) for n in range(1, 11)]


def test_leadership_names_offices_only() -> None:
    groups = {one.key for one in preset("d_chalu_2017").practice.leadership}
    assert {"group", "office", "direct_responsible"} <= groups


def test_a_files_own_values_lie_over_the_shared_ones_and_its_lists_replace_them() -> None:
    shared = {"values": {"a": 1, "b": 2}, "phases": [1, 2], "title": "共用"}
    own = {"values": {"b": 3}, "phases": [9]}
    assert laid_over(shared, own) == {"values": {"a": 1, "b": 3}, "phases": [9], "title": "共用"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('extends = "starter_values"', 'extends = "../a"', "没有“../a”这个共用文件"),
        ('role = "office"', 'role = "boss"', "leadership.1.role：“role”的“boss”无效"),
        ('rhythm = "quarterly"', 'rhythm = "fortnight"', "rhythm"),
        ('[[leadership]]\nrole = "group"', '[[leader]]\nrole = "group"', "不认识的键“leader”"),
    ],
)
def test_a_broken_preset_says_where_and_what(old: str, new: str, message: str) -> None:
    text = preset_path("d_chalu_2017").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(PresetInvalid, match=message):
        parse_preset(text.replace(old, new, 1), name="d_chalu_2017")


def test_a_gap_must_be_about_a_part_there_is() -> None:
    text = preset_path("f_national_ten").read_text(encoding="utf-8").replace('part = "phases"', 'part = "x"')
    with pytest.raises(PresetInvalid, match="方案没有“x”这一部分"):
        parse_preset(text, name="f_national_ten")


def test_a_gap_excuses_only_what_is_empty() -> None:
    text = preset_path("f_national_ten").read_text(encoding="utf-8")
    gap = '\n[[gaps]]\npart = "criteria"\ntext = "x"\nsource = "x"\n'
    twice = text.replace("order = 2\n", "order = 1\n") + gap
    with pytest.raises(PresetInvalid, match="情形序号 1 重复"):
        parse_preset(twice, name="f_national_ten")
