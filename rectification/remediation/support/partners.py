"""The advanced organizations a case may be paired with: those of its county, by names that tell them apart."""

from organizations.models import Organization
from organizations.rules import Level, path_over
from rectification.cases.models import Case


def partners_of(case: Case) -> dict[str, Organization]:
    """Grassroots organizations of the case's county, each by its name and its township's; one query.

    Only names: whoever keeps the case sees nothing else of organizations outside the own subtree.
    """
    units = list(
        Organization.objects.under(case.county).active().only("pk", "path", "depth", "short_name", "level")
    )
    names = {unit.path: unit.short_name for unit in units if unit.level == Level.TOWNSHIP}
    found = {}
    for unit in units:
        if unit.level == Level.GRASSROOTS and unit.pk != case.organization_id:
            above = names.get(path_over(unit.path), case.county.short_name)
            found[f"{unit.short_name}（{above}）"] = unit
    return found
