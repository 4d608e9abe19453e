"""督导通报: the room's first page, what waits for this post and how the papers, inspections and circulars stand."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import OFFICERS, SUBTREE
from accounts.year import working_year
from organizations.models import Appointment
from rectification.schemes.models import Scheme
from rectification.supervision.circulars.models import Circular, CircularState
from rectification.supervision.inspections.models import Inspection, InspectionState
from rectification.supervision.inspections.owed import Arrangement, arrangements
from rectification.supervision.notices import drafting
from rectification.supervision.notices.forms import STATES
from rectification.supervision.notices.models import UNSENT, Notice, NoticeKind
from rectification.supervision.notices.waiting import waiting_lines

LATEST = 5
NUMBERS = {
    "issued": "已签发",
    "waiting": STATES["waiting"][0],
    "overdue": "逾期未回复",
    "replied": STATES["replied"][0],
    "ended": STATES["ended"][0],
}


@policy(SUBTREE, scope="none")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, then the year in numbers, each leading to its list."""
    today, post = timezone.localdate(), request.post
    year = working_year(request)
    circulars = Circular.objects.visible_to(post).filter(state=CircularState.ISSUED, year=year)
    office = post.role in OFFICERS
    context = {
        "year": year,
        "waits": waiting_lines(post, today),
        "numbers": NUMBERS.values(),
        "kinds": _kinds(post, year, today),
        "inspections": _inspections(post, year) if office else [],
        "arrangements": _arrangements(post, year, today) if office else [],
        "circulars": list(circulars.select_related("organization")[:LATEST]),
        "lists": _lists(office),
        "may_draft": drafting.may_draft(post, year),
    }
    return render(request, "rectification/supervision/notices/home.html", context)


def _kinds(post: Appointment, year: int, today: date) -> list[dict[str, Any]]:
    """Each kind with its numbers and where they lead; one query."""
    seen = Notice.objects.visible_to(post).of_year(year).exclude(state__in=UNSENT)
    late = Notice.objects.overdue(today).values("pk")
    counted = {
        row["kind"]: row
        for row in seen.order_by()
        .values("kind")
        .annotate(
            issued=Count("pk"),
            waiting=Count("pk", filter=Q(state__in=STATES["waiting"][1])),
            overdue=Count("pk", filter=Q(pk__in=late)),
            replied=Count("pk", filter=Q(state__in=STATES["replied"][1])),
            ended=Count("pk", filter=Q(state__in=STATES["ended"][1])),
        )
    }
    asked = (
        ("issued", {"state": "sent"}),
        ("waiting", {"state": "waiting"}),
        ("overdue", {"overdue": "on"}),
        ("replied", {"state": "replied"}),
        ("ended", {"state": "ended"}),
    )
    rows = []
    for kind in NoticeKind:
        if (own := counted.get(kind)) is None:
            continue
        cells = [
            {
                "name": NUMBERS[name],
                "count": own[name],
                "url": _list(kind=kind.value, **extra) if own[name] else "",
            }
            for name, extra in asked
        ]
        rows.append({"label": kind.label, "cells": cells})
    return rows


def _list(**query: str) -> str:
    return f"{reverse('supervision:notices')}?{urlencode(query)}"


def _inspections(post: Appointment, year: int) -> list[dict[str, Any]]:
    """How many rounds are planned and done."""
    counted = (
        Inspection.objects.visible_to(post)
        .filter(scheme__year=year)
        .order_by()
        .aggregate(
            planned=Count("pk", filter=Q(state=InspectionState.PLANNED)),
            done=Count("pk", filter=Q(state=InspectionState.DONE)),
        )
    )
    url = reverse("supervision:inspections")
    return [
        {"label": "已安排", "count": counted["planned"], "url": f"{url}?state=planned"},
        {"label": "已完成", "count": counted["done"], "url": f"{url}?state=done"},
    ]


def _arrangements(post: Appointment, year: int, today: date) -> list[Arrangement]:
    """What the scheme asks the post's unit to inspect."""
    scheme = Scheme.objects.governing(post.organization, year)
    return arrangements(post.organization, scheme, today) if scheme else []


def _lists(office: bool) -> list[tuple[str, str]]:
    """The room's lists that there are for this post."""
    named = [("督导文书", "supervision:notices"), ("通报", "supervision:circulars")]
    if office:
        named[:0] = [("督导检查", "supervision:inspections"), ("逐级督办、待签发", "supervision:drafts")]
    return [(title, reverse(name)) for title, name in named]
