"""The voter's page: a code, the questions, thanks. No sign-in, no session, no cookie, no line in a log."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.errors import Refused
from accounts.policy import policy
from organizations.reach import EVERYTHING, reaching
from rectification.acceptance.ballots import poll_actions, rules, throttle

FOLDER = "rectification/acceptance/ballots"


@policy(None, scope="none", repeatable=True, anonymous=True)
@csrf_exempt  # there is no session to misuse: the code in the body is all the authority there is (decision 19)
@require_http_methods(["GET", "POST"])
@reaching(EVERYTHING)  # nobody has no post; what is read is the one poll of the code
def answer(request: HttpRequest) -> HttpResponse:
    """Ask for the code, show what it is asked, take the answer.

    The slip's QR carries the code behind a #, which no browser sends; the page's script puts it into the form. The
    code travels in the body of a POST only, and comes back only in that answer.
    """
    if request.method == "GET":
        return _page("thanks" if "done" in request.GET else "code", {})
    typed = request.POST.get("code", "")
    code, now = rules.as_typed(typed), timezone.now()
    try:
        if "answered" not in request.POST:
            poll = poll_actions.ready(code=code, at=now).poll
            return _page("answer", {"code": code, "poll": poll, "village": poll.acceptance.case.organization})
        poll_actions.answer(code=code, chosen=_chosen(request.POST), at=now)
    except poll_actions.WrongCode as wrong:
        if throttle.too_many(now):
            return _page("code", {"error": rules.TOO_MANY_WRONG, "code": typed[:20]}, 429)
        return _page("code", {"error": str(wrong), "code": typed[:20]}, 422)
    except Refused as refused:
        return _page("code", {"error": str(refused), "over": True}, 422)
    return _private(redirect(f"{reverse('ceping')}?done=1"))


def _chosen(sent: Mapping[str, Any]) -> dict[int, str]:
    """What was chosen, by the item's place."""
    places = (key.removeprefix("item-") for key in sent if key.startswith("item-"))
    return {int(n): sent[f"item-{n}"] for n in places if n.isascii() and n.isdigit() and len(n) < 4}


def _page(name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    # Without the request: what every other page shows around its content would ask for a session
    return _private(HttpResponse(render_to_string(f"{FOLDER}/{name}.html", context), status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """Nothing of it stays in the telephone's cache or goes to another site."""
    response["Cache-Control"], response["Referrer-Policy"] = "no-store", "no-referrer"
    return response
