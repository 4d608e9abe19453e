"""Saved views: a list with its filters under a name, one's own or the unit's; it never widens what one sees."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from reports import saved_views
from reports.view_models import SavedView, SavedViewQuerySet
from tests.cast import NOW, post_at


@pytest.fixture
def colleague(county):
    return post_at(county, Role.COUNTY_OFFICER, "xian-colleague")


def keep(page, name="逾期的", path="", **more):
    path = path or f"{reverse('cases:list')}?light=red&page=3&text="
    return page.post(reverse("reports:keep_view"), {"path": path, "name": name, **more})


def shown(page):
    return page.get(reverse("cases:list")).content.decode()


def test_a_list_is_kept_with_its_filters_and_opens_again(as_post, county_officer):
    page = as_post(county_officer)
    answer = keep(page)
    view = SavedView.objects.get()
    assert (view.route, view.query) == ("cases:list", "light=red")
    assert answer["Location"] == f"{reverse('cases:list')}?light=red"
    assert "逾期的" in shown(page)


def test_a_view_is_ones_own_until_it_is_shared_with_the_unit(
    as_post, county_officer, colleague, other_county_officer
):
    keep(as_post(county_officer))
    assert "逾期的" not in shown(as_post(colleague))
    keep(as_post(county_officer), shared="on")
    assert "逾期的" in shown(as_post(colleague))
    assert "逾期的" not in shown(as_post(other_county_officer))


def test_without_the_guard_another_unit_would_find_it(
    as_post, county_officer, other_county_officer, monkeypatch
):
    """The planted fault of the test above: shared with everyone of the same work."""
    wide = lambda rows, post: rows.filter(shared=True, role=post.role)  # noqa: E731
    monkeypatch.setattr(SavedViewQuerySet, "visible_to", wide)
    monkeypatch.setattr(
        type(SavedView.objects), "visible_to", lambda self, post: wide(self.get_queryset(), post)
    )
    keep(as_post(county_officer), shared="on")
    assert "逾期的" in shown(as_post(other_county_officer))


def test_only_its_owner_changes_or_drops_a_shared_view(as_post, county_officer, colleague):
    keep(as_post(county_officer), shared="on")
    view = SavedView.objects.get()
    as_post(colleague).post(reverse("reports:view", args=[view.uid]), {"drop": "1"})
    assert SavedView.objects.count() == 1
    as_post(county_officer).post(reverse("reports:view", args=[view.uid]), {"drop": "1"})
    assert not SavedView.objects.exists()


def test_the_same_name_on_a_page_is_kept_anew(as_post, county_officer):
    page = as_post(county_officer)
    keep(page)
    keep(page, path=f"{reverse('cases:list')}?light=green")
    assert [view.query for view in SavedView.objects.all()] == ["light=green"]


@pytest.mark.parametrize("path", ["//evil.example/x", "https://evil.example/", "/nowhere/", ""])
def test_no_other_address_is_kept_or_gone_to(as_post, county_officer, path):
    answer = as_post(county_officer).post(reverse("reports:keep_view"), {"path": path, "name": "x"})
    assert answer["Location"] == reverse("reports:views")
    assert not SavedView.objects.exists()


def test_dropped_by_the_other_of_two_clicks_it_is_gone_and_nothing_fails(
    county_officer, as_post, monkeypatch
):
    view = saved_views.keep(
        by=county_officer, at=NOW, route="cases:list", query="", name="逾期", shared=False
    )
    drop = saved_views.drop

    def after_another(**given):
        drop(**given)
        drop(**given)

    monkeypatch.setattr(saved_views, "drop", after_another)
    page = as_post(county_officer).post(reverse("reports:view", args=[view.uid]), {"drop": "1"}, follow=True)
    assert page.status_code == 200 and "已经删去" in page.content.decode()
