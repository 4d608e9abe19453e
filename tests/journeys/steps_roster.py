"""January: the official file comes in, and people decide what it does not tell."""

from io import StringIO

from django.core.management import call_command

from organizations.models import Organization
from tests.journeys.office import ROSTER, YUEYANG, Office, unit


def import_the_roster(office: Office) -> None:
    """All 2,049 units, twice the same."""
    office.on(1, 8)
    out = StringIO()
    call_command("import_divisions", str(ROSTER), stdout=out)
    assert Organization.objects.count() == len(office.roster.rows) == 2049
    assert "新增 2049 个" in out.getvalue()
    call_command("import_divisions", str(ROSTER), stdout=out)
    assert Organization.objects.count() == 2049
    undecided = [row for row in office.roster.rows if row["code"] in office.roster.others("4306")]
    assert set(Organization.objects.unclassified().values_list("code", flat=True)) == {
        row["code"] for row in undecided
    }


def decide_what_names_do_not_tell(office: Office) -> None:
    """岳阳县's officer puts the county's five living quarters among the communities, in one go."""
    office.on(1, 20)
    left = office.roster.others(YUEYANG)
    page = office.page("yueyang", "organizations:undecided")
    assert {row[0].code for row in page.context["rows"]} == set(left)
    chosen = [str(unit(code).uid) for code in left]
    office.send("yueyang", "organizations:undecided", data={"unit": chosen, "field": "community"})
    assert not Organization.objects.filter(code__startswith=YUEYANG).unclassified().exists()
