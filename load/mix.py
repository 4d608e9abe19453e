"""What people do in that hour: visits of one to four requests, each request noted with its kind."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from threading import Lock

from django.urls import reverse

from accounts.roles import OFFICERS, Role
from load.people import Answer, Person, with_file

LEDGERS = ("work", "problems", "task_lists", "support", "activities")
WRITERS = frozenset({Role.TOWNSHIP_OFFICER, Role.VILLAGE_REPORTER})
# Visits of each hundred; a visit that saves something is three requests
WEIGHTS = {
    "workbench": 24,
    "case list": 16,
    "case page": 22,
    "progress": 10,
    "activity": 5,
    "ledger": 7,
    "filing": 2,
    "duties": 7,
    "inbox": 4,
    "organization": 3,
}


@dataclass
class Seen:
    """One request: what it was, when it was due (seconds from the start), how long it took from then on."""

    kind: str
    at: float
    seconds: float
    fault: str = ""


@dataclass
class Book:
    """Everything that was seen, by all threads."""

    started: float
    rows: list[Seen] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def note(self, kind: str, since: float, answer: Answer, wanted: tuple[int, ...]) -> Answer:
        """Note an answer; `since` is when the person wanted it, so waiting for the player counts too."""
        fault = "" if answer.status in wanted else f"{answer.status} {said(answer)}"
        row = Seen(kind, since - self.started, time.monotonic() - since, fault)
        with self.lock:
            self.rows.append(row)
        return answer


def said(answer: Answer) -> str:
    """The first words of a page that refused."""
    found = re.search(r'class="(?:invalid-feedback|alert[^"]*)"[^>]*>(.*?)</', answer.body, re.S)
    return re.sub(r"<[^>]+>|\s+", " ", found.group(1) if found else answer.body)[:120]


class Mix:
    """The visits. Files to send up are handed out once each: what was filed waits for the superior."""

    def __init__(self, book: Book, year: int, rng: Random, filers: list[Person]) -> None:
        self.book, self.year, self.rng = book, year, rng
        self.filings = [(person, key) for person in filers for key in LEDGERS]
        rng.shuffle(self.filings)
        self.visits: dict[str, Callable[[Person, float], None]] = {
            "workbench": self.workbench,
            "case list": self.case_list,
            "case page": self.case_page,
            "progress": self.progress,
            "activity": self.activity,
            "ledger": self.ledger,
            "filing": self.filing,
            "duties": lambda who, due: self._get("duties", who, reverse("duties:list"), due),
            "inbox": lambda who, due: self._get("inbox", who, reverse("accounts:inbox"), due),
            "organization": self.organization,
        }

    def drawn(self) -> str:
        """A kind of visit by its weight."""
        return self.rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]

    def _get(self, kind: str, who: Person, path: str, due: float = 0) -> Answer:
        since = due or time.monotonic()
        return self.book.note(kind, since, who.ask("GET", path), (200,))

    def _save(self, kind: str, who: Person, path: str, fields: dict[str, str]) -> None:
        body, sort = who.form(fields)
        self._sent(kind, who, path, body, sort)

    def _sent(self, kind: str, who: Person, path: str, body: bytes, sort: str) -> Answer:
        since = time.monotonic()
        answer = self.book.note(kind, since, who.ask("POST", path, body, sort), (302,))
        if answer.status == 302:
            self._get("page after a form", who, answer.location)
        return answer

    def workbench(self, who: Person, due: float) -> None:
        """The first page; who oversees others also gets the charts it fetches."""
        self._get("workbench", who, reverse("reports:workbench"), due)
        if who.role in (Role.CITY_REVIEWER, Role.COUNTY_OFFICER):
            self._get("charts", who, reverse("reports:charts"))

    def case_list(self, who: Person, due: float) -> None:
        """The list, sometimes narrowed."""
        part = self.rng.choice(("", "", "?light=red", "?stage=remediation"))
        self._get("case list", who, reverse("cases:list") + part, due)

    def case_page(self, who: Person, due: float) -> None:
        """A case, on one of its tabs."""
        if not who.cases:
            return self.case_list(who, due)
        path = reverse("remediation:case", args=[self.rng.choice(who.cases)])
        self._get("case page", who, path + self.rng.choice(("", "?tab=problems", "?tab=activities")), due)
        return None

    def progress(self, who: Person, due: float) -> None:
        """Open a measure, write what was done."""
        if who.role not in WRITERS or not who.measures:
            return self.case_page(who, due)
        path = reverse("remediation:measure", args=[self.rng.choice(who.measures)])
        self._get("measure page", who, path, due)
        words = f"召开专题会一次，明确责任人，已完成第{self.rng.randint(1, 9)}项工作。"
        fields = {"words": words, "percent": str(self.rng.randint(1, 19) * 5), "on": date.today().isoformat()}
        self._save("save progress", who, path, fields)
        return None

    def activity(self, who: Person, due: float) -> None:
        """Open the form, log an activity."""
        if who.role not in WRITERS or not who.cases:
            return self.case_list(who, due)
        path = reverse("remediation:activity_add", args=[self.rng.choice(who.cases)])
        self._get("activity form", who, path, due)
        fields = {"kind": "call", "what": "入户走访，了解诉求。", "on": date.today().isoformat(), "me": "on"}
        self._save("save activity", who, path, fields | {"households": f"{self.rng.randint(1, 9)}组 12、15"})
        return None

    def ledger(self, who: Person, due: float) -> None:
        """A ledger of the person's own unit, as it will print."""
        if who.role == Role.VILLAGE_REPORTER:
            return self.case_page(who, due)
        self._get("ledger page", who, reverse("reports:ledger", args=[self.rng.choice(LEDGERS)]), due)
        return None

    def filing(self, who: Person, due: float) -> None:
        """Look at a ledger and send it up; each unit sends each ledger once."""
        with self.book.lock:
            who, key = self.filings.pop() if self.filings else (who, "")
        if not key or who.role not in OFFICERS:
            return self.ledger(who, due)
        self._get("ledger page", who, reverse("reports:ledger", args=[key]), due)
        self._save("submit filing", who, reverse("reports:file", args=[key]), {"year": str(self.year)})
        return None

    def organization(self, who: Person, due: float) -> None:
        """The person's own unit."""
        self._get("organization page", who, reverse("organizations:detail", args=[who.unit]), due)

    def bring_workbook(self, who: Person, workbook: bytes, due: float) -> None:
        """Hand in a roster, wait as the page does until it is read, confirm."""
        path = reverse("organizations:roster", args=[who.unit])
        self._get("roster page", who, path, due)
        answer = self._sent("import: hand in", who, path, *with_file({}, "roster.xlsx", workbook))
        began = time.monotonic()
        while answer.status == 302 and time.monotonic() - began < 120:
            time.sleep(2)
            page = self._get("import: progress", who, f"{answer.location}progress/")
            if page.ended:
                self.book.note("import: until read*", began, page, (200,))
                self._save("import: confirm", who, f"{answer.location}apply/", {})
                return
        self.book.note("import: until read*", began, Answer(0, "not read in two minutes"), (200,))

    def bring_file(self, who: Person, name: str, content: bytes, due: float) -> None:
        """Add evidence of 5 MB to a case."""
        path = reverse("evidence:files", args=[who.cases[0]])
        self._get("files page", who, path, due)
        self._sent("upload 5 MB", who, path, *with_file({"note": "会议照片"}, name, content))

    def ask_export(self, who: Person, due: float) -> None:
        """Ask for the largest ledger as a workbook; a worker makes it."""
        body, sort = who.form({"format": "xlsx", "year": str(self.year), "_reason": "报送上级"})
        path = reverse("reports:export", args=["problems"])
        self.book.note("export: ask", due, who.ask("POST", path, body, sort), (302,))
