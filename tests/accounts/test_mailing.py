"""Mail that is not accepted is tried again later, with limits, and ends visibly failed."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage

from accounts import mailing, tasks, work
from accounts.actions import notify
from accounts.models import Message
from tests import cast


@pytest.fixture
def message(township_officer, no_broker, monkeypatch):
    monkeypatch.setattr(mailing, "_quiet_until", 0.0)
    township_officer.user.email = "zhen@example.cn"
    township_officer.user.save()
    return notify(user=township_officer.user, title="待审批：石桥村", at=cast.NOW)


def refuse(monkeypatch, broken):
    def send(_letter):
        raise broken

    monkeypatch.setattr(EmailMessage, "send", send)


def deliver(message, after=timedelta(0)):
    with time_machine.travel(cast.NOW + after, tick=False):
        tasks.deliver(message.pk)
    message.refresh_from_db()
    return message


def test_while_the_server_is_away_it_is_tried_later_and_later_and_then_given_up(message, monkeypatch):
    refuse(monkeypatch, ConnectionRefusedError())
    after, tried = timedelta(0), []
    for pause in (*work.PAUSES, timedelta(0)):
        monkeypatch.setattr(mailing, "_quiet_until", 0.0)
        tried.append(deliver(message, after).state)
        deliver(message, after + pause / 2)  # not before its time
        after += pause + timedelta(seconds=1)
    assert tried == ["waiting"] * 4 + ["failed"]
    assert (message.attempts, message.error[:4]) == (work.MAX_ATTEMPTS, "邮件没有")


def test_a_server_that_is_away_costs_the_others_no_try(message, township_officer, monkeypatch):
    refuse(monkeypatch, smtplib.SMTPServerDisconnected())
    deliver(message)
    other = deliver(notify(user=township_officer.user, title="又一条"))
    assert (other.state, other.attempts) == ("waiting", 0)


def test_an_address_that_is_refused_for_good_is_not_tried_again(message, monkeypatch):
    refuse(monkeypatch, smtplib.SMTPRecipientsRefused({"zhen@example.cn": (550, b"no such user")}))
    assert (deliver(message).state, message.attempts) == ("failed", 1)


def test_the_same_row_is_always_the_same_letter(message, mailoutbox):
    deliver(message)
    assert message.state == "done"
    Message.objects.filter(pk=message.pk).update(state="waiting", claimed_until=None)
    deliver(message)
    assert len({letter.extra_headers["Message-ID"] for letter in mailoutbox}) == 1 < len(mailoutbox)
