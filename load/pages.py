"""What a page costs, in process with Django's test client over a real database: CPU milliseconds and queries, by size.

Every page that is read (no download, no polling) is opened as the post with the widest view that may open it, on the
demo city as it is and grown step by step; its queries are counted as every role that may open it. The CPU is this
process's own: the web server's share of a page, the database's is told by the difference to the wall clock.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

CPU_MS, QUERIES, FLAT = 40.0, 15, 1.25
ROUNDS = 5
WIDEST = ("city_reviewer", "county_officer", "township_officer", "village_reporter", "department", "helper")
WIDEST += ("system_admin", "security_admin", "auditor")


@dataclass(frozen=True)
class Page:
    """A page as somebody opens it."""

    name: str
    role: str
    path: str


@dataclass(frozen=True)
class Cost:
    """What it took: milliseconds of CPU and on the clock (medians), queries, size of the answer in KB."""

    cpu: float
    wall: float
    queries: int
    size: float
    status: int


def of_scope(post: Any) -> dict[str, Any]:
    """An object of each kind of address, as the post sees it: of this year, under rectification."""
    from organizations.models import Organization
    from rectification.cases.models import Case
    from rectification.duties.models import Duty
    from rectification.filings.models import Filing
    from rectification.remediation.activities.models import Activity
    from rectification.remediation.models import Measure, Plan, Problem
    from rectification.schemes.models import Scheme
    from rectification.supervision.notices.models import Notice
    from rectification.survey.models import Survey

    year = post_year()
    cases = Case.objects.visible_to(post).of_year(year).filter(stage="remediation")
    return {
        "case": cases.order_by("-problems_total", "pk"),
        "problem": Problem.objects.visible_to(post).filter(case__in=cases).order_by("pk"),
        "measure": Measure.objects.visible_to(post)
        .filter(problem__case__in=cases, state="open")
        .order_by("pk"),
        "plan": Plan.objects.visible_to(post).filter(case__in=cases).order_by("pk"),
        "activity": Activity.objects.visible_to(post).filter(case__in=cases).order_by("pk"),
        "duty": Duty.objects.visible_to(post).open().order_by("pk"),
        "organization": Organization.objects.filter(pk=post.organization_id),
        "filing": Filing.objects.visible_to(post).order_by("pk"),
        "scheme": Scheme.objects.visible_to(post).filter(year=year).order_by("pk"),
        "survey": Survey.objects.visible_to(post).filter(year=year).order_by("pk"),
        "notice": Notice.objects.visible_to(post).order_by("pk"),
    }


def post_year() -> int:
    """The year in hand."""
    from django.utils import timezone

    return timezone.localdate().year


def posts() -> dict[str, Any]:
    """A post for each role, the oldest that holds a case."""
    from organizations.models import Appointment

    found: dict[str, Any] = {}
    rows = Appointment.objects.filter(user__is_active=True, to_on=None).select_related("user", "organization")
    for post in rows.order_by("pk"):
        found.setdefault(post.role, post)
    return found


def pages(known: dict[str, Any], roles: Sequence[str] = WIDEST) -> Iterator[Page]:
    """Every page that is read, as the first of the roles that may open it: the widest post."""
    from django.urls import NoReverseMatch, reverse

    from accounts.policy import routes
    from reports.ledgers import LEDGERS

    scopes = {role: of_scope(known[role]) for role in roles if role in known}
    for name, _pattern, view in routes():
        declared = view.policy
        role = next(
            (one for one in roles if one in known and not declared.public and one in declared.roles), ""
        )
        if not role or declared.passive:
            continue
        try:
            yield Page(name, role, reverse(name))
            continue
        except NoReverseMatch:
            pass
        if name == "reports:ledger":
            yield from (Page(f"{name} {key}", role, reverse(name, args=[key])) for key in LEDGERS)
            continue
        first = scopes[role].get(declared.scope)
        first = first.first() if first is not None else None
        if first is not None:
            try:
                yield Page(name, role, reverse(name, args=[first.uid]))
            except NoReverseMatch:
                continue


def asked(page: str, client: Any) -> tuple[Any, list[str]]:
    """The answer and the statements it took, savepoints apart."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        answer = client.get(page, HTTP_HOST="127.0.0.1")
        statements = [one["sql"] for one in connection.queries[seen.initial_queries :]]
    return answer, [sql for sql in statements if not sql.startswith(("SAVEPOINT", "RELEASE"))]


def measured(page: Page, client: Any) -> Cost | None:
    """Open it some times; None for what is no page: a refusal, a redirect, a form's target, a file."""
    client.get(page.path, HTTP_HOST="127.0.0.1")  # what the process keeps from then on is asked for once
    answer, statements = asked(page.path, client)
    if not _is_page(answer):
        return None
    cpu, wall = [], []
    for _round in range(ROUNDS):
        began, clock = time.process_time(), time.perf_counter()
        client.get(page.path, HTTP_HOST="127.0.0.1")
        cpu.append(1000 * (time.process_time() - began))
        wall.append(1000 * (time.perf_counter() - clock))
        if sum(wall) > 5000:
            break
    size = len(answer.content) / 1024
    return Cost(median(cpu), median(wall), len(statements), size, answer.status_code)


def _is_page(answer: Any) -> bool:
    html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.status_code == 200 and html and not answer.streaming


def most_asked(known: dict[str, Any], clients: dict[str, Any]) -> dict[str, tuple[int, str]]:
    """By page the highest count of queries among the roles that may open it, and that role."""
    found: dict[str, tuple[int, str]] = {}
    for role in known:
        for page in pages(known, (role,)):
            clients[role].get(page.path, HTTP_HOST="127.0.0.1")
            answer, statements = asked(page.path, clients[role])
            if _is_page(answer):
                found[page.name] = max(found.get(page.name, (0, "")), (len(statements), role))
    return found


def walk() -> dict[str, dict[str, Any]]:
    """Every page and its cost, here and now."""
    from tests.cast import PostClient

    known = posts()
    clients = {role: PostClient(post) for role, post in known.items()}
    found, most = {}, most_asked(known, clients)
    for page in pages(known):
        cost = measured(page, clients[page.role])
        if cost is not None:
            found[page.name] = {"role": page.role, **vars(cost), "most": most[page.name]}
    return found


def walk_here(villages: int, target: str) -> None:
    """One step of it, in a process of its own: grow, walk, write down."""
    from config.collecting import settle
    from drills.frame import set_up_django

    names = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "VAR_DIR")
    set_up_django({name: os.environ[name] for name in names})
    from load.city import grow

    size = grow(villages, post_year())
    settle()  # as the web server's processes do
    Path(target).write_text(json.dumps({"size": size.words(), "pages": walk()}))


def main(sizes: list[int]) -> int:
    """Walk at every size, print and keep the table."""
    from load import report

    walks = []
    for villages in sizes:
        target = Path(os.environ["VAR_DIR"]) / f"pages-{villages}.json"
        script = f"from load.pages import walk_here; walk_here({villages}, {str(target)!r})"
        subprocess.run([sys.executable, "-c", script], env=os.environ, check=True)
        walks.append(json.loads(target.read_text()))
        print("\n".join(table(walks[-1:])), flush=True)
    lines = table(walks)
    report.keep(report.RESULTS, "What a page costs", [report.about(), "", *lines])
    print("\n".join(lines), flush=True)
    return 0


def table(walks: list[dict[str, Any]]) -> list[str]:
    """All pages, the dearest at the largest size first; what is over the budget in bold."""
    last = walks[-1]["pages"]
    lines = [f"- size {number}: {one['size']}" for number, one in enumerate(walks, 1)]
    over = sum(cost["cpu"] > CPU_MS or cost["most"][0] > QUERIES for cost in last.values())
    count, role, name = max((*cost["most"], name) for name, cost in last.items())
    lines += [
        f"- {len(last)} pages, {over} over {CPU_MS:g} ms of CPU or {QUERIES} queries at the last size",
        f"- the most queries in any role: {count}, {name} as {role}",
        "",
    ]
    heads = [f"{what} {n}" for what in ("CPU ms", "queries") for n in range(1, len(walks) + 1)]
    lines += [f"| page | role | {' | '.join(heads)} | wall ms | KB |", f"|{'---|' * (4 + len(heads))}"]
    for name, cost in sorted(last.items(), key=lambda item: -item[1]["cpu"]):
        each = [one["pages"].get(name) for one in walks]
        cpu = [_bold(one["cpu"], CPU_MS, ".0f") if one else "–" for one in each]
        queries = [_bold(one["queries"], QUERIES, "d") if one else "–" for one in each]
        figures = " | ".join([*cpu, *queries, f"{cost['wall']:.0f}", f"{cost['size']:.0f}"])
        lines.append(f"| {name} | {cost['role']} | {figures} |")
    return lines


def _bold(value: float, most: float, form: str) -> str:
    words = format(value, form)
    return f"**{words}**" if value > most else words
