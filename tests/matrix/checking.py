"""A city's check of a case, an evaluation of somebody who served at it, what follows a signature on it."""

from typing import Any

from organizations.models import Appointment, Organization
from rectification.acceptance.checks.models import Check, CheckResult
from rectification.acceptance.evaluations.models import PersonEvaluation
from rectification.acceptance.models import Acceptance, ItemScore
from rectification.acceptance.tracking.models import TrackingCheck
from rectification.cases.models import Case, CaseMember, Tracking
from rectification.reviews.models import Review
from rectification.schemes.models import Scheme
from tests.cast import NOW, TODAY


def acceptance_of(case: Case) -> Acceptance:
    """An acceptance with its first item, so that evidence can be hung on it."""
    acceptance = Acceptance.objects.create(case=case)
    item = case.scheme.items.get(kind="acceptance", order=1)
    ItemScore.objects.create(acceptance=acceptance, item=item)
    return acceptance


def checking_of(
    scheme: Scheme, case: Case, member: CaseMember, town: Organization, reviewer: Appointment
) -> dict[str, Any]:
    """The city's check with its conclusion; the township's evaluation of a member; what follows a signature."""
    days = {"starts_on": TODAY, "ends_on": TODAY}
    check = Check.objects.create(
        organization=reviewer.organization, scheme=scheme, title="验收检查", by=reviewer, at=NOW, **days
    )
    Tracking.objects.create(case=case, starts_on=TODAY, ends_on=TODAY)
    officer = Appointment.objects.get(organization=town, role="township_officer")
    return {
        "tracked": case,
        "tracking_check": TrackingCheck.objects.create(case=case, on=TODAY, words="正常", by=officer, at=NOW),
        "sign_off": Review.objects.create(
            process="sign_off",
            title="销号审批",
            organization=town,
            case=case,
            submitted_by=officer,
            at_unit=town,
        ),
        "check": check,
        "check_result": CheckResult.objects.create(
            check_of=check, case=case, on=TODAY, words="属实", verdict="upheld", by=reviewer
        ),
        "evaluation": PersonEvaluation.objects.create(
            organization=town,
            scheme=scheme,
            kind="team",
            member=member,
            case=case,
            name=member.name,
            state="done",
        ),
    }
