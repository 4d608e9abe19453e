"""Administration of accounts: the system administrator makes them, the security administrator keeps them safe."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions, attempts, audit, second_factor
from accounts.errors import Refused
from accounts.forms import UserForm
from accounts.masking import masked
from accounts.models import User
from accounts.policy import always, opens, policy
from accounts.roles import Role, disable_refusal, enable_refusal, reset_refusal, switches_off
from accounts.tables import Column
from accounts.tables import render as draw

PAGE = 50
KEEPERS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})
# No letters or digits that look alike: it is read out or copied from paper once
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
SWITCHED_OFF = "账号同时停用，由系统管理员向本人核实后启用。"
STATES = {"active": ("启用", {"is_active": True}), "disabled": ("停用", {"is_active": False})}
SORTS = {"username", "-username", "name", "-name", "created_at", "-created_at", "last_login", "-last_login"}
COLUMNS = [
    Column("username", "用户名", kind="link", sort=True, link=lambda user: f"/users/{user.uid}/"),
    Column("name", "姓名", sort=True),
    Column("email", "电子邮箱", width=24),
    Column(
        "is_active",
        "状态",
        lambda user: "启用" if user.is_active else "停用",
        kind="light",
        tone=lambda user: "green" if user.is_active else "grey",
    ),
    Column(
        "must_change_password",
        "密码",
        lambda user: "待首次修改" if user.must_change_password else "已由本人设置",
    ),
    Column("last_login", "最近登录", kind="date", sort=True, width=18),
    Column("created_at", "建立时间", kind="date", sort=True, width=18),
]


def first_password() -> str:
    """A password for the first sign-in, 60 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


@policy(KEEPERS, scope="none")
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """The list of accounts: ?q= name or user name, ?state=, ?sort=."""
    rows = User.objects.visible_to(request.post).matching(request.GET.get("q", ""))
    state = request.GET.get("state", "")
    if state in STATES:
        rows = rows.filter(**STATES[state][1])
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "username"
    page = Paginator(rows.order_by(sort, "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "table": draw(COLUMNS, page, sort=sort, caption="账号", query=request.GET),
        "states": {key: words for key, (words, _) in STATES.items()},
        "state": state,
        "may_create": request.post.role == Role.SYSTEM_ADMIN,
    }
    return render(request, "accounts/users.html", context)


@policy(Role.SYSTEM_ADMIN, scope="none")
@require_http_methods(["GET", "POST"])
def user_new(request: HttpRequest) -> HttpResponse:
    """Open an account; its first password is shown once on the next page."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = first_password()
        try:
            user = actions.create_user(password=password, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _show_once(request, user, password, f"已建立账号 {user.username}，下一步请为其安排岗位。")
    return render(request, "accounts/user_new.html", {"form": form}, status=422 if form.errors else 200)


def _show_once(request: HttpRequest, user: User, password: str, words: str) -> HttpResponse:
    request.session["password_once"] = {"user": str(user.uid), "password": password}
    messages.success(request, words)
    return redirect("accounts:user", uid=user.uid)


@policy(KEEPERS, scope="user")
@require_http_methods(["GET", "POST"])
def user(request: HttpRequest, uid: str) -> HttpResponse:
    """One account; only the system administrator edits it."""
    account = get_object_or_404(User.objects.visible_to(request.post), uid=uid)
    may_edit = request.post.role == Role.SYSTEM_ADMIN
    asked = _asks_for_phone(request, account)
    given = request.POST if request.method == "POST" and may_edit else None
    form = UserForm(given, instance=account, phone=asked)
    if request.method == "POST" and may_edit and form.is_valid():
        actions.edit_user(user_id=account.pk, **form.cleaned_data)
        messages.success(request, f"账号 {account.username} 的资料已保存。")
        return redirect("accounts:user", uid=uid)
    once = request.session.get("password_once")
    if once and once["user"] == str(account.uid):
        del request.session["password_once"]
    else:
        once = None
    context = {
        "account": account,
        "form": form,
        "may_edit": may_edit,
        "may_appoint": opens(request.post, "organizations:appointment_new"),
        "once": once,
        "phone": account.phone if asked else masked(account.phone),
        "asked": asked,
        **_ways(request, account),
    }
    return render(request, "accounts/user.html", context, status=422 if form.errors else 200)


def _asks_for_phone(request: HttpRequest, account: User) -> bool:
    """Whether the telephone number is to be shown whole, or comes back with the form; the asking is recorded."""
    if request.method == "POST":
        return "phone" in request.POST
    asked = request.GET.get("phone") == "1"
    if asked:
        audit.record("查看联系电话", obj=account.username)
    return asked


def _ways(request: HttpRequest, account: User) -> dict[str, Any]:
    """How the account signs in, and what of it this administrator may put right."""
    by, held = Role(request.post.role), actions.roles_of(account)
    secures = by == Role.SECURITY_ADMIN
    return {
        "factor": second_factor.of(account),
        "failed": attempts.failed(account.username, timezone.now()),
        "resets": reset_refusal(by, held) is None,
        "disables": disable_refusal(by, held) is None,
        "enables": enable_refusal(by, held) is None,
        "secures": secures,
        "switches_off": switches_off(held),
    }


@policy(KEEPERS, scope="user", proof=always)
@require_POST
def user_active(request: HttpRequest, uid: str) -> HttpResponse:
    """Switch an account off, or on again."""
    account = get_object_or_404(User.objects.visible_to(request.post), uid=uid)
    active = request.POST.get("active") == "1"
    refusal = enable_refusal if active else disable_refusal
    try:
        if why := refusal(Role(request.post.role), actions.roles_of(account)):
            raise Refused(why)
        actions.set_active(user_id=account.pk, active=active)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done = "已启用，本人可以登录" if active else "已停用，本人的下一次操作即被拒绝"
        messages.success(request, f"账号 {account.username} {done}。")
    return redirect("accounts:user", uid=uid)


@policy(KEEPERS, scope="user", proof=always)
@require_POST
def user_password(request: HttpRequest, uid: str) -> HttpResponse:
    """Give a new first password, shown once; the owner changes it at the next sign-in."""
    account = get_object_or_404(User.objects.visible_to(request.post), uid=uid)
    if account == request.user:
        messages.error(request, "自己的密码请在“修改密码”中修改。")
        return redirect("accounts:password")
    held = actions.roles_of(account)
    if why := reset_refusal(Role(request.post.role), held):
        messages.error(request, why)
        return redirect("accounts:user", uid=uid)
    password = first_password()
    try:
        actions.reset_password(user_id=account.pk, password=password, switch_off=switches_off(held))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("accounts:user", uid=uid)
    words = f"账号 {account.username} 的密码已重置，请把初始密码当面交给本人。"
    return _show_once(request, account, password, words + (SWITCHED_OFF if switches_off(held) else ""))


@policy(Role.SECURITY_ADMIN, scope="user", proof=always)
@require_POST
def user_second_factor(request: HttpRequest, uid: str) -> HttpResponse:
    """Take away the second factor of somebody who lost it."""
    account = get_object_or_404(User.objects.visible_to(request.post), uid=uid)
    if account == request.user:
        messages.error(request, "自己的动态口令请在“动态口令”中更换；手机遗失请另一名安全管理员重置。")
        return redirect("accounts:second_factor")
    off = switches_off(actions.roles_of(account))
    try:
        actions.reset_second_factor(user_id=account.pk, switch_off=off)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("accounts:user", uid=uid)
    words = f"账号 {account.username} 的动态口令已重置，本人下次登录时重新绑定。"
    messages.success(request, words + (SWITCHED_OFF if off else ""))
    return redirect("accounts:user", uid=uid)


@policy(Role.SECURITY_ADMIN, scope="user")
@require_POST
def user_unlock(request: HttpRequest, uid: str) -> HttpResponse:
    """Let an account be tried again before its wait is over."""
    account = get_object_or_404(User.objects.visible_to(request.post), uid=uid)
    actions.unlock(user=account)
    messages.success(request, f"账号 {account.username} 的登录锁定已解除，本人可以立即登录。")
    return redirect("accounts:user", uid=uid)
