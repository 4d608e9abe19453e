"""The acting post: whoever acts does so in one post, read anew at each request or task, and history says which."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pghistory
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import audit
from accounts.roles import ADMINISTRATORS
from accounts.standing import Standing
from organizations.models import Appointment
from organizations.reach import reaching
from organizations.rules import SECOND_FACTOR_LEVELS
from organizations.scope import reach_of


@contextmanager
def acting_as(post: Appointment | None, *, user=None, address: str = "") -> Iterator[Appointment | None]:
    """Open a request or a task in somebody's post: history rows and audit events inside carry it, and the database
    shows what the post reaches (organizations.reach)."""
    who = post.user if post else user
    actor = audit.Actor(
        user=who,
        post=str(post) if post else "",
        unit_path=post.organization.path if post else "",
        address=address,
    )
    token = audit.actor.set(actor)
    try:
        # Who the history names and how far the database lets them see are one decision, taken here for both
        with (
            pghistory.context(user=who.pk if who else None, name=who.name if who else "", post=actor.post),
            reaching(reach_of(post)),
        ):
            yield post
    finally:
        audit.actor.reset(token)


POSTS = Standing(
    lambda user, today: Appointment.objects.filter(user=user).current(today),
    unit="organization",
    user=-1,
    today=date.min,
)


def posts_of(user, today) -> list[Appointment]:
    """The posts a person holds today, oldest first."""
    posts = POSTS.ask(user=user.pk, today=today)
    for post in posts:
        post.user = user
    return posts


def needs_second_factor(post: Appointment | None) -> bool:
    """Whether a post signs in with a second factor: of county level and above, or an administrator's."""
    return post is not None and (
        post.role in ADMINISTRATORS or post.organization.level in SECOND_FACTOR_LEVELS
    )


class ActingPost:
    """Put `request.post` (None without a post) and `request.posts` on every signed-in request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.post, request.posts, request.needs_second_factor = None, [], False
        if not request.user.is_authenticated:
            with acting_as(None, address=request.META.get("REMOTE_ADDR", "")):
                return self.get_response(request)
        request.posts = posts_of(request.user, timezone.localdate())
        request.needs_second_factor = any(map(needs_second_factor, request.posts))
        chosen = request.session.get("post")
        request.post = next(
            (p for p in request.posts if str(p.uid) == chosen), next(iter(request.posts), None)
        )
        with acting_as(request.post, user=request.user, address=request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)
