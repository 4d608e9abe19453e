"""What a person does before anything else: choose a password of their own, a fresh one, set up the second factor."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class FirstThings:
    """Lead there from every page but a person's own; decided at each request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = request.policy
        if (
            declared is None
            or declared.public
            or declared.scope == "self"
            or not request.user.is_authenticated
        ):
            return self.get_response(request)
        if request.user.must_change_password:
            messages.info(request, "首次登录请先修改密码。")
            return redirect("accounts:password")
        if request.session.get("password_expired"):
            messages.info(request, "密码已到更换期限，请先修改密码。")
            return redirect("accounts:password")
        if second_factor_due(request):
            messages.info(request, "您的岗位须使用动态口令，请先绑定。")
            return redirect("accounts:second_factor")
        return self.get_response(request)


def second_factor_due(request: HttpRequest) -> bool:
    """Whether one of the posts held asks for a second factor that this session was not opened with.

    A session opened with one ends when it is taken away, so what it carries cannot outlive the factor.
    """
    return (
        settings.SECOND_FACTOR_REQUIRED
        and request.needs_second_factor
        and not request.session.get("second_factor")
    )
