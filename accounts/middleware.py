"""What happens around every request: an id and a log line, the session's limits, the route's policy, one submission."""

import logging
import time
import uuid
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from accounts import audit, logs
from accounts.models import SubmissionKey
from accounts.policy import Policy
from accounts.recorded import form_done

access = logging.getLogger("zhengdun.access")


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which cannot follow a redirect to the sign-in page."""
    return bool(request.headers.get("X-Requested-With") or getattr(request, "htmx", False))


def route_policy(request: HttpRequest) -> Policy | None:
    """The policy of the route that will answer; None when there is no such address."""
    try:
        return getattr(resolve(request.path_info).func, "policy", None)
    except Resolver404:
        return None


class Nobody:
    """Whoever asks an anonymous route is nobody: no cookie, address or browser reaches anything behind this point.

    So no session is read or kept awake, nothing can be recorded by mistake, and a clerk who tries a slip in the
    office's own browser is not told apart from a voter (reliability design, Audit: anonymous polls).
    """

    TELLING = ("HTTP_COOKIE", "HTTP_X_FORWARDED_FOR", "HTTP_USER_AGENT", "HTTP_REFERER")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.policy = route_policy(request)
        if request.policy and request.policy.anonymous:
            for name in self.TELLING:
                request.META.pop(name, None)
            request.META["REMOTE_ADDR"] = ""
        return self.get_response(request)


class RequestLog:
    """Give the request an id and write one line about it: route and time, no query, no person."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.policy and request.policy.anonymous:
            return self.get_response(request)
        token = logs.request_id.set(str(uuid.uuid4()))
        started = time.monotonic()
        try:
            response = self.get_response(request)
            match = request.resolver_match
            access.info(
                "request",
                extra={
                    "method": request.method,
                    "route": match.view_name if match else "",
                    "status": response.status_code,
                    "milliseconds": round((time.monotonic() - started) * 1000),
                },
            )
            response["X-Request-Id"] = logs.request_id.get()
            return response
        finally:
            logs.request_id.reset(token)


class ClientAddress:
    """Behind our own proxies, the sender's address is the one the outermost of them saw, not the proxy's.

    Else all people share one address: fifty wrong passwords would lock out the whole city, and the audit trail would
    name nobody. What a sender wrote into the header stands further left and is not read.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if 0 < settings.PROXIES <= len(hops):
            with suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ip_address(hops[-settings.PROXIES].strip()))
        return self.get_response(request)


class NoNul:
    """Refuse a NUL character anywhere in the address or the form: nobody types one, and no text column takes it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = [request.path_info, *request.COOKIES.values()]
        for source in (request.GET, request.POST):
            given += [text for key, texts in source.lists() for text in (key, *texts)]
        if any("\x00" in text for text in given):
            raise BadRequest("NUL")
        return self.get_response(request)


class IdleTimeout:
    """End a session that was idle or open for too long; polling does not count as being there."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            if self._expired(request.session, now):
                audit.record("会话超时", obj=request.user.username)
                logout(request)
                messages.info(request, "长时间未操作，为安全起见已退出登录，请重新登录。")
            elif not (request.policy and request.policy.passive):
                self._touch(request.session, now)
        return self.get_response(request)

    @staticmethod
    def _expired(session, now: datetime) -> bool:
        seen, signed_in = session.get("seen_at"), session.get("signed_in_at")
        if not seen or not signed_in:
            return False
        return (
            now - datetime.fromisoformat(seen) > settings.IDLE_TIMEOUT
            or now - datetime.fromisoformat(signed_in) > settings.SESSION_LIFETIME
        )

    @staticmethod
    def _touch(session, now: datetime) -> None:
        session.setdefault("signed_in_at", now.isoformat())
        seen = session.get("seen_at")
        # Once a minute is fine enough for a limit of minutes, and spares a write on each page
        if not seen or (now - datetime.fromisoformat(seen)).total_seconds() > 60:
            session["seen_at"] = now.isoformat()


class SignInRequired(LoginRequiredMiddleware):
    """Send a stranger to the sign-in page; tell a script plainly, so that it can ask for the password in place."""

    def handle_no_permission(self, request, view_func):
        if wants_json(request):
            return JsonResponse({"error": "登录已失效，请重新登录"}, status=401)
        return super().handle_no_permission(request, view_func)


class RoutePolicy:
    """Admit only the roles a route declares."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = request.policy
        if declared is None or declared.public or not request.user.is_authenticated:
            return self.get_response(request)
        role = request.post.role if request.post else None
        if declared.scope != "self" and role not in declared.roles:
            audit.record("拒绝访问", obj=request.path, result="岗位无权")
            return render(request, "403.html", status=403)
        response = self.get_response(request)
        if response.status_code == 405 and not wants_json(request):
            return self._only_for_forms(request, response)
        return response

    @staticmethod
    def _only_for_forms(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
        """An address that only takes forms, opened by hand or kept as a bookmark after an error."""
        page = render(request, "405.html", status=405)
        page["Allow"] = refused["Allow"]
        return page


class OneSubmission:
    """Every form is carried out once: key, work and result share one transaction.

    The same key again answers with the first result. A form that comes back with errors gives its key back.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = request.policy
        if request.method != "POST" or declared is None or declared.public or declared.repeatable:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return self.get_response(request)
        try:
            key = uuid.UUID(request.POST.get("_key", ""))
        except ValueError:
            return render(request, "400.html", {"reason": "表单缺少提交编号，请刷新页面后重试。"}, status=400)
        return self._once(request, key)

    def _once(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        with transaction.atomic():
            row = SubmissionKey.claim(user=request.user, key=key, path=request.path, at=timezone.now())
            if row is None:
                return self._first_result(request, key)
            response = self.get_response(request)
            if response.status_code in (301, 302, 303):
                form_done(request)
                row.location = response["Location"]
                row.save(update_fields=["location"])
            else:
                row.delete()
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    @staticmethod
    def _first_result(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        first = SubmissionKey.objects.get(user=request.user, key=key)
        messages.info(request, "这张表单已经提交过，没有重复处理；下面是第一次提交的结果。")
        return redirect(first.location or reverse("reports:workbench"))
