"""The shape of the tree: units made by hand, moves with everything on them, closings."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.errors import Invalid, Refused, StaleVersion
from accounts.models import AuditEvent
from organizations import actions
from organizations.models import Organization
from organizations.rules import Level
from rectification.cases.models import Case
from tests.cast import NOW, TODAY


def zone(city, system_admin, **facts):
    facts = {"name": "云泽经济技术开发区", "level": Level.COUNTY, **facts}
    return actions.create_unit(parent_id=city.pk, by=system_admin, at=NOW, **facts)


def test_a_development_zone_is_made_by_hand_as_a_county(city, county, system_admin):
    made = zone(city, system_admin)
    assert Organization.objects.get_parent(made) == city
    assert made.code == f"ZB{made.pk}", "rosters match by code, so it gets one"
    assert made.organ == "云泽经济技术开发区党工委"
    assert Organization.objects.find_problems() == ([], [], [], [], [])
    assert AuditEvent.objects.filter(action="新设单位").exists()


def test_a_unit_never_stands_under_its_equal_or_a_lower_one(township, system_admin):
    with pytest.raises(Invalid, match="不能设在"):
        actions.create_unit(parent_id=township.pk, name="某县", level=Level.COUNTY, by=system_admin, at=NOW)


def test_a_code_belongs_to_one_unit(city, county, system_admin):
    with pytest.raises(Invalid, match="已被其他单位使用"):
        zone(city, system_admin, code=county.code)


def test_only_the_system_administrator_shapes_the_tree(city, township, county_officer):
    with pytest.raises(Refused, match="系统管理员"):
        zone(city, county_officer)
    with pytest.raises(Refused, match="系统管理员"):
        actions.move(unit_id=township.pk, target_id=city.pk, version=None, by=county_officer, at=NOW)


def test_a_moved_township_takes_its_villages_and_their_cases_along(
    case, city, township, village, system_admin
):
    made = zone(city, system_admin)
    actions.move(unit_id=township.pk, target_id=made.pk, version=township.version, by=system_admin, at=NOW)
    village.refresh_from_db()
    made.refresh_from_db()
    assert village.path.startswith(made.path)
    assert village.code == "990121101201", "codes stay"
    assert Case.objects.get(pk=case.pk).org_path == village.path
    assert Organization.objects.find_problems() == ([], [], [], [], [])


def test_scope_follows_a_move_at_once(
    case, city, township, county_officer, other_county, other_county_officer, system_admin
):
    actions.move(unit_id=township.pk, target_id=other_county.pk, version=None, by=system_admin, at=NOW)
    county_officer.organization.refresh_from_db()
    other_county_officer.organization.refresh_from_db()
    assert not Case.objects.visible_to(county_officer).filter(pk=case.pk).exists()
    assert Case.objects.visible_to(other_county_officer).filter(pk=case.pk).exists()


def test_a_unit_is_not_moved_under_itself(county, township, system_admin):
    with pytest.raises(Refused, match="自己的下级"):
        actions.move(unit_id=county.pk, target_id=township.pk, version=None, by=system_admin, at=NOW)


def test_a_unit_is_not_moved_to_where_it_is(county, township, system_admin):
    with pytest.raises(Refused, match="本来就在"):
        actions.move(unit_id=township.pk, target_id=county.pk, version=None, by=system_admin, at=NOW)


def test_a_move_by_a_stale_page_is_refused(county, other_county, township, system_admin):
    with pytest.raises(StaleVersion):
        actions.move(unit_id=township.pk, target_id=other_county.pk, version=99, by=system_admin, at=NOW)


def test_the_administrator_moves_a_township_by_page(as_post, system_admin, township, other_county):
    page = as_post(system_admin)
    address = reverse("organizations:move", args=[township.uid])
    assert "东陵县" in page.get(address, {"q": "dlx"}).content.decode()
    answer = page.post(address, {"target": other_county.uid, "_version": township.version})
    assert answer.status_code == 302
    township.refresh_from_db()
    other_county.refresh_from_db()
    assert township.path.startswith(other_county.path)


def test_a_move_without_a_target_says_so(as_post, system_admin, township):
    answer = as_post(system_admin).post(
        reverse("organizations:move", args=[township.uid]), {"target": "x", "_version": 1}
    )
    assert answer.status_code == 422
    assert "请先查找并选择新的上级单位" in answer.content.decode()


def test_the_administrator_makes_a_unit_by_page(as_post, system_admin, city):
    answer = as_post(system_admin).post(
        reverse("organizations:create", args=[city.uid]),
        {"name": "南湖风景区", "level": "county", "field": ""},
    )
    assert answer.status_code == 302
    assert Organization.objects.get(name="南湖风景区").depth == 2


def test_closing_keeps_the_unit_with_date_and_reason(village, system_admin):
    actions.close(
        unit_id=village.pk,
        version=1,
        closed_on=TODAY,
        reason="并入枫林村，柳政〔2026〕5号",
        by=system_admin,
        at=NOW,
    )
    village.refresh_from_db()
    assert (village.closed_on, village.is_open) == (TODAY, False)
    assert not Organization.objects.active().filter(pk=village.pk).exists()


def test_a_unit_with_open_units_below_is_not_closed(township, village, system_admin):
    with pytest.raises(Refused, match="还有 1 个未撤销的单位"):
        actions.close(unit_id=township.pk, version=1, closed_on=TODAY, reason="合并", by=system_admin, at=NOW)


def test_a_unit_where_people_hold_posts_is_not_closed(village, village_reporter, system_admin):
    with pytest.raises(Refused, match="还有 1 人"):
        actions.close(unit_id=village.pk, version=1, closed_on=TODAY, reason="合并", by=system_admin, at=NOW)


def test_a_unit_is_not_closed_in_the_future(village, system_admin):
    with pytest.raises(Invalid, match="不能晚于今天"):
        actions.close(
            unit_id=village.pk,
            version=1,
            closed_on=TODAY + timedelta(1),
            reason="合并",
            by=system_admin,
            at=NOW,
        )


def test_closing_by_page_accepts_chinese_dates(as_post, system_admin, village):
    answer = as_post(system_admin).post(
        reverse("organizations:close", args=[village.uid]),
        {"closed_on": "2026年3月5日", "reason": "并入枫林村", "_version": village.version},
    )
    assert answer.status_code == 302
    village.refresh_from_db()
    assert village.closed_on.isoformat() == "2026-03-05"
