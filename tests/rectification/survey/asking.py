"""The verbs of a joint review as its tests speak them."""

from datetime import timedelta

from rectification.survey import joint_review
from tests import cast

LATER = cast.TODAY + timedelta(days=5)
AFTER = cast.NOW + timedelta(days=6)


def ask(year, *names, by_on=LATER):
    return joint_review.ask(
        survey_id=year.survey.pk,
        names=names or ("县纪委监委", "县信访局"),
        answer_by_on=by_on,
        by=year.officer,
        at=cast.NOW,
    )


def answers(year, **said):
    """answers(year, 石桥村="agrees"): an objection comes with its reason."""
    reason = {"objects": "信访件正在办理"}
    return {str(year.row(name).uid): (stance, reason.get(stance, "")) for name, stance in said.items()}


def give(year, joint, post, at=cast.NOW, **said):
    return joint_review.give(joint_id=joint.pk, answers=answers(year, **said), by=post, at=at)


def all_agree(year, joint, *posts):
    for post in posts:
        give(year, joint, post, 石桥村="agrees", 新枫林村="agrees")


def close(year, joint, at=cast.NOW, **more):
    return joint_review.close(joint_id=joint.pk, by=year.officer, at=at, **more)


def settle(year, joint, name="石桥村", how="经核实属实，予以保留", at=cast.NOW):
    return joint_review.settle(
        joint_id=joint.pk,
        assessment_uid=str(year.row(name).uid),
        how=how,
        settled_on=cast.TODAY,
        by=year.officer,
        at=at,
    )
