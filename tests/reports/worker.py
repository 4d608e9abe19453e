"""A real Celery worker for the drill: `python -m tests.reports.worker QUEUE SECONDS_A_BLOCK LEASE_SECONDS`."""

import sys
import time
from datetime import timedelta

import django


def main(queue: str, pause: float, lease: float) -> None:
    django.setup()
    from accounts import work
    from config.celery import app
    from reports.sheet import Sheet

    work.LEASE = timedelta(seconds=lease)
    blocks = Sheet.blocks

    def slowly(sheet):
        for block in blocks(sheet):
            time.sleep(pause)
            yield block

    Sheet.blocks = slowly
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    app.worker_main(["worker", "-P", "solo", "-Q", queue, "-l", "WARNING", *quiet])


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
