"""Local rules of security, held on the syntax tree; each is shown to see what it forbids (design, Platform 20)."""

import ast

import pytest

from tests.test_architecture import ROOT, python_of_the_rooms

FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "csrf_exempt", "xframe_options_exempt", "RawSQL"}
FORBIDDEN_METHODS = {"raw", "extra"}
# Nothing of ours asks another machine or opens what somebody else packed; the mail goes through Django
FORBIDDEN_MODULES = {
    *("pickle", "marshal", "shelve", "yaml", "telnetlib", "ftplib", "socket", "ctypes"),
    *("requests", "httpx", "urllib.request", "http.client", "xml.etree.ElementTree", "lxml.etree"),
}

REVIEWED = {
    # The poll's slip has no session to forge; its code in the body is the proof (decision 0019)
    "rectification/acceptance/ballots/answer_views.py": ["@csrf_exempt"],
    # Builds the styles of a document of ours, reads nobody's
    "reports/papers/letter_styles.py": ["import lxml.etree"],
    # Reads what reports/pdf.py wrote a moment before, every word in it escaped
    "reports/press.py": ["import xml.etree.ElementTree"],
    # Speaks with the scanner the deployer set, and with nothing else
    "rectification/evidence/scanner.py": ["import socket"],
}


def findings(source: str) -> list[str]:
    """What a file does that none of ours may."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            found += _call(node)
        elif isinstance(node, ast.Import):
            found += [f"import {one.name}" for one in node.names if one.name in FORBIDDEN_MODULES]
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
            found += [f"import {name}" for name in sorted(whole & FORBIDDEN_MODULES)]
        elif isinstance(node, ast.FunctionDef):
            found += [f"@{name}" for one in node.decorator_list if (name := _name(one)) in FORBIDDEN_CALLS]
    return found


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _call(node: ast.Call) -> list[str]:
    name, found = _name(node.func), []
    if isinstance(node.func, ast.Name) and name in FORBIDDEN_CALLS:
        found.append(f"{name}()")
    if (
        isinstance(node.func, ast.Attribute)
        and name in FORBIDDEN_METHODS
        and "objects" in ast.unparse(node.func)
    ):
        found.append(f".{name}()")
    for word in node.keywords:
        if word.arg == "shell" and getattr(word.value, "value", None) is True:
            found.append("shell=True")
    # What came with the request is never an address to go on to, nor a part of a statement
    if name in {"redirect", "HttpResponseRedirect", "execute"} and any(
        ("request.GET" in said or "request.POST" in said) and "own_address(" not in said
        for said in map(ast.unparse, node.args[:1])
    ):
        found.append(f"{name}(request…)")
    return found


def test_no_file_of_ours_does_what_the_rules_forbid():
    found = {
        str(p.relative_to(ROOT)): said for p in python_of_the_rooms() if (said := findings(p.read_text()))
    }
    assert found == REVIEWED


@pytest.mark.parametrize(
    "planted",
    [
        "eval(text)",
        "import pickle",
        "from urllib import request",
        "import requests",
        "Case.objects.raw(sql)",
        "Case.objects.filter(a=1).extra(where=[x])",
        "subprocess.run(command, shell=True)",
        "redirect(request.GET['next'])",
        "cursor.execute('SELECT ' + request.GET['q'])",
        "@csrf_exempt\ndef view(request): ...",
    ],
)
def test_a_planted_breach_is_seen(planted):
    assert findings(planted)
