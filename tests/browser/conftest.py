"""Pages in a real Chromium; skipped loudly where there is none."""

import pytest
from django.db import connections

from tests.browser import chromium


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the whole run."""
    if not chromium.executable():
        pytest.skip("没有 Chromium（环境变量 CHROMIUM），浏览器测试没有运行")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = chromium.launch(playwright)
        yield started
        started.close()


@pytest.fixture(scope="session", autouse=True)
def no_kept_connections():
    """A connection kept by a thread of the live server would stop the test database from being dropped."""
    connections.settings["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture
def page(browser, live_server):
    """A page of nobody at office size; a script error or refused content fails the test."""
    context = chromium.open_context(browser, live_server.url)
    opened = context.new_page()
    heard = chromium.watch(opened)
    yield opened
    context.close()
    assert heard == []


@pytest.fixture
def page_of(page, live_server):
    """Sign the page in in a post and give it back."""

    def signed_in(post):
        chromium.sign_in(page.context, live_server.url, post)
        return page

    return signed_in


@pytest.fixture
def axe():
    """What axe-core finds on a page."""
    return chromium.violations
