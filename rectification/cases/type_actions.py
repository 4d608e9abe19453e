"""统计主要类型: which of the national ten a case counts under, where determination left it open or chose wrong."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.cases.takers import decider_of
from rectification.schemes.models import Process
from rectification.schemes.terms import NATIONAL_TYPES


def type_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post does not choose it, or None: whoever determines under the scheme does (domain §4F)."""
    decider = decider_of(case, Process.DETERMINATION)
    if decider.is_(post):
        return None
    return f"统计主要类型由{decider.unit.office}选定"


@transaction.atomic
def choose_type(
    *, case_id: int, version: int | None, national_type: int, by: Appointment, at: datetime
) -> Case:
    """Set the case's one 统计主要类型; raises Refused, Invalid for a number that is none, StaleVersion."""
    rows = Case.objects.visible_to(by).select_related("scheme", "county", "township", "organization")
    case = lock(rows, pk=case_id, version=version)
    if refused := type_refusal(case, by):
        raise Refused(refused)
    if not 1 <= national_type <= len(NATIONAL_TYPES):
        raise Invalid({"national_type": ["请选择一种统计主要类型"]})
    before, case.national_type = case.national_type, national_type
    case.save_version("national_type")
    audit.record("选定统计主要类型", obj=case, before=before, after=national_type)
    return case
