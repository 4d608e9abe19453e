"""Headers on every answer: pages, files, redirects, errors, and what never reached a view."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(),"
    " magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
}
# Where the page's own policy was not put on: nothing at all may run or load
BARE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Headers:
    """Outermost of all, so that nothing answers around it; a header that a view chose itself is kept."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", BARE_POLICY)
        return response


class HostCookie(CookieStorage):
    """Messages between two pages, in a cookie that no neighbouring host can set."""

    @property
    def cookie_name(self) -> str:
        """Asked anew each time: the prefix is the profile's."""
        return f"{settings.COOKIE_PREFIX}messages"


class Messages(FallbackStorage):
    """In the cookie; in the session what is too long for one."""

    storage_classes = (HostCookie, SessionStorage)
