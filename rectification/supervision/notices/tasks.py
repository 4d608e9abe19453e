"""The nightly escalation. Safe to run twice, or twice at once."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from rectification.supervision.notices import escalation


@shared_task(name="rectification.supervision.notices.tasks.escalate", ignore_result=True)
def escalate(today: str | None = None) -> int:
    """Draft what has been overdue long enough; `today` as 2026-03-19 for a try-out."""
    now = timezone.now()
    return escalation.escalate(today=date.fromisoformat(today) if today else timezone.localdate(now), at=now)
