"""Last year's cases as acceptance left them, with two problems each, and this year's lookback on them."""

from datetime import date

from rectification.cases.models import Case, Tracking
from rectification.lookback import actions, opening, verdict
from rectification.lookback.models import Lookback
from rectification.lookback.rules import Party
from rectification.remediation.models import Problem
from rectification.workflow import Stage
from tests import cast
from tests.conftest import make_case
from tests.stage import on_stage

CLOSED_ON = date(cast.YEAR - 1, 11, 20)
PROBLEMS = ("书记长期空缺", "村务不公开")


def of_last_year(scheme, village, county, officer, stage=Stage.TRACKING):
    """A case of last year: closed into tracking, or failed and carried over."""
    case = make_case(scheme, village, county, officer)
    passed = stage != Stage.CARRIED
    Case.objects.filter(pk=case.pk).update(
        year=cast.YEAR - 1,
        stage=stage,
        outcome="pass" if passed else "fail",
        closed_on=CLOSED_ON if passed else None,
    )
    for order, text in enumerate(PROBLEMS, 1):
        closed = {"state": "closed", "closed_on": CLOSED_ON} if passed else {}
        Problem.objects.create(case=case, order=order, text=text, **closed)
    if passed:
        Tracking.objects.create(case=case, starts_on=CLOSED_ON, ends_on=date(cast.YEAR, 11, 20))
    return Case.objects.get(pk=case.pk)


@on_stage
def last_year(scheme, village, county, county_officer):
    """The cast's village, closed last November."""
    return of_last_year(scheme, village, county, county_officer)


@on_stage
def failed(scheme, other_village, county, county_officer):
    """Another village, not turned round last year."""
    return of_last_year(scheme, other_village, county, county_officer, Stage.CARRIED)


def opened(scheme, county, officer, case):
    """The lookback on a case, opened by the county."""
    opening.open_lookbacks(scheme=scheme, county=county, by=officer, at=cast.NOW)
    return Lookback.objects.get(case=case)


@on_stage
def lookback(scheme, county, county_officer, last_year):
    """The lookback on the cast's village."""
    return opened(scheme, county, county_officer, last_year)


def answer(lookback, party, by, **special):
    """Everything held for a party, but what is named: p1=("relapsed", "words")."""
    answers = {point.pk: special.get(f"p{point.order}", ("held", "")) for point in lookback.checkpoints.all()}
    return actions.save_views(
        lookback_id=lookback.pk, party=Party(party), answers=answers, by=by, at=cast.NOW, version=None
    )


def decide(lookback, by, outcome, **given):
    """The county concludes today."""
    given = {"reasons": "逐项核查", "decided_on": cast.TODAY, "body": "青禾县委组织部", **given}
    return verdict.decide(lookback_id=lookback.pk, by=by, at=cast.NOW, version=None, outcome=outcome, **given)
