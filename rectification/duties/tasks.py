"""The daily reminders. Safe to run twice, or twice at once."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from rectification.duties import reminders


@shared_task(name="rectification.duties.tasks.remind", ignore_result=True)
def remind(today: str | None = None) -> int:
    """Give today's reminders; `today` as 2026-03-19 for a try-out."""
    now = timezone.now()
    return reminders.remind(today=date.fromisoformat(today) if today else timezone.localdate(now), at=now)
