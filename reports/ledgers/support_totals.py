"""The totals of 五个一落实情况表 that the database adds up: what its rows say, over whole lists."""

from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from organizations.record_models import LeaderPost
from rectification.remediation.support.models import CommitteeNeed, Project


def asked_totals(today: date) -> dict[str, Any]:
    """What the database adds up of each case by itself: money of its projects, posts of its committee."""

    def of_case(rows: QuerySet, **sums: Any) -> Subquery:
        rows = rows.filter(case=OuterRef("pk")).order_by().values("case")
        return Subquery(rows.annotate(**sums).values(*sums))

    def number(rows: QuerySet) -> Coalesce:
        return Coalesce(of_case(rows, number=Count("pk")), 0)

    projects, needs = Project.objects.standing(), CommitteeNeed.objects.standing()
    posts = LeaderPost.objects.filter(organization=OuterRef("organization")).current(today)
    posts = (
        posts.order_by()
        .values("organization")
        .annotate(all=Count("pk"), empty=Count("pk", filter=Q(holder="")))
    )
    vacant = Coalesce(Subquery(posts.values("empty")), 0)
    known = number(needs.filter(settled_on__isnull=True, post__holder=""))  # vacant, and put down as a need
    return {
        "planned": of_case(projects, planned=Sum("planned")),
        "spent": of_case(projects, spent=Sum("spent")),
        "posts": Subquery(posts.values("all")),
        "needed": number(needs) + Greatest(vacant - known, 0),
        "filled": number(needs.filter(settled_on__isnull=False)),
    }
