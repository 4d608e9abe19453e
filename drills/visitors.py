"""People at the site over HTTP: signed in without the sign-in page, sending forms as a browser does."""

import http.client
import io
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@dataclass
class Answer:
    """What came back. status 0: no answer at all."""

    status: int
    body: str
    location: str = ""


class Visitor:
    """One person in one post, with the cookies of a session made beforehand."""

    def __init__(self, username: str, port: int):
        from organizations.models import Appointment
        from tests.cast import PostClient

        self.port = port
        self.post_held = Appointment.objects.filter(user__username=username).order_by("pk").first()
        browser = PostClient(self.post_held)
        browser.get("/", HTTP_HOST="127.0.0.1")
        self.cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        self.cookies.setdefault("csrftoken", "a" * 32)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def send(self, path: str, fields: dict, key: str = "") -> Answer:
        """An ordinary form; the same key is the same form sent again."""
        body = urlencode(self._signed(fields, key))
        return self._ask("POST", path, body.encode(), "application/x-www-form-urlencoded")

    def upload(self, path: str, fields: dict, name: str, content: bytes, key: str = "") -> Answer:
        """A form with a file."""
        file = io.BytesIO(content)
        file.name = name
        body = encode_multipart(BOUNDARY, {**self._signed(fields, key), "file": file})
        return self._ask("POST", path, body, MULTIPART_CONTENT)

    def _signed(self, fields: dict, key: str) -> dict:
        token = self.cookies["csrftoken"]
        return {**fields, "_key": key or str(uuid.uuid4()), "csrfmiddlewaretoken": token}

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if kind:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            return Answer(response.status, text, response.headers.get("Location", ""))
        except (OSError, http.client.HTTPException) as broken:
            return Answer(0, type(broken).__name__)
        finally:
            connection.close()
