"""A worker killed outright in the middle of an export: the next one finishes it, and no half file is handed out."""

import os
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts import work
from accounts.work import WorkState
from reports import actions, files
from reports.models import Export
from tests import cast
from tests.reports.conftest import problem_of

LEASE = 2.0
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.real_clock,
    pytest.mark.broker,
    pytest.mark.slow,
]


@contextmanager
def worker(queue, media, pause):
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": url, "MEDIA_ROOT": str(media)}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    words = [sys.executable, "-m", "tests.reports.worker", queue, str(pause), str(LEASE)]
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_the_next_worker_finishes_and_nothing_was_handed_out_before(
    case, county_officer, county, as_post, settings
):
    for number in range(1, 4):
        problem_of(case, number, f"问题{number}", "措施一", "措施二")
    queue = f"drill-{uuid.uuid4()}"
    export = actions.request_export(
        reason="核对数据",
        by=county_officer,
        ledger="work",
        unit=county,
        year=cast.YEAR,
        format="xlsx",
        filters={},
        at=timezone.now() - timedelta(minutes=1),
    )
    client = as_post(county_officer)
    address = reverse("reports:download", args=[export.uid])

    def send(task, pk):
        current_app.send_task(task, args=[pk], queue=queue)

    with worker(queue, settings.MEDIA_ROOT, pause=600) as first:
        send("reports.tasks.export", export.pk)
        assert until(lambda: list(files.folder().glob(".*")))
        first.kill()
        first.wait()
    export.refresh_from_db()
    assert export.state == WorkState.RUNNING
    assert client.get(address).status_code == 404
    assert [path.name for path in files.folder().glob("[!.]*")] == []

    assert until(lambda: Export.objects.unclaimed(timezone.now()).exists(), LEASE + 5)
    with worker(queue, settings.MEDIA_ROOT, pause=0):
        work.sweep(timezone.now(), send)
        assert until(lambda: Export.objects.get(pk=export.pk).state == WorkState.DONE)
    export.refresh_from_db()
    assert (export.rows, export.attempts) == (6, 2)
    assert load_workbook(files.folder() / export.file).active["A5"].value == 1
    assert client.get(address).status_code == 200
