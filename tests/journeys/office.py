"""The people of the journey at their browsers, and what the official file says, read once more by the test itself."""

import csv
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from organizations.models import Appointment, Organization
from tests.cast import SHANGHAI, PostClient

ROSTER = Path(__file__).parent.parent / "data" / "divisions-430600.csv"
YEAR = 2026
PINGJIANG, MILUO, YUEYANG, LINXIANG = "430626", "430681", "430621", "430682"


class Browser(PostClient):
    """A browser nobody has signed in with yet."""

    def __init__(self, **how: Any) -> None:
        Client.__init__(self, **how)


@dataclass
class Roster:
    """The published file as plain rows; counts villages and communities without asking the product."""

    rows: list[dict[str, str]] = field(
        default_factory=lambda: list(csv.DictReader(ROSTER.read_text(encoding="utf-8").splitlines()))
    )

    def below(self, code: str) -> list[dict[str, str]]:
        """The grassroots units whose codes begin with this one."""
        return [row for row in self.rows if row["level"] == "grassroots" and row["code"].startswith(code)]

    def villages(self, code: str) -> list[str]:
        """Codes of what calls itself a village."""
        return [
            row["code"]
            for row in self.below(code)
            if re.search(r"(村委会|村民委员会|(?<!类似)村)$", row["name"])
        ]

    def communities(self, code: str) -> list[str]:
        """Codes of what calls itself a residents' committee or a community."""
        return [
            row["code"] for row in self.below(code) if re.search(r"(居委会|居民委员会|社区)$", row["name"])
        ]

    def others(self, code: str) -> list[str]:
        """Codes of what a person has to decide on."""
        told = {*self.villages(code), *self.communities(code)}
        return [row["code"] for row in self.below(code) if row["code"] not in told]

    def townships(self, county: str) -> list[str]:
        """Codes of a county's townships in order."""
        return sorted(
            row["code"] for row in self.rows if row["level"] == "township" and row["parent_code"] == county
        )


def share(percent: int, number: int) -> int:
    """⌈percent of number⌉ in whole numbers."""
    return -(-percent * number // 100)


@dataclass
class Office:
    """Everybody's posts by user name, the clock, and whatever later steps need to know of earlier ones."""

    clock: Any
    roster: Roster = field(default_factory=Roster)
    posts: dict[str, Appointment] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    def on(self, month: int, day: int, hour: int = 9, year: int = YEAR) -> None:
        """Go to a day of the year."""
        self.clock.move_to(datetime(year, month, day, hour, tzinfo=SHANGHAI))

    def at(self, username: str) -> PostClient:
        """A fresh browser of somebody, signed in in their post."""
        return PostClient(self.posts[username])

    def page(self, username: str, name: str, *args: Any, **query: str) -> HttpResponse:
        """Somebody opens a page and gets it."""
        response = self.at(username).get(reverse(name, args=args), query)
        assert response.status_code == 200, (username, name, response.status_code)
        return response

    def send(self, username: str, name: str, *args: Any, data: dict, query: str = "") -> HttpResponse:
        """Somebody sends a form, and it is carried out."""
        response = self.tries(username, name, *args, data=data, query=query)
        assert response.status_code == 302, (username, name, response.status_code, said(response)[:1500])
        return response

    def tries(self, username: str, name: str, *args: Any, data: dict, query: str = "") -> HttpResponse:
        """Somebody sends a form; whatever comes of it."""
        return self.at(username).post(reverse(name, args=args) + query, data)


def unit(code: str) -> Organization:
    """A unit by its official code."""
    return Organization.objects.get(code=code)


def said(response: HttpResponse) -> str:
    """The words of a page without its tags."""
    text = response.content.decode()
    return " ".join(re.sub("<[^>]+>", " ", text[text.find("<main") :]).split())


def typed(form: Any) -> dict[str, Any]:
    """What a browser would send of a form as it stands."""
    sent: dict[str, Any] = {}
    for box in form:
        value = box.value()
        if value is None or value is False:
            continue
        sent[box.html_name] = [str(one) for one in value] if isinstance(value, list) else str(value)
        if hasattr(box.field, "prepare_value") and isinstance(box.field.prepare_value(box.initial), str):
            sent[box.html_name] = box.field.prepare_value(value)
    return sent


def typed_rows(formset: Any) -> dict[str, Any]:
    """What a browser would send of a page of rows, without the empty ones it offers."""
    sent = typed(formset.management_form)
    sent[f"{formset.prefix}-TOTAL_FORMS"] = str(len(formset.initial_forms))
    for form in formset.initial_forms:
        sent |= typed(form)
    return sent
