"""Scripts in every text of the demo year, every page of every role opened in Chromium."""

from drills.frame import Outcome, Room

DATABASE = True
ASKED = (
    "XSS corpus x every text field x all pages of all roles: 0 scripts run, 0 injected nodes, 0 CSP reports"
)


def main(room: Room) -> Outcome:
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium
    from tests.hostile.filling import fill, fill_json
    from tests.hostile.scripts import PAYLOADS

    if not chromium.executable():
        return Outcome("not run", ["no Chromium (environment variable CHROMIUM)"])
    refused = fill(PAYLOADS)
    filled = fill_json(PAYLOADS)
    faults = [f"not filled: {line}" for line in refused]
    with sync_playwright() as playwright:
        opened, wrong = walked(room, chromium.launch(playwright))
    faults += [f"{place}: {'; '.join(found)[:200]}" for place, found in wrong.items()]
    return Outcome(
        f"{opened} pages opened, {filled} rows of JSON filled, {len(wrong)} pages with findings", faults
    )


def walked(room: Room, browser) -> tuple[int, dict[str, list[str]]]:
    """Every page each role may open, on a server in a thread."""
    from django.conf import settings

    from tests.browser import chromium, shots
    from tests.hostile.scripts import Walker

    settings.ALLOWED_HOSTS.append("127.0.0.1")
    server, url = shots.serve()
    opened, wrong, tally = 0, {}, shots.Tally()
    for role, post in shots.posts().items():
        context = chromium.open_context(browser, url)
        chromium.sign_in(context, url, post)
        walker = Walker(context.new_page())
        for name, address in shots.pages_of(role, post, tally):
            if found := walker.open(url + address):
                wrong[f"{role} {name}"] = found
            if room.hurry():
                wrong["time"] = [f"cut off at {role} {name}"]
                break
        opened += walker.opened
        context.close()
    server.shutdown()
    wrong |= {f"broken page {number}": [line] for number, line in enumerate(tally.problems)}
    return opened, wrong
