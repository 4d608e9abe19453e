"""One object of every kind at every place, and who may see it, said a second time and independently of the code."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.roles import ADMINISTRATORS, Role
from organizations.models import Appointment, Organization
from organizations.record_models import LeaderPost
from organizations.rules import Level
from rectification.duties import actions as duties
from rectification.lookback.models import Lookback
from rectification.remediation.activities.models import Activity
from rectification.remediation.models import Measure, Plan, Problem
from rectification.reviews.models import Review
from rectification.schemes import actions as schemes
from rectification.schemes.models import Scheme
from rectification.survey import opening, proposal, scoring
from rectification.survey.joint_models import JointReview, Publicity
from rectification.survey.models import Assessment
from tests.cast import NOW, TODAY, YEAR, place, post_at, village_in
from tests.matrix.checking import acceptance_of, checking_of
from tests.matrix.objects import (
    attachment_of,
    campaign_of,
    case_at,
    filing_of,
    leader_of,
    member_of,
    note_at,
    plan_review,
    target_entry_of,
)
from tests.matrix.reporting import reports_of
from tests.matrix.supervision import supervision_of
from tests.matrix.support import KINDS, support_of

# Where an object stands, seen from the posts of the first township of the first county
PLACES = ("own", "sibling", "foreign")


@dataclass
class World:
    """Posts by role, objects by kind and place, and the scheme of the year."""

    scheme: Scheme
    posts: dict[Role, Appointment]
    units: dict[str, dict[str, Organization]]
    officers: dict[str, Appointment] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)

    def sees(self, role: Role, kind: str, place: str) -> bool:
        """Whether a role's post may see the object of a kind at a place (domain §1), not asking the code."""
        if kind in ("organization",):
            return role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN) or self._covers(role, place)
        if kind in ("user", "appointment"):
            return role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
        if kind == "scheme":
            return role not in ADMINISTRATORS
        if kind == "joint_review" and role is Role.DEPARTMENT:  # asked by its own county
            return place != "foreign"
        if role in ADMINISTRATORS or role is Role.DEPARTMENT:
            return False
        if kind in OF_COUNTY:
            return _of_the_county(role, kind, place)
        if kind == "survey":
            return role is not Role.HELPER and (place != "foreign" or role is Role.CITY_REVIEWER)
        if role is Role.HELPER:
            return place == "own" and kind in OF_CASE
        if role is Role.VILLAGE_REPORTER and kind in OF_TOWNSHIP:
            return False
        return self._covers(role, place)

    @staticmethod
    def _covers(role: Role, place: str) -> bool:
        if role is Role.CITY_REVIEWER:
            return True
        if role is Role.COUNTY_OFFICER:
            return place != "foreign"
        return role in (Role.TOWNSHIP_OFFICER, Role.VILLAGE_REPORTER) and place == "own"


OF_COUNTY = {
    "check",
    "county",
    "notice_draft",
    "circular",
    "circular_draft",
    "document",
    "document_draft",
    "inspection",
    "determination",
    "whole_survey",
    "joint_review",
    "publicity",
    "objection",
}
"""What a county makes for itself."""


def _of_the_county(role: Role, kind: str, place: str) -> bool:
    """A check is the city's, a draft the county's alone; a circular is brought to all below; the rest is read above."""
    if kind == "check":
        return role is Role.CITY_REVIEWER
    if kind.endswith("_draft"):
        return role is Role.COUNTY_OFFICER and place != "foreign"
    if kind in ("circular", "document") and role in (Role.TOWNSHIP_OFFICER, Role.VILLAGE_REPORTER):
        return place != "foreign"
    return role is Role.CITY_REVIEWER or (role is Role.COUNTY_OFFICER and place != "foreign")


DEPARTMENT = "县信访局"
WORDS = {"text": "选配书记", "goal": "到位", "unit": "镇党委", "person": "李"}
OF_TOWNSHIP = {"evaluation", "leader", "notice", "reply_duty", "duty", "review", "sign_off", "filing"}
OF_CASE = {
    "case",
    "activity",
    "target_entry",
    "campaign_entry",
    "lookback",
    "plan",
    "problem",
    "measure",
    "acceptance",
    "check_result",
    "tracked",
    "tracking_check",
    "attachment",
    "inspection_result",
    "inspection_finding",
    "member",
    "duty",
} | KINDS


def build() -> World:
    """Two counties, three townships, three villages; everything once at each of the three places."""
    city = place("云泽市", Level.CITY, code="9901")
    units = _places(city)
    reviewer = post_at(city, Role.CITY_REVIEWER, "shi")
    scheme = schemes.create_from_preset(
        preset_key="a_yueyang_2015", issuer=city, year=YEAR, by=reviewer, at=NOW
    )
    duties.start_year(scheme_id=scheme.pk, by=reviewer, at=NOW)
    scheme.refresh_from_db()
    counties = {
        "own": post_at(units["county"]["own"], Role.COUNTY_OFFICER, "xian"),
        "foreign": post_at(units["county"]["foreign"], Role.COUNTY_OFFICER, "xian2"),
    }
    counties["sibling"] = counties["own"]
    world = World(scheme, _posts(city, reviewer, units, counties["own"]), units)
    for where, town in units["township"].items():
        own = world.posts[Role.TOWNSHIP_OFFICER] if where == "own" else None
        world.officers[where] = own or post_at(town, Role.TOWNSHIP_OFFICER, f"zhen-{where}")
    lists = {
        where: _list(world, counties[where].organization, counties[where]) for where in ("own", "foreign")
    }
    world.objects["determination"] = lists | {"sibling": lists["own"]}
    for where in ("own", "foreign"):
        _ask_and_publish(world, where, lists[where], counties[where])
    for kind in ("joint_review", "publicity", "objection"):
        world.objects[kind]["sibling"] = world.objects[kind]["own"]
    for where in PLACES:
        _furnish(world, where, counties[where])
    return world


def _places(city: Organization) -> dict[str, dict[str, Organization]]:
    county = place("青禾县", Level.COUNTY, city, code="990121")
    other = place("东陵县", Level.COUNTY, city, code="990122")
    towns = {
        "own": place("柳溪镇", Level.TOWNSHIP, county, code="990121101"),
        "sibling": place("白岩乡", Level.TOWNSHIP, county, code="990121201"),
        "foreign": place("望江镇", Level.TOWNSHIP, other, code="990122101"),
    }
    names = {"own": "石桥村委会", "sibling": "青松村委会", "foreign": "沙洲村委会"}
    villages = {where: village_in(town, names[where], f"{town.code}201") for where, town in towns.items()}
    return {
        "county": {"own": county, "sibling": county, "foreign": other},
        "township": towns,
        "village": villages,
    }


def _posts(
    city: Organization, reviewer: Appointment, units: dict[str, dict[str, Organization]], county: Appointment
) -> dict[Role, Appointment]:
    return {
        Role.CITY_REVIEWER: reviewer,
        Role.COUNTY_OFFICER: county,
        Role.DEPARTMENT: post_at(county.organization, Role.DEPARTMENT, "bumen", department=DEPARTMENT),
        Role.TOWNSHIP_OFFICER: post_at(units["township"]["own"], Role.TOWNSHIP_OFFICER, "zhen"),
        Role.VILLAGE_REPORTER: post_at(units["village"]["own"], Role.VILLAGE_REPORTER, "cun"),
        Role.HELPER: post_at(county.organization, Role.HELPER, "bangfu"),
        Role.SYSTEM_ADMIN: post_at(city, Role.SYSTEM_ADMIN, "xitong"),
        Role.SECURITY_ADMIN: post_at(city, Role.SECURITY_ADMIN, "anquan"),
        Role.AUDITOR: post_at(city, Role.AUDITOR, "shenji"),
    }


def _list(world: World, county: Organization, by: Appointment) -> Review:
    """A county's survey from its opening to the list that waits for its decision."""
    survey = opening.open_survey(scheme=world.scheme, holder=county, by=by, at=NOW)
    for row in survey.assessments.select_related("organization"):
        where = next(
            key for key, village in world.units["village"].items() if village.pk == row.organization_id
        )
        officer = world.officers[where]
        scoring.save_findings(
            assessment_id=row.pk, deductions={1: (Decimal(8), "书记空缺")}, by=officer, at=NOW, version=None
        )
        scoring.submit_township(survey_id=survey.pk, by=officer, at=NOW, proposed=[row.pk])
    opening.freeze(survey_id=survey.pk, by=by, at=NOW)
    chosen = dict.fromkeys(survey.assessments.values_list("pk", flat=True))
    return proposal.propose(survey_id=survey.pk, chosen=chosen, by=by, at=NOW)


def _ask_and_publish(world: World, where: str, review: Review, by: Appointment) -> None:
    """Departments asked about a county's list, and its publication with an objection."""
    survey, now = review.surveys.get(), {"by": by, "at": NOW}
    joint = JointReview.objects.create(
        survey=survey, organization=by.organization, asked_on=TODAY, answer_by_on=TODAY, **now
    )
    joint.asked.create(name=DEPARTMENT)
    shown = Publicity.objects.create(
        survey=survey, organization=by.organization, place="公开栏", starts_on=TODAY, ends_on=TODAY, **now
    )
    objection = shown.objections.create(
        assessment=survey.assessments.first(), text="已调整", raised_on=TODAY, **now
    )
    for kind, made in (("joint_review", joint), ("publicity", shown), ("objection", objection)):
        world.objects.setdefault(kind, {})[where] = made


def survey_of(assessment: Assessment, officer: Appointment) -> dict[str, Any]:
    """A survey as the unit's own and as a whole, one organization's scores in it and a note on them."""
    whole = dict.fromkeys(("survey", "whole_survey"), assessment.survey)
    return whole | {"assessment": assessment, "note": note_at(assessment, officer)}


def _furnish(world: World, where: str, officer: Appointment) -> None:
    village, town = world.units["village"][where], world.units["township"][where]
    case = case_at(world.scheme, village, officer)
    member = member_of(case, world.posts[Role.HELPER].user, where)
    problem = Problem.objects.create(case=case, order=1, text="书记空缺")
    review = plan_review(world.scheme, case, world.officers[where])
    made = {
        "organization": village,
        "leader_post": LeaderPost.objects.create(organization=village, title="党支部书记", secretary=True),
        "scheme": world.scheme,
        "case": case,
        "lookback": Lookback.objects.create(
            case=case, organization=village, scheme=world.scheme, year=YEAR + 1
        ),
        **survey_of(Assessment.objects.get(organization=village), world.officers[where]),
        "plan": Plan.objects.create(case=case, review=review),
        "problem": problem,
        "activity": Activity.objects.create(
            case=case, kind="visit", on=TODAY, people="王", what="谈心", by=officer, at=NOW
        ),
        "target_entry": target_entry_of(case, officer),
        **campaign_of(case, officer),
        "measure": Measure.objects.create(problem=problem, order=1, starts_on=TODAY, due_on=TODAY, **WORDS),
        "acceptance": acceptance_of(case),
        "duty": case.duties.first(),
        "review": review,
        "leader": leader_of(world.scheme, town),
        "member": member,
        **checking_of(world.scheme, case, member, town, world.posts[Role.CITY_REVIEWER]),
        "attachment": attachment_of(case, village, officer),
        "filing": filing_of(town, world.officers[where]),
        **reports_of(world.scheme, town, world.officers[where]),
        **supervision_of(case, town, officer),
        **support_of(case, officer),
        "user": User.objects.get(username="cun"),
        "appointment": Appointment.objects.get(user__username="cun"),
    }
    for kind, obj in made.items():
        world.objects.setdefault(kind, {})[where] = obj
