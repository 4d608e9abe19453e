"""The house's rules that a machine can check; each checker is shown to see a planted fault."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from accounts import policy
from accounts.history import history_models
from organizations.placed import Placed

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "organizations", "rectification", "reports")
# Rows of the site's own housekeeping: they tell nothing of a case
UNTRACKED = {
    *("AuditEvent", "Message", "Draft", "SubmissionKey", "ImportBatch", "Lease", "Run"),
    *("AuditSeal", "AuditCheck"),
    # Secrets and passwords may not live on in copies; sessions and attempts are gone within a day
    *("SecondFactor", "PastPassword", "Session", "SignInAttempt"),
    *("PollCode", "PollBox"),  # an anonymous poll: a history would tell who answered when
}
# The table renderer, which escapes every value itself (design, Platform 10)
MAY_MARK_SAFE = {"accounts/tables.py", "accounts/drawn_select.py", "accounts/drawn_field.py"}


def sources(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [p for p in paths if p.suffix in suffixes and "migrations" not in p.parts and p.exists()]


def python_of_the_rooms() -> list[Path]:
    return [p for p in sources(".py") if p.relative_to(ROOT).parts[0] in ROOMS]


# --- scope: a view may start a query in no other way than visible_to(post) --------------------------------------


def unscoped_queries(source: str) -> list[int]:
    """Lines of functions with a declared policy where `Model.objects` goes on with anything but `visible_to`."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef) and any(
            "policy" in ast.unparse(d) for d in function.decorator_list
        ):
            found += [line for line, verb in _manager_verbs(function) if verb not in SCOPED_STARTS]
    return found


SCOPED_STARTS = {"visible_to", "none"}


def _manager_verbs(function: ast.FunctionDef) -> list[tuple[int, str]]:
    return [
        (node.lineno, node.attr)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr in ("objects", "_default_manager")
    ]


# What belongs to a person, not to a place, is asked of the person; accounts and the audit trail are the
# administrators', who see no case content
OWN_THINGS = {
    "accounts/inbox.py": "the signed-in person's own messages",
    "accounts/drafts.py": "the signed-in person's own drafts",
}


def test_every_view_starts_its_queries_from_what_the_post_may_see():
    found = {
        str(path.relative_to(ROOT)): lines
        for path in python_of_the_rooms()
        if (lines := unscoped_queries(path.read_text())) and str(path.relative_to(ROOT)) not in OWN_THINGS
    }
    assert found == {}


def test_a_planted_unscoped_query_is_seen():
    assert unscoped_queries(
        "@policy(X, scope='case')\ndef page(request, uid):\n    Case.objects.get(uid=uid)\n"
    )


# --- routes ------------------------------------------------------------------------------------------------------


def test_every_route_declares_its_policy():
    assert policy.check_routes() == []


def test_a_planted_route_without_policy_stops_start_up(monkeypatch):
    monkeypatch.setattr(policy, "routes", lambda: iter([("planted", "planted/", lambda request: None)]))
    assert policy.check_routes()


def test_public_routes_are_a_known_few():
    public = {name for name, _, view in policy.routes() if view.policy.public}
    known = {"accounts:sign_in", "accounts:code", "accounts:healthz", "accounts:readyz", "accounts:session"}
    assert public <= known | {"service_worker", "remediation:activity_offline", "ceping"}


# --- size and names ----------------------------------------------------------------------------------------------


def too_long(source: str, limit: int = 40) -> list[str]:
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > limit
    ]


def test_no_function_is_longer_than_forty_lines():
    assert {str(p.relative_to(ROOT)): f for p in sources(".py") if (f := too_long(p.read_text()))} == {}


def test_a_planted_long_function_is_seen():
    assert too_long("def long():\n" + "    x = 1\n" * 40)


def test_no_file_is_longer_than_it_may_be():
    limits = {".py": 300, ".html": 200}
    long = [p.name for p in sources(*limits) if len(p.read_text().splitlines()) > limits[p.suffix]]
    assert long == []


def test_no_file_has_a_name_that_says_nothing():
    assert [p for p in sources(".py") if p.stem in {"utils", "helpers", "misc", "common"}] == []


# --- output ------------------------------------------------------------------------------------------------------


def test_nothing_is_marked_safe_outside_the_reviewed_renderer():
    marks = re.compile(r"\bmark_safe\b|\|\s*safe\b|autoescape off")
    found = {str(p.relative_to(ROOT)) for p in sources(".py", ".html") if marks.search(p.read_text())}
    assert found - MAY_MARK_SAFE - {"tests/test_architecture.py", "tests/hostile/test_pages.py"} == set()


def test_no_template_carries_inline_script_or_style():
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]{4,}=|\sstyle=|<style|hx-on")
    # The PDF's own page style travels in its document: no browser, no policy there
    pages = [p for p in sources(".html") if "/pdf" not in str(p)]
    assert [str(p.relative_to(ROOT)) for p in pages if inline.search(p.read_text())] == []


# Nobody is signed in there; a slip's code is used once by itself, and a key would be a row that tells when. The
# questions for a fresh proof and for a reason carry the key of the form they stand for
KEYLESS = {"proof.html", "reason.html", "sign_in.html", "session.html", "code.html", "answer.html"}


def test_every_posting_form_carries_its_submission_key():
    form = re.compile(r'<form\b[^>]*method="post"[^>]*>(.*?)</form>', re.S | re.I)
    bare = [
        str(page.relative_to(ROOT))
        for page in sources(".html")
        for body in form.findall(page.read_text())
        if "submission_key" not in body and page.name not in KEYLESS
    ]
    assert bare == []


# --- data --------------------------------------------------------------------------------------------------------


def test_every_business_table_keeps_its_history():
    tracked = {model.pgh_tracked_model for model in history_models()}
    ours = [
        m
        for m in apps.get_models()
        if m.__module__.split(".")[0] in ROOMS and not hasattr(m, "pgh_tracked_model")
    ]
    assert {m.__name__ for m in ours if m not in tracked and not m._meta.auto_created} == UNTRACKED


@pytest.mark.parametrize(
    "model", [m for m in apps.get_models() if issubclass(m, Placed)], ids=lambda model: model.__name__
)
def test_every_copied_path_is_held_by_the_database(db, model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT confupdtype FROM pg_constraint WHERE conname = %s",
            [f"{model._meta.db_table}_org_path_follows"],
        )
        assert cursor.fetchone() == ("c",)


def test_no_view_deletes_or_nulls_what_is_in_force():
    cascading = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.split(".")[0] in ("organizations", "rectification", "reports")
        and not hasattr(model, "pgh_tracked_model")
        and not model._meta.auto_created
        for field in model._meta.get_fields()
        if field.concrete
        and field.is_relation
        and getattr(field.remote_field, "on_delete", None)
        and field.remote_field.on_delete.__name__ not in ("PROTECT", "DO_NOTHING")
    ]
    assert cascading == []


def test_a_day_is_taken_in_the_offices_time_zone():
    """`at.date()` is the day in Greenwich: before eight in the morning it is yesterday here."""
    greenwich = re.compile(r"\bat\.date\(\)|\bnow\.date\(\)|timezone\.now\(\)\.date\(\)")
    assert [str(p.relative_to(ROOT)) for p in python_of_the_rooms() if greenwich.search(p.read_text())] == []


def test_rooms_import_each_others_models_never_the_index():
    index = re.compile(r"from rectification\.models import|import rectification\.models")
    assert [p for p in python_of_the_rooms() if index.search(p.read_text())] == []
