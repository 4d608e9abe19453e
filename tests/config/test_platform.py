"""Under production settings: Django's deployment checks, headers on every answer, cookies; and the SBOM."""

import importlib.util
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.test import Client, override_settings

from config import sbom

ROOT = Path(__file__).resolve().parents[2]
# The test run's own: its servers, folders and objects made anew by each reading
OURS = (
    "DATABASES",
    "CACHES",
    "REDIS",
    "CELERY",
    "VAR_DIR",
    "MEDIA",
    "STATIC",
    "STORAGES",
    "PGHISTORY",
    "LOGGING",
)


STATIC = {"WHITENOISE_USE_FINDERS": True}


@pytest.fixture
def production(monkeypatch):
    """The settings as production reads them, but for the servers of the test run and its unhashed static files."""
    monkeypatch.setenv("PROFILE", "production")
    monkeypatch.setenv("SECRET_KEY", secrets.token_urlsafe(60))
    monkeypatch.setenv("ALLOWED_HOSTS", "localhost")
    spec = importlib.util.spec_from_file_location("production_settings", ROOT / "config" / "settings.py")
    read = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(read)
    values = {
        name: value
        for name, value in vars(read).items()
        if name.isupper() and not name.startswith((*OURS, *STATIC))
    }
    differing = {name: value for name, value in values.items() if getattr(settings, name, None) != value}
    assert differing["PRODUCTION"]
    with override_settings(**differing, **STATIC):
        yield


def browser():
    """Behind the proxy that ends TLS."""
    secure = {"host": "localhost", "x-forwarded-proto": "https"}
    return Client(raise_request_exception=False, headers=secure)


def test_djangos_deployment_checks_find_nothing(production, monkeypatch):
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # of the browser tests alone
    assert [found for found in run_checks(include_deployment_checks=True) if found.level >= WARNING] == []


def answers(monkeypatch):
    """Every sort of answer by its name: page, absent, refused host, redirect to TLS, static file, a view that broke."""
    ask = browser()
    made = {
        "page": ask.get("/sign-in/"),
        "absent": ask.get("/no-such-page/"),
        "host": ask.get("/sign-in/", headers={"host": "elsewhere.example"}),
        "plain": Client(headers={"host": "localhost"}).get("/sign-in/"),
        "static": ask.get("/static/css/app.css"),
        "health": ask.get("/healthz"),
    }
    with monkeypatch.context() as broken:
        broken.setattr(BaseHandler, "resolve_request", lambda *_: 1 / 0)
        made["broken"] = ask.get("/sign-in/")
    wanted = {
        "page": 200,
        "absent": 404,
        "host": 400,
        "plain": 301,
        "static": 200,
        "health": 200,
        "broken": 500,
    }
    assert {name: answer.status_code for name, answer in made.items()} == wanted
    return made


def lacking(made):
    wanted = ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"]
    wanted += ["Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"]
    found = [(name, header) for name, answer in made.items() for header in wanted if not answer.get(header)]
    loose = [
        (n, a["Content-Security-Policy"])
        for n, a in made.items()
        if "unsafe" in a.get("Content-Security-Policy", "")
    ]
    return found + loose


def test_every_sort_of_answer_carries_the_headers(db, production, monkeypatch):
    made = answers(monkeypatch)
    assert lacking(made) == []
    assert "includeSubDomains" in made["page"]["Strict-Transport-Security"]


def test_without_the_outermost_middleware_answers_lack_headers(db, production, monkeypatch):
    """The planted fault."""
    with override_settings(MIDDLEWARE=[one for one in settings.MIDDLEWARE if not one.endswith(".Headers")]):
        assert {name for name, _header in lacking(answers(monkeypatch))} >= {"host", "static", "broken"}


def test_every_cookie_belongs_to_this_host_and_to_tls_alone(township_officer, production):
    ask = browser()
    ask.get("/sign-in/")
    ask.force_login(township_officer.user)
    ask.post("/sign-out/")
    ask.get("/sign-in/")
    assert len(ask.cookies) >= 2
    for name, cookie in ask.cookies.items():
        assert name.startswith("__Host-"), name
        assert cookie["secure"] and cookie["path"] == "/" and not cookie["domain"], name
        assert cookie["samesite"] in ("Lax", "Strict"), name


def test_a_session_of_the_site_looks_for_the_order_of_four_joins_only(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW join_collapse_limit")
        assert cursor.fetchone() == ("4",)


def test_the_list_of_components_holds_every_locked_package_with_its_hashes():
    made = sbom.sbom(datetime.now(UTC))
    locked = (ROOT / "requirements.txt").read_text()
    names = {one["name"]: one for one in made["components"]}
    python = [one for one in made["components"] if one["purl"].startswith("pkg:pypi/")]
    assert len(python) == len(re.findall(r"(?m)^[A-Za-z][^=\n]*==", locked))
    assert names["django"]["version"] in locked and "htmx.org" in names
    assert all(one["hashes"] for one in made["components"])
