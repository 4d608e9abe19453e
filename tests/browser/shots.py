"""Every page of the site as each role, at the desk and on a phone, as pictures with axe-core's findings (make shots).

Walks the declared routes, takes the objects each post may see from the database, and leaves under VAR/shots one PNG a
page (<role>/<size>/<route>.png), `axe.txt` with what axe-core found, `index.html` to leaf through, `skipped.txt` with
the addresses that gave no page and why. Sends no form; ROLE=… takes one role only.
"""

import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402 — only after setup
from django.core.servers.basehttp import (  # noqa: E402
    ThreadedWSGIServer,
    WSGIRequestHandler,
    get_internal_wsgi_application,
)
from django.db.models import Model, QuerySet  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Message, User  # noqa: E402
from accounts.policy import Policy, routes  # noqa: E402
from accounts.roles import Role  # noqa: E402
from organizations.models import Appointment, ImportBatch, Organization  # noqa: E402
from rectification.acceptance.models import Acceptance  # noqa: E402
from rectification.cases.leader_models import ContactLeader  # noqa: E402
from rectification.cases.models import Case, CaseMember  # noqa: E402
from rectification.duties.models import Duty  # noqa: E402
from rectification.evidence.models import Attachment  # noqa: E402
from rectification.filings.models import Filing  # noqa: E402
from rectification.lookback.models import Lookback  # noqa: E402
from rectification.remediation.models import Measure, Problem  # noqa: E402
from rectification.reviews.models import Review  # noqa: E402
from rectification.schemes.models import Scheme  # noqa: E402
from rectification.survey.models import Survey  # noqa: E402
from reports.models import Export  # noqa: E402
from tests.browser import chromium  # noqa: E402

SIZES = {"1366": chromium.DESK, "390": chromium.PHONE}
TRIES = 8  # objects of a kind, until one gives a page
KINDS: dict[str, type[Model]] = {
    "organization": Organization,
    "scheme": Scheme,
    "survey": Survey,
    "case": Case,
    "leader": ContactLeader,
    "member": CaseMember,
    "duty": Duty,
    "review": Review,
    "filing": Filing,
    "attachment": Attachment,
    "lookback": Lookback,
    "acceptance": Acceptance,
    "problem": Problem,
    "measure": Measure,
    "export": Export,
    "batch": ImportBatch,
    "user": User,
    "appointment": Appointment,
}
# Addresses that a page asks for itself
PARTS = {"accounts:drafts", "accounts:session", "accounts:healthz", "accounts:readyz", "organizations:pick"}


@dataclass
class Tally:
    """What came of it."""

    pictures: list[tuple[str, str, str, Path]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def serve() -> tuple[ThreadedWSGIServer, str]:
    """The site in a thread, on a free port."""

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_args: object) -> None:
            return

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, connections_override=None)
    server.set_app(get_internal_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def posts() -> dict[str, Appointment]:
    """One post for each role, a demo account's first."""
    rows = Appointment.objects.current(timezone.localdate()).select_related("user", "organization")
    rows = rows.order_by("-user__is_demo", "user__username", "pk")
    return {role.value: post for role in Role if (post := rows.filter(role=role).first())}


def objects(scope: str, post: Appointment) -> QuerySet:
    """The objects of a kind that a post may see, the newest first: they have the most to show."""
    if scope == "self":
        return Message.objects.of(post.user)
    model = KINDS[scope]
    rows = model._default_manager.visible_to(post)
    return rows.order_by("depth", "path") if model is Organization else rows.order_by("-pk")


def addresses(name: str, pattern: str, declared: Policy, post: Appointment) -> Iterator[str]:
    """Addresses of one route, until one gives a page."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
    others = {key: values(key, pattern) for key in names if key != "uid"}
    if any(not found for found in others.values()):
        return
    chosen = {key: found[0] for key, found in others.items()}
    if "uid" not in names:
        yield reverse(name, kwargs=chosen)
        return
    if declared.scope not in KINDS and declared.scope != "self":
        return
    for uid in objects(declared.scope, post).values_list("uid", flat=True)[:TRIES]:
        yield reverse(name, kwargs=chosen | {"uid": uid})


def values(key: str, pattern: str) -> list[str]:
    """What another part of an address may be."""
    if listed := re.search(rf"\(\?P<{key}>([\w|-]+)\)", pattern):
        return listed.group(1).split("|")
    if key == "key":
        from reports.ledgers import LEDGERS

        return list(LEDGERS)
    return []


def page_address(
    name: str, pattern: str, declared: Policy, client: Client, post: Appointment
) -> tuple[str, str]:
    """The first address of a route that answers with a page, or "" and why there is none."""
    reason = "没有可打开的对象"
    for address in addresses(name, pattern, declared, post):
        response = client.get(address)
        if response.status_code == 405:
            return "", "只接受提交"
        kind = response.headers.get("Content-Type", "")
        whole = kind.startswith("text/html") and not response.streaming and b"<html" in response.content
        if response.status_code == 200 and whole:
            return address, ""
        reason = f"{response.status_code} {kind}"
    return "", reason


def pages_of(role: str, post: Appointment, tally: Tally) -> list[tuple[str, str]]:
    """(route, address) of every page this role opens."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(post.user)
    session = client.session
    session["post"] = str(post.uid)
    session.save()
    found = []
    for name, pattern, view in routes():
        declared = view.policy
        if name in PARTS or declared.public or role not in declared.roles:
            continue
        try:
            address, reason = page_address(name, pattern, declared, client, post)
        except Exception as error:  # one broken page must not hide the others
            address, reason = "", f"出错：{type(error).__name__} {error}"
            tally.problems.append(f"{role} {name}: {reason}")
        if address:
            found.append((name, address))
        else:
            tally.skipped.append(f"{role} {name}: {reason}")
    return found


def shoot(page, url: str, label: tuple[str, str, str], folder: Path, tally: Tally) -> None:
    """One picture and one look by axe."""
    role, size, name = label
    page.goto(url, wait_until="load")
    target = folder / role / size / f"{name.replace(':', '_')}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target, full_page=True)
    tally.pictures.append((role, size, name, target))
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        tally.problems.append(f"{role} {size} {name}: 比屏幕宽 {wide} 像素")
    tally.problems += [f"{role} {size} {name}: {line}" for line in chromium.violations(page)]


def shoot_role(browser, url: str, role: str, post: Appointment, folder: Path, tally: Tally) -> None:
    """All pages of a role at all sizes."""
    found = pages_of(role, post, tally)
    for size, viewport in SIZES.items():
        context = chromium.open_context(browser, url, viewport)
        chromium.sign_in(context, url, post)
        page = context.new_page()
        heard = chromium.watch(page)
        for name, address in found:
            shoot(page, url + address, (role, size, name), folder, tally)
            tally.problems += [f"{role} {size} {name}: {line}" for line in heard]
            heard.clear()
        context.close()
        print(f"  {role} {size}：{len(found)} 页", flush=True)


def write(folder: Path, tally: Tally) -> None:
    """The lists and the page to leaf through."""
    (folder / "axe.txt").write_text("\n".join(tally.problems) + "\n", encoding="utf-8")
    (folder / "skipped.txt").write_text("\n".join(tally.skipped) + "\n", encoding="utf-8")
    figures = "".join(
        f'<figure><img loading="lazy" src="{escape(str(path.relative_to(folder)))}" width="420">'
        f"<figcaption>{escape(role)} · {size} · {escape(name)}</figcaption></figure>"
        for role, size, name, path in tally.pictures
    )
    style = "body{font:14px sans-serif} figure{display:inline-block;vertical-align:top} img{border:1px solid #ccc}"
    (folder / "index.html").write_text(
        f'<!doctype html><meta charset="utf-8"><title>页面</title><style>{style}</style>{figures}',
        encoding="utf-8",
    )


def main() -> int:
    """Take all pictures; 1 when axe or a page complained."""
    from playwright.sync_api import sync_playwright

    folder = settings.VAR_DIR / "shots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings.ALLOWED_HOSTS.append("127.0.0.1")
    only = os.environ.get("ROLE")
    tally = Tally()
    server, url = serve()
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        page = chromium.open_context(browser, url).new_page()
        shoot(page, url + reverse("accounts:sign_in"), ("anybody", "1366", "accounts:sign_in"), folder, tally)
        for role, post in posts().items():
            if not only or role == only:
                shoot_role(browser, url, role, post, folder, tally)
        browser.close()
    server.shutdown()
    write(folder, tally)
    print(
        f"{len(tally.pictures)} 张图，{len(tally.problems)} 处问题，{len(tally.skipped)} 个地址没有页面：{folder}"
    )
    return 1 if tally.problems else 0


if __name__ == "__main__":
    sys.exit(main())
