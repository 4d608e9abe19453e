"""Beside the points of a survey: villages that checked themselves, and what visitors heard there."""

from datetime import date

from accounts.roles import Role
from organizations.models import Appointment
from rectification.schemes.practice_models import FormKind
from rectification.schemes.terms import criterion_name
from rectification.survey import notes
from rectification.survey.models import Assessment, Survey
from reports.demo.words import REVISIT, SELF_CHECKS
from reports.demo.world import World


def check_themselves(world: World, survey: Survey, day: date) -> None:
    """One village with an account of its own, others on paper through their township."""
    for name, (criteria, conclusion) in SELF_CHECKS.items():
        post = world.posts.get((name, Role.VILLAGE_REPORTER)) or world.township(name.split("/")[0])
        row = _row(survey, name)
        said = [
            {"question": criterion_name(one), "words": "存在" if one.order in criteria else "不存在"}
            for one in survey.scheme.criteria.all()
        ]
        with world.scene(post, day, 10) as now:
            notes.save_self_check(
                assessment_id=row.pk,
                answers=said,
                criteria=criteria,
                conclusion=conclusion,
                made_on=day,
                made_by="支委会全体成员",
                version=None,
                **now,
            )


def revisit(world: World, survey: Survey, post: Appointment, name: str, day: date) -> None:
    """A member of the county's standing committee and the office come again and ask the five questions."""
    answers, conclusion = REVISIT[name]
    with world.scene(post, day, 16) as now:
        notes.save_visit(
            assessment_id=_row(survey, name).pk,
            kind=FormKind.REVISIT,
            answers=[{"question": question, "words": words} for question, words in answers.items()],
            criteria=[],
            conclusion=conclusion,
            made_on=day,
            made_by="县委常委、组织部部长带队，组织股2人",
            **now,
        )


def _row(survey: Survey, name: str) -> Assessment:
    township, unit = name.split("/")
    rows = Assessment.objects.of(survey).select_related("organization")
    return rows.get(scorer__name=township, organization__short_name=unit)
