"""The Celery application. Messages are hints: the rows they name are the truth (docs/decisions)."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("zhengdun")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "accounts",
        "organizations",
        "rectification.duties",
        "rectification.evidence",
        "rectification.survey",
        "rectification.remediation.activities",
        "rectification.supervision.notices",
        "rectification.acceptance.ballots",
        "reports",
    ]
)


@setup_logging.connect
def use_django_logging(**_kwargs: object) -> None:
    """Worker and web write the same JSON lines; Celery's own set-up would replace it."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)
