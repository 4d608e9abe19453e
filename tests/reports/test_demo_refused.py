"""No demo in production, and a story that lies in the past on any day it is told."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from organizations.models import Organization
from reports.demo import people
from reports.demo.days import Days

pytestmark = pytest.mark.django_db


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
