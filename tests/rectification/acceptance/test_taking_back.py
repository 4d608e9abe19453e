"""What stands after a case left acceptance, was taken back by a check, or had its signature taken back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import Invalid, Refused
from rectification.acceptance import actions, sign_off, signing, unsigning
from rectification.acceptance.ballots import poll_actions
from rectification.acceptance.models import Acceptance
from rectification.acceptance.tracking import actions as tracking
from rectification.cases.models import Case, Tracking
from rectification.reviews.models import Review
from rectification.workflow import Stage
from tests.cast import NOW, TODAY
from tests.rectification.acceptance.check_steps import arrange, conclude
from tests.rectification.acceptance.test_actions import (
    EXPLAINED,
    acceptance,
    asked,
    problem,
    score_all,
    sign,
    tally_both,
)
from tests.rectification.acceptance.test_signing import RECORDED, chain, examined

__all__ = ["acceptance", "asked", "examined", "problem"]


def unsign(acceptance, by, **facts):
    given = {"acceptance_id": acceptance.pk, "by": by, "at": NOW, "version": None, "reason": "误签"}
    return unsigning.unsign(**given | facts)


@pytest.fixture
def checked(examined, scheme, county_officer, city_reviewer):
    """Signed 合格, and on the list of a check of the city."""
    sign(examined, county_officer, "pass")
    scheme.check_percent = 100
    scheme.save()
    return arrange(city_reviewer).results.get(case=examined.case_id)


@pytest.fixture
def signed_again(checked, examined, township_officer, county_officer, city_reviewer):
    """Looked at with a relapse, taken back by the check, asked for anew and signed 合格 on a later day."""
    tracking.record(
        case_id=examined.case_id,
        by=county_officer,
        at=NOW,
        on=TODAY,
        words="有反弹",
        relapse=True,
    )
    conclude(checked, city_reviewer)
    again = actions.ask(case_id=examined.case_id, by=township_officer, at=NOW, reasons=EXPLAINED)
    for officer in (township_officer, county_officer):
        score_all(again, officer)
    tally_both(again, county_officer)
    given = {"outcome": "pass", "signer": "王部长", "signed_on": TODAY, "reasons": EXPLAINED, "version": None}
    signing.sign(acceptance_id=again.pk, by=county_officer, at=NOW + timedelta(hours=1), **given)
    later = TODAY + timedelta(days=1)  # the clock of a test stands still; the signature is of the day after
    Case.objects.filter(pk=examined.case_id).update(closed_on=later)
    Tracking.objects.filter(case=examined.case_id).update(starts_on=later)
    return again


def test_nothing_is_entered_once_the_case_left_the_rectification(asked, county_officer, village_reporter):
    Case.objects.filter(pk=asked.case_id).update(stage=Stage.WITHDRAWN)
    given = {"acceptance_id": asked.pk, "at": NOW, "version": None}
    with pytest.raises(Refused, match="退出整顿"):
        score_all(asked, county_officer)
    with pytest.raises(Refused, match="退出整顿"):
        tally_both(asked, county_officer)
    with pytest.raises(Refused, match="退出整顿"):
        actions.save_self_check(by=village_reporter, words="已整改", on=TODAY, **given)
    with pytest.raises(Refused, match="退出整顿"):
        times = {"opens_at": NOW, "closes_at": NOW + timedelta(hours=2), "slips": 10}
        poll_actions.arrange(by=county_officer, group="masses", **given, **times)


def test_a_case_is_not_closed_on_a_day_to_come(examined, scheme, county_officer):
    chain(scheme, "county")
    sign(examined, county_officer, "pass")
    review = Review.objects.get(process="sign_off")
    with pytest.raises(Refused, match="晚于今天"):
        facts = RECORDED | {"decided_on": TODAY + timedelta(days=1)}
        sign_off.pass_(review_id=review.pk, by=county_officer, at=NOW, **facts)
    assert Case.objects.get(pk=examined.case_id).stage == Stage.ACCEPTANCE


def test_a_check_upholds_no_result_that_was_taken_back(checked, examined, county_officer, city_reviewer):
    unsign(examined, county_officer)
    with pytest.raises(Invalid, match="没有可以认可的验收结果"):
        conclude(checked, city_reviewer, verdict="upheld")


def test_the_signature_after_a_refused_one_can_be_taken_back(signed_again, county_officer):
    unsign(signed_again, county_officer)
    case = Case.objects.get(pk=signed_again.case_id)
    assert (case.stage, case.outcome, case.closed_on) == (Stage.ACCEPTANCE, "", None)
    assert not Tracking.objects.filter(case=case).exists()


def test_a_relapse_of_the_watching_before_keeps_none_after_it_open(signed_again, county_officer):
    over = Tracking.objects.get(case=signed_again.case_id).ends_on + timedelta(days=1)
    case = Case.objects.get(pk=signed_again.case_id)
    assert tracking.ending_refusal(case, county_officer, over) is None


def test_whoever_signs_takes_back_or_decides_locks_in_one_order(examined, scheme, county_officer):
    """The acceptance before its case, or two of them would wait for each other."""
    chain(scheme, "county")
    sign(examined, county_officer, "pass")
    review = Review.objects.get(process="sign_off")
    with CaptureQueriesContext(connection) as asked_first:
        unsign(examined, county_officer)
    sign(examined, county_officer, "pass")
    with CaptureQueriesContext(connection) as asked_then:
        sign_off.pass_(review_id=review.pk, by=county_officer, at=NOW, **RECORDED)
    assert _locks(asked_first)[:2] == _locks(asked_then)[:2] == [Acceptance, Case]


def _locks(queries: CaptureQueriesContext) -> list[type]:
    tables = {model._meta.db_table: model for model in (Acceptance, Case)}
    taken = [query["sql"] for query in queries if " UPDATE OF " in query["sql"]]
    return [tables[name] for sql in taken if (name := sql.rsplit(" OF ", 1)[1].strip('" ')) in tables]
