"""Switching between the posts a person holds: the posts are never added up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.policy import policy
from accounts.roles import EVERYONE


@policy(EVERYONE, scope="self")
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act in another of the own posts from the next request on; always starts at the workbench."""
    chosen = next((post for post in request.posts if str(post.uid) == request.POST.get("post")), None)
    if chosen is None:
        messages.error(request, "没有这个岗位，或者任期已满。")
        return redirect("reports:workbench")
    request.session["post"] = str(chosen.uid)
    audit.record("切换岗位", obj=chosen)
    messages.success(request, f"现在以“{chosen}”的岗位办理。")
    return redirect("reports:workbench")
