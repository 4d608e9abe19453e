"""The page that shows the three ways of selecting side by side on one set of scores."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import OFFICERS
from organizations.rules import Field
from rectification.schemes.terms import Mode, field_names
from rectification.survey import ranking
from rectification.survey.holders import apart_by_field
from rectification.survey.mode_rules import ModeColumn, ModeComparison, ModeRow, RankedGroup, compare_modes
from rectification.survey.models import Assessment, Finding, Survey
from rectification.survey.terms import Ground, Place
from rectification.survey.views import held

NAMED = 12
"""How many of those who come in or go out are named in a column; the table below has them all."""
MARKS = {
    Ground.LOOKBACK: "续整",
    Ground.HARD: "硬情形",
    Ground.MEETS: "符合情形",
    Ground.THRESHOLD: "达起点",
    Ground.RANK: "名次",
    Ground.TIE: "并列",
}


class ModeFilterForm(forms.Form):
    """Against which mode the others are held, and which organizations are listed."""

    mode = forms.ChoiceField(label="与哪种方式比较", required=False)
    name = forms.CharField(label="名称", required=False, max_length=40)
    township = forms.ChoiceField(label="乡镇（街道）", required=False)
    field = forms.ChoiceField(label="领域", required=False)
    show = forms.ChoiceField(
        label="显示",
        required=False,
        choices=[("", "任一方式列入的"), ("differs", "各方式有差别的"), ("all", "全部党组织")],
    )

    def __init__(self, data: Any, *, rows: dict[int, Assessment], own: str) -> None:
        super().__init__(data)
        townships = sorted({row.scorer.short_name for row in rows.values()})
        present = {row.field for row in rows.values()}
        fields = [(one.value, one.label) for one in Field if one in present]
        modes = [(mode.value, mode.label + ("（方案规定）" if mode == own else "")) for mode in Mode]
        self.fields["mode"].choices = sorted(modes, key=lambda one: one[0] != own)
        self.fields["township"].choices = [("", "全部"), *((name, name) for name in townships)]
        self.fields["field"].choices = [("", "全部"), *fields]


@dataclass(frozen=True)
class Column:
    """One mode as the page shows it; of those who come in or go out the first few are named."""

    of: ModeColumn
    by_scheme: bool
    enter: list[tuple[Place, Assessment]]
    leave: list[tuple[Place, Assessment]]


@dataclass(frozen=True)
class Line:
    """One organization with a cell for each mode: its marks, or nothing where it is not in."""

    assessment: Assessment
    row: ModeRow
    cells: list[tuple[bool, list[str]]]

    @property
    def field(self) -> str:
        """Its field in words."""
        return field_names((self.assessment.field,))


def grouped(survey: Survey) -> tuple[list[RankedGroup], dict[int, Assessment]]:
    """The survey's groups as the rules take them, and its assessments by key: three queries for any number."""
    rows = {row.pk: row for row in ranking.assessments_of(survey)}
    criteria = {criterion.pk: criterion for criterion in survey.scheme.criteria.all()}
    found: dict[int, list[Finding]] = {}
    for finding in _findings(survey):
        found.setdefault(finding.assessment_id, []).append(finding)
    groups = []
    present = {row.field for row in rows.values()}
    for of in ranking.field_groups(survey.scheme.quotas.all(), present, apart_by_field(survey)):
        members = [
            ranking.plain(row, found.get(row.pk, ()), criteria)
            for row in rows.values()
            if row.field in of.fields
        ]
        groups.append(RankedGroup(members, of.percent, of.least(len(members))))
    return groups, rows


def _findings(survey: Survey) -> QuerySet[Finding]:
    found = Finding.objects.filter(assessment__survey=survey, assessment__excluded="")
    return found.only("assessment_id", "criterion_id", "deduction").order_by()


@policy(OFFICERS, scope="survey")
@require_GET
def modes(request: HttpRequest, uid: Any) -> HttpResponse:
    """Who is in under each mode, who would enter or leave, for all organizations of a survey."""
    survey = held(request, uid)
    groups, rows = grouped(survey)
    form = ModeFilterForm(request.GET or None, rows=rows, own=survey.scheme.mode)
    wanted = form.cleaned_data if form.is_valid() else {}
    against = wanted.get("mode") or survey.scheme.mode
    compared = compare_modes(
        groups,
        criteria=list(survey.scheme.criteria.all()),
        own_mode=against,
        full_marks=survey.scheme.full_marks,
        everyone=True,
    )
    lines = _lines(compared, rows, wanted)
    context = {
        "survey": survey,
        "form": form,
        "columns": [_column(one, rows, survey) for one in compared.columns],
        "lines": lines,
        "total": len(rows),
        "against": Mode(against).label,
        "named": NAMED,
    }
    return render(request, "rectification/survey/modes.html", context)


def _column(one: ModeColumn, rows: dict[int, Assessment], survey: Survey) -> Column:
    return Column(
        one,
        one.mode == survey.scheme.mode,
        [(place, rows[place.key]) for place in one.enter[:NAMED]],
        [(place, rows[place.key]) for place in one.leave[:NAMED]],
    )


def _lines(compared: ModeComparison, rows: dict[int, Assessment], wanted: dict[str, str]) -> list[Line]:
    shown = {"": lambda row: row.listed, "differs": lambda row: row.differs, "all": lambda row: True}
    show = shown[wanted.get("show", "")]
    return [
        Line(rows[row.key], row, [_cell(row.places[mode]) for mode in Mode])
        for row in compared.rows
        if show(row) and _wanted(rows[row.key], wanted)
    ]


def _wanted(one: Assessment, wanted: dict[str, str]) -> bool:
    return (
        wanted.get("name", "") in one.organization.short_name
        and wanted.get("township", "") in ("", one.scorer.short_name)
        and wanted.get("field", "") in ("", one.field)
    )


def _cell(place: Place) -> tuple[bool, list[str]]:
    return place.listed, [MARKS[ground] for ground in place.grounds]
