"""The demo year: complete, dated in the past, said by whoever did it, made once, never in production."""

from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import Message, User
from accounts.roles import Role
from organizations.models import Appointment, Organization
from rectification.cases.models import Case, CaseStep
from rectification.duties.models import Duty, Extension
from rectification.filings.models import Filing
from rectification.models import Survey
from rectification.remediation.models import Plan, Problem
from rectification.workflow import Stage
from reports.demo import people, story
from reports.demo.days import Days
from tests import cast

pytestmark = pytest.mark.django_db
YEAR = cast.YEAR


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """The demo is told once for all tests here, and rolled back behind them."""
    from django.db import transaction

    with django_db_blocker.unblock(), time_machine.travel(cast.NOW, tick=True), transaction.atomic():
        with pytest.MonkeyPatch.context() as patch:
            from celery import current_app

            patch.setattr(current_app, "send_task", lambda *args, **kwargs: None)
            yield story.tell(today=cast.TODAY)
        transaction.set_rollback(True)


def test_every_stage_has_a_case(told):
    stages = set(Case.objects.filter(year=YEAR).values_list("stage", flat=True))
    assert stages == set(Stage) - {Stage.SURVEY, Stage.CLOSED}
    assert Case.objects.filter(year=YEAR - 1, stage=Stage.CLOSED).exists()


def test_a_survey_can_be_scored_and_another_decided(told):
    standing = dict(Survey.objects.filter(year=YEAR).values_list("organization__name", "state"))
    assert standing == {
        "青禾县": "determined",
        "澄湖区": "determined",
        "望津市": "proposed",
        "石岭县": "scoring",
    }


def test_plans_stand_at_every_step(told):
    states = Counter(Plan.objects.filter(case__year=YEAR).values_list("state", flat=True))
    assert set(states) == {"draft", "submitted", "returned", "approved"}


def test_last_years_failure_came_back_with_its_open_problems(told):
    case = Case.objects.get(year=YEAR, source="carried")
    assert case.previous.year == YEAR - 1 and case.previous.stage == Stage.CARRIED
    left = Problem.objects.filter(case=case.previous).exclude(state="closed").count()
    assert left and case.problems.exclude(carried_from=None).count() == left


def test_duties_show_every_light(told):
    rows = Duty.objects.filter(scheme__year=YEAR)
    assert rows.overdue(cast.TODAY).exists() and rows.near(cast.TODAY).exists()
    assert rows.open().filter(effective_due_on__gt=cast.TODAY).exists()
    assert Extension.objects.exists()
    assert not Duty.objects.filter(scheme__year=YEAR - 1).open().exists()


def test_filings_were_accepted_returned_and_wait(told):
    states = set(Filing.objects.filter(scheme__year=YEAR).values_list("review__state", flat=True))
    assert states == {"passed", "returned", "pending"}


def test_everything_happened_by_a_post_and_not_in_the_future(told):
    assert not CaseStep.objects.filter(at__gt=cast.NOW).exists()
    assert CaseStep.objects.order_by("at").first().at.date() < date(YEAR, 1, 1)
    assert not Message.objects.filter(created_at__gt=cast.NOW + timedelta(hours=1)).exists()
    nameless = Case.history.rel.related_model._default_manager.filter(pgh_context__isnull=True)
    assert not nameless.exists()


def test_one_account_signs_in_for_each_role_and_one_person_has_two_posts(told):
    roles = {
        post.role for post in Appointment.objects.filter(user__username__in=[s[0] for s in people.STARRING])
    }
    assert roles == {role.value for role in Role}
    assert Appointment.objects.filter(user__username="jianzhi").count() == 2
    assert all(user.is_demo and not user.must_change_password for user in User.objects.all())
    assert User.objects.get(username="xian").check_password(people.PASSWORD)


def test_the_accounts_are_printed(told):
    out = StringIO()
    call_command("demo", "--accounts", stdout=out)
    assert people.PASSWORD in out.getvalue() and "柳溪镇 组织委员" in out.getvalue()


def test_a_second_demo_is_refused_in_words(told):
    before = Organization.objects.count()
    with pytest.raises(CommandError, match="只建在空库里"):
        call_command("demo")
    assert Organization.objects.count() == before


def test_production_makes_no_demo(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="生产环境"):
        call_command("demo")
    assert not Organization.objects.exists()


def test_production_lets_no_demo_account_in(settings, client):
    User.objects.create_user("shi", people.PASSWORD, name="演示", is_demo=True, must_change_password=False)
    settings.PRODUCTION = True
    answer = client.post(
        "/sign-in/",
        {"username": "shi", "password": people.PASSWORD},
        secure=True,
        headers={"host": "localhost"},
    )
    assert "演示账号不能在正式环境登录" in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("today", [date(2026, 1, 2), date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31)])
def test_the_story_lies_in_the_past_on_any_day(today):
    days = Days(today)
    assert days.year == today.year
    assert days.on(2, 24, 1) < days.on(3, 25) < days.ago(32) < today
    assert isinstance(datetime.combine(days.on(12, 31), datetime.min.time()), datetime)
