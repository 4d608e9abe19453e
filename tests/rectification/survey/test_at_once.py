"""Two officers at the same moment: the second waits for the first and is told what stands, nothing is half done."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from accounts.errors import Refused
from accounts.roles import Role
from organizations import record_actions
from organizations.record_models import YearRecord
from rectification.cases.models import Case
from rectification.reviews.models import ReviewState
from rectification.schemes.practice_models import FormKind
from rectification.survey import actions, amendments, joint_review, notes, publicity
from rectification.survey.entries import Entry
from rectification.survey.joint_models import Objection, Opinion, Publicity
from rectification.survey.models import Survey, SurveyState
from rectification.survey.note_models import SurveyNote
from tests import cast
from tests.rectification.survey.asking import all_agree, answers, ask
from tests.rectification.survey.chains import COUNTY, JOINT, MEETING, PUBLISH, on_its_way

pytestmark = pytest.mark.django_db(transaction=True)
DECISION = {"body": "青禾县委常委会", "document": "青常纪〔2026〕6号", "decided_on": cast.TODAY}


def at_once(first, second):
    """Do `second` while `first` is done but not committed; what `second` was refused with, or None."""
    done, told = threading.Event(), []

    def other():
        done.wait()
        try:
            second()
            told.append(None)
        except Refused as refused:
            told.append(str(refused))
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    try:
        with transaction.atomic():
            first()
            done.set()
            thread.join(0.4)  # it waits for the commit, or has already read what it may no longer rely on
    finally:
        done.set()
        thread.join()
    return told[0] if told else "broken off"


@pytest.fixture
def petitions(county):
    return cast.post_at(county, Role.DEPARTMENT, "xinfang", department="县信访局")


@pytest.fixture
def joint(year, petitions):
    on_its_way(year, JOINT, MEETING)
    joint = ask(year, "县信访局")
    all_agree(year, joint, petitions)
    return joint


def test_an_objection_that_comes_with_the_close_is_told_that_it_is_closed(year, joint, petitions):
    told = at_once(
        lambda: joint_review.close(joint_id=joint.pk, by=year.officer, at=cast.NOW),
        lambda: joint_review.give(
            joint_id=joint.pk, answers=answers(year, 石桥村="objects"), by=petitions, at=cast.NOW
        ),
    )
    assert "联审已经办结" in told
    assert not Opinion.objects.filter(stance="objects").exists()


def test_a_close_that_comes_with_an_objection_sees_it(year, joint, petitions):
    told = at_once(
        lambda: joint_review.give(
            joint_id=joint.pk, answers=answers(year, 石桥村="objects"), by=petitions, at=cast.NOW
        ),
        lambda: joint_review.close(joint_id=joint.pk, by=year.officer, at=cast.NOW),
    )
    assert told is not None and "broken" not in told
    joint.refresh_from_db()
    assert joint.closed_at is None


def test_a_close_that_comes_with_a_return_is_refused(year, petitions):
    review = on_its_way(year, COUNTY, MEETING)
    joint = ask(year, "县信访局")
    all_agree(year, joint, petitions)
    told = at_once(
        lambda: actions.return_determination(
            review_id=review.pk, by=year.officer, at=cast.NOW, opinion="补充"
        ),
        lambda: joint_review.close(joint_id=joint.pk, by=year.officer, at=cast.NOW),
    )
    assert "名单被退回正在修改" in told
    joint.refresh_from_db()
    assert joint.closed_at is None


def test_of_a_decision_and_a_return_only_one_happens(year):
    review = on_its_way(year, MEETING)
    told = at_once(
        lambda: actions.record_determination(review_id=review.pk, by=year.officer, at=cast.NOW, **DECISION),
        lambda: actions.return_determination(
            review_id=review.pk, by=year.officer, at=cast.NOW, opinion="补充"
        ),
    )
    assert "已经认定" in told
    review.refresh_from_db()
    assert (review.state, Case.objects.count()) == (ReviewState.PASSED, 2)


def test_two_decisions_at_once_make_each_case_once(year):
    review = on_its_way(year, MEETING)

    def decide():
        actions.record_determination(review_id=review.pk, by=year.officer, at=cast.NOW, **DECISION)

    assert "已经认定" in at_once(decide, decide)
    assert Case.objects.count() == 2


def test_an_objection_that_comes_with_the_end_of_the_publication_is_refused(year):
    year.determine(on_its_way(year, MEETING, PUBLISH))
    period = {"place": "公开栏", "starts_on": cast.TODAY, "ends_on": cast.TODAY}
    one = publicity.publish(survey_id=year.survey.pk, by=year.officer, at=cast.NOW, **period)
    later = {"by": year.officer, "at": cast.NOW + timedelta(days=1)}
    uid = str(year.row("石桥村").uid)
    told = at_once(
        lambda: publicity.close(publicity_id=one.pk, **later),
        lambda: publicity.object_to(
            publicity_id=one.pk, assessment_uid=uid, text="不实", raised_on=cast.TODAY, **later
        ),
    )
    assert "公布已经办结" in told
    assert Publicity.objects.get().closed_at and not Objection.objects.exists()


def test_a_score_is_not_amended_under_a_list_that_goes_up(year):
    for name, points in (("石桥村", 9), ("新枫林村", 8)):
        year.score(name, c1=points)
    year.close_scoring()
    row = year.row("石桥村")
    told = at_once(
        lambda: year.propose("石桥村", "新枫林村"),
        lambda: amendments.amend_score(
            assessment_id=row.pk,
            entries={1: Entry(Decimal(1), "更正")},
            reason="多扣",
            by=year.officer,
            at=cast.NOW,
            version=None,
        ),
    )
    assert "名单正在审定" in told
    assert Survey.objects.get().state == SurveyState.PROPOSED


def test_a_self_check_that_comes_with_the_townships_submission_is_refused(
    year, villages, township, township_officer
):
    reporter = cast.post_at(villages[0], Role.VILLAGE_REPORTER, "cunzhang")
    told = at_once(
        lambda: actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW),
        lambda: notes.save_self_check(
            assessment_id=year.row("石桥村").pk,
            answers=[],
            criteria=[],
            conclusion="未发现",
            made_on=cast.TODAY,
            made_by="",
            by=reporter,
            at=cast.NOW,
            version=None,
        ),
    )
    assert "已提交评分" in told
    assert not SurveyNote.objects.filter(kind=FormKind.SELF_CHECK).exists()


def test_a_year_is_recorded_once_and_the_second_sees_the_first(county_officer, village):
    def save(grade):
        return lambda: record_actions.save_record(
            unit_id=village.pk,
            year=cast.YEAR - 1,
            facts={"grade": grade},
            version=0,
            by=county_officer,
            at=cast.NOW,
        )

    assert at_once(save("good"), save("poor")) is not None
    assert YearRecord.objects.get().grade == "good"
