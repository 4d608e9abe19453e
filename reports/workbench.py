"""工作台 and the review queue: what this post owes, what waits for it, what it waits for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import EVERYONE, WORKERS
from rectification.duties.models import Duty
from rectification.reviews.models import Review


@policy(EVERYONE, scope="none")
@require_GET
def workbench(request: HttpRequest) -> HttpResponse:
    """The page one starts from."""
    duties = Duty.objects.visible_to(request.post).owed_by(request.post).open() if request.post else []
    return render(request, "reports/workbench.html", {"duties": duties, "today": timezone.localdate()})


@policy(WORKERS, scope="none")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for this post's decision."""
    rows = Review.objects.visible_to(request.post).waiting_for(request.post)
    return render(request, "reports/queue.html", {"reviews": rows})
