"""A workbook made at once and handed out by a page: recorded with its rows and hash, marked with who took it."""

import hashlib
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts import audit
from accounts.tables import show
from organizations.models import Appointment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def mark_of(post: Appointment, at: datetime | None = None) -> str:
    """The line at the foot of a copy that says who took it and when."""
    return f"{post.user.name} {show(at or timezone.now())} 导出，内部资料，注意保管"


def hand_out(content: bytes, *, name: str, action: str, obj: Any, rows: int, **detail: Any) -> HttpResponse:
    """The workbook as a download nobody else keeps; what was asked for, its rows and its hash are in the trail."""
    digest = hashlib.sha256(content).hexdigest()
    audit.record(action, obj=obj, rows=rows, sha256=digest, file=name, **detail)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
