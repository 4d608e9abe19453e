"""One clock at a time, by a lease; daily jobs are rows that no broker, second scheduler or wrong clock loses."""

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts import clock, tasks, work
from accounts.clock_models import Lease, Run
from accounts.models import Draft, Message
from tests.cast import NOW

REMIND = "rectification.duties.tasks.remind"
DAY = timedelta(days=1)
ONE, OTHER = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def yesterday(db):
    """A site whose jobs ran yesterday."""
    clock.make_due(NOW - DAY)


def waiting(job: str = "") -> list[Run]:
    return list(Run.objects.filter(state="waiting", job__contains=job))


def test_a_job_is_made_once_a_day_however_often_it_is_asked(yesterday, settings):
    assert [clock.make_due(NOW) for _ in range(3)] == [len(settings.DAILY_JOBS), 0, 0]
    assert len(waiting(REMIND)) == 1


def test_a_new_site_has_missed_nothing(db):
    clock.make_due(NOW)
    assert waiting() == []


def test_after_an_outage_each_job_is_made_up_once(yesterday, settings):
    clock.make_due(NOW + 10 * DAY)
    assert len(waiting()) == len(settings.DAILY_JOBS)


def test_where_a_month_is_missing_the_jobs_begin_on_the_second_day(yesterday, settings):
    clock.make_due(NOW + 400 * DAY)
    assert waiting() == []
    clock.make_due(NOW + 401 * DAY)
    assert len(waiting()) == len(settings.DAILY_JOBS)


def test_without_that_pause_a_wrong_clock_would_work_at_once(yesterday, monkeypatch):
    monkeypatch.setattr(clock, "GAP", 1000 * DAY)
    clock.make_due(NOW + 400 * DAY)
    assert len(waiting("tidy")) == 1


def test_what_a_clock_that_ran_ahead_made_gives_way_to_the_real_day(yesterday):
    clock.make_due(NOW + 400 * DAY)
    clock.make_due(NOW)
    assert [timezone.localdate(run.slot) for run in waiting(REMIND)] == [NOW.date()]


def test_work_claimed_or_made_by_a_clock_that_ran_ahead_is_done_now(township_officer):
    ahead = NOW + 400 * DAY
    claimed = Message.objects.create(user=township_officer.user, title="一", created_at=NOW - DAY)
    Message.objects.claim(claimed.pk, ahead)
    made = Message.objects.create(user=township_officer.user, title="二", created_at=ahead)
    sent = []
    work.sweep(NOW, lambda _task, pk: sent.append(pk))
    assert {claimed.pk, made.pk} <= set(sent)
    assert Message.objects.claim(claimed.pk, NOW)


def test_a_daily_job_that_fails_is_tried_again_later(yesterday, monkeypatch):
    clock.make_due(NOW)
    [run] = waiting("tidy")

    def broken(**_kwargs):
        raise OperationalError("away")

    monkeypatch.setattr(tasks.actions, "tidy", broken)
    with pytest.raises(OperationalError):
        tasks.run_daily(run.pk)
    assert waiting("tidy")[0].error
    assert not Run.objects.filter(pk=run.pk).unclaimed(timezone.now()).exists()
    assert Run.objects.filter(pk=run.pk).unclaimed(timezone.now() + timedelta(minutes=2)).exists()


def test_one_holds_the_lease_until_it_lets_go_or_is_not_heard_of(db):
    assert clock.hold("clock", ONE)
    assert not clock.hold("clock", OTHER)
    assert clock.hold("clock", ONE)
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert clock.hold("clock", OTHER)
    clock.release("clock", OTHER)
    assert clock.hold("clock", ONE)


def test_a_lease_of_a_clock_that_ran_ahead_holds_nobody_up(db):
    clock.hold("clock", ONE)
    Lease.objects.update(until=timezone.now() + 400 * DAY)
    assert clock.hold("clock", OTHER)


@pytest.fixture
def beats(db, monkeypatch):
    """Two schedulers and what they sent."""
    from config.celery import app

    sent = []
    monkeypatch.setattr(app, "send_task", lambda name, **_how: sent.append(name))
    return clock.Clock(app), clock.Clock(app), sent


def test_of_two_schedulers_one_sends(beats, settings):
    first, second, sent = beats
    for one in (first, second, second, first):
        one.tick()
    assert len(sent) == len(settings.CELERY_BEAT_SCHEDULE)


def test_without_the_lease_both_would_send(beats, settings, monkeypatch):
    first, second, sent = beats
    monkeypatch.setattr(clock, "hold", lambda *_who: True)
    for one in (first, second):
        one.tick()
    assert len(sent) == 2 * len(settings.CELERY_BEAT_SCHEDULE)


def test_neither_a_dead_broker_nor_a_dead_database_ends_the_scheduler(beats, monkeypatch):
    first, _second, _sent = beats

    def dead(*_args, **_kwargs):
        raise OperationalError("away")

    monkeypatch.setattr(first.app, "send_task", dead)
    assert first.tick() <= clock.PAUSE
    monkeypatch.setattr(clock, "hold", dead)
    monkeypatch.setattr(clock.connection, "close", lambda: None)
    assert first.tick() == clock.PAUSE
    first.close()


def test_a_clock_that_runs_ahead_for_a_day_deletes_nobodys_typing(township_officer, yesterday):
    Draft.objects.create(user=township_officer.user, key="form", data={}, saved_at=NOW)
    clock.make_due(NOW + 401 * DAY)
    for run in waiting("tidy"):
        tasks.run_daily(run.pk)
    assert Draft.objects.exists()


def test_whoever_runs_the_site_sees_what_failed_and_what_nobody_takes(
    as_post, system_admin, township_officer
):
    page = as_post(system_admin)
    assert "没有积压" in page.get("/").content.decode()
    now = timezone.now()
    for state in ("waiting", "failed"):
        Message.objects.create(
            user=township_officer.user, title="某村事项", state=state, finished_at=now, created_at=now - DAY
        )
    shown = page.get("/").content.decode()
    assert "消息：七天内 1 件没有做成，1 件等了十分钟以上无人处理" in shown
    assert "某村事项" not in shown
