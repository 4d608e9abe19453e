"""What was logged of a unit's cases, read with a fixed number of queries and counted by the pure rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.together import ask, tuples, whole
from organizations.models import Organization
from organizations.rules import Level
from rectification.cases.models import Case, CaseStep
from rectification.duties.models import Duty, DutyState
from rectification.remediation.activities.models import Activity
from rectification.remediation.extension_actions import ASKED
from rectification.remediation.models import Measure, PlanState, Problem, Progress
from rectification.remediation.progress_actions import CONFIRMED, REPORTED
from rectification.remediation.reporting import asked, logged, rules
from rectification.remediation.reporting.models import ProgressReport, ReportState
from rectification.remediation.reporting.periods import following, period_words
from rectification.remediation.support.models import Project
from rectification.remediation.targets.models import TargetEntry
from rectification.schemes.practice_models import Target
from rectification.workflow import Stage


def facts_of(report: ProgressReport, today: date) -> dict[str, Any]:
    """Everything a report says in numbers, as of the period's end or of today before it; plain JSON values.

    About a dozen queries, however many cases.
    """
    unit = report.organization
    window = _window(report, today)
    counted = counted_in(unit, report.scheme.year, window)
    return {
        **counted,
        "period": period_words(report.rhythm, report.period_to_on),
        **(_from_below(report) if counted["wide"] else {"units": [], "said": []}),
    }


def counted_in(unit: Organization, year: int, window: logged.Window) -> dict[str, Any]:
    """The numbers of a unit's cases in a window of days, of whatever paper quotes them; plain JSON values."""
    lines = _lines(_cases(unit, year, window), window)
    wide = unit.level != Level.TOWNSHIP
    return {
        "unit": unit.short_name,
        "since_on": window.since.isoformat(),
        "until_on": window.until.isoformat(),
        "next_until_on": window.next_until.isoformat(),
        "wide": wide,
        "lines": lines,
        "groups": rules.grouped(lines, lambda line: line["township"]) if wide else [],
        "total": rules.total_of(lines),
    }


def _window(report: ProgressReport, today: date) -> logged.Window:
    """What was logged after an earlier report went up counts for this one; nothing falls between two reports."""
    until = max(min(report.period_to_on, today), report.period_from_on)
    since = report.period_from_on
    last = (
        ProgressReport.objects.filter(
            scheme=report.scheme_id,
            organization=report.organization_id,
            rhythm=report.rhythm,
            period_to_on=since - timedelta(days=1),
            state__in=(ReportState.SUBMITTED, ReportState.ACCEPTED),
        )
        .only("facts")
        .first()
    )
    if last and (said := last.facts.get("until_on")):
        since = min(since, date.fromisoformat(said) + timedelta(days=1))
    return logged.Window(since, until, following(report.rhythm, report.period_to_on).last)


def _cases(unit: Organization, year: int, window: logged.Window) -> list[Case]:
    rows = Case.objects.under(unit).of_year(year).exclude(stage__in=(Stage.SURVEY, Stage.WITHDRAWN))
    rows = rows.filter(determined_on__lte=window.until)
    return list(rows.select_related("organization", "township", "county", "plan").order_by("org_path", "pk"))


def _lines(cases: Sequence[Case], window: logged.Window) -> list[rules.Line]:
    keys = [case.pk for case in cases]
    rows_of = _logged(keys, window)
    steps = CaseStep.objects.filter(case__in=keys).order_by("at", "pk").values_list("case", "at", "before")
    wanted = Target.objects.filter(scheme__in={case.scheme_id for case in cases}).order_by("order", "pk")
    taken, wanted = ask(tuples(steps), whole(wanted))
    stages = _stages(taken, window)
    targets = defaultdict(list)
    for row in wanted:
        targets[row.scheme_id].append(logged.TargetAsked(row.pk, row.title, row.unit, row.least))
    return [
        rules.line_of(
            _case(case, stages.get(case.pk, case.stage)),
            logged.Logged(**{name: rows[case.pk] for name, rows in rows_of.items()}),
            targets[case.scheme_id],
            window,
        )
        for case in cases
    ]


def _stages(steps: Iterable[tuple[int, datetime, str]], window: logged.Window) -> dict[int, str]:
    """Where each case stood on the last day: what its next step led away from, if that came later."""
    found: dict[int, str] = {}
    for case, at, before in steps:
        if timezone.localdate(at) > window.until:
            found.setdefault(case, before)
    return found


def _case(case: Case, stage: str) -> logged.CaseRow:
    plan = getattr(case, "plan", None)
    planned = plan is not None and (plan.state == PlanState.APPROVED or plan.approved_on is not None)
    return logged.CaseRow(
        uid=str(case.uid),
        name=case.organization.short_name,
        township=(case.township or case.county).short_name,
        stage=Stage(stage).label,
        closed_on=case.closed_on,
        households=case.organization.households,
        planned=planned,
    )


def _logged(keys: Sequence[int], window: logged.Window) -> dict[str, dict[int, list[Any]]]:
    """By kind and case; two queries."""
    until = window.until
    activities = Activity.objects.standing().filter(case__in=keys, on__lte=until)
    targets = TargetEntry.objects.standing().filter(case__in=keys, on__lte=until)
    projects = Project.objects.standing().filter(case__in=keys)
    entries = Progress.objects.filter(measure__problem__case__in=keys, on__lte=until).order_by("on", "pk")
    problems = Problem.objects.filter(case__in=keys).order_by("case", "order")
    activities = activities.order_by("on", "pk")
    asked_problems, asked_entries, asked_activities, asked_targets, asked_projects = ask(
        tuples(problems.values_list("case", "pk", "text", "closed_on")),
        tuples(entries.values_list("measure__problem__case", "measure", "on", "percent", "words")),
        tuples(activities.values_list("case", "kind", "on", "what", "households", "phoned")),
        tuples(targets.values_list("case", "target", "number", "on")),
        tuples(projects.values_list("case", "planned", "arrived", "spent")),
    )
    return {
        "problems": _by_case(asked_problems, logged.ProblemRow),
        "measures": _measures(keys),
        "entries": _by_case(((*said, _quoted(words)) for *said, words in asked_entries), logged.EntryRow),
        "activities": _by_case(asked_activities, logged.ActivityRow),
        "targets": _by_case(asked_targets, logged.TargetRow),
        "projects": _by_case(asked_projects, logged.ProjectRow),
    }


def _quoted(words: str) -> str:
    """What was done, without the words the system writes; asking for more time is no progress."""
    return "" if words == CONFIRMED or words.startswith(ASKED) else words.removeprefix(REPORTED)


def _by_case(rows: Iterable[Sequence[Any]], kind: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for case, *values in rows:
        found[case].append(kind(*values))
    return found


def _measures(keys: Sequence[int]) -> dict[int, list[logged.MeasureRow]]:
    """The approved ones: their duty says since when they are owed and when they were confirmed."""
    rows = Measure.objects.standing().filter(problem__case__in=keys, duty__isnull=False)
    found: dict[int, list[logged.MeasureRow]] = defaultdict(list)
    for row in rows.select_related("duty", "problem").order_by("problem__case", "problem__order", "order"):
        duty = row.duty
        done = duty.state == DutyState.DONE and duty.ended_at
        made = min(timezone.localdate(duty.made_at), row.starts_on)
        found[row.problem.case_id].append(
            logged.MeasureRow(
                key=row.pk,
                problem=row.problem_id,
                text=row.text,
                kind=row.kind,
                unit=row.unit,
                made_on=made,
                due_on=duty.effective_due_on,
                done_on=timezone.localdate(duty.ended_at) if done else None,
                result=row.result,
                long_term=row.long_term,
            )
        )
    return found


def _from_below(report: ProgressReport) -> dict[str, Any]:
    """For a county: which townships owed a report that ends in this period, and what those handed in say."""
    unit, first, last = report.organization, report.period_from_on, report.period_to_on
    owed = Duty.objects.under(unit).filter(asked.ASKS, period_to_on__gte=first, period_to_on__lte=last)
    owed = owed.filter(scheme__year=report.scheme.year).exclude(organization=unit)
    owed = (
        owed.exclude(state=DutyState.CANCELLED)
        .select_related("organization")
        .order_by("org_path", "period_to_on")
    )
    sent = _sent_below(report)
    by_duty = {one.duty_id: one for one in sent if one.duty_id}
    units = []
    for duty in owed:
        there = by_duty.get(duty.pk)
        units.append(
            {
                "name": duty.organization.short_name,
                "state": there.state if there else "missing",
                "late": bool(there and asked.was_late(there, duty)),
            }
        )
    return {"units": units, "said": [_said(one) for one in sent]}


def _sent_below(report: ProgressReport) -> list[ProgressReport]:
    rows = ProgressReport.objects.filter(
        scheme__year=report.scheme.year,
        state__in=(ReportState.SUBMITTED, ReportState.ACCEPTED),
        period_to_on__gte=report.period_from_on,
        period_to_on__lte=report.period_to_on,
        org_path__startswith=report.organization.path,
    )
    rows = rows.exclude(organization=report.organization_id).select_related("organization")
    return list(rows.order_by("org_path", "period_to_on"))


def _said(report: ProgressReport) -> dict[str, str]:
    """What an officer wrote; what the system wrote there it writes anew, and shorter, for the county."""
    parts = {one["key"]: one["words"] for one in report.facts.get("parts", ()) if one["edited"]}
    return {
        "name": report.organization.short_name,
        "work": parts.get("work", ""),
        "problems": parts.get("problems", ""),
    }
