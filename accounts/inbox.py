"""A person's own inbox."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import actions
from accounts.models import Message
from accounts.policy import policy
from accounts.roles import EVERYONE

PAGE = 30


@policy(EVERYONE, scope="self")
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What came in, newest first; ?unread=1 leaves out what was opened."""
    rows = Message.objects.of(request.user)
    only_unread = request.GET.get("unread") == "1"
    if only_unread:
        rows = rows.unread()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/inbox.html", {"page": page, "only_unread": only_unread})


@policy(EVERYONE, scope="self", repeatable=True)
@require_POST
def open_message(request: HttpRequest, uid: str) -> HttpResponse:
    """Mark as read and go to what it is about."""
    message = get_object_or_404(Message.objects.of(request.user), uid=uid)
    actions.read_messages(user=request.user, ids=[message.pk], at=timezone.now())
    here = message.url.startswith("/") and not message.url.startswith(("//", "/\\"))
    return redirect(message.url if here else "accounts:inbox")


@policy(EVERYONE, scope="self", repeatable=True)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    count = actions.read_messages(user=request.user, ids=None, at=timezone.now())
    messages.success(request, f"{count} 条消息已标为已读。")
    return redirect("accounts:inbox")
