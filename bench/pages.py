"""Addresses of the servers of workload 7: the site's own and a signed-in view that is all but empty; or an admin.

The site runs as it is with one address more. The admin is Django's, on the same tables, with Django's middleware.
"""

import os

from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from accounts.policy import policy
from accounts.roles import EVERYONE

COLUMNS = "c.uid, o.short_name, y.short_name, t.short_name, k.text, c.stage, c.progress, c.next_due_on"
RAW = f"""
    SELECT {COLUMNS} FROM rectification_case c JOIN organizations_organization o ON o.id = c.organization_id
    JOIN organizations_organization y ON y.id = c.county_id JOIN organizations_organization t ON t.id = c.township_id
    JOIN rectification_criterion k ON k.id = c.primary_id
    WHERE c.year = %s AND c.org_path >= %s AND c.org_path < %s AND c.stage <> 'survey'
    ORDER BY c.org_path, c.id LIMIT 50"""


@policy(EVERYONE, scope="none")
def raw(request: HttpRequest) -> HttpResponse:
    """The rows of the page, and nothing drawn of them."""
    from organizations.rules import range_end

    start = request.post.organization.path
    with connection.cursor() as cursor:
        cursor.execute(RAW, [request.GET["year"], start, range_end(start)])
        return HttpResponse(str(len(cursor.fetchall())))


if os.environ.get("BENCH_ADMIN"):
    from django.contrib import admin

    from rectification.cases.models import Case

    class Cases(admin.ModelAdmin):
        """The same columns, drawn as the admin draws them."""

        list_display = (
            "organization",
            "county",
            "township",
            "primary",
            "stage",
            "progress",
            "problems_total",
            "problems_closed",
            "next_due_on",
            "outcome",
        )
        list_filter = ("year", "stage")
        list_per_page = 50
        list_select_related = ("organization", "county", "township", "primary")

        def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
            return True

        def has_module_permission(self, request: HttpRequest) -> bool:
            return True

    person = get_user_model()
    person.is_staff = True
    person.has_perm = person.has_module_perms = lambda *_asked: True
    site = admin.AdminSite()
    site.register(Case, Cases)
    urlpatterns = [path("admin/", site.urls)]
else:
    urlpatterns = [path("bench/raw/", raw), path("", include("config.urls"))]
