"""What is known of a unit: edited by its officers, one version after another, with its history in words."""

import pytest
from django.urls import reverse

from accounts.changes import changes_of
from accounts.errors import Refused
from organizations import actions
from organizations.models import Organization
from organizations.outline import history_of
from organizations.rules import Field
from tests import cast
from tests.cast import NOW

FORM = {
    "short_name": "石桥村",
    "field": "village",
    "households": "320",
    "population": "1180",
    "members": "46",
}


def edit(page, village, version=1, **values):
    address = reverse("organizations:edit", args=[village.uid])
    return page.post(address, {**FORM, **values, "_version": version})


def test_a_township_officer_edits_a_village(as_post, township_officer, village):
    assert edit(as_post(township_officer), village, members="48", venue="村部二楼").status_code == 302
    village.refresh_from_db()
    assert (village.members, village.venue, village.version) == (48, "村部二楼", 2)


def test_a_short_name_chosen_by_a_person_is_found_too(as_post, township_officer, village):
    edit(as_post(township_officer), village, short_name="大石桥")
    assert Organization.objects.matching("dsq").get() == village
    assert Organization.objects.matching("sqc").get() == village


def test_numbers_that_cannot_hold_together_are_refused_and_kept_on_the_form(
    as_post, township_officer, village
):
    answer = edit(as_post(township_officer), village, members="2000")
    assert answer.status_code == 422
    assert "不能大于人口（1180）" in answer.content.decode()
    assert 'value="2000"' in answer.content.decode()


def test_of_two_officers_the_second_sees_both_versions_and_loses_nothing(
    as_post, township_officer, county_officer, village
):
    assert edit(as_post(county_officer), village, members="50").status_code == 302
    answer = edit(as_post(township_officer), village, members="48")
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "已被他人修改" in words
    assert 'value="48"' in words and "50" in words
    assert 'name="_version" value="2"' in words, "the next save is a decision"
    village.refresh_from_db()
    assert village.members == 50
    assert edit(as_post(township_officer), village, version=2, members="48").status_code == 302


def test_saving_what_is_already_there_changes_nothing(village, township_officer):
    actions.edit_facts(unit_id=village.pk, version=1, facts={"members": 46}, by=township_officer, at=NOW)
    village.refresh_from_db()
    assert village.version == 1


@pytest.mark.parametrize("role", ["village_reporter", "system_admin", "department", "helper"])
def test_others_do_not_edit(request, as_post, role, village):
    post = request.getfixturevalue(role)
    assert edit(as_post(post), village).status_code == 403
    with pytest.raises(Refused):
        actions.edit_facts(unit_id=village.pk, version=1, facts={"members": 1}, by=post, at=NOW)


def test_an_officer_does_not_edit_another_countys_village(as_post, other_county_officer, village):
    assert edit(as_post(other_county_officer), village).status_code == 404


def test_a_closed_unit_is_not_edited(village, township_officer):
    Organization.objects.filter(pk=village.pk).update(closed_on=NOW.date())
    with pytest.raises(Refused, match="已撤销"):
        actions.edit_facts(unit_id=village.pk, version=1, facts={"members": 1}, by=township_officer, at=NOW)


# --- fields that a person decides ------------------------------------------------------------------------------


@pytest.fixture
def farm(township):
    return cast.village_in(township, "柳溪渔场生活区", "990121101501", field="")


@pytest.fixture
def park(township):
    return cast.village_in(township, "柳溪公园类似村", "990121101502", field="")


def test_the_undecided_are_listed_with_the_reason(as_post, county_officer, farm, village):
    words = as_post(county_officer).get(reverse("organizations:undecided")).content.decode()
    assert "柳溪渔场生活区" in words and "名称含“生活区”" in words
    assert "石桥村委会" not in words


def test_several_are_decided_at_once(as_post, county_officer, farm, park):
    answer = as_post(county_officer).post(
        reverse("organizations:undecided"), {"unit": [farm.uid, park.uid], "field": "community"}
    )
    assert answer.status_code == 302
    assert set(
        Organization.objects.filter(code__startswith="9901211015").values_list("field", "version")
    ) == {("community", 2)}


def test_one_foreign_unit_among_them_stops_all(as_post, other_county_officer, county, foreign_township, farm):
    own = cast.village_in(foreign_township, "沙洲渔场生活区", "990122101501", field="")
    answer = as_post(other_county_officer).post(
        reverse("organizations:undecided"), {"unit": [own.uid, farm.uid], "field": "village"}
    )
    assert answer.status_code == 422
    own.refresh_from_db()
    assert own.field == ""
    with pytest.raises(Refused):
        actions.decide_field(unit_ids=[own.pk, farm.pk], field=Field.VILLAGE, by=other_county_officer, at=NOW)


def test_deciding_without_choosing_says_so_and_keeps_the_field(as_post, county_officer, farm):
    answer = as_post(county_officer).post(reverse("organizations:undecided"), {"field": "village"})
    assert answer.status_code == 422
    assert "请先勾选" in answer.content.decode()


# --- history ---------------------------------------------------------------------------------------------------


def test_history_tells_who_in_which_post_changed_what(as_post, township_officer, village):
    edit(as_post(township_officer), village, members="48", poor_village="on")
    newest, first = history_of(village)
    assert (newest.who, newest.title) == ("zhen同志", "修改")
    assert "柳溪镇" in newest.post
    assert {(one.label, one.before, one.after) for one in newest.changes} == {
        ("党员数", "46", "48"),
        ("贫困（脱贫）村", "否", "是"),
    }
    assert first.title == "建立"


def test_history_names_the_unit_above_before_and_after_a_move(township, village, other_county, system_admin):
    actions.move(unit_id=township.pk, target_id=other_county.pk, version=None, by=system_admin, at=NOW)
    changes = [(one.label, one.before, one.after) for entry in history_of(township) for one in entry.changes]
    assert changes == [("上级单位", "青禾县", "东陵县")]


def test_history_asks_a_fixed_number_of_queries(village, township_officer, django_assert_num_queries):
    for number in range(6):
        actions.edit_facts(
            unit_id=village.pk, version=None, facts={"members": number}, by=township_officer, at=NOW
        )
    with django_assert_num_queries(1):
        assert len(changes_of(village)) == 7
