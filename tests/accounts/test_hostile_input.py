"""Input no browser sends: the answer is a refusal in words, never an error page."""

import pytest
from django.forms import Form
from django.urls import reverse

from accounts.models import Draft
from accounts.submission import carry_out
from tests import cast

pytestmark = pytest.mark.django_db
DEEP = b'{"a":' * 30_000 + b"1" + b"}" * 30_000


@pytest.mark.parametrize("word", ["²", "workbench", "reports:exports", "javascript:alert(1)"])
def test_a_next_that_is_no_path_leads_to_the_workbench(township_officer, as_post, word):
    answer = as_post(township_officer).post(reverse("accounts:year"), {"year": "2026", "next": word})
    assert answer["Location"] == reverse("reports:workbench")


def test_a_next_that_is_no_path_does_not_break_the_sign_in(client, township_officer):
    township_officer.user.set_password(cast.PASSWORD)
    township_officer.user.save()
    typed = {"username": "zhen", "password": cast.PASSWORD, "next": "somewhere"}
    answer = client.post(reverse("accounts:sign_in"), typed)
    assert answer["Location"] == reverse("reports:workbench")


@pytest.mark.parametrize(
    "body", [b'{"a":"\\u0000"}', b'{"a":NaN}', b'{"a":"\\ud800"}', DEEP], ids=["nul", "nan", "half", "deep"]
)
def test_a_draft_the_database_cannot_take_is_refused(township_officer, as_post, body):
    address = f"{reverse('accounts:drafts')}?key=plan-1"
    answer = as_post(township_officer).post(address, body, content_type="application/json")
    assert answer.status_code == 400
    assert not Draft.objects.exists()


def test_a_draft_without_a_printable_name_is_refused(township_officer, as_post):
    assert as_post(township_officer).get(f"{reverse('accounts:drafts')}?key=%00").status_code == 400


def test_the_auditor_may_ask_for_the_last_day_of_all(auditor, as_post):
    answer = as_post(auditor).get(reverse("reports:audit"), {"to_on": "9999-12-31"})
    assert answer.status_code == 200


@pytest.mark.parametrize("version", ["²", "9" * 40])
def test_a_version_that_is_no_number_counts_as_none(rf, version):
    from accounts.submission import opened_version

    assert opened_version(rf.post("/", {"_version": version})) is None


def test_a_nul_in_an_address_is_a_bad_request(township_officer, as_post):
    browser = as_post(township_officer)
    for address in (reverse("organizations:search"), reverse("cases:list"), reverse("duties:list")):
        assert browser.get(f"{address}?q=%00").status_code == 400, address
        assert browser.post(address, {"text": "\x00"}).status_code == 400, address


def test_what_is_gone_while_it_is_written_is_said_on_the_form(rf):
    form = Form({})
    assert carry_out(form, lambda: Draft.objects.get(pk=0)) is None
    assert "刚刚被他人撤回或删除" in str(form.errors)
