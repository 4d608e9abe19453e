"""January: the administrator opens accounts and gives posts; everybody signs in and changes the first password."""

import re
from io import StringIO

from django.core.management import call_command
from django.urls import reverse

from accounts.roles import Role
from organizations.models import Appointment
from tests.journeys.office import LINXIANG, MILUO, PINGJIANG, YUEYANG, Browser, Office

OWN = "整顿-2026-{}-口令"
COUNTIES = {"pingjiang": PINGJIANG, "miluo": MILUO, "yueyang": YUEYANG, "linxiang": LINXIANG}


def first_administrator(office: Office) -> None:
    """The command opens the two accounts that open the others."""
    office.on(1, 12)
    for username, name, role in (
        ("guanli", "甘理", Role.SYSTEM_ADMIN),
        ("anquan", "安全", Role.SECURITY_ADMIN),
    ):
        out = StringIO()
        call_command("first_administrator", username, name, role=role.value, stdout=out)
        password = re.search(r"：(\S+)\s*$", out.getvalue())[1]
        _sign_in_first(office, username, password)
        assert office.posts[username].role == role


def everybody_else(office: Office) -> None:
    """One reviewer, an officer for each of four counties, for three townships, a village and a helper."""
    towns = office.roster.townships(PINGJIANG)
    office.kept["towns"] = towns
    wanted = [("shi", "市员", Role.CITY_REVIEWER, "4306")]
    wanted += [(name, f"县员{code}", Role.COUNTY_OFFICER, code) for name, code in COUNTIES.items()]
    wanted += [(f"zhen{n}", f"镇员{n}", Role.TOWNSHIP_OFFICER, towns[n]) for n in range(3)]
    star = office.roster.villages(towns[0])[0]
    wanted += [
        ("cun1", "村员", Role.VILLAGE_REPORTER, star),
        ("bang1", "帮员", Role.HELPER, PINGJIANG),
    ]
    for username, name, role, code in wanted:
        _open_account(office, username, name)
        _appoint(office, username, role, code)
    _an_auditor_by_both_keepers(office)
    assert Appointment.objects.count() == len(wanted) + 3
    _two_administrators_are_kept_apart(office)


def _open_account(office: Office, username: str, name: str) -> None:
    browser = office.at("guanli")
    made = browser.post(
        reverse("accounts:user_new"), {"username": username, "name": name, "phone": "", "email": ""}
    )
    assert made.status_code == 302
    shown = browser.get(made["Location"])
    _sign_in_first(office, username, shown.context["once"]["password"])


def _sign_in_first(office: Office, username: str, password: str) -> None:
    """Whoever signs in for the first time changes the password before anything else."""
    browser = Browser()
    assert (
        browser.post(reverse("accounts:sign_in"), {"username": username, "password": password}).status_code
        == 302
    )
    if Appointment.objects.filter(user__username=username).exists():
        assert browser.get("/").status_code == 302
    own = OWN.format(username)
    changed = browser.post(reverse("accounts:password"), {"current": password, "new": own, "again": own})
    assert changed.status_code == 302
    _remember(office, username)


def _remember(office: Office, username: str) -> None:
    held = Appointment.objects.filter(user__username=username).select_related("user", "organization")
    if post := held.first():
        assert not post.user.must_change_password
        office.posts[username] = post


def _an_auditor_by_both_keepers(office: Office) -> None:
    """One opens the account, another gives the post, the first looks into it and switches it on."""
    _open_account(office, "jicha", "计察")
    _appoint(office, "jicha", Role.AUDITOR, "4306", by="anquan")
    user = office.posts["jicha"].user
    assert not user.is_active
    office.at("guanli").post(reverse("accounts:user_active", args=[user.uid]), {"active": "1"})
    _remember(office, "jicha")
    assert office.posts["jicha"].user.is_active


def _appoint(office: Office, username: str, role: Role, code: str, by: str = "guanli") -> None:
    given = {
        "user": username,
        "role": role.value,
        "unit": code,
        "title": "",
        "from_on": "2026年1月12日",
        "to_on": "",
    }
    office.send(by, "organizations:appointment_new", data=given)
    _remember(office, username)


def _two_administrators_are_kept_apart(office: Office) -> None:
    """三员分立: the auditor cannot be made an officer, in words."""
    given = {"user": "jicha", "role": "city_reviewer", "unit": "4306", "from_on": "2026-1-12"}
    page = office.tries("guanli", "organizations:appointment_new", data=given)
    assert page.status_code == 422 and "相互分设" in page.content.decode()
    assert office.at("guanli").get(reverse("cases:list")).status_code == 403
