"""The demo year: complete, dated in the past, said by whoever did it, made once, never in production."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Message, User
from accounts.roles import Role
from organizations.models import Appointment, LeaderPost, Organization, YearRecord
from rectification.cases.models import Case, CaseStep
from rectification.duties.models import Duty, Extension
from rectification.filings.models import Filing
from rectification.models import Survey
from rectification.remediation.models import Plan, Problem
from rectification.survey.change_models import CaseChange
from rectification.survey.joint_models import JointReview, Objection, Opinion, Publicity
from rectification.survey.models import Assessment
from rectification.survey.note_models import SurveyNote
from rectification.workflow import Stage
from reports.demo import people, story
from tests import cast

pytestmark = pytest.mark.django_db
YEAR = cast.YEAR


def every_stage_has_a_case():
    assert CaseChange.objects.get().kind == "withdrawn"
    stages = set(Case.objects.filter(year=YEAR).values_list("stage", flat=True))
    assert stages == set(Stage) - {Stage.SURVEY, Stage.CLOSED}
    assert Case.objects.filter(year=YEAR - 1, stage=Stage.CLOSED).exists()


def a_survey_can_be_scored_and_another_decided():
    standing = dict(Survey.objects.filter(year=YEAR).values_list("organization__name", "state"))
    assert standing == {
        "青禾县": "determined",
        "澄湖区": "determined",
        "望津市": "proposed",
        "石岭县": "scoring",
    }


def plans_stand_at_every_step():
    states = Counter(Plan.objects.filter(case__year=YEAR).values_list("state", flat=True))
    assert set(states) == {"draft", "submitted", "returned", "approved"}


def last_years_failure_came_back_with_its_open_problems():
    case = Case.objects.get(year=YEAR, source="carried")
    assert case.previous.year == YEAR - 1 and case.previous.stage == Stage.CARRIED
    left = Problem.objects.filter(case=case.previous).exclude(state="closed").count()
    assert left and case.problems.exclude(carried_from=None).count() == left


def duties_show_every_light():
    rows = Duty.objects.filter(scheme__year=YEAR)
    assert rows.overdue(cast.TODAY).exists() and rows.near(cast.TODAY).exists()
    assert rows.open().filter(effective_due_on__gt=cast.TODAY).exists()
    assert Extension.objects.exists()
    # What is left of last year are the looks still to come at what was closed then
    left = Duty.objects.filter(scheme__year=YEAR - 1).open()
    assert set(left.values_list("key", flat=True)) == {"tracking_check"}
    assert not left.overdue(cast.TODAY).exists()


def filings_were_accepted_returned_and_wait():
    states = set(Filing.objects.filter(scheme__year=YEAR).values_list("review__state", flat=True))
    assert states == {"passed", "returned", "pending"}


def the_front_half_was_done_as_it_is_done():
    kinds = Counter(SurveyNote.objects.values_list("kind", flat=True))
    assert kinds["self_check"] >= 4 and kinds["revisit"] == 2
    county = Survey.objects.get(organization__name="青禾县", year=YEAR)
    joint = JointReview.objects.get(survey=county)
    said = {name: joint.asked.get(name=name).opinions for name in ("县信访局", "县民政局")}
    assert said["县信访局"].filter(stance="objects").count() == 1 and not said["县民政局"].exists()
    assert joint.closed_at and joint.silence_reason and joint.settlements.count() == 1
    assert JointReview.objects.get(survey__organization__name="望津市").closed_at is None
    assert Opinion.objects.filter(on_paper=True).exists()
    shown = Publicity.objects.get(survey=county)
    assert shown.closed_at and Objection.objects.get(publicity=shown).upheld is False
    assert not Assessment.objects.filter(survey=county, township_proposes=True, township_opinion="").exists()
    assert LeaderPost.objects.vacant().exists() and YearRecord.objects.filter(grade="poor").exists()


def everything_happened_by_a_post_and_not_in_the_future():
    assert not CaseStep.objects.filter(at__gt=cast.NOW).exists()
    assert CaseStep.objects.order_by("at").first().at.date() < date(YEAR, 1, 1)
    assert not Message.objects.filter(created_at__gt=cast.NOW + timedelta(hours=1)).exists()
    nameless = Case.history.rel.related_model._default_manager.filter(pgh_context__isnull=True)
    assert not nameless.exists()


def one_account_signs_in_for_each_role_and_one_person_has_two_posts():
    roles = {
        post.role for post in Appointment.objects.filter(user__username__in=[s[0] for s in people.STARRING])
    }
    assert roles == {role.value for role in Role}
    assert Appointment.objects.filter(user__username="jianzhi").count() == 2
    assert all(user.is_demo and not user.must_change_password for user in User.objects.all())
    assert User.objects.get(username="xian").check_password(people.PASSWORD)


def the_accounts_are_printed():
    out = StringIO()
    call_command("demo", "--accounts", stdout=out)
    assert people.PASSWORD in out.getvalue() and "柳溪镇 组织委员" in out.getvalue()


def a_second_demo_is_refused_in_words():
    before = Organization.objects.count()
    with pytest.raises(CommandError, match="只建在空库里"):
        call_command("demo")
    assert Organization.objects.count() == before


def test_the_demo_year_is_whole():
    """Told once, because it takes as long as it takes; looked at from every side."""
    story.tell(today=cast.TODAY)
    every_stage_has_a_case()
    a_survey_can_be_scored_and_another_decided()
    plans_stand_at_every_step()
    last_years_failure_came_back_with_its_open_problems()
    duties_show_every_light()
    filings_were_accepted_returned_and_wait()
    the_front_half_was_done_as_it_is_done()
    everything_happened_by_a_post_and_not_in_the_future()
    one_account_signs_in_for_each_role_and_one_person_has_two_posts()
    the_accounts_are_printed()
    a_second_demo_is_refused_in_words()
