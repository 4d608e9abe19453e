"""Arrange an inspection, finish it, call it off. Those below hear of an unannounced one only when it is done."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions import notify
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment
from rectification.cases.models import Case, CaseMember
from rectification.evidence import actions as evidence
from rectification.remediation.actions import handler_of
from rectification.schemes.models import Scheme
from rectification.schemes.practice_models import InspectionRule
from rectification.schemes.terms import words
from rectification.supervision.inspections import admission, drawing, owed
from rectification.supervision.inspections.models import (
    Inspection,
    InspectionResult,
    InspectionState,
)


@dataclass(frozen=True)
class Planned:
    """An inspection as it was typed. size: how many to draw; 0 where `cases` (keys) were picked by hand."""

    kind: str
    title: str
    announced: bool
    starts_on: date
    ends_on: date
    team: str
    rule: InspectionRule | None = None
    cases: tuple[int, ...] = ()
    size: int = 0


def keep_refusal(inspection: Inspection, post: Appointment | None) -> str | None:
    """Why this post does not work on this inspection, or None: the unit that arranged it does."""
    if post is None or post.organization_id != inspection.organization_id or post.role != inspection.by.role:
        return f"本次督导由{inspection.organization.office}办理"
    if inspection.state == InspectionState.CANCELLED:
        return f"本次督导已取消：{inspection.ended_reason}"
    return None


@transaction.atomic
def plan(*, planned: Planned, year: int, by: Appointment, at: datetime, seed: str = "") -> Inspection:
    """Arrange an inspection; where cases are to be drawn, the draw is made here and written down whole.

    seed: for tests; otherwise made by chance at this moment, so that nobody chooses what it gives.
    """
    scheme = Scheme.objects.governing(by.organization, year)
    if refused := admission.inspect_refusal(by, scheme):
        raise Refused(refused)
    today = timezone.localdate(at)
    rows = admission.may_be_inspected(by, year).select_related("organization", "township", "county", "scheme")
    pool = list(rows.order_by("org_path", "pk"))
    _check(planned, year, pool, scheme, by)
    record: dict = {}
    chosen = [case for case in pool if case.pk in planned.cases]
    if planned.size:
        weighed = drawing.weigh(pool, by, today)
        record = drawing.record_of(weighed, planned.size, seed or secrets.token_hex(8))
        chosen = [case for case in pool if str(case.uid) in record["drawn"]]
    inspection = Inspection.objects.create(
        organization=by.organization,
        scheme=scheme,
        rule=planned.rule,
        kind=planned.kind,
        title=planned.title.strip(),
        announced=planned.announced,
        starts_on=planned.starts_on,
        ends_on=planned.ends_on,
        team=planned.team.strip(),
        draw=record,
        by=by,
        at=at,
    )
    InspectionResult.objects.bulk_create(
        InspectionResult(inspection=inspection, case=case) for case in chosen
    )
    # The trail names no case: an unannounced inspection is to be read nowhere before it is done
    audit.record("安排督导", obj=by.organization, count=len(chosen))
    if inspection.announced:
        _announce(inspection, chosen, today)
    return inspection


def _check(planned: Planned, year: int, pool: Sequence[Case], scheme: object, by: Appointment) -> None:
    errors: dict[str, list[str]] = {}
    if not planned.title.strip():
        errors["title"] = ["请填写名称"]
    if planned.ends_on < planned.starts_on:
        errors["ends_on"] = [f"结束日期 {words(planned.ends_on)} 早于开始日期 {words(planned.starts_on)}"]
    if planned.starts_on.year != year:
        errors["starts_on"] = [f"开始日期不在{year}年"]
    rule = planned.rule
    if rule is not None and (rule.scheme_id != scheme.pk or rule.level != by.organization.level):
        errors["rule"] = ["请从本单位的督导安排中选择"]
    elif rule is not None and not rule.announced and planned.announced:
        errors["announced"] = [f"方案规定“{rule.title}”，不能事先通知"]
    if not pool:
        errors[""] = ["现在没有可以督导的整顿对象"]
    elif planned.size > len(pool):
        errors["size"] = [f"可以督导的整顿对象只有{len(pool)}个"]
    elif not planned.size and not {case.pk for case in pool} & set(planned.cases):
        errors["cases"] = ["请至少选一个整顿对象，或者改为随机抽取"]
    if errors:
        raise Invalid(errors)


def _announce(inspection: Inspection, cases: Iterable[Case], today: date) -> None:
    """Tell whoever handles each of the cases: who comes when."""
    days = when(inspection)
    team = f"，督导人员：{inspection.team}" if inspection.team else ""
    for case in cases:
        _tell_unit(
            case,
            f"{inspection.organization.office}将督导{case.organization.short_name}",
            f"{inspection.title}，{days}{team}。请做好准备，不要求另备材料。",
            today,
        )


def when(inspection: Inspection) -> str:
    """Its days in words."""
    if inspection.starts_on == inspection.ends_on:
        return words(inspection.starts_on)
    return f"{words(inspection.starts_on)}至{words(inspection.ends_on)}"


def _tell_unit(case: Case, title: str, body: str, today: date, url: str = "") -> None:
    unit, role = handler_of(case)
    for post in Appointment.objects.at(unit, role).current(today).select_related("user"):
        notify(user=post.user, title=title, body=body, url=url or case.get_absolute_url())


def _locked(inspection_id: int, version: int | None, by: Appointment) -> Inspection:
    rows = Inspection.objects.visible_to(by).select_related("organization", "by", "scheme", "rule")
    inspection = lock(rows, pk=inspection_id, version=version)
    if refused := keep_refusal(inspection, by):
        raise Refused(refused)
    if inspection.state != InspectionState.PLANNED:
        raise Refused(f"本次督导{inspection.get_state_display()}")
    return inspection


def outstanding(results: Iterable[InspectionResult]) -> list[str]:
    """The cases of which nothing is written yet, neither a visit nor why there was none."""
    return [
        result.case.organization.short_name
        for result in results
        if result.on is None and not result.skipped_reason
    ]


def results_of(inspection: Inspection) -> list[InspectionResult]:
    """Its cases in the order of the tree."""
    near = ("case__organization", "case__township", "case__county")
    return list(InspectionResult.objects.filter(inspection=inspection).select_related(*near))


@transaction.atomic
def finish(*, inspection_id: int, version: int | None, by: Appointment, at: datetime) -> Inspection:
    """Done: from now on the results are seen at the cases, and what the scheme asked of the unit is discharged."""
    inspection = _locked(inspection_id, version, by)
    results = results_of(inspection)
    if left := outstanding(results):
        raise Refused(f"还有{len(left)}个整顿对象没有登记督导情况或未督导的原因：{'、'.join(left)}")
    if all(result.on is None for result in results):
        raise Refused("一个整顿对象也没有去，不能作为已完成；请取消本次督导并写明原因")
    inspection.state = InspectionState.DONE
    inspection.save_version("state")
    for result in results:
        hand_over(result)
        if result.on is not None:
            _tell_result(inspection, result, timezone.localdate(at))
    owed.discharge(inspection, by=by, at=at)
    audit.record("完成督导", obj=inspection, count=len(results))
    return inspection


def hand_over(result: InspectionResult) -> None:
    """What was photographed belongs into the case's file once the inspection is done, not before."""
    evidence.hand_to_case(attachments=result.attachments.all(), case=result.case)


def _tell_result(inspection: Inspection, result: InspectionResult, today: date) -> None:
    found = result.findings.count()
    said = f"发现{found}个问题" if found else "未发现问题"
    case = result.case
    title = f"{inspection.organization.office}督导了{case.organization.short_name}，{said}"
    url = result.get_absolute_url()
    _tell_unit(case, title, f"{inspection.title}，{words(result.on)}。", today, url)
    helpers = CaseMember.objects.filter(case=case).current(today).exclude(user=None).select_related("user")
    for user in {member.user_id: member.user for member in helpers}.values():
        if user.appointments.current(today).filter(role=Role.HELPER).exists():
            notify(user=user, title=title, url=url)


@transaction.atomic
def cancel(
    *, inspection_id: int, version: int | None, reason: str, by: Appointment, at: datetime
) -> Inspection:
    """Call it off with its reason; the draw, if there was one, stays on record."""
    inspection = _locked(inspection_id, version, by)
    if not reason.strip():
        raise Invalid({"reason": ["取消督导须写明原因"]})
    results = results_of(inspection)
    if went := [one.case.organization.short_name for one in results if one.on is not None]:
        raise Refused(f"{'、'.join(went)}已登记督导情况，不能取消；其余的请写明未督导的原因后完成")
    inspection.state, inspection.ended_reason = InspectionState.CANCELLED, reason.strip()[:200]
    inspection.save_version("state", "ended_reason")
    audit.record("取消督导", obj=by.organization)
    if inspection.announced:
        today = timezone.localdate(at)
        for result in results:
            name = result.case.organization.short_name
            _tell_unit(
                result.case,
                f"{inspection.organization.office}取消督导{name}",
                f"{inspection.title}，{when(inspection)}。原因：{inspection.ended_reason}",
                today,
            )
    return inspection
