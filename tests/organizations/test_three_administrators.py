"""三员分立: who makes and unmakes the three administrators, and that a site is never left without one (decision 28)."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts import keepers
from accounts.errors import Refused
from accounts.models import Message, User
from accounts.roles import Role
from organizations import appointment_actions
from organizations.models import Appointment
from tests import cast

OF_SYSTEM = frozenset(set(Role) - {Role.SYSTEM_ADMIN, Role.AUDITOR})
OF_SECURITY = frozenset({Role.SYSTEM_ADMIN, Role.AUDITOR})


@pytest.fixture
def newcomer(db):
    """An account without a post."""
    return User.objects.create(username="xin", name="新同志", must_change_password=False)


def ending(post, by, last_on=cast.TODAY):
    return appointment_actions.end(appointment_id=post.pk, last_on=last_on, by=by, at=cast.NOW)


def appointing(user, role, by, **given):
    given = {"organization_id": by.organization_id, "from_on": cast.TODAY} | given
    return appointment_actions.appoint(user_id=user.pk, role=role, by=by, at=cast.NOW, **given)


def makes_an_equal(system_admin, security_admin, newcomer):
    """What the guard must say no to: the faults found, none while it stands."""
    faults = []
    for by, roles in ((system_admin, OF_SECURITY), (security_admin, OF_SYSTEM)):
        for role in roles:
            try:
                with transaction.atomic():
                    appointing(newcomer, role, by)
                    faults.append(f"{by.role} gave {role}")
                    raise Refused("undone")
            except Refused:
                pass
    return faults


def test_no_keeper_gives_what_the_other_keeps_and_without_the_guard_it_shows(
    system_admin, security_admin, city, newcomer, monkeypatch
):
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        cast.post_at(city, role, f"{role}-2")
    assert makes_an_equal(system_admin, security_admin, newcomer) == []
    monkeypatch.setattr(appointment_actions, "keeper_refusal", lambda *_: None)
    faults = makes_an_equal(system_admin, security_admin, newcomer)
    assert "system_admin gave auditor" in faults and "security_admin gave security_admin" in faults


@pytest.mark.parametrize(("role", "keeps"), [("system_admin", OF_SYSTEM), ("security_admin", OF_SECURITY)])
def test_each_keeper_is_offered_its_own_roles_only(role, keeps, request, security_admin, auditor, as_post):
    browser = as_post(request.getfixturevalue(role))
    form = browser.get("/organizations/appointments/new/").context["form"]
    assert {key for key, _ in form.fields["role"].choices if key} == keeps
    assert ("department" in form.fields) == (role == "system_admin")


def test_the_end_of_a_post_is_absent_for_the_keeper_that_did_not_give_it(
    system_admin, security_admin, auditor, township_officer, as_post
):
    def answers(keeper):
        posts = (security_admin, auditor, township_officer)
        browser = as_post(keeper)
        return [browser.get(f"/organizations/appointments/{one.uid}/end/").status_code for one in posts]

    assert answers(system_admin) == [200, 404, 200]
    assert answers(security_admin) == [404, 200, 404]
    listed = as_post(security_admin).get("/organizations/appointments/").content.decode()
    assert f"{auditor.uid}/end/" in listed and f"{township_officer.uid}/end/" not in listed


def test_a_new_administrator_waits_for_the_other_keeper(
    system_admin, security_admin, city, newcomer, as_post, clock
):
    secure, system = as_post(security_admin), as_post(system_admin)
    account = f"/users/{newcomer.uid}/active/"
    typed = {"user": "xin", "unit": "云泽市", "role": "auditor", "from_on": "2026-5-20", "to_on": ""}
    given = secure.post("/organizations/appointments/new/", typed)
    assert given.status_code == 302
    assert "由系统管理员在“账号”页核实本人后启用" in secure.get(given.url).content.decode()
    assert "请核实本人后启用" in Message.objects.get(user=system_admin.user).title
    secure.post(account, {"active": "1"})
    newcomer.refresh_from_db()
    assert not newcomer.is_active
    system.post(account, {"active": "1"})
    newcomer.refresh_from_db()
    assert (
        newcomer.is_active
        and as_post(Appointment.objects.get(user=newcomer)).get("/audit/").status_code == 200
    )


def test_a_security_administrator_is_switched_on_by_another_one(
    system_admin, security_admin, newcomer, as_post
):
    appointing(newcomer, Role.SECURITY_ADMIN, system_admin)
    account = f"/users/{newcomer.uid}/active/"
    as_post(system_admin).post(account, {"active": "1"})
    newcomer.refresh_from_db()
    assert not newcomer.is_active
    as_post(security_admin).post(account, {"active": "1"})
    newcomer.refresh_from_db()
    assert newcomer.is_active


def test_without_anybody_to_look_into_it_no_administrator_is_made(system_admin, newcomer):
    with pytest.raises(Refused, match="first_administrator"):
        appointing(newcomer, Role.SECURITY_ADMIN, system_admin)
    newcomer.refresh_from_db()
    assert newcomer.is_active and not Appointment.objects.filter(user=newcomer).exists()


def test_the_last_of_the_three_is_neither_ended_nor_switched_off(
    system_admin, security_admin, auditor, city, as_post
):
    for post, by in (
        (system_admin, security_admin),
        (auditor, security_admin),
        (security_admin, system_admin),
    ):
        typed = {"last_on": "2026-5-20"}
        refused = as_post(by).post(f"/organizations/appointments/{post.uid}/end/", typed)
        assert refused.status_code == 422 and "须先有接任的" in refused.content.decode()
    browser, account = as_post(security_admin), f"/users/{system_admin.user.uid}/"
    for page, sent in (("active", {"active": "0"}), ("password", {}), ("second-factor", {})):
        before = User.objects.get(pk=system_admin.user_id)
        told = browser.post(f"{account}{page}/", sent)
        assert "是唯一在任的系统管理员" in browser.get(told.url).content.decode(), page
        after = User.objects.get(pk=system_admin.user_id)
        assert (after.is_active, after.password) == (True, before.password)
    # A successor who is there the day after is enough; one who is switched off is none
    heir = cast.post_at(city, Role.AUDITOR, "jiban", from_on=cast.TODAY + timedelta(days=1))
    User.objects.filter(pk=heir.user_id).update(is_active=False)
    with pytest.raises(Refused, match="唯一在任"):
        ending(auditor, by=security_admin)
    User.objects.filter(pk=heir.user_id).update(is_active=True)
    assert ending(auditor, by=security_admin).to_on == cast.TODAY


def test_without_the_guard_the_last_one_goes(security_admin, auditor, monkeypatch):
    monkeypatch.setattr(keepers, "last_of", lambda *_: None)
    assert ending(auditor, by=security_admin).to_on == cast.TODAY


def test_a_reset_does_not_make_the_security_administrator_system_administrator(
    system_admin, security_admin, city, as_post
):
    second = cast.post_at(city, Role.SYSTEM_ADMIN, "xitong2")
    secure, account = as_post(security_admin), f"/users/{second.user.uid}/"
    secure.post(f"{account}password/")
    secure.post(f"{account}active/", {"active": "1"})
    second.user.refresh_from_db()
    assert not second.user.is_active
    as_post(system_admin).post(f"{account}active/", {"active": "1"})
    second.user.refresh_from_db()
    assert second.user.is_active


def test_nobody_ends_their_own_post(system_admin):
    with pytest.raises(Refused, match="不能终止自己的岗位"):
        ending(system_admin, by=system_admin)
