"""What was committed never fails for want of a broker: hints are hints."""

import pytest
from kombu.exceptions import OperationalError

from accounts import work
from accounts.actions import notify
from accounts.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead_broker(monkeypatch):
    """A broker that refuses; gives the list of attempts."""
    from celery import current_app

    tried = []

    def refuse(name, args=(), **_kwargs):
        tried.append(args)
        raise OperationalError("Connection refused")

    monkeypatch.setattr(work, "_quiet_until", 0.0)
    monkeypatch.setattr(current_app, "send_task", refuse)
    return tried


def test_a_message_is_kept_though_the_broker_is_dead(
    dead_broker, township_officer, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        notify(user=township_officer.user, title="台账被退回")
    assert Message.objects.of(township_officer.user).get().state == "waiting"
    assert len(dead_broker) == 1


def test_a_dead_broker_is_asked_once_and_not_for_every_message(
    dead_broker, township_officer, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(40):
            notify(user=township_officer.user, title=f"第{number}条")
    assert len(dead_broker) == 1


def test_the_broker_is_asked_again_after_a_while(
    dead_broker, monkeypatch, township_officer, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(work, "QUIET_SECONDS", 0)
    with django_capture_on_commit_callbacks(execute=True):
        notify(user=township_officer.user, title="一")
        notify(user=township_officer.user, title="二")
    assert len(dead_broker) == 2


def test_a_line_break_in_a_title_does_not_stop_the_mail(township_officer, mailoutbox):
    from accounts.tasks import deliver

    township_officer.user.email = "zhen@example.cn"
    township_officer.user.save()
    message = notify(user=township_officer.user, title="待审批：石桥村\r\nBcc: boss@example.cn")
    deliver(message.pk)
    assert mailoutbox[0].subject == "待审批：石桥村 Bcc: boss@example.cn"
    assert mailoutbox[0].recipients() == ["zhen@example.cn"]
