"""What officers of a township and its county do again and again in the journeys of their schemes."""

from rectification.acceptance.gate_rules import KEYS
from rectification.acceptance.models import Acceptance
from rectification.cases.models import Case
from rectification.remediation.models import Measure
from rectification.schemes.models import Scheme
from tests.journeys.office import Office, typed

WORDS = {
    "situation": "村务监督没有开展，财务不公开",
    "goal": "半年内恢复正常",
    "steps": "调查摸底；逐项整改；自查验收",
    "safeguards": "镇党委书记负总责",
}
MEASURE = {
    "text": "建立村务监督委员会并按月开展监督",
    "goal": "按期开展，记录齐全",
    "leader": "甲领导",
    "unit": "镇党委",
    "person": "乙同志",
    "requirement": "不得事后补记",
}


VOTES = {"满意": 40, "基本满意": 5, "未选": 1}
EXPLAINED = {f"gate-{key}": "已核实，按期限先行验收" for key in KEYS}
"""A reason for whatever is not in place when acceptance is asked for and signed."""


def issue(office: Office, who: str, source: str) -> Scheme:
    """Somebody draws up the unit's scheme."""
    office.send(who, "schemes:new", data={"source": source, "year": "2026", "title": ""})
    return Scheme.objects.get(issuer=office.posts[who].organization)


def explain(office: Office, who: str, scheme: Scheme, first: str, same: str) -> None:
    """One laxer item with its own reason, the others with one for all."""
    page = office.page(who, "schemes:differences", scheme.uid)
    name = next(name for name, key in page.context["form"].keys.items() if key == first)
    sent = {name: "市县要求由本级直接负责", "same": same, "_version": str(scheme.version)}
    office.send(who, "schemes:explain", scheme.uid, data=sent)


def begin(office: Office, who: str, scheme: Scheme) -> Scheme:
    """Put in force."""
    scheme.refresh_from_db()
    office.send(who, "duties:start", scheme.uid, data={"_version": str(scheme.version)})
    scheme.refresh_from_db()
    assert scheme.state == "in_force"
    return scheme


def plan(office: Office, who: str, case: Case, until: str) -> None:
    """Problems, one measure each, the words, and up it goes."""
    office.send(who, "remediation:findings_take", case.uid, data={})
    for problem in case.problems.all():
        dates = {"starts_on": "2026-4-8", "due_on": until}
        office.send(who, "remediation:measure_add", problem.uid, data=MEASURE | dates)
    page = office.page(who, "remediation:plan", case.uid)
    sent = typed(page.context["form"]) | WORDS | {"_version": str(page.context["version"]), "do": "submit"}
    office.send(who, "remediation:plan", case.uid, data=sent)


def done(office: Office, who: str, case: Case, on: str) -> None:
    """Every measure is finished by the township's own word."""
    for measure in Measure.objects.filter(problem__case=case):
        given = {"result": "已按期完成并公示", "done_on": on}
        office.send(who, "remediation:measure_done", measure.uid, data=given)


def score(office: Office, who: str, sheet: Acceptance) -> None:
    """Full marks on every item."""
    sheet.refresh_from_db()
    own = {f"score-{row.item_id}": str(row.item.points) for row in sheet.scores.select_related("item")}
    office.send(who, "acceptance:scores", sheet.uid, data=own | {"_version": str(sheet.version)})


def tallies(office: Office, who: str, sheet: Acceptance, on: str) -> None:
    """Both groups' ballots."""
    for group in ("members", "masses"):
        page = office.page(who, "acceptance:tally", sheet.uid, group)
        given = {"held_on": on, "place": "村部", "teller": "甲", "supervisor": "乙"}
        given |= {"entitled": 60, "present": 52, "issued": 50, "returned": 48, "valid": 46, "invalid": 2}
        asked = enumerate(page.context["form"].asked)
        given |= {f"option-{n}": VOTES.get(option, 0) for n, (_, option) in asked}
        sent = {f"{group}-{name}": str(value) for name, value in given.items()}
        sent["_version"] = str(page.context["version"])
        office.send(who, "acceptance:tally", sheet.uid, group, data=sent)


def sign(office: Office, who: str, sheet: Acceptance, on: str):
    """Somebody signs 合格."""
    given = {"outcome": "pass", "signer": "丙书记", "signed_on": on, "different_reason": ""}
    return office.tries(who, "acceptance:sign", sheet.uid, data=given | EXPLAINED)
