"""A real worker with a shorter lease: `python -m drills.worker SECONDS NAME`. All else is as the site starts it."""

import sys
from datetime import timedelta

import django


def main(lease: float, name: str) -> None:
    django.setup()
    from accounts import work
    from config.celery import app

    work.LEASE = timedelta(seconds=lease)
    app.worker_main(
        [
            "-q",
            "worker",
            "--concurrency",
            "2",
            "-n",
            name,
            "-l",
            "ERROR",
            "--without-gossip",
            "--without-mingle",
        ]
    )


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
