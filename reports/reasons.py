"""What a file that holds personal data is wanted for: asked once a session, written beside every file made in it.

Source: reliability design, Input 8 (an export is recorded with its reason where it holds personal data). Like the
proof of a person (accounts.proof) the question comes back in place of the answer and carries what was typed.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.errors import Refused
from reports.bundles import BUNDLES
from reports.papers import declared

REASONS = ("报送上级", "会议研究", "督导检查", "核对数据", "整理归档", "其他工作需要")
FIELD, KEPT = "_reason", "export_reason"
KEEP_OUT = (FIELD, "csrfmiddlewaretoken")


def of(request: HttpRequest) -> str:
    """What the files of this session are wanted for; "" before it was said."""
    return request.session.get(KEPT, "")


def keep(request: HttpRequest, given: str) -> None:
    """From now on it is this one; what is none of the reasons changes nothing."""
    if given in REASONS:
        request.session[KEPT] = given


def check(key: str, reason: str) -> None:
    """Raise Refused where a file with personal data is asked for without a reason."""
    if reason not in REASONS and _is_personal(key):
        raise Refused("请先说明导出用途")


def _is_personal(key: str) -> bool:
    """Whether a file of this key names people; of what is not known, yes."""
    return getattr(declared(key) or BUNDLES.get(key), "personal", True)


def with_reason(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose POST makes a file: it asks for the reason before it goes on."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        keep(request, request.POST.get(FIELD, ""))
        if request.method != "POST" or of(request) or not _is_personal(given.get("key", "")):
            return view(request, *args, **given)
        carried = [
            (name, value) for name, values in request.POST.lists() if name not in KEEP_OUT for value in values
        ]
        return render(request, "reports/reason.html", {"carried": carried, "reasons": REASONS})

    return asking
