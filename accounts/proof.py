"""Step-up: what reaches far (a whole unit's file, somebody's post) asks again who sits there, and then goes on.

The question comes back in place of the answer and carries everything that was typed; the answer goes to the same
address with it, so nothing is typed twice and nothing is kept. Files cannot travel so: they are chosen once more.
"""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts import attempts, audit, second_factor
from accounts.middleware import wants_json

FIELD = "_proof"
KEEP_OUT = (FIELD, "csrfmiddlewaretoken")
LOCKED = "连续输错次数过多，已退出登录；请 {minutes} 分钟后再试。"


class FreshProof:
    """Ask for the code (the password, of who has no second factor) where the route wants a fresh proof."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not self._asks(request) or is_fresh(request):
            return self.get_response(request)
        if wants_json(request):
            return JsonResponse({"error": "请刷新页面，再次确认身份后办理"}, status=403)
        typed = request.POST.get(FIELD)
        by_code = second_factor.has(request.user)
        problem = "" if typed is None else _prove(request, typed, by_code=by_code)
        if problem is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect("accounts:sign_in")
        return _ask(request, problem, by_code=by_code)

    @staticmethod
    def _asks(request: HttpRequest) -> bool:
        asks = getattr(request.policy, "proof", None)
        return bool(asks and request.user.is_authenticated and asks(request.post))


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person proved a moment ago who they are."""
    proved = request.session.get("proved_at")
    return bool(proved) and timezone.now() - datetime.fromisoformat(proved) < settings.PROOF_LIFETIME


def _prove(request: HttpRequest, typed: str, *, by_code: bool) -> str | None:
    """Try what was typed; why not, or None. Who goes on guessing is signed out: the session may be somebody else's."""
    now, user = timezone.now(), request.user
    attempt, minutes = attempts.begin(
        username=user.username,
        address=request.META.get("REMOTE_ADDR", ""),
        device=attempts.known_device(request, user.username),
        at=now,
    )
    if minutes:
        audit.record("再次确认身份", obj=user.username, result="已锁定")
        logout(request)
        messages.error(request, LOCKED.format(minutes=minutes))
        return LOCKED
    right = second_factor.accepts(user=user, code=typed, at=now) if by_code else user.check_password(typed)
    audit.record("再次确认身份", obj=user.username, result="成功" if right else "失败")
    if not right:
        return second_factor.WRONG if by_code else "密码不正确"
    attempts.succeeded(attempt)
    request.session["proved_at"] = now.isoformat()
    return None


def _ask(request: HttpRequest, problem: str, *, by_code: bool) -> HttpResponse:
    carried = [
        (name, value) for name, values in request.POST.lists() if name not in KEEP_OUT for value in values
    ]
    context = {
        "carried": carried,
        "by_code": by_code,
        "problem": problem,
        "files": bool(request.FILES),
        "minutes": settings.PROOF_LIFETIME.seconds // 60,
    }
    return render(request, "accounts/proof.html", context, status=422 if problem else 403)
