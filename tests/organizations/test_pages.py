"""Looking around: what each post sees of the tree, and how many queries it costs."""

import pytest
from django.urls import reverse

from organizations.models import Organization, OrganizationQuerySet
from tests import cast
from tests.stage import on_stage


def words(answer) -> str:
    return answer.content.decode()


def test_an_officer_sees_the_own_county_with_its_townships(
    as_post, county_officer, village, community, foreign_village
):
    page = words(as_post(county_officer).get(reverse("organizations:tree")))
    assert "柳溪镇" in page and "村 1" in page and "社区 1" in page
    assert "东陵县" not in page and "望江镇" not in page


def test_a_branch_is_a_page_of_its_own_and_a_part_for_htmx(as_post, county_officer, township, village):
    address = reverse("organizations:branch", args=[township.uid])
    page = as_post(county_officer)
    whole, part = page.get(address), page.get(address, headers={"HX-Request": "true"})
    assert "<html" in words(whole) and "石桥村" in words(whole)
    assert "<html" not in words(part) and "石桥村" in words(part)


@pytest.mark.parametrize("text", ["石桥", "sqc", "shiqiao", "990121101201", "SQC 石"])
def test_a_village_is_found_by_name_initials_pinyin_and_code(
    as_post, county_officer, village, other_village, text
):
    page = words(as_post(county_officer).get(reverse("organizations:search"), {"q": text}))
    assert "石桥村委会" in page
    assert "枫林村委会" not in page
    assert "青禾县 › 柳溪镇" in page


def test_a_search_finds_nothing_out_of_scope(as_post, other_county_officer, village):
    page = as_post(other_county_officer)
    assert "没有找到" in words(page.get(reverse("organizations:search"), {"q": "石桥"}))
    assert page.get(reverse("organizations:pick"), {"q": "石桥"}).json() == {"results": []}


def test_a_picker_gets_json_narrowed_to_a_level(as_post, county_officer, village, township):
    page = as_post(county_officer)
    found = page.get(reverse("organizations:pick"), {"q": "9901"}).json()["results"]
    assert [one["level"] for one in found] == ["县（市、区）", "乡镇（街道）", "村（社区）等基层"]
    found = page.get(reverse("organizations:pick"), {"q": "9901", "level": "township"}).json()["results"]
    assert [(one["short_name"], one["place"]) for one in found] == [("柳溪镇", "青禾县")]


def test_percent_signs_and_empty_questions_find_nothing(as_post, county_officer, village):
    page = as_post(county_officer)
    assert "没有找到" in words(page.get(reverse("organizations:search"), {"q": "%"}))
    assert page.get(reverse("organizations:pick")).json() == {"results": []}


def foreign_addresses(unit):
    return [
        reverse(f"organizations:{name}", args=[unit.uid])
        for name in ("detail", "branch", "roster", "roster_file", "edit")
    ]


def test_another_countys_unit_is_absent(as_post, county_officer, foreign_village):
    page = as_post(county_officer)
    assert {page.get(address).status_code for address in foreign_addresses(foreign_village)} == {404}


def test_without_the_scope_clause_the_same_test_would_fail(
    as_post, county_officer, foreign_village, monkeypatch
):
    """The planted fault: with the guard off, every one of these pages shows the foreign unit."""
    monkeypatch.setattr(OrganizationQuerySet, "visible_to", lambda self, post: self)
    page = as_post(county_officer)
    assert {page.get(address).status_code for address in foreign_addresses(foreign_village)} == {200}


def test_a_unit_above_is_named_but_not_opened(as_post, township_officer, village, county):
    page = words(as_post(township_officer).get(reverse("organizations:detail", args=[village.uid])))
    assert "<span>青禾县 › </span>" in page
    assert reverse("organizations:branch", args=[county.uid]) not in page


@pytest.mark.parametrize("role", ["department", "auditor"])
def test_a_department_and_the_auditor_see_no_tree(request, as_post, role, village):
    page = as_post(request.getfixturevalue(role))
    for name in ("tree", "search", "pick"):
        assert page.get(reverse(f"organizations:{name}")).status_code == 403
    assert page.get(reverse("organizations:detail", args=[village.uid])).status_code == 403


def test_a_helper_sees_only_the_own_unit(as_post, helper, county, village):
    page = as_post(helper)
    assert page.get(reverse("organizations:tree")).status_code == 403
    assert page.get(reverse("organizations:detail", args=[village.uid])).status_code == 404
    assert "石桥" not in words(page.get(reverse("organizations:search"), {"q": "sqc"}))


def test_who_keeps_the_tree_sees_every_unit_but_no_cases(as_post, system_admin, village):
    page = words(as_post(system_admin).get(reverse("organizations:detail", args=[village.uid])))
    assert "石桥村委会" in page
    assert "整顿对象</a>" not in page


def test_a_new_site_says_how_to_begin(as_post, system_admin):
    Organization.objects.filter(depth__gt=1).delete()
    assert as_post(system_admin).get(reverse("organizations:tree")).status_code == 200


@on_stage
def thirty(township):
    return [cast.village_in(township, f"第{number}村委会", f"9901211012{number}") for number in range(10, 40)]


@pytest.mark.parametrize(
    ("address", "query"),
    [("organizations:tree", {}), ("organizations:search", {"q": "第"}), ("organizations:pick", {"q": "第"})],
)
def test_lists_cost_the_same_however_long_they_are(
    as_post, township_officer, thirty, query_count, address, query
):
    page = as_post(township_officer)
    page.get(reverse(address), query)  # the session's first request writes its time
    long = query_count(lambda: page.get(reverse(address), query))
    Organization.objects.filter(pk__in=[one.pk for one in thirty[2:]]).delete()
    short = query_count(lambda: page.get(reverse(address), query))
    assert long == short
