"""The things of a case's support, one of each kind, for the matrix's world."""

from typing import Any

from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.remediation.support.models import (
    CommitteeNeed,
    Help,
    HelpingUnit,
    Pairing,
    Project,
    Training,
)
from rectification.schemes.models import ItemKind
from tests.cast import TODAY

KINDS = frozenset({"helping_unit", "pairing", "project", "help", "committee_need", "training"})


def support_of(case: Case, by: Appointment) -> dict[str, Any]:
    """A unit that helps, a pairing, a project, a help, a post to be filled, a course, and the case's county."""
    item = case.scheme.items.filter(kind=ItemKind.HELP).first()
    need = {"title": "党支部书记", "kind": "vacant", "since_on": TODAY, "limit_on": TODAY}
    course = {"person": "王", "on": TODAY, "level": "county", "title": "培训班"}
    return {
        "helping_unit": HelpingUnit.objects.create(case=case, name="县水利局", from_on=TODAY),
        "pairing": Pairing.objects.create(case=case, partner_name="大桥村", from_on=TODAY),
        "project": Project.objects.create(case=case, name="道路硬化", planned=20),
        "help": Help.objects.create(case=case, item=item, words="已谈心", on=TODAY, by=by),
        "committee_need": CommitteeNeed.objects.create(case=case, **need),
        "training": Training.objects.create(case=case, **course),
        "county": case.county,
    }
