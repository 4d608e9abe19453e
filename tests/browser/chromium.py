"""Chromium under Playwright as tests and pictures use it: found by CHROMIUM, signed in by cookie, seen by axe-core."""

import os
from collections.abc import Collection, Iterable
from pathlib import Path

import axe_playwright_python
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from organizations.models import Appointment
from tests.cast import PROVED

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# No rule of these tags reads the style sheets themselves, so they are not fetched a second time
RUN = (
    "tags => axe.run(document,"
    " {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], preload: false})"
)
# It must reach no network of its own
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--lang=zh-CN",
]


def executable() -> str:
    """The browser's program; "" where there is none."""
    return os.environ.get("CHROMIUM", "")


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium."""
    return playwright.chromium.launch(executable_path=executable(), args=QUIET)


def open_context(browser: Browser, url: str, size: dict[str, int] | None = None) -> BrowserContext:
    """A fresh browser at a size, speaking Chinese, at home on `url`."""
    phone = size == PHONE
    return browser.new_context(
        base_url=url,
        viewport=size or DESK,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=phone,
        is_mobile=phone,
    )


def sign_in(context: BrowserContext, url: str, post: Appointment) -> None:
    """Sign the browser in in a post, past the sign-in page."""
    client = Client()
    client.force_login(post.user)
    session = client.session
    session["post"], session["proved_at"] = str(post.uid), PROVED
    session.save()
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def watch(page: Page) -> list[str]:
    """A list that fills with what the page complains of: script errors and refused content (CSP)."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(f"脚本错误：{error}"))
    page.on(
        "console", lambda line: heard.append(line.text) if "Content Security Policy" in line.text else None
    )
    return heard


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page: rule, seriousness and where, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RUN, TAGS)["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['target'][0]} — {node['html'][:120]}"
        for rule in found
        for node in rule["nodes"]
    ]


WIDER = "document.documentElement.scrollWidth > window.innerWidth"


def walk(page: Page, addresses: Iterable[str], absent: Collection[str] = ()) -> dict[str, list[str]]:
    """Open every page; what axe finds, a page wider than the screen, or an answer that is no page (but for `absent`).

    Each is loaded at a phone's size and then widened: what a script looks at once when a page is loaded, whether a box
    scrolls and has to be reached by keyboard, is true of more boxes there.
    """
    found: dict[str, list[str]] = {}
    for address in addresses:
        page.set_viewport_size(PHONE)
        answer = page.goto(address)
        wanted = 404 if address in absent else 200
        problems = [] if answer and answer.status == wanted else [f"状态 {answer and answer.status}"]
        for size, words in ((PHONE, "手机"), (DESK, "桌面")):
            page.set_viewport_size(size)
            seen = violations(page) + (["宽于屏幕"] if page.evaluate(WIDER) else [])
            problems += [f"{words}：{problem}" for problem in seen]
        if problems:
            found[address] = problems
    return found
