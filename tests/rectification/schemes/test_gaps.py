"""待填内容: shown, filled by filling the part or by a person's word, never a reason to refuse."""

import pytest
from django.urls import reverse

from rectification.schemes import actions, gaps
from rectification.schemes.models import SchemeState
from rectification.schemes.parts import PARTS
from tests.cast import NOW, YEAR

pytestmark = pytest.mark.django_db


@pytest.fixture
def fufeng(county_officer):
    """Two places are empty: the four aspects, and how often is reported."""
    return actions.create_from_preset(
        preset_key="b_fufeng_2023",
        issuer=county_officer.organization,
        year=YEAR,
        by=county_officer,
        at=NOW,
    )


def fill_aspects(scheme, by, types):
    rows = [
        {"uid": row.uid, "name": f"方面{row.order}", "types": types} for row in PARTS["aspects"].rows(scheme)
    ]
    actions.edit_part(scheme_id=scheme.pk, version=None, part="aspects", rows=rows, by=by, at=NOW)


def open_parts(scheme):
    return sorted(scheme.gaps.filter(filled_at__isnull=True).values_list("part", flat=True))


def test_a_place_is_filled_when_its_part_has_what_it_lacked(fufeng, county_officer):
    assert open_parts(fufeng) == ["aspects", "duty_rules"]
    fill_aspects(fufeng, county_officer, types=[])
    assert open_parts(fufeng) == ["aspects", "duty_rules"]
    fill_aspects(fufeng, county_officer, types=["类型一", "类型二"])
    assert open_parts(fufeng) == ["duty_rules"]


def test_a_person_says_that_a_place_is_not_needed_and_may_take_it_back(fufeng, county_officer, as_post):
    client = as_post(county_officer)
    order = fufeng.gaps.get(part="duty_rules").order
    url = reverse("schemes:gap", args=[fufeng.uid, order])
    answer = client.post(url, {"filled": "1"}, follow=True)
    assert "还有 1 处待填" in answer.content.decode()
    assert open_parts(fufeng) == ["aspects"]
    client.post(url, {"filled": "0"})
    assert open_parts(fufeng) == ["aspects", "duty_rules"]


def test_only_the_issuers_officer_says_so(fufeng, township_officer, other_county_officer, as_post):
    url = reverse("schemes:gap", args=[fufeng.uid, 1])
    for post in (township_officer, other_county_officer):
        assert as_post(post).post(url, {"filled": "1"}).status_code == 404


def test_open_places_warn_on_the_way_into_force_and_refuse_nothing(fufeng, county_officer, as_post):
    page = as_post(county_officer).get(reverse("duties:start", args=[fufeng.uid])).content.decode()
    assert "待填：“四个方面11种类型”" in page
    actions.put_in_force(scheme_id=fufeng.pk, by=county_officer, at=NOW)
    fufeng.refresh_from_db()
    assert fufeng.state == SchemeState.IN_FORCE


def test_the_scheme_page_lists_open_places_with_the_way_to_fill_them(fufeng, county_officer, as_post):
    page = as_post(county_officer).get(fufeng.get_absolute_url()).content.decode()
    assert "待填内容（2 处）" in page
    assert reverse("schemes:edit", args=[fufeng.uid, "aspects"]) in page


def test_a_copy_takes_along_only_what_is_still_open(fufeng, county_officer):
    gap = fufeng.gaps.get(part="duty_rules")
    gaps.mark(scheme=fufeng, order=gap.order, filled=True, by=county_officer, at=NOW)
    copy = actions.copy(source=fufeng, issuer=fufeng.issuer, year=YEAR + 1, by=county_officer, at=NOW)
    assert open_parts(copy) == ["aspects"]
