"""Signing in and out, and a person's own account."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions, attempts, audit
from accounts.forms import PasswordForm, ProfileForm, SignInForm
from accounts.middleware import wants_json
from accounts.policy import policy
from accounts.roles import EVERYONE

WRONG = "用户名或密码不正确。请检查大小写；忘记密码请找系统管理员重置。"
NO_DEMO = "演示账号不能在正式环境登录，请使用本人账号。"
LOCKED = "连续输错次数过多，请 {minutes} 分钟后再试，或请系统管理员重置密码。"


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
        problem = _enter(request, **form.cleaned_data)
        if problem is None:
            return _entered(request, following)
        form.add_error(None, problem)
    if request.method == "POST" and wants_json(request):
        return JsonResponse(
            {"error": "；".join(text for texts in form.errors.values() for text in texts)}, status=422
        )
    status = 422 if form.errors else 200
    return render(request, "accounts/sign_in.html", {"form": form, "next": following}, status=status)


def _enter(request: HttpRequest, *, username: str, password: str) -> str | None:
    """Try the password; the reason when it is refused. Every attempt is audited."""
    username = username.strip().lower()
    address = request.META.get("REMOTE_ADDR", "")
    minutes = attempts.locked_for(username, address, timezone.now())
    if minutes:
        audit.record("登录", obj=username, result="已锁定")
        return LOCKED.format(minutes=minutes)
    user = authenticate(request, username=username, password=password)
    if user is None:
        audit.record("登录", obj=username, result="失败")
        return WRONG
    if settings.PRODUCTION and user.is_demo:
        audit.record("登录", obj=username, result="演示账号")
        return NO_DEMO
    login(request, user)
    request.session["signed_in_at"] = request.session["seen_at"] = timezone.now().isoformat()
    # Until here the request was nobody's; acting_as puts the old actor back at its end
    audit.actor.set(audit.Actor(user=user, address=address))
    audit.record("登录", obj=username)
    return None


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


@policy(EVERYONE, scope="self")
@sensitive_post_parameters("current", "new", "again")
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; the first sign-in comes here before anything else."""
    form = PasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        actions.change_password(user=request.user, password=form.cleaned_data["new"])
        update_session_auth_hash(request, request.user)
        messages.success(request, "密码已修改，下次登录请用新密码。")
        return redirect("reports:workbench")
    return _form_page(request, "accounts/password.html", form)


@policy(EVERYONE, scope="self")
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The own account: posts held, telephone and e-mail."""
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        actions.edit_user(user_id=request.user.pk, **form.cleaned_data)
        messages.success(request, "个人资料已保存。")
        return redirect("accounts:profile")
    return _form_page(request, "accounts/profile.html", form)


def _form_page(request: HttpRequest, template: str, form: Any) -> HttpResponse:
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


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
