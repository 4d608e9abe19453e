"""Posts: switching between one's own, giving and ending them, the three administrators apart."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.errors import Refused
from accounts.models import AuditEvent, Message, User
from accounts.roles import ADMINISTRATORS, Role
from organizations import appointment_actions
from organizations.appointment_rules import refusal
from organizations.models import Appointment
from organizations.rules import Level
from tests import cast

TYPED = {"role": Role.TOWNSHIP_OFFICER, "title": "组织委员", "from_on": "2026-5-1", "to_on": "", "choice": ""}


@pytest.fixture
def newcomer(db):
    """An account without a post."""
    return User.objects.create(username="xin", name="新同志", must_change_password=False)


# --- switching ---------------------------------------------------------------------------------------------------


def test_a_person_with_two_posts_acts_in_one_at_a_time(township_officer, other_township, as_post):
    second = cast.post_at(other_township, Role.TOWNSHIP_OFFICER, "zhen")
    browser = as_post(township_officer)
    assert browser.post("/organizations/posts/switch/", {"post": str(second.uid)}).url == "/"
    assert browser.get("/me/").wsgi_request.post == second
    assert AuditEvent.objects.filter(action="切换岗位", username="zhen").exists()


@pytest.mark.parametrize("wrong", ["somebody", "", "x"])
def test_nobody_switches_to_a_post_that_is_not_theirs(township_officer, county_officer, as_post, wrong):
    browser = as_post(township_officer)
    chosen = str(county_officer.uid) if wrong == "somebody" else wrong
    browser.post("/organizations/posts/switch/", {"post": chosen})
    assert browser.get("/me/").wsgi_request.post == township_officer


def test_a_post_that_ended_is_gone_at_the_next_request(township_officer, as_post):
    browser = as_post(township_officer)
    assert browser.get("/").status_code == 200
    Appointment.objects.filter(pk=township_officer.pk).update(to_on=cast.TODAY - timedelta(days=1))
    assert browser.get("/").status_code == 403


# --- the rule ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("held", sorted(set(Role)))
def test_an_administrator_holds_no_other_kind_of_post(role, held):
    reason = refusal(role, Level.CITY, {held})
    assert (reason is None) == (held == role)
    if held != role:
        assert "相互分设" in reason


def test_a_worker_may_hold_several_working_posts():
    assert refusal(Role.HELPER, Level.TOWNSHIP, {Role.TOWNSHIP_OFFICER}) is None
    assert refusal(Role.HELPER, Level.TOWNSHIP, {Role.AUDITOR}) is not None


@pytest.mark.parametrize(
    ("role", "level"),
    [
        (Role.CITY_REVIEWER, Level.COUNTY),
        (Role.COUNTY_OFFICER, Level.CITY),
        (Role.TOWNSHIP_OFFICER, Level.COUNTY),
        (Role.VILLAGE_REPORTER, Level.TOWNSHIP),
    ],
)
def test_a_post_stands_at_its_own_level(role, level):
    assert "只能设在" in refusal(role, level, set())


# --- giving ------------------------------------------------------------------------------------------------------


def give(browser, unit="柳溪镇", user="xin", **typed):
    return browser.post("/organizations/appointments/new/", TYPED | {"unit": unit, "user": user} | typed)


def test_the_system_administrator_gives_a_post_and_the_person_hears_of_it(
    system_admin, township, newcomer, as_post
):
    assert give(as_post(system_admin)).status_code == 302
    post = Appointment.objects.get(user=newcomer)
    assert (post.organization, post.role, post.from_on) == (township, Role.TOWNSHIP_OFFICER, date(2026, 5, 1))
    assert "您已任“柳溪镇 组织委员”" in Message.objects.get(user=newcomer).title
    assert AuditEvent.objects.filter(action="安排岗位", username="xitong").exists()


def test_a_department_contact_is_named_by_the_department(system_admin, county, newcomer, as_post):
    browser = as_post(system_admin)
    given = {"role": Role.DEPARTMENT, "unit": "青禾县", "title": ""}
    refused = give(browser, **given)
    assert refused.status_code == 422 and "须填写部门名称" in refused.content.decode()
    assert give(browser, **given, department="县信访局").status_code == 302
    post = Appointment.objects.get(user=newcomer)
    assert (post.department, str(post)) == ("县信访局", "青禾县 县信访局联络员")
    assert "县信访局" in browser.get("/organizations/appointments/").content.decode()
    assert '<option value="县信访局">' in browser.get("/organizations/appointments/new/").content.decode()


def test_nobody_else_carries_a_departments_name(system_admin, township, newcomer, as_post):
    refused = give(as_post(system_admin), department="县信访局")
    assert refused.status_code == 422 and "不填联审部门" in refused.content.decode()


@pytest.mark.parametrize("words", ["lxz", "990121101", "柳溪"])
def test_the_unit_is_found_by_initials_code_or_a_piece_of_its_name(
    system_admin, township, newcomer, as_post, words
):
    assert give(as_post(system_admin), unit=words).status_code == 302
    assert Appointment.objects.get(user=newcomer).organization == township


def test_several_units_of_a_name_come_back_as_a_choice(
    system_admin, township, foreign_township, newcomer, as_post
):
    browser = as_post(system_admin)
    response = give(browser, unit="镇")
    html = response.content.decode()
    assert response.status_code == 422
    assert "有几个单位都符合" in html and "青禾县" in html and "东陵县" in html
    assert give(browser, unit="镇", choice=str(foreign_township.uid)).status_code == 302
    assert Appointment.objects.get(user=newcomer).organization == foreign_township


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"user": "niemand"}, "没有这个账号"),
        ({"unit": "不存在镇"}, "没有找到这个单位"),
        ({"role": "county_officer"}, "只能设在"),
        ({"to_on": "2026-4-1"}, "任职止不能早于任职起"),
        ({"from_on": "五月"}, "请填写日期"),
        ({"user": "xitong"}, "不能给自己安排岗位"),
    ],
)
def test_a_wrong_post_is_refused_with_its_reason_and_nothing_typed_is_lost(
    system_admin, township, newcomer, as_post, typed, reason
):
    response = give(as_post(system_admin), **typed)
    html = response.content.decode()
    assert response.status_code == 422
    assert reason in html
    assert 'value="组织委员"' in html
    assert Appointment.objects.filter(user=newcomer).count() == 0


def test_the_same_post_is_not_given_twice(system_admin, township_officer, as_post):
    response = give(as_post(system_admin), user="zhen")
    assert "已经任柳溪镇" in response.content.decode()


def test_an_auditor_does_not_become_system_administrator(security_admin, auditor, city, as_post):
    response = give(as_post(security_admin), user="shenji", unit="云泽市", role="system_admin")
    assert "相互分设" in response.content.decode()


@pytest.mark.parametrize("role", ["security_admin", "auditor", "city_reviewer", "county_officer"])
def test_nobody_else_gives_working_posts(role, request, as_post, township, newcomer):
    post = request.getfixturevalue(role)
    assert give(as_post(post)).status_code == (422 if role == "security_admin" else 403)
    assert not Appointment.objects.filter(user=newcomer).exists()
    with pytest.raises(Refused):
        appointment_actions.appoint(
            user_id=newcomer.pk,
            role=Role.HELPER,
            organization_id=township.pk,
            from_on=cast.TODAY,
            by=post,
            at=cast.NOW,
        )


# --- ending ------------------------------------------------------------------------------------------------------


def end(browser, post, last_on="2026-5-20"):
    return browser.post(f"/organizations/appointments/{post.uid}/end/", {"last_on": last_on})


def test_a_post_is_ended_with_its_last_day(system_admin, township_officer, as_post, clock):
    assert end(as_post(system_admin), township_officer).status_code == 302
    officer = as_post(township_officer)
    assert officer.get("/").status_code == 200
    clock.shift(timedelta(days=1))
    assert as_post(township_officer).get("/").status_code == 403
    assert Message.objects.filter(user=township_officer.user, title__contains="任职到2026年5月20日").exists()


def test_an_end_stands_and_lies_after_the_beginning(system_admin, township_officer, as_post):
    browser = as_post(system_admin)
    assert "不能早于任职起" in end(browser, township_officer, "2024-1-1").content.decode()
    end(browser, township_officer)
    assert "已于2026年5月20日终止" in end(browser, township_officer, "2026-12-31").content.decode()


def test_posts_are_listed_by_person_unit_and_role(system_admin, township_officer, county_officer, as_post):
    browser = as_post(system_admin)
    html = browser.get("/organizations/appointments/?role=township_officer&q=柳溪").content.decode()
    assert "zhen同志" in html
    assert "xian同志" not in html


def test_the_list_of_posts_does_not_ask_the_database_row_by_row(
    system_admin, township, as_post, django_assert_max_num_queries
):
    for number in range(30):
        cast.post_at(township, Role.HELPER, f"helfer{number:02}")
    browser = as_post(system_admin)
    with django_assert_max_num_queries(14):
        assert "helfer29" in browser.get("/organizations/appointments/").content.decode()


# --- the first administrator ---------------------------------------------------------------------------------------


def first_administrator(*words):
    out = StringIO()
    call_command("first_administrator", *words, stdout=out)
    return out.getvalue()


def test_a_new_site_gets_its_first_administrator_once(city, client):
    password = first_administrator("admin", "王管理").rsplit("：", 1)[1].strip()
    post = Appointment.objects.get()
    assert (post.role, post.organization, post.user.must_change_password) == (Role.SYSTEM_ADMIN, city, True)
    assert client.post("/sign-in/", {"username": "admin", "password": password}).status_code == 302
    with pytest.raises(CommandError, match="已经有在任的系统管理员"):
        first_administrator("admin2", "李管理")
    for role in ("security_admin", "auditor"):
        assert "已建立" in first_administrator(role.replace("_", "."), "赵管理", "--role", role)
    assert {post.role for post in Appointment.objects.all()} == ADMINISTRATORS


def test_there_is_no_administrator_of_nothing(db):
    with pytest.raises(CommandError, match="import_divisions"):
        first_administrator("admin", "王管理")
