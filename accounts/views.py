"""Signing in and out, and what a session is asked besides."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import attempts, audit, password_rules, second_factor, sessions
from accounts.errors import Refused
from accounts.forms import CodeForm, SignInForm
from accounts.middleware import wants_json
from accounts.models import SignInAttempt, User
from accounts.policy import policy
from accounts.roles import EVERYONE

WRONG = "用户名或密码不正确。请检查大小写；忘记密码请找管理员重置。"
NO_DEMO = "演示账号不能在正式环境登录，请使用本人账号。"
LOCKED = "连续输错次数过多，请 {minutes} 分钟后再试，或请安全管理员解除锁定。"
AGAIN = "已超过五分钟，请重新输入用户名和密码。"
HALF = timedelta(minutes=5)


def own_address(request: HttpRequest, address: str | None) -> str:
    """An address of this site to go on to; the workbench instead of anybody else's."""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # A path, never a word: `redirect` would take a word for the name of a route
    return address if address and safe and address.startswith("/") else resolve_url("reports:workbench")


@policy(None, scope="none")
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; asked by a script it answers in JSON with a fresh form token (the in-page dialog)."""
    following = request.POST.get("next") or request.GET.get("next") or ""
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(own_address(request, following))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user, attempt = _known_by_password(request, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if second_factor.has(user):
                attempt.delete()  # neither right nor wrong yet
                return _ask_code(request, user, following)
            return _enter(request, user, attempt, following)
    return _sign_in_page(request, "accounts/sign_in.html", form, following)


@policy(None, scope="none")
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second half of signing in: a code of the authenticator, or a recovery code."""
    half = request.session.get("half", {})
    user = _of_half(half)
    if user is None:
        if wants_json(request):
            return JsonResponse({"error": AGAIN, "again": True}, status=422)
        messages.info(request, AGAIN)
        return redirect("accounts:sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            attempt = _known_by_code(request, user, form.cleaned_data["code"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            del request.session["half"]
            return _enter(request, user, attempt, half["next"], second=True)
    return _sign_in_page(request, "accounts/code.html", form, half["next"])


def _sign_in_page(request: HttpRequest, template: str, form: Any, following: str) -> HttpResponse:
    if request.method == "POST" and wants_json(request):
        return JsonResponse(
            {"error": "；".join(text for texts in form.errors.values() for text in texts)}, status=422
        )
    context = {"form": form, "next": following, "simple": not settings.SECOND_FACTOR_REQUIRED}
    return render(request, template, context, status=422 if form.errors else 200)


def _attempt(request: HttpRequest, username: str) -> SignInAttempt:
    """Note an attempt; Refused while attempts are not heard, before anything is compared."""
    attempt, minutes = attempts.begin(
        username=username,
        address=request.META.get("REMOTE_ADDR", ""),
        device=attempts.known_device(request, username),
        at=timezone.now(),
    )
    if minutes:
        audit.record("登录", obj=username, result="已锁定")
        raise Refused(LOCKED.format(minutes=minutes))
    return attempt


def _known_by_password(request: HttpRequest, *, username: str, password: str) -> tuple[User, SignInAttempt]:
    """Whom user name and password belong to; Refused with the reason. Every attempt is audited."""
    username = username.strip().lower()
    attempt = _attempt(request, username)
    user = authenticate(request, username=username, password=password)
    if user is None:
        audit.record("登录", obj=username, result="失败")
        raise Refused(WRONG)
    if settings.PRODUCTION and user.is_demo:
        audit.record("登录", obj=username, result="演示账号")
        raise Refused(NO_DEMO)
    return user, attempt


def _ask_code(request: HttpRequest, user: User, following: str) -> HttpResponse:
    now = timezone.now().isoformat()
    # With the password as it stands: a reset meanwhile ends what was begun with the old one
    request.session["half"] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": now,
        "next": following,
    }
    if wants_json(request):
        return JsonResponse({"code": reverse("accounts:code")})
    return redirect("accounts:code")


def _of_half(half: dict[str, Any]) -> User | None:
    """Whose password was right a moment ago."""
    if not half or timezone.now() - datetime.fromisoformat(half["at"]) > HALF:
        return None
    user = User.objects.active().filter(pk=half["user"]).first()
    same = user is not None and constant_time_compare(half["hash"], user.get_session_auth_hash())
    return user if same else None


def _known_by_code(request: HttpRequest, user: User, typed: str) -> SignInAttempt:
    attempt = _attempt(request, user.username)
    if not second_factor.accepts(user=user, code=typed, at=timezone.now()):
        audit.record("登录", obj=user.username, result="失败", step="动态口令")
        raise Refused(second_factor.WRONG)
    return attempt


def _enter(
    request: HttpRequest, user: User, attempt: SignInAttempt, following: str, *, second: bool = False
) -> HttpResponse:
    """Open the session, and go on to where the person was going."""
    now = timezone.now()
    attempts.succeeded(attempt)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    sessions.begin(request, now)
    request.session["second_factor"] = second
    _mind_the_password(request, user, now)
    # Until here the request was nobody's; acting_as puts the old actor back at its end
    audit.actor.set(audit.Actor(user=user, address=request.META.get("REMOTE_ADDR", "")))
    audit.record("登录", obj=user.username)
    response = _entered(request, following)
    attempts.remember_device(request, response, user.username)
    return response


def _mind_the_password(request: HttpRequest, user: User, now: datetime) -> None:
    """A session whose password is over age changes it first; a week before, one is told."""
    expires = password_rules.expires_at(user)
    if expires is None or user.must_change_password:
        return
    request.session["password_expired"] = expires <= now
    if now < expires <= now + password_rules.REMINDED:
        day = timezone.localtime(expires)
        messages.warning(request, f"密码将于{day.month}月{day.day}日到期，请及时在“修改密码”中更换。")


def _entered(request: HttpRequest, following: str) -> HttpResponse:
    if wants_json(request):
        _keep_post(request, request.POST.get("post", ""))
        return JsonResponse({"token": get_token(request), "username": request.user.get_username()})
    return redirect(own_address(request, following))


def _keep_post(request: HttpRequest, post: str) -> None:
    """Go on in the post the page was opened in; the acting-post middleware checks that it is still held."""
    try:
        request.session["post"] = str(uuid.UUID(post))
    except ValueError:
        return


@policy(EVERYONE, scope="self", repeatable=True)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    audit.record("退出登录", obj=request.user.get_username())
    logout(request)
    messages.success(request, "已退出登录。")
    return redirect("accounts:sign_in")


@policy(EVERYONE, scope="self", repeatable=True)
@require_POST
def year(request: HttpRequest) -> HttpResponse:
    """Work in another year from now on, on the same page."""
    chosen = request.POST.get("year", "")
    if chosen.isdecimal() and 2000 <= int(chosen) <= 2100:
        request.session["year"] = int(chosen)
    return redirect(own_address(request, request.POST.get("next")))


@policy(EVERYONE, scope="self", passive=True)
@never_cache
@require_GET
def session(request: HttpRequest) -> HttpResponse:
    """Whether the session still lives; asked before a form goes out, and never keeps the session alive itself."""
    return JsonResponse({"username": request.user.get_username(), "token": get_token(request)})
