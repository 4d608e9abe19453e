"""A city's check that concluded something of a case, and an evaluation of somebody who served at it."""

from typing import Any

from organizations.models import Appointment, Organization
from rectification.acceptance.checks.models import Check, CheckResult
from rectification.acceptance.evaluations.models import PersonEvaluation
from rectification.cases.models import Case, CaseMember
from rectification.schemes.models import Scheme
from tests.cast import NOW, TODAY


def checking_of(
    scheme: Scheme, case: Case, member: CaseMember, town: Organization, reviewer: Appointment
) -> dict[str, Any]:
    """The city's check with its conclusion; the township's evaluation of a member."""
    days = {"starts_on": TODAY, "ends_on": TODAY}
    check = Check.objects.create(
        organization=reviewer.organization, scheme=scheme, title="验收检查", by=reviewer, at=NOW, **days
    )
    return {
        "check": check,
        "check_result": CheckResult.objects.create(
            check_of=check, case=case, on=TODAY, words="属实", verdict="upheld", by=reviewer
        ),
        "evaluation": PersonEvaluation.objects.create(
            organization=town, scheme=scheme, kind="team", member=member, case=case, name=member.name
        ),
    }
