"""The Celery application. Messages are hints: the rows they name are the truth (docs/decisions)."""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import beat_init, setup_logging, worker_init

from config.processes import leave_when_orphaned

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
ORPHAN_SECONDS = 25.0


class SeesEverything(Task):
    """A job begins as the whole site's: it claims its row, reminds, sweeps, closes what is over.

    One that works for somebody goes on in that post (`organizations.acting.acting_as`) and from there sees no further
    than the post; the database itself shows a job that was never told anything nothing at all.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from organizations.reach import EVERYTHING, reaching  # needs Django's registry

        with reaching(EVERYTHING):
            return super().__call__(*args, **kwargs)


app = Celery("zhengdun", task_cls=SeesEverything)
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


@worker_init.connect
@beat_init.connect
def leave_without_the_launcher(**_kwargs: object) -> None:
    """Asked to stop while the broker goes too, Celery may look for the broker for ever."""
    leave_when_orphaned(ORPHAN_SECONDS)
