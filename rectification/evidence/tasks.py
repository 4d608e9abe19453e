"""Files that could not be looked at when they came are looked at later; safe to run twice, or twice at once."""

from celery import shared_task
from django.utils import timezone

from rectification.evidence import quarantine


@shared_task(name="rectification.evidence.tasks.scan_again", ignore_result=True)
def scan_again() -> int:
    """Ask the scanner about every file that waits; returns how many were settled."""
    return quarantine.scan_again(at=timezone.now())
