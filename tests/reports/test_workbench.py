"""The workbench by post: what is owed, what waits, what is waited for; every number leads to its list."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from rectification.duties.models import Duty
from rectification.filings.models import Filing
from tests import cast


def home(client):
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def filed(filled_case, township_officer, county_officer, as_post):
    as_post(township_officer).post(reverse("reports:file", args=["work"]), {})
    return Filing.objects.get()


def test_duties_stand_under_overdue_this_week_and_later(case, as_post, township_officer, township):
    owed = Duty.objects.owed_by(township_officer).open()
    late, near = owed.first(), owed.last()
    day = cast.TODAY - timedelta(days=5)
    Duty.objects.filter(pk=late.pk).update(due_on=day, effective_due_on=day)
    Duty.objects.filter(pk=near.pk).update(
        due_on=cast.TODAY, effective_due_on=cast.TODAY + timedelta(days=3), title="三天内要办的事"
    )
    page = home(as_post(township_officer))
    assert "已逾期（" in page
    assert "七天内到期（1）" in page
    assert re.search(r"三天内要办的事.*?5月23日.*?还有 3 天", page, re.S)


def test_another_unit_s_duties_are_not_mine(case, as_post, other_township_officer):
    assert "石桥村" not in home(as_post(other_township_officer))


def test_what_waits_for_me_says_how_long_and_leads_there(filed, as_post, county_officer):
    filed.review.submitted_at = cast.NOW - timedelta(days=2, hours=1)
    filed.review.save(update_fields=["submitted_at"])
    page = home(as_post(county_officer))
    assert "已等2天" in page
    assert f'href="{filed.get_absolute_url()}"' in page


def test_what_i_wait_for_says_on_whom(filed, as_post, township_officer):
    page = home(as_post(township_officer))
    assert re.search(r"我在等的.*整顿工作台账|我在等的.*台账.*在青禾县", page, re.S)


def test_what_came_back_to_me_is_marked(filed, as_post, township_officer, county_officer):
    as_post(county_officer).post(
        reverse("filings:decide", args=[filed.uid]), {"decision": "return", "opinion": "改"}
    )
    assert "已退回" in home(as_post(township_officer))


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "auditor"])
def test_an_administrator_sees_no_case(case, as_post, request, role):
    page = home(as_post(request.getfixturevalue(role)))
    assert "三员分立" in page
    assert "石桥村" not in page


@pytest.mark.parametrize("role", ["department", "village_reporter", "helper", "other_county_officer"])
def test_every_post_has_a_workbench(case, as_post, request, role):
    assert "待我办理" in home(as_post(request.getfixturevalue(role)))


def test_the_queue_holds_what_the_badge_counts(filed, as_post, county_officer, township_officer):
    assert "共 <strong>1</strong> 件" in as_post(county_officer).get("/queue/").content.decode()
    assert "没有等您审批的事项" in as_post(township_officer).get("/queue/").content.decode()


def test_the_workbench_asks_few_queries(filed, as_post, county_officer, django_assert_max_num_queries):
    client = as_post(county_officer)
    client.get("/")
    with django_assert_max_num_queries(30):
        client.get("/")


def test_problems_that_wait_for_closing_stand_before_the_county(filled_case, as_post, county_officer):
    waiting = filled_case.problems.filter(order=1).update(state="solved")
    page = home(as_post(county_officer))
    assert f"{waiting} 个问题待销号" in page
    assert reverse("remediation:closing") in page


def test_a_measure_reported_done_stands_before_the_township(filled_case, as_post, township_officer):
    first = filled_case.problems.first().measures.first()
    type(first).objects.filter(pk=first.pk).update(state="reported")
    assert "1 条措施已报完成" in home(as_post(township_officer))
