"""What a phone keeps for where there is no signal: one empty form, which names no case and nobody, and its keeper.

Both are open to anybody, so that nothing of a person can be in them (docs/decisions, 14).
"""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from accounts.policy import policy
from rectification.remediation.activities.forms import EmptyEntryForm

PAGE = "rectification/remediation/activities/offline.html"
FILES = (
    "vendor/tabler.min.css",
    "css/app.css",
    "css/activity.css",
    "js/app.js",
    "js/photo.js",
    "js/outbox.js",
)
# Stands in the form's address for the case that is chosen on the phone
ANY_CASE = "00000000-0000-0000-0000-000000000000"


@policy(None, scope="none")
@require_GET
def activity_offline(request: HttpRequest) -> HttpResponse:
    """The empty form; static/js/outbox.js fills in whose it is and which cases there are from the phone's own store."""
    return render(request, PAGE, _context())


def _context() -> dict[str, object]:
    return {"form": EmptyEntryForm(auto_id="id_%s"), "any_case": ANY_CASE}


@policy(None, scope="none")
@cache_control(no_cache=True)
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the empty form; a new version when the form or its files change."""
    files = [static(name) for name in FILES]
    said = [render_to_string(PAGE, _context()), *files]
    version = hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]
    context = {"version": version, "files": files, "page": reverse("remediation:activity_offline")}
    context["slow"] = reverse("remediation:diary")
    return render(
        request,
        "rectification/remediation/activities/worker.js",
        context,
        content_type="text/javascript; charset=utf-8",
    )
