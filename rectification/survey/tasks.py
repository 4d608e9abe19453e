"""The survey's daily work. Safe to run twice, or twice at once."""

from celery import shared_task
from django.utils import timezone

from rectification.survey import joint_duties


@shared_task(name="rectification.survey.tasks.note_silence", ignore_result=True)
def note_silence() -> int:
    """Departments silent past their date become the holder's duty."""
    now = timezone.now()
    return joint_duties.note_silence(today=timezone.localdate(now), at=now)
