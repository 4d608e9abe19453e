"""Money that adds up, limits of the scheme, the lights of 五个一, the secretaries' six numbers."""

from datetime import date
from decimal import Decimal

from rectification.remediation.support import in_place_rules, rules

TODAY = date(2026, 5, 20)


def money(planned, arrived, spent):
    return rules.Money(Decimal(planned), Decimal(arrived), Decimal(spent))


def test_spending_above_what_arrived_is_refused_with_the_sum_that_is_missing():
    told = money(10, "4.5", 6).errors()["spent"][0]
    assert "多于到位的4.5万元" in told and "差1.5万元" in told


def test_more_than_planned_may_arrive_and_is_only_warned_of():
    assert money(10, 12, 3).errors() == {}
    assert "追加" in money(10, 12, 3).warning()
    assert money(10, 10, 10).warning() is None


def test_the_schemes_own_limit_for_a_vacancy_is_that_of_the_criterion_about_vacancies():
    treatments = [(1, date(2026, 6, 30), [1]), (2, date(2026, 7, 31), [2]), (3, None, [1])]
    assert rules.scheme_limit("vacant", treatments) == date(2026, 6, 30)
    assert rules.scheme_limit("replace", treatments) == date(2026, 7, 31)


def test_a_limit_later_than_the_schemes_is_refused_but_one_that_is_past_binds_nobody():
    asked = {"limit_on": date(2026, 8, 1), "since_on": date(2026, 3, 1), "today": TODAY}
    assert "方案规定2026年6月30日前" in rules.limit_errors(**asked, scheme_on=date(2026, 6, 30))[0]
    assert rules.limit_errors(**asked, scheme_on=date(2026, 4, 30)) == []


def test_every_support_item_of_the_presets_is_understood():
    asked = {
        "拿一套整顿方案": "plan",
        "派一支工作队伍": "team",
        "配一名“第一书记”": "first_secretary",
        "定一批帮扶项目": "project",
        "建一个坚强班子": "committee",
        "一名县委常委包抓": "leader",
        "一个整顿工作组": "team",
        "县委组织部一个组室包联": "office",
        "一名镇领导班子成员蹲点包抓": "stationed",
        "派出工作队伍": "team",
        "建成坚强班子": "committee",
        "送一份温暖": "",
    }
    assert {text: in_place_rules.kind_of(text) for text in asked} == asked


def test_a_plan_on_its_way_is_yellow_and_a_committee_with_a_vacancy_is_not_in_place():
    given = in_place_rules.Given(plan="submitted", counts={"team": 2}, posts=5, vacant=1)
    found = in_place_rules.in_place(["整顿方案", "工作队伍", "帮扶项目", "坚强班子"], given)
    assert [item.tone for item in found] == ["yellow", "green", "red", "red"]
    assert found[3].words == "空缺1职"
