"""帮扶力量缺口: the list to work from, per county and township."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import OFFICERS, Role
from accounts.year import working_year
from rectification.cases.member_actions import KEEPERS
from rectification.cases.models import Case, CaseQuerySet
from rectification.remediation.support import gaps

PAGE = 50
RELATED = ("organization", "county", "township")


class GapFilter(forms.Form):
    """What the list is narrowed to, kept in the address."""

    unit = forms.ChoiceField(label="单位", required=False)
    lacks = forms.ChoiceField(label="缺什么", required=False)
    text = forms.CharField(label="村（社区）", required=False, max_length=40)

    def __init__(self, data: Any, units: list[gaps.UnitCount], headers: list[Any]) -> None:
        super().__init__(data)
        self.fields["unit"].choices = [("", "全部"), *((str(one.unit.uid), str(one.unit)) for one in units)]
        self.fields["lacks"].choices = [
            ("", "有缺口的"),
            *((one.key, one.label) for one in headers),
            ("all", "全部对象"),
        ]
        self.units = {str(one.unit.uid): one.unit for one in units}

    def apply(self, rows: CaseQuerySet) -> CaseQuerySet:
        """The cases that pass (`with_gaps`); without a choice those that lack anything."""
        self.is_valid()
        asked = self.cleaned_data
        lacks = asked.get("lacks") or ""
        if lacks != "all":
            rows = rows.filter(**{f"no_{lacks}" if lacks else "lacking": True})
        if unit := self.units.get(asked.get("unit") or ""):
            rows = rows.filter(Q(county=unit) | Q(township=unit))
        return rows.filter(organization__name__contains=asked["text"]) if asked.get("text") else rows


@policy(OFFICERS, scope="none")
@require_GET
def support_gaps(request: HttpRequest) -> HttpResponse:
    """Cases without leader, team, its head or first secretary, and places left open; each with its link."""
    today = timezone.localdate()
    year = working_year(request)
    cases = Case.objects.visible_to(request.post).of_year(year).open()
    asked = gaps.asked_places(cases)
    headers = gaps.headers_of(asked)
    every = gaps.with_gaps(cases, asked, today)
    units = gaps.unit_counts(every, headers, request.post)
    form = GapFilter(request.GET, units, headers)
    rows = form.apply(every).select_related(*RELATED).prefetch_related("scheme").order_by("org_path", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    page.object_list = gaps.gap_rows(page.object_list, asked, today)
    context = {
        "year": year,
        "form": form,
        "page": page,
        "count": page.paginator.count,
        "total": sum(one.cases for one in units),
        "lacking": sum(one.lacking for one in units),
        "headers": headers,
        "units": [
            {"count": one, "cells": [(head, one.counts.get(head.key, 0)) for head in headers]}
            for one in units
        ],
        "sums": [(head, sum(one.counts.get(head.key, 0) for one in units)) for head in headers],
        "may_keep": request.post.role in KEEPERS,
        "county": request.post.role == Role.COUNTY_OFFICER,
    }
    return render(request, "rectification/remediation/support/gaps.html", context)
