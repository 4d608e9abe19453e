"""Where a request comes from, with and without a proxy of ours in front."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, SignInAttempt

pytestmark = pytest.mark.django_db
WRONG = {"username": "zhen", "password": "falsch"}


def address_of(client, header: str) -> str:
    client.post(reverse("accounts:sign_in"), WRONG, headers={"X-Forwarded-For": header})
    return AuditEvent.objects.filter(action="登录").latest("pk").address


def test_behind_a_proxy_the_trail_names_the_address_the_proxy_saw(client, settings):
    settings.PROXIES = 1
    assert address_of(client, "10.9.9.9, 203.0.113.7") == "203.0.113.7"


def test_without_a_proxy_nobody_chooses_the_own_address(client, settings):
    settings.PROXIES = 0
    assert address_of(client, "203.0.113.7") == "127.0.0.1"


@pytest.mark.parametrize("header", ["", "unknown", "1.2.3.4; drop"])
def test_a_header_that_is_no_address_changes_nothing(client, settings, header):
    settings.PROXIES = 1
    assert address_of(client, header) == "127.0.0.1"


def test_fifty_wrong_passwords_elsewhere_lock_nobody_out_here(client, settings, township_officer):
    settings.PROXIES = 1
    guesses = (SignInAttempt(username=f"guess{number}", address="198.51.100.1") for number in range(50))
    SignInAttempt.objects.bulk_create(guesses)
    there = client.post(reverse("accounts:sign_in"), WRONG, headers={"X-Forwarded-For": "198.51.100.1"})
    assert "次数过多" in there.content.decode()
    answer = client.post(reverse("accounts:sign_in"), WRONG, headers={"X-Forwarded-For": "203.0.113.7"})
    assert "不正确" in answer.content.decode()
