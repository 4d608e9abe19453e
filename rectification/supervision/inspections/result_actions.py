"""What was seen at a case: written, corrected, and each finding put where it is dealt with."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment
from rectification.evidence import actions as evidence
from rectification.remediation import found_problems
from rectification.schemes.terms import words
from rectification.supervision.inspections import rules
from rectification.supervision.inspections.actions import hand_over, keep_refusal
from rectification.supervision.inspections.models import (
    Inspection,
    InspectionFinding,
    InspectionKind,
    InspectionResult,
    InspectionState,
)

FIELDS = ("on", "words", "grade", "skipped_reason", "by")


@dataclass(frozen=True)
class Written:
    """A result as it was typed."""

    on: date | None
    words: str
    grade: str = ""
    skipped: str = ""
    findings: Sequence[rules.Found] = ()


@transaction.atomic
def record(
    *,
    result_id: int,
    version: int | None,
    written: Written,
    by: Appointment,
    at: datetime,
    uploads: Mapping[str, BinaryIO] | None = None,
) -> InspectionResult:
    """Write a result or put it right; after the inspection is done a correction is seen at the case at once.

    Raises Invalid by field, a finding's under "finding-N" counted from 0; StaleVersion.
    """
    result = _locked(result_id, version, by)
    inspection = result.inspection
    errors = rules.result_errors(
        on=written.on,
        starts_on=inspection.starts_on,
        today=timezone.localdate(at),
        words_=written.words,
        grade=written.grade,
        graded=inspection.kind == InspectionKind.EVALUATION,
        skipped=written.skipped.strip(),
        findings=written.findings,
    )
    if errors:
        raise Invalid(errors)
    result.on, result.words, result.grade = written.on, written.words.strip(), written.grade
    result.skipped_reason, result.by = written.skipped.strip()[:200], by
    result.save_version(*FIELDS)
    _write_findings(result, written.findings)
    _attach(result, uploads or {}, by, at)
    done = inspection.state == InspectionState.DONE
    if done:
        hand_over(result)
    audit.record("更正督导情况" if done else "登记督导情况", obj=result.case if done else by.organization)
    return result


def _locked(result_id: int, version: int | None, by: Appointment) -> InspectionResult:
    seen = InspectionResult.objects.visible_to(by).get(pk=result_id)
    # Inspection before result, as when it is finished: nobody waits for the other
    inspection = (
        Inspection.objects.select_for_update(of=("self",))
        .select_related("organization", "by")
        .get(pk=seen.inspection_id)
    )
    if refused := keep_refusal(inspection, by):
        raise Refused(refused)
    rows = InspectionResult.objects.visible_to(by).select_related("case__organization", "case__scheme")
    result = lock(rows, pk=result_id, version=version)
    result.inspection = inspection
    return result


def fixed_refusal(finding: InspectionFinding) -> str | None:
    """Why the words of a finding stand as they are, or None: it went into the problem list or a paper."""
    if finding.problem_id is not None:
        return "已列入问题清单，不再改写"
    if finding.notices.exclude(state="cancelled").exists():
        return "已写入督导文书，不再改写"
    return None


def _write_findings(result: InspectionResult, given: Sequence[rules.Found]) -> None:
    standing = {str(one.uid): one for one in result.findings.all()}
    errors: dict[str, list[str]] = {}
    kept: set[str] = set()
    order = result.findings.aggregate(last=Max("order"))["last"] or 0
    for number, found in enumerate(given):
        text, settled = found.text.strip(), found.settled.strip()[:200]
        finding = standing.get(found.uid)
        if finding is None:
            order += 1
            InspectionFinding.objects.create(result=result, order=order, text=text, settled=settled)
            continue
        kept.add(found.uid)
        if (finding.text, finding.settled) == (text, settled):
            continue
        if finding.text != text and (refused := fixed_refusal(finding)):
            errors[f"finding-{number}"] = [refused]
            continue
        finding.text, finding.settled = text, settled
        finding.save_version("text", "settled")
    for uid, finding in standing.items():
        if uid not in kept:
            if refused := fixed_refusal(finding):
                errors.setdefault("", []).append(f"“{finding.text[:20]}”{refused.replace('改写', '删去')}")
                continue
            finding.notices.clear()
            finding.delete()
    if errors:
        raise Invalid(errors)


def _attach(result: InspectionResult, uploads: Mapping[str, BinaryIO], by: Appointment, at: datetime) -> None:
    """Kept at the inspecting unit until the inspection is done: below nobody is to see it coming."""
    for name, upload in uploads.items():
        try:
            kept = evidence.store_paper(
                organization=by.organization, upload=upload, by=by, at=at, note="督导情况"
            )
        except Refused as refused:
            raise Invalid({name: [str(refused)]}) from refused
        result.attachments.add(kept)


def disposal_refusal(finding: InspectionFinding, post: Appointment | None) -> str | None:
    """Why this finding is not handed on now, or None; of an unannounced inspection only when it is done."""
    inspection = finding.result.inspection
    if refused := keep_refusal(inspection, post):
        return refused
    if inspection.state != InspectionState.DONE and not inspection.announced:
        return "不打招呼的督导，完成以后再交办问题"
    if finding.settled:
        return "已当场整改"
    if finding.problem_id is not None:
        return "已列入问题清单"
    return None


@transaction.atomic
def list_problem(*, finding_uid: uuid.UUID, by: Appointment, at: datetime) -> InspectionFinding:
    """Put a finding into the problem list of its case, with where it comes from."""
    near = ("result__inspection__organization", "result__inspection__by", "result__case__organization")
    rows = InspectionFinding.objects.visible_to(by).select_for_update(of=("self",)).select_related(*near)
    finding = rows.get(uid=finding_uid)
    if refused := disposal_refusal(finding, by):
        raise Refused(refused)
    inspection = finding.result.inspection
    source = f"{words(finding.result.on)}{inspection.organization.office}{inspection.get_kind_display()}"
    finding.problem = found_problems.list_found(
        case_id=finding.result.case_id, text=finding.text, source=source, by=by, at=at
    )
    finding.save_version("problem")
    return finding
