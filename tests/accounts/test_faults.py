"""A server that is away is a clean 503 page; sending again is safe. Long version: drills/d_database.py."""

import pytest
from django.db import OperationalError

from accounts import faults
from rectification.evidence import actions


@pytest.fixture
def page(as_post, county_officer):
    client = as_post(county_officer)
    client.raise_request_exception = False
    return client


def break_with(monkeypatch, broken):
    def raising(*_args, **_kwargs):
        raise broken

    monkeypatch.setattr("reports.workbench.render", raising)


def test_a_database_that_is_away_is_a_page_that_says_when_to_come_again(page, monkeypatch):
    break_with(monkeypatch, OperationalError("server closed the connection unexpectedly"))
    answer = page.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "系统暂时不可用" in answer.content.decode()
    assert "server closed" not in answer.content.decode()


def test_a_fault_of_our_own_stays_an_error(page, monkeypatch):
    break_with(monkeypatch, KeyError("x"))
    assert page.get("/").status_code == 500


def test_without_the_page_a_restart_would_be_an_error_of_ours(page, monkeypatch):
    break_with(monkeypatch, OperationalError("away"))
    monkeypatch.setattr(faults, "AWAY", ())
    assert page.get("/").status_code == 500


def test_whoever_sent_a_form_is_told_to_send_it_again(page, case, monkeypatch):
    def away(**_what):
        raise OperationalError("terminating connection due to administrator command")

    monkeypatch.setattr(actions, "store", away)
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("记录.pdf", b"%PDF-1.4\n%%EOF")
    answer = page.post(f"/evidence/cases/{case.uid}/", {"file": file})
    assert answer.status_code == 503
    assert "再提交一次" in answer.content.decode()


def test_the_page_asks_no_database(django_assert_num_queries, db, rf):
    with django_assert_num_queries(0):
        try:
            raise OperationalError("away")
        except OperationalError:
            assert faults.server_error(rf.get("/")).status_code == 503
