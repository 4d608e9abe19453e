"""The presets on screen: listed, read, compared, and taken as the start of a draft."""

import pytest
from django.urls import reverse

from rectification.schemes.models import Scheme
from rectification.schemes.preset_comparison import compared
from rectification.schemes.preset_files import load_preset, preset_keys, preset_path
from tests.cast import YEAR

pytestmark = pytest.mark.django_db
COMPARE = reverse("schemes:compare_presets")


def rows_of(*keys):
    chapters = compared([load_preset(preset_path(key)) for key in keys], year=YEAR)
    return {chapter.title: {row.label: row for row in chapter.rows} for chapter in chapters}


def texts(cell):
    return [said.text for said in cell]


def test_every_preset_is_listed_with_level_mode_and_paper(as_post, county_officer):
    page = as_post(county_officer).get(reverse("schemes:presets")).content.decode()
    for key in preset_keys():
        assert f"{COMPARE}?preset={key}" in page
    assert "岳阳2015方案" in page and "倒排不设比例" in page and "县（市、区）" in page
    assert "{year}" not in page


def test_those_of_the_own_level_stand_first(as_post, township_officer):
    page = as_post(township_officer).get(reverse("schemes:presets")).content.decode()
    assert page.index("d_chalu_2017") < page.index("a_yueyang_2015")


def test_two_presets_stand_side_by_side_with_differences_marked(as_post, county_officer):
    page = as_post(county_officer).get(COMPARE, {"preset": ["a_yueyang_2015", "b_longxian_2023"]})
    words = page.content.decode()
    assert page.status_code == 200
    assert "不同" in words and "<mark>" in words
    assert "样本比较" in words


def test_what_both_say_is_not_marked_and_what_one_says_is():
    found = rows_of("a_yueyang_2015", "c_suxian_2017")
    same, other = found["情形与分值"]["情形①"], found["情形与分值"]["情形⑦"]
    assert not same.differs
    assert other.differs and all(said.own for cell in other.cells for said in cell)


def test_days_are_compared_without_their_year():
    phases = rows_of("a_yueyang_2015", "c_suxian_2017")["阶段"]["集中整顿"]
    assert texts(phases.cells[0])[0] == "集中整顿阶段，4月1日—10月31日"


def test_chains_quotas_lines_and_open_places_are_compared_too():
    found = rows_of("a_yueyang_2015", "b_fufeng_2023", "d_chalu_2017")
    chain = found["由谁办理"]["摸排认定"]
    assert "认定环节" in texts(chain.cells[2])[0]
    assert found["倒排比例"]["比例"].cells[1] == []
    assert found["分数线和其他数值"]["认定方式"].differs
    assert "四个方面11种类型" in texts(found["方面和类型"]["待填内容"].cells[1])[0]


def test_one_preset_is_read_by_itself_with_nothing_marked(as_post, county_officer):
    words = as_post(county_officer).get(COMPARE, {"preset": "e_central_2014"}).content.decode()
    assert "限期调整" in words and "期限：（待填）" in words
    assert "<mark>" not in words and "据此拟订方案" in words


def test_only_the_differences_are_shown_when_asked(as_post, county_officer):
    both = {"preset": ["a_yueyang_2015", "c_suxian_2017"]}
    whole = as_post(county_officer).get(COMPARE, both).content.decode()
    some = as_post(county_officer).get(COMPARE, both | {"only": "1"}).content.decode()
    assert "情形①" in whole and "情形①" not in some and "情形⑦" in some


def test_more_than_three_and_unknown_ones_are_left_out_with_a_word(as_post, county_officer):
    page = as_post(county_officer).get(COMPARE, {"preset": [*preset_keys()[:4], "../etc"]})
    assert "只列出前三个" in page.content.decode()
    empty = as_post(county_officer).get(COMPARE, {"preset": "../etc"})
    assert "没有选择样本" in empty.content.decode()


def test_a_preset_chosen_there_is_chosen_on_the_page_that_draws_up(as_post, county_officer):
    client = as_post(county_officer)
    page = client.get(reverse("schemes:new"), {"source": "preset:b_meixian_2023"})
    assert page.context["form"].fields["source"].initial == "preset:b_meixian_2023"
    client.post(reverse("schemes:new"), {"source": "preset:b_meixian_2023", "year": YEAR})
    assert Scheme.objects.get().preset == "b_meixian_2023"
