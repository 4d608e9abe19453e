"""Pages: what may mark text as markup is on a reviewed list, the browser is told to run nothing but our own files."""

import json
import re

import pytest
from django.conf import settings
from django.urls import reverse

from tests.test_architecture import ROOT, sources

# Each of these was read: every value of a person goes through escape() or format_html's own arguments there
REVIEWED = {
    "accounts/tables.py": "the one row renderer: every piece it joins is escaped",
    "static/js/filings.js": "a row of the server's own template, numbers put in",
    "accounts/drawn_select.py": "a select of escaped pieces",
    "accounts/drawn_field.py": "an input and the field around it of escaped pieces",
    "static/js/schemes.js": "a form of the server's own template, a number put in",
}
MARKS = re.compile(
    r"\bmark_safe\b|\bSafeString\(|\bSafeData\b|\|\s*safe(?:seq)?\b|autoescape\s+off|__html__"
    r"|format_html\(\s*(?:f[\"']|[^\"'\s)])|\.(?:inner|outer)HTML\s*\+?=|insertAdjacentHTML|document\.write"
    r"|\beval\(|new Function\("
)


def marked() -> dict[str, list[str]]:
    """What marks text as markup or runs text as a script, by file: ours, in Python, pages and scripts."""
    found = {}
    for path in sources(".py", ".html", ".js"):
        name = str(path.relative_to(ROOT))
        if name.startswith(("tests/", "static/vendor/", "bench/", "drills/", "config/")):
            continue
        if lines := [line.strip()[:100] for line in path.read_text().splitlines() if MARKS.search(line)]:
            found[name] = lines
    return found


def test_only_the_reviewed_renderer_marks_text_as_markup():
    found = marked()
    assert {name: lines for name, lines in found.items() if name not in REVIEWED} == {}
    assert REVIEWED.keys() <= found.keys()


@pytest.mark.parametrize(
    "planted",
    [
        "{{ words|safe }}",
        "{% autoescape off %}",
        "mark_safe(words)",
        "format_html(f'<b>{x}</b>')",
        "e.innerHTML = x",
    ],
)
def test_a_planted_mark_is_seen(planted):
    assert MARKS.search(planted)


def loose(policy: str) -> list[str]:
    """What a policy allows beyond our own files."""
    words = policy.replace(";", " ").split()
    return [word for word in words if "unsafe" in word or "*" in word or "http" in word or word == "blob:"]


def test_the_browser_is_told_to_run_nothing_but_our_own_files(db, client):
    answer = client.get(reverse("accounts:sign_in"))
    policy = answer["Content-Security-Policy"]
    assert loose(policy) == []
    for directive in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ):
        assert directive in policy
    assert set(settings.CONTENT_SECURITY_POLICY) == {"DIRECTIVES"}
    told = re.search(r"name=\"htmx-config\" content='([^']+)'", answer.content.decode())
    config = json.loads(told[1])
    assert (config["allowEval"], config["selfRequestsOnly"]) == (False, True)


def test_a_loose_policy_is_seen():
    assert loose("script-src 'self' 'unsafe-inline'; img-src https:") == ["'unsafe-inline'", "https:"]
