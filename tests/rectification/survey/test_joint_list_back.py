"""The list comes back after the joint review was closed: whoever came in is not decided on unasked."""

from datetime import timedelta

import pytest

from accounts.errors import Refused
from accounts.roles import Role
from rectification.cases.models import Case
from rectification.survey import actions
from tests import cast
from tests.rectification.survey.asking import all_agree, ask, close, give
from tests.rectification.survey.chains import JOINT, MEETING, on_its_way


@pytest.fixture
def petitions(county):
    return cast.post_at(county, Role.DEPARTMENT, "xinfang", department="县信访局")


@pytest.fixture
def again(year, petitions):
    """Closed by all departments, returned by the meeting, sent again with 上塘村 on it."""
    review = on_its_way(year, JOINT, MEETING)
    joint = ask(year, "县信访局")
    all_agree(year, joint, petitions)
    close(year, joint)
    actions.return_determination(review_id=review.pk, by=year.officer, at=cast.NOW, opinion="补列上塘村")
    return actions.propose(
        survey_id=year.survey.pk,
        chosen={year.row(name).pk: None for name in ("石桥村", "新枫林村", "上塘村")},
        by=year.officer,
        at=cast.NOW + timedelta(hours=1),
    )


def test_who_came_in_after_the_close_is_not_decided_on_unasked(year, again):
    with pytest.raises(Refused, match="上塘村是部门联审办结以后列入的"):
        year.determine(again)
    assert not Case.objects.exists()


def test_asked_again_and_closed_the_longer_list_is_decided_on(year, again, petitions):
    joint = ask(year, "县信访局")
    give(year, joint, petitions, 上塘村="agrees")
    close(year, joint)
    year.determine(again)
    assert Case.objects.count() == 3
