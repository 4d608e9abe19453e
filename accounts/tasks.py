"""Delivery of messages, the sweeper that re-sends work whose hint was lost, the trail's seals, the nightly tidying."""

from celery import current_app, shared_task
from django.core.mail import send_mail
from django.utils import timezone

from accounts import actions, audit, sealing, verifying, work
from accounts.models import AuditCheck, Message


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
    """Drop what has served its time: ended sessions, old submission keys, drafts nobody came back to; make room ahead
    for the months of the audit trail to come."""
    return actions.tidy(at=timezone.now())


@shared_task(name="accounts.tasks.seal_audit", ignore_result=True)
def seal_audit() -> int:
    """Seal what can be sealed of the audit trail; safe to run twice at once."""
    return sealing.seal(at=timezone.now())


@shared_task(name="accounts.tasks.check_audit")
def check_audit(pk: int) -> None:
    """Check all seals as somebody asked."""
    check = AuditCheck.objects.claim(pk, timezone.now())
    if check is None:
        return
    token = audit.actor.set(audit.Actor(user=check.user))
    try:
        found = verifying.verify(progress=check.advance)
        check.finish(windows=found.windows, events=found.events, problems=found.problems)
        audit.record("验证审计封存", obj=check.uid, result="发现问题" if found.problems else "成功")
    except work.LostClaim:
        return
    except Exception:
        check.fail("验证时出错，请稍后重试；仍不成功请联系系统管理员")
        raise
    finally:
        audit.actor.reset(token)
