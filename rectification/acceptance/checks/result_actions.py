"""What a check concludes of a case, with what follows from it; put right while nothing rests on it."""

from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment
from rectification.acceptance.checks import overturn, rules
from rectification.acceptance.checks.actions import locked
from rectification.acceptance.checks.models import CheckResult, CheckVerdict
from rectification.cases.actions import step_refusal
from rectification.evidence import actions as evidence
from rectification.remediation.actions import lock_case
from rectification.workflow import Stage

FIELDS = ("on", "words", "findings", "verdict", "due_on", "skipped_reason", "by")


@transaction.atomic
def record(
    *,
    result_id: int,
    version: int | None,
    written: rules.Written,
    by: Appointment,
    at: datetime,
    uploads: Mapping[str, BinaryIO] | None = None,
) -> CheckResult:
    """Write a conclusion or put it right. 不认可 takes the case back at once; from then on only its words change.

    Raises Invalid by field, Refused, StaleVersion.
    """
    result = _locked(result_id, version, by)
    before, check = result.verdict, result.check_of
    errors = rules.result_errors(
        written, before=before, starts_on=check.starts_on, today=timezone.localdate(at)
    )
    if errors:
        raise Invalid(errors)
    _still_accepted(result, before, written.verdict, by)
    _write(result, written, by)
    result.save_version(*FIELDS)
    _attach(result, uploads or {}, by, at)
    if result.verdict:
        evidence.hand_to_case(attachments=result.attachments.all(), case=result.case)
    if result.verdict == CheckVerdict.REFUSED != before:
        result.case = overturn.take_back(result=result, by=by, at=at)
    if result.verdict != before:
        overturn.tell_below(result, at)
    audit.record(
        "更正检查结论" if before else "登记检查结论", obj=result.case if result.verdict else by.organization
    )
    return result


def _write(result: CheckResult, written: rules.Written, by: Appointment) -> None:
    refused_before = result.verdict == CheckVerdict.REFUSED
    result.on, result.words, result.by = written.on, written.words.strip(), by
    result.verdict, result.skipped_reason = written.verdict, written.skipped.strip()[:200]
    if result.verdict != CheckVerdict.REFUSED:
        result.due_on, result.findings = None, ""
    elif not refused_before:  # afterwards the day is the duty's, what was found is the problem list's
        result.due_on, result.findings = written.due_on, "\n".join(written.problems)


def _locked(result_id: int, version: int | None, by: Appointment) -> CheckResult:
    seen = CheckResult.objects.visible_to(by).get(pk=result_id)
    # Check before result before case, as everybody who works on a check does: nobody waits for the other
    check = locked(seen.check_of_id, None, by)
    near = ("case__organization", "case__scheme", "case__county", "case__township")
    result = lock(CheckResult.objects.visible_to(by).select_related(*near), pk=result_id, version=version)
    result.check_of = check
    return result


def _still_accepted(result: CheckResult, before: str, verdict: str, by: Appointment) -> None:
    """认可 needs a result to uphold: what the county took back since the draw is not accepted any more.

    The case stays locked, so that no signature is taken back between this and the saving.
    """
    case = lock_case(result.case_id, by)
    if verdict == CheckVerdict.UPHELD != before and case.stage not in (Stage.TRACKING, Stage.CLOSED):
        name, stage = case.organization.short_name, case.get_stage_display()
        said = f"{name}当前处于“{stage}”，没有可以认可的验收结果；请填写未检查的原因"
        raise Invalid({"verdict": [said]})


def refuse_refusal(result: CheckResult, post: Appointment | None) -> str | None:
    """Why the case cannot be taken back by this result now, or None."""
    if result.verdict == CheckVerdict.REFUSED or post is None:
        return None
    return step_refusal(result.case, overturn.STEP, post, takers=frozenset({post.role}))


def _attach(result: CheckResult, uploads: Mapping[str, BinaryIO], by: Appointment, at: datetime) -> None:
    for name, upload in uploads.items():
        try:
            kept = evidence.store_paper(
                organization=by.organization, upload=upload, by=by, at=at, note="验收检查情况"
            )
        except Refused as refused:
            raise Invalid({name: [str(refused)]}) from refused
        result.attachments.add(kept)
