"""Two profiles of passwords: mlps3 with classes, age and history; asvs with length and neither."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import actions
from accounts.history import as_of
from config import passwords
from tests import cast
from tests.accounts.signing import sign_in

FORM = "/me/password/"


@pytest.fixture(params=["mlps3", "asvs"])
def profile(request, settings):
    """Each of the two in force."""
    take(settings, request.param)
    return request.param


def take(settings, name):
    settings.AUTH_PASSWORD_VALIDATORS = passwords.PROFILES[name]
    settings.PASSWORD_MAX_AGE = timedelta(days=90) if name == "mlps3" else None
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def with_password(post):
    post.user.set_password(cast.PASSWORD)
    post.user.save()


def taken(password, user=None):
    try:
        validate_password(password, user)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("password", "mlps3", "asvs"),
    [
        ("Rote7Gans", False, False),  # nine characters
        ("Rote7Gans!", True, False),
        ("rotegansweisserschwan", False, True),  # long, of one class
        ("rote-gans-weisser-schwan", False, True),  # long, of two
        ("Zhengdun2026!!!!", False, False),  # little more than a word everybody here knows
        ("1234567890", False, False),
        ("云泽红旗渠2026-水", True, False),
    ],
)
def test_each_profile_takes_what_it_should(profile, password, mlps3, asvs):
    assert taken(password) is {"mlps3": mlps3, "asvs": asvs}[profile]


def chosen(user, former):
    for number, password in enumerate(former):
        actions.change_password(user=user, password=password, at=cast.NOW + timedelta(minutes=number))


def test_the_last_five_are_not_taken_again_and_the_sixth_is(township_officer, settings):
    take(settings, "mlps3")
    former = [f"Alte-Gans-{number}" for number in range(6)]
    chosen(township_officer.user, former)
    assert [taken(each, township_officer.user) for each in former] == [
        True,
        False,
        False,
        False,
        False,
        False,
    ]
    assert township_officer.user.past_passwords.count() == 5


def test_without_history_an_old_password_may_come_back(township_officer, settings):
    """The twin: the same check under the profile that has no history."""
    take(settings, "asvs")
    chosen(township_officer.user, ["eine-alte-graue-gans", "noch-eine-graue-gans"])
    assert taken("eine-alte-graue-gans", township_officer.user)


def sent_to_change(client, clock, days):
    clock.shift(timedelta(days=days))
    sign_in(client)
    return client.get("/").status_code == 302 and client.get("/")["Location"] == FORM


@pytest.mark.parametrize(("days", "asked"), [(89, False), (91, True)])
def test_after_ninety_days_a_password_is_changed_before_anything_else(
    township_officer, client, clock, settings, days, asked
):
    take(settings, "mlps3")
    with_password(township_officer)
    assert sent_to_change(client, clock, days) is asked
    if asked:
        new = {"current": cast.PASSWORD, "new": "Neue-Gans-77", "again": "Neue-Gans-77", "_key": cast.KEY}
        assert client.post(FORM, new).status_code == 302
        assert client.get("/").status_code == 200


def test_asvs_asks_for_no_change(township_officer, client, clock, settings):
    """The twin: the same check where no age is set."""
    take(settings, "asvs")
    with_password(township_officer)
    assert not sent_to_change(client, clock, 400)


def test_a_week_before_one_is_told(township_officer, client, clock, settings):
    take(settings, "mlps3")
    with_password(township_officer)
    clock.shift(timedelta(days=84))
    page = client.post("/sign-in/", {"username": "zhen", "password": cast.PASSWORD}, follow=True)
    assert "密码将于" in page.content.decode()


def test_the_page_says_the_rules_in_force(township_officer, as_post, profile):
    words = {"mlps3": "至少 3 类", "asvs": "15"}[profile]
    assert words in as_post(township_officer).get(FORM).content.decode()


def test_no_password_however_hashed_stands_in_the_history(county_officer):
    user = county_officer.user
    user.set_password("Rectify-2026-a")
    user.name = "改名"
    user.save()
    history = apps.get_model("accounts", "UserHistory")
    rows = list(history.objects.filter(pgh_obj_id=user.pk).values())
    assert rows[-1]["name"] == "改名"
    assert not [row for row in rows if user.password in map(str, row.values())]
    with as_of(timezone.now() + timedelta(days=9999)):
        assert type(user).objects.get(pk=user.pk).password == ""
