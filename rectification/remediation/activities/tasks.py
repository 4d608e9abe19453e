"""What the log counts for is settled every night too. Safe to run twice, or twice at once."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from rectification.cases.models import Case
from rectification.remediation.activities.actions import settle_all

CHUNK = 200


@shared_task(name="rectification.remediation.activities.tasks.count_logs", ignore_result=True)
def count_logs() -> int:
    """Discharge what entries made earlier fulfil of duties made since (an amended scheme, a pairing), and bring the
    lights of all open cases up to the day; returns how many duties were discharged."""
    now, discharged = timezone.now(), 0
    keys = list(Case.objects.open().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        with transaction.atomic():
            rows = Case.objects.filter(pk__in=keys[start : start + CHUNK])
            rows = rows.select_for_update(of=("self",), no_key=True)
            cases = list(rows.select_related("organization", "scheme").order_by("pk"))
            discharged += settle_all(cases, by=None, at=now)
    return discharged
