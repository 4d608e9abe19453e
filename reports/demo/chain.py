"""From the list to its publication: departments are asked, an objection is settled, the list is shown and closed."""

from datetime import date, timedelta

from accounts.roles import Role
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.survey import changes, joint_board, joint_review, publicity
from rectification.survey.change_rules import Decision
from rectification.survey.joint_models import JointReview
from rectification.survey.models import Survey
from reports.demo.people import SPEAKS_FOR
from reports.demo.words import JOINT_OBJECTION, JOINT_SETTLED, OBJECTION, OBJECTION_HANDLED
from reports.demo.world import World

SILENT = "县民政局"
OBJECTS = "县信访局"
ELSEWHERE = ("纪委监委", "信访局", "农业农村局")
SILENCE = "县民政局正在集中办理换届备案，电话答复没有补充意见，书面意见随后补报"
AGREES, AGAINST = "agrees", "objects"


def _uids(joint: JointReview) -> list[str]:
    return [str(one.uid) for one in joint_board.candidates_of(joint)]


def ask(world: World, survey: Survey, names: tuple[str, ...], day: date, until: date) -> JointReview:
    """The county writes to departments."""
    with world.scene(world.county(survey.organization.name), day, 16) as now:
        return joint_review.ask(survey_id=survey.pk, names=names, answer_by_on=until, **now)


def departments_answer(world: World, survey: Survey, about: str, day: date) -> None:
    """Four departments answer in the system, one of them against `about`; the fifth says nothing.

    The objection is looked into, and the county goes on without the silent one, with its reason.
    """
    joint = ask(world, survey, tuple(SPEAKS_FOR.values()), day, day + timedelta(days=3))
    against = next(
        str(one.uid) for one in joint_board.candidates_of(joint) if one.organization.short_name == about
    )
    for username, department in SPEAKS_FOR.items():
        if department == SILENT:
            continue
        post = Appointment.objects.select_related("user", "organization").get(
            user__username=username, role=Role.DEPARTMENT
        )
        answers = dict.fromkeys(_uids(joint), (AGREES, ""))
        if department == OBJECTS:
            answers[against] = (AGAINST, JOINT_OBJECTION)
        with world.scene(post, day + timedelta(days=2), 11) as now:
            joint_review.give(joint_id=joint.pk, answers=answers, **now)
    officer, last = world.county(survey.organization.name), day + timedelta(days=4)
    with world.scene(officer, last, 9) as now:
        joint_review.settle(
            joint_id=joint.pk, assessment_uid=against, how=JOINT_SETTLED, settled_on=last, **now
        )
    with world.scene(officer, last, 11) as now:
        joint_review.close(joint_id=joint.pk, silence_reason=SILENCE, **now)


def answers_on_paper(world: World, survey: Survey, day: date, *, whole: bool = True) -> None:
    """A county whose departments have no accounts enters their papers; not `whole`: one has answered so far."""
    county = survey.organization.name
    joint = ask(world, survey, tuple(county[-1] + name for name in ELSEWHERE), day, day + timedelta(days=7))
    answers = dict.fromkeys(_uids(joint), (AGREES, ""))
    later = day + timedelta(days=2)
    for asked in list(joint.asked.all())[: None if whole else 1]:
        with world.scene(world.county(county), later, 15) as now:
            joint_review.give_on_paper(
                joint_id=joint.pk, asked_id=asked.pk, answers=answers, given_on=later, **now
            )
    if whole:
        with world.scene(world.county(county), later, 17) as now:
            joint_review.close(joint_id=joint.pk, **now)


def publish(world: World, survey: Survey, first: date, number: str, *, about: str = "") -> None:
    """The list is shown for a week; where something is said against it, that is looked into."""
    officer = world.county(survey.organization.name)
    with world.scene(officer, first, 9) as now:
        shown = publicity.publish(
            survey_id=survey.pk,
            place=f"{survey.organization.name}党建网、各乡镇（街道）和村（社区）公开栏",
            starts_on=first,
            ends_on=first + timedelta(days=6),
            document=number,
            **now,
        )
    if about:
        row = next(one for one in publicity.published(shown) if one.organization.short_name == about)
        raised, handled = first + timedelta(days=2), first + timedelta(days=5)
        with world.scene(officer, raised, 15) as now:
            objection = publicity.object_to(
                publicity_id=shown.pk, assessment_uid=str(row.uid), text=OBJECTION, raised_on=raised, **now
            )
        with world.scene(officer, handled, 16) as now:
            publicity.handle(
                objection_id=objection.pk,
                handling=OBJECTION_HANDLED,
                handled_on=handled,
                upheld=False,
                **now,
            )
    with world.scene(officer, first + timedelta(days=7), 9) as now:
        publicity.close(publicity_id=shown.pk, **now)


def withdraw(world: World, case: Case, day: date, number: str, *, reason: str, consent: str) -> None:
    """A case leaves the year's list by a recorded decision."""
    with world.scene(world.county(case.county.name), day, 11) as now:
        changes.withdraw_case(
            case_id=case.pk,
            reason=reason,
            merged=False,
            decision=Decision(f"{case.county.organ}组织部部务会", day, number),
            consent=consent,
            **now,
        )
