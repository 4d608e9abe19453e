"""Delivery of messages, the sweeper that re-sends work whose hint was lost, the trail's seals, the nightly tidying."""

from celery import current_app, shared_task
from django.utils import timezone

from accounts import actions, audit, clock, history_seals, mailing, sealing, verifying, work
from accounts.models import AuditCheck, Message, Run


@shared_task(name="accounts.tasks.sweep_work", ignore_result=True)
def sweep_work() -> int:
    """Make rows for the daily jobs whose time has come; re-send every row that nobody finished (rows are the truth)."""
    clock.make_due(timezone.now())
    return work.sweep(timezone.now(), lambda task, pk: current_app.send_task(task, args=[pk]))


@shared_task(name="accounts.tasks.deliver")
def deliver(pk: int) -> None:
    """Send one message by e-mail; the inbox row itself is already there."""
    if mailing.is_quiet():
        return
    message = Message.objects.claim(pk, timezone.now())
    if message is None:
        return
    if message.user.email and message.user.is_active:
        mailing.mail(message)
    else:
        message.finish()


@shared_task(name="accounts.tasks.run_daily", ignore_result=True)
def run_daily(pk: int) -> None:
    """Do one daily job; what fails is tried again later and in the end stands as failed."""
    run = Run.objects.claim(pk, timezone.now())
    if run is None:
        return
    try:
        current_app.tasks[run.job]()
    except Exception as broken:
        run.again(f"出错：{type(broken).__name__}")
        raise
    run.finish()


@shared_task(name="accounts.tasks.tidy", ignore_result=True)
def tidy() -> dict[str, int]:
    """Drop what has served its time: ended sessions, old submission keys, drafts nobody came back to; make room ahead
    for the months of the audit trail to come."""
    return actions.tidy(at=timezone.now())


@shared_task(name="accounts.tasks.seal_audit", ignore_result=True)
def seal_audit() -> int:
    """Seal what can be sealed of the audit trail; safe to run twice at once."""
    return sealing.seal(at=timezone.now())


@shared_task(name="accounts.tasks.seal_history", ignore_result=True)
def seal_history() -> int:
    """Put the digests of what was added to the row history into the trail; safe to run twice at once."""
    return history_seals.seal()


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
