"""Polls are closed at their time, and their codes forgotten. Safe to run twice, or twice at once."""

from celery import shared_task
from django.utils import timezone

from rectification.acceptance.ballots import poll_actions


@shared_task(name="rectification.acceptance.ballots.tasks.close_polls", ignore_result=True)
def close_polls() -> int:
    """Close the polls whose time is over and bring what they hold into the tallies."""
    now = timezone.now()
    poll_actions.forget(at=now)
    return poll_actions.close_due(at=now)
