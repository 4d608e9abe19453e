"""The list of cases in acceptance: who is next, rounds done, points, rates, the result and its follow-up day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from accounts.tables import Column, show
from organizations.models import Organization
from rectification.acceptance import rounds, rules
from rectification.acceptance.models import Acceptance, AcceptanceState
from rectification.cases.models import Case, Outcome
from rectification.duties.rules import light_of
from rectification.schemes.models import ChainStep, Process
from rectification.workflow import Stage

GROUPS = {
    "waiting": ("验收中", [Stage.ACCEPTANCE]),
    "remediation": ("集中整顿、巩固提升中", [Stage.REMEDIATION, Stage.CONSOLIDATION]),
    "closed": ("已销号", [Stage.TRACKING, Stage.CLOSED]),
    "carried": ("续整", [Stage.CARRIED]),
}
TONES = {"pass": "green", "basic": "yellow", "fail": "red"}


def page_of(case: Case) -> str:
    """A case's acceptance page."""
    return reverse("acceptance:case", args=[case.uid])


class FilterForm(forms.Form):
    """What the list is narrowed to."""

    group = forms.CharField(required=False, widget=forms.HiddenInput)
    unit = forms.ChoiceField(label="县市区、乡镇（街道）", required=False)
    outcome = forms.ChoiceField(
        label="验收结果", required=False, choices=[("", "全部"), *[c for c in Outcome.choices if c[0]]]
    )
    q = forms.CharField(label="名称", required=False, max_length=40)

    def __init__(self, data: Any, *, units: list[tuple[str, str]]) -> None:
        """units: organizations.nearby.unit_choices."""
        super().__init__(data)
        self.fields["unit"].choices = units

    def apply(self, rows: Any) -> Any:
        """The rows asked for; a filter that makes no sense is left out."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("unit"):
            rows = rows.under(Organization.objects.get(uid=asked["unit"]))
        if asked.get("outcome"):
            rows = rows.filter(outcome=asked["outcome"])
        return rows.matching(asked["q"]) if asked.get("q") else rows


def with_acceptances(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Each with its acceptances, their scores and ballots."""
    near = ("organization", "county", "township", "scheme")
    acceptances = Acceptance.objects.order_by("-number").select_related(
        "self_by__organization", "review__at_unit"
    )
    return rows.select_related(*near).prefetch_related(
        Prefetch("acceptances", acceptances.prefetch_related("scores", "tallies"), to_attr="sheets")
    )


def read(cases: Sequence[Case], today: date) -> list[Case]:
    """Each case with what its row says: `sheet`, `rounds`, `next_words`, `rates`. One query for all chains."""
    chains: dict[int, list[ChainStep]] = defaultdict(list)
    steps = ChainStep.objects.filter(
        scheme__in={case.scheme_id for case in cases}, process=Process.ACCEPTANCE
    )
    for step in steps.order_by("order"):
        chains[step.scheme_id].append(step)
    for case in cases:
        case.sheet = case.sheets[0] if case.sheets else None
        case.rounds_done, case.next_words, case.today = "", "", today
        if case.sheet is not None:
            case.sheet.case = case
            rows = rounds.rounds_of(case.sheet, steps=chains[case.scheme_id])
            case.rounds_done = rounds.done_words(rows)
            case.next_words = _next(case, rows)
    return list(cases)


def _next(case: Case, rows: list[rounds.Round]) -> str:
    if case.sheet.state == AcceptanceState.SIGNING_OFF and case.sheet.review.at_unit:
        return f"{case.sheet.review.at_unit.office}：销号审批"
    if case.stage == Stage.CONSOLIDATION:
        return f"{(case.township or case.county).office}：巩固提升后再次提请"
    return rounds.next_words(rows) if case.stage == Stage.ACCEPTANCE else ""


def _points(case: Case) -> str:
    if case.sheet is None:
        return ""
    if case.sheet.total is not None:
        return show(case.sheet.total)
    scores = [row.county_score for row in case.sheet.scores.all() if row.county_score is not None]
    return f"{show(sum(scores))}（{len(scores)} 项）" if scores else ""


def _rates(case: Case) -> str:
    """The lowest rate of each group."""
    if case.sheet is None:
        return ""
    said = []
    for tally in sorted(case.sheet.tallies.all(), key=lambda one: one.group == "masses"):
        found = [
            rules.satisfaction_rate(votes, case.scheme.satisfied_options) for votes in tally.counts.values()
        ]
        if rates := [rate.percent for rate in found if rate]:
            said.append(f"{tally.get_group_display()}{min(rates)}%")
    return "，".join(said)


def _due(case: Case) -> Any:
    if case.sheet is None or not case.sheet.follow_due_on or case.outcome not in ("basic", "fail"):
        return None
    if case.stage not in (Stage.CONSOLIDATION, Stage.CARRIED):
        return None
    return light_of(case.sheet.follow_due_on, today=case.today, yellow_days=case.scheme.yellow_days)


def _due_words(case: Case) -> str:
    light = _due(case)
    return f"{show(case.sheet.follow_due_on)}，{light.text}" if light else ""


COLUMNS = [
    Column("organization", "村（社区）", "organization.short_name", kind="link", link=page_of),
    Column("county", "县市区", "county.short_name"),
    Column("township", "乡镇（街道）", lambda case: case.township.short_name if case.township else "县直属"),
    Column("stage", "环节", "get_stage_display"),
    Column(
        "problems", "销号／问题", lambda case: f"{case.problems_closed}／{case.problems_total}", kind="text"
    ),
    Column("rounds", "轮次完成", "rounds_done"),
    Column("next", "下一步", "next_words", width=20),
    Column("points", "验收分", _points),
    Column("rates", "满意率", _rates),
    Column(
        "outcome",
        "验收结果",
        lambda case: case.get_outcome_display() if case.outcome else "",
        "light",
        tone=lambda case: TONES.get(case.outcome, "grey"),
    ),
    Column(
        "follow",
        "巩固（补课）期限",
        _due_words,
        "light",
        tone=lambda case: str(light.light) if (light := _due(case)) else "grey",
    ),
    Column("closed_on", "销号日期", kind="date"),
]
EMPTY = {
    "waiting": {"closed_on", "outcome", "follow"},
    "remediation": {"closed_on", "rounds"},
    "closed": {"next", "rounds", "follow", "problems"},
    "carried": {"next", "rounds", "closed_on"},
}


def columns(group: str) -> list[Column]:
    """Those that say something in a group."""
    return [column for column in COLUMNS if column.key not in EMPTY[group]]
