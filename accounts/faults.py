"""What a page says when something below it is away: the truth, and what to do."""

import sys

import psycopg
import redis
from django import db
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults

AWAY = (
    db.OperationalError,
    db.InterfaceError,
    psycopg.OperationalError,  # of statements that go past Django
    psycopg.InterfaceError,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
)
SECONDS = "10"


def away(broken: BaseException | None) -> bool:
    """Whether a server was away (restarted, overloaded) when this was raised, or before it."""
    seen = set()
    while broken is not None and id(broken) not in seen:
        if isinstance(broken, AWAY):
            return True
        seen.add(id(broken))
        broken = broken.__cause__ or broken.__context__
    return False


def server_error(request: HttpRequest) -> HttpResponse:
    """Called where a request ended in an exception: 503 and "in a moment" where it is a server that is away.

    Asks nothing of database or cache. What somebody sent may or may not have been kept; sending the same form again is
    safe either way (accounts.middleware.OneSubmission).
    """
    if not away(sys.exc_info()[1]):
        return defaults.server_error(request)
    sent = request.method not in ("GET", "HEAD")
    if request.headers.get("X-Requested-With"):
        response: HttpResponse = JsonResponse({"error": "系统暂时不可用，请稍后再试"}, status=503)
    else:
        response = HttpResponse(render_to_string("503.html", {"sent": sent, "seconds": SECONDS}), status=503)
    response["Retry-After"] = SECONDS
    response["Cache-Control"] = "no-store"
    return response
