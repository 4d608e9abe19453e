"""A person's own account: password, second factor, open sessions, telephone and e-mail."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import actions, second_factor, sessions
from accounts.first_things import second_factor_due
from accounts.forms import CodeForm, PasswordForm, ProfileForm
from accounts.policy import always, policy
from accounts.roles import EVERYONE
from accounts.submission import carry_out


@policy(EVERYONE, scope="self")
@sensitive_post_parameters("current", "new", "again")
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; the first sign-in comes here before anything else."""
    form = PasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        actions.change_password(user=request.user, password=form.cleaned_data["new"], at=timezone.now())
        update_session_auth_hash(request, request.user)
        sessions.end_all(user=request.user, keep=request.session.session_key)
        request.session["password_expired"] = False
        messages.success(request, "密码已修改，下次登录请用新密码；其他设备上的登录已全部结束。")
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


@policy(EVERYONE, scope="self", proof=always)
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    """The own second factor: set up, or (?renew=1) set up anew on another telephone."""
    bound = second_factor.of(request.user)
    once = request.session.pop("recovery_once", None)
    if once or (bound and not request.GET.get("renew")):
        due = second_factor_due(request)
        return render(request, "accounts/second_factor.html", {"bound": bound, "once": once, "due": due})
    sealed = request.session.setdefault("new_factor", second_factor.new_secret())
    form = CodeForm(request.POST if request.method == "POST" else None)

    def act() -> list[str]:
        return second_factor.set_up(
            user=request.user, sealed=sealed, code=form.cleaned_data["code"], at=timezone.now()
        )

    if request.method == "POST" and (codes := carry_out(form, act)):
        del request.session["new_factor"]
        request.session["recovery_once"], request.session["second_factor"] = codes, True
        sessions.end_all(user=request.user, keep=request.session.session_key)
        messages.success(request, "动态口令已绑定，下次登录时须输入。请先保存好下面的备用码。")
        return redirect("accounts:second_factor")
    picture, letters = second_factor.setup_words(sealed, request.user)
    context = {"form": form, "picture": picture, "letters": letters, "bound": bound}
    return render(request, "accounts/second_factor_new.html", context, status=422 if form.errors else 200)


@policy(EVERYONE, scope="self")
@never_cache
@require_http_methods(["GET", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where the own account is signed in; one or all others can be ended."""
    now, here = timezone.now(), request.session.session_key
    if request.method == "POST":
        handle = request.POST.get("session", "")
        if not handle:
            sessions.end_others(user=request.user, keep=here)
            messages.success(request, "其他设备上的登录已全部结束。")
        elif sessions.end_one(user=request.user, handle=handle, at=now):
            messages.success(request, "该设备上的登录已结束，其下一次操作须重新登录。")
        else:
            messages.error(request, "没有这个登录，或者它已经结束。")
        return redirect("accounts:sessions")
    rows = sessions.of(request.user, now)
    for row in rows:
        row.here = row.session_key == here
    context = {"rows": rows, "others": any(not row.here for row in rows)}
    return render(request, "accounts/sessions.html", context)


def _form_page(request: HttpRequest, template: str, form: Any) -> HttpResponse:
    return render(request, template, {"form": form}, status=422 if form.errors else 200)
