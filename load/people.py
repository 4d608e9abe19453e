"""The 300 people of the hour before the deadline: signed in beforehand, each with the addresses of their own work."""

import http.client
import uuid
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

from accounts.roles import Role

HOST, TOKEN, BOUNDARY = "127.0.0.1", "a" * 32, "load-boundary-7d1f"
SHARES = {Role.TOWNSHIP_OFFICER: 0.5, Role.VILLAGE_REPORTER: 0.35, Role.COUNTY_OFFICER: 0.13}


@dataclass
class Answer:
    """What came back. status 0: no answer at all."""

    status: int
    body: str = ""
    location: str = ""
    ended: bool = False  # a page that polls is told that there is nothing more to wait for


@dataclass
class Person:
    """One browser: the cookies of a session, and where its owner works."""

    role: str
    unit: str
    port: int
    cookies: str
    cases: list[str] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        """One request on a connection of its own, as a proxy without keep-alive would send it."""
        headers = {"Cookie": self.cookies, **({"Content-Type": kind} if kind else {})}
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            given = response.headers
            return Answer(response.status, text, given.get("Location", ""), "HX-Refresh" in given)
        except (OSError, http.client.HTTPException) as broken:
            return Answer(0, f"{type(broken).__name__}: {broken}")
        finally:
            connection.close()

    def form(self, fields: dict[str, str]) -> tuple[bytes, str]:
        """An ordinary form's body and type, signed as the page would."""
        return urlencode(signed(fields)).encode(), "application/x-www-form-urlencoded"


def signed(fields: dict[str, str]) -> dict[str, str]:
    """A form's fields with its submission key and token."""
    return {**fields, "_key": str(uuid.uuid4()), "csrfmiddlewaretoken": TOKEN}


def with_file(fields: dict[str, str], name: str, content: bytes) -> tuple[bytes, str]:
    """The body and type of a form with a file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in signed(fields).items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    body = b"".join([*parts, head.encode(), content, f"\r\n--{BOUNDARY}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={BOUNDARY}"


def people(count: int, port: int, year: int, rng: Random) -> list[Person]:
    """So many people signed in: townships, villages, counties in their shares, and all the city's reviewers."""
    from organizations.models import Appointment

    posts = Appointment.objects.filter(user__is_active=True, to_on=None).select_related(
        "user", "organization"
    )
    chosen = list(posts.filter(role=Role.CITY_REVIEWER))
    for role, share in SHARES.items():
        rows = posts.filter(role=role)
        if role in (Role.TOWNSHIP_OFFICER, Role.VILLAGE_REPORTER):
            rows = rows.filter(organization__in=_with_cases(role, year))
        rows = list(rows.order_by("pk"))
        chosen += rng.sample(rows, min(len(rows), round(count * share)))
    spare = list(
        posts.filter(role=Role.VILLAGE_REPORTER).exclude(pk__in=[post.pk for post in chosen])[:count]
    )
    chosen += spare[: max(0, count - len(chosen))]
    return [_person(post, port, year) for post in chosen[:count]]


def _with_cases(role: Role, year: int):
    from rectification.cases.models import Case

    place = "township" if role == Role.TOWNSHIP_OFFICER else "organization"
    return Case.objects.of_year(year).open().values(place)


def _person(post, port: int, year: int) -> Person:
    from rectification.cases.models import Case
    from rectification.remediation.models import Measure
    from tests.cast import PostClient

    browser = PostClient(post)
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()} | {"csrftoken": TOKEN}
    cases = Case.objects.visible_to(post).of_year(year).open()
    measures = Measure.objects.visible_to(post).filter(
        problem__case__in=cases, state="open", long_term=False, duty__isnull=False
    )
    return Person(
        role=post.role,
        unit=str(post.organization.uid),
        port=port,
        cookies="; ".join(f"{name}={value}" for name, value in cookies.items()),
        cases=[str(uid) for uid in cases.order_by("pk").values_list("uid", flat=True)[:50]],
        measures=[str(uid) for uid in measures.order_by("pk").values_list("uid", flat=True)[:50]],
    )
