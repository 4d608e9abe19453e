"""What the tests of ballots share: a case under acceptance whose meetings are still to be held, and a tally."""

import pytest

from rectification.acceptance.models import Acceptance, Tally
from rectification.cases.models import Case
from rectification.workflow import Stage
from tests.cast import TODAY


@pytest.fixture
def acceptance(case):
    """Asked for; nobody has scored or counted."""
    Case.objects.filter(pk=case.pk).update(stage=Stage.ACCEPTANCE)
    return Acceptance.objects.create(case=Case.objects.get(pk=case.pk))


def tally_of(group, good=20, fair=5, bad=1, **facts):
    """A meeting that adds up, counted by hand."""
    counts = {"总体评价": {"满意": good, "基本满意": fair, "不满意": bad, "未选": 0}}
    total = good + fair + bad
    numbers = {"issued": total, "returned": total, "valid": total, "invalid": 0, "counts": counts} | facts
    return Tally(group=group, held_on=TODAY, place="村部", teller="甲", supervisor="乙", **numbers)
