"""Delivery of messages, the sweeper that re-sends work whose hint was lost, and the nightly tidying."""

from celery import current_app, shared_task
from django.core.mail import send_mail
from django.utils import timezone

from accounts import actions, work
from accounts.models import Message


@shared_task(name="accounts.tasks.sweep_work", ignore_result=True)
def sweep_work() -> int:
    """Re-send every row of work that nobody finished (the rows are the truth)."""
    return work.sweep(timezone.now(), lambda task, pk: current_app.send_task(task, args=[pk]))


@shared_task(name="accounts.tasks.deliver")
def deliver(pk: int) -> None:
    """Send one message by e-mail; the inbox row itself is already there."""
    message = Message.objects.claim(pk, timezone.now())
    if message is None:
        return
    if message.user.email and message.user.is_active:
        send_mail(message.title, f"{message.body}\n\n请登录系统查看。", None, [message.user.email])
    message.finish()


@shared_task(name="accounts.tasks.tidy", ignore_result=True)
def tidy() -> dict[str, int]:
    """Drop what has served its time: ended sessions, old submission keys, drafts nobody came back to."""
    return actions.tidy(at=timezone.now())
