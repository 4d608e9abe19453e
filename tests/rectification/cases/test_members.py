"""People on a case: put on, seen at once, and not taken off before 销号 without a paper."""

from datetime import timedelta

import pytest
from django.urls import reverse

from rectification.cases import member_actions
from rectification.cases.models import Case, CaseMember
from tests.cast import NOW, TODAY

FORM = {"kind": "first_secretary", "name": "孙某", "unit": "县水利局副局长", "from_on": "2026-5-20"}


def add(case):
    return reverse("remediation:member_add", args=[case.uid])


def end(member):
    return reverse("remediation:member_end", args=[member.uid])


@pytest.fixture
def member(case, as_post, county_officer, helper):
    """The helper as first secretary."""
    as_post(county_officer).post(add(case), FORM | {"username": helper.user.username})
    return CaseMember.objects.get(case=case)


def test_a_helper_sees_the_case_the_moment_it_is_put_on(case, as_post, county_officer, helper):
    client = as_post(helper)
    assert client.get(case.get_absolute_url()).status_code == 404
    as_post(county_officer).post(add(case), FORM | {"username": "BANGFU"})
    assert client.get(case.get_absolute_url()).status_code == 200


def test_the_township_may_put_someone_on_without_an_account(case, as_post, township_officer):
    as_post(township_officer).post(add(case), FORM | {"username": ""})
    assert CaseMember.objects.get(case=case).user is None


def test_an_unknown_account_is_said_beside_its_field_and_nothing_is_lost(case, as_post, county_officer):
    answer = as_post(county_officer).post(add(case), FORM | {"username": "nobody"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有启用的账号“nobody”" in page
    assert "县水利局副局长" in page


def test_a_missing_helper_post_is_said_at_once(case, as_post, county_officer, township_officer):
    client = as_post(county_officer)
    page = client.post(add(case), FORM | {"username": township_officer.user.username}, follow=True)
    assert "还没有“帮扶干部”岗位" in page.content.decode()


def test_the_same_person_is_not_put_on_twice(member, case, as_post, county_officer):
    assert "不必重复登记" in as_post(county_officer).post(add(case), FORM).content.decode()


def test_nobody_leaves_an_open_case_without_a_paper(member, as_post, county_officer):
    form = {"to_on": "2026-5-20", "end_reason": "本人申请", "end_document": ""}
    answer = as_post(county_officer).post(end(member), form)
    assert answer.status_code == 422
    assert "不换点、不撤离" in answer.content.decode()
    member.refresh_from_db()
    assert member.to_on is None


def test_without_the_lock_the_same_form_would_let_them_go(member, as_post, county_officer, monkeypatch):
    """The planted fault of the test above."""
    monkeypatch.setattr(member_actions, "leave_refusal", lambda *_given: None)
    form = {"to_on": "2026-5-20", "end_reason": "本人申请", "end_document": ""}
    as_post(county_officer).post(end(member), form)
    member.refresh_from_db()
    assert member.to_on == TODAY


def test_an_ordered_transfer_with_its_document_may(member, as_post, county_officer, helper, clock):
    form = {"to_on": "2026-5-20", "end_reason": "组织调动", "end_document": "青组〔2026〕9号"}
    as_post(county_officer).post(end(member), form)
    member.refresh_from_db()
    assert (member.to_on, member.end_document) == (TODAY, "青组〔2026〕9号")
    assert as_post(helper).get(member.case.get_absolute_url()).status_code == 200
    clock.move_to(NOW + timedelta(days=1))
    assert as_post(helper).get(member.case.get_absolute_url()).status_code == 404


def test_after_closing_people_leave_without_a_paper(member, as_post, county_officer):
    Case.objects.filter(pk=member.case_id).update(stage="tracking")
    form = {"to_on": "2026-5-20", "end_reason": "整顿结束", "end_document": ""}
    assert as_post(county_officer).post(end(member), form).status_code == 302


def test_an_end_before_the_beginning_is_refused_with_both_days(member, as_post, county_officer):
    form = {"to_on": "2026-4-1", "end_reason": "调动", "end_document": "青组〔2026〕9号"}
    assert "2026年5月20日" in as_post(county_officer).post(end(member), form).content.decode()


def test_strangers_and_readers_put_nobody_on(
    case, member, as_post, other_county_officer, city_reviewer, helper
):
    assert as_post(other_county_officer).post(add(case), FORM).status_code == 404
    assert as_post(other_county_officer).post(end(member), {}).status_code == 404
    assert as_post(city_reviewer).post(add(case), FORM).status_code == 403
    assert as_post(helper).post(add(case), FORM).status_code == 403
