"""February: the city draws up the year's scheme from preset A, edits it and puts it in force."""

from django.urls import reverse

from organizations.models import Organization
from rectification.duties.models import Duty
from rectification.schemes.models import Scheme
from tests.journeys.office import YEAR, Office, typed, typed_rows


def draw_up(office: Office) -> None:
    """From the preset, as a draft only its issuer sees."""
    office.on(2, 20)
    given = {"source": "preset:a_yueyang_2015", "year": str(YEAR), "title": ""}
    office.send("shi", "schemes:new", data=given)
    scheme = Scheme.objects.get()
    office.kept["scheme"] = scheme
    assert (scheme.state, scheme.issuer.code, scheme.criteria.count()) == ("draft", "4306", 10)
    assert office.at("pingjiang").get(scheme.get_absolute_url()).status_code == 404


def edit(office: Office) -> None:
    """A document number, and a phase under a name of their own; a wrong phase is refused beside its field."""
    scheme = office.kept["scheme"]
    page = office.page("shi", "schemes:edit", scheme.uid, "head")
    given = typed(page.context["form"]) | {
        "document_number": "岳组发〔2026〕3号",
        "_version": str(scheme.version),
    }
    office.send("shi", "schemes:edit", scheme.uid, "head", data=given)
    page = office.page("shi", "schemes:edit", scheme.uid, "phases")
    rows = typed_rows(page.context["formset"]) | {"_version": str(page.context["version"])}
    wrong = office.tries(
        "shi", "schemes:edit", scheme.uid, "phases", data=rows | {"rows-0-ends_on": "2026-2-1"}
    )
    assert wrong.status_code == 422 and "早于开始日期" in wrong.content.decode()
    rows["rows-0-name"] = "深入摸排阶段"
    office.send("shi", "schemes:edit", scheme.uid, "phases", data=rows)
    scheme.refresh_from_db()
    assert scheme.document_number == "岳组发〔2026〕3号"
    assert scheme.phases.first().name == "深入摸排阶段"


def put_in_force(office: Office) -> None:
    """From now on it is frozen, and every unit owes what it says."""
    office.on(2, 25)
    scheme = office.kept["scheme"]
    page = office.page("shi", "duties:start", scheme.uid)
    assert not page.context["errors"]
    office.send("shi", "duties:start", scheme.uid, data={"_version": str(scheme.version)})
    scheme.refresh_from_db()
    assert scheme.state == "in_force"
    counties = Organization.objects.filter(level="county").count()
    assert counties == 10
    for key in ("lookback_report", "ledger_county"):
        assert Duty.objects.filter(key=key, scheme=scheme).count() == counties
    assert office.at("zhen0").get(scheme.get_absolute_url()).status_code == 200
    refused = office.at("pingjiang").post(reverse("schemes:edit", args=[scheme.uid, "head"]), {})
    assert refused.status_code == 404
