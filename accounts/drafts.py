"""What a person is typing, kept on the server until the form is sent. Asked by drafts.js only."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.models import Draft
from accounts.policy import policy
from accounts.roles import EVERYONE
from accounts.submission import raw_body

LIMIT_BYTES = 200_000


@policy(EVERYONE, scope="self", repeatable=True)
@never_cache
@require_http_methods(["GET", "POST", "DELETE"])
def drafts(request: HttpRequest) -> HttpResponse:
    """?key= names the form. GET gives the draft or 204, POST keeps a JSON object, DELETE forgets it."""
    key = request.GET.get("key", "")
    if not key or not key.isprintable():
        return JsonResponse({"error": "缺少草稿名称"}, status=400)
    if request.method == "GET":
        draft = Draft.objects.filter(user=request.user, key=key[:200]).first()
        if draft is None:
            return HttpResponse(status=204)
        return JsonResponse({"data": draft.data, "saved_at": timezone.localtime(draft.saved_at).isoformat()})
    if request.method == "DELETE":
        actions.drop_draft(user=request.user, key=key)
        return HttpResponse(status=204)
    return _keep(request, key)


def _keep(request: HttpRequest, key: str) -> HttpResponse:
    if len(raw_body(request)) > LIMIT_BYTES:
        return JsonResponse({"error": "内容过长，草稿没有保存"}, status=413)
    data = _read(raw_body(request))
    if data is None:
        return JsonResponse({"error": "草稿格式有误"}, status=400)
    now = timezone.now()
    actions.save_draft(user=request.user, key=key, data=data, at=now)
    return JsonResponse({"saved_at": timezone.localtime(now).isoformat()})


def _read(body: bytes) -> dict[str, Any] | None:
    """A JSON object that the database takes: no NaN, no half characters, no NUL; None for anything else."""
    try:
        data = json.loads(body)
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and "\\u0000" not in text else None
