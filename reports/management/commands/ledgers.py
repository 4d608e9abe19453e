"""`manage.py ledgers`: every ledger with its key, title and columns."""

from typing import Any

from django.core.management.base import BaseCommand

from reports.ledgers import LEDGERS
from reports.papers import PAPERS


class Command(BaseCommand):
    help = "列出全部台账（键、标题、栏目）、表单和文件"

    def handle(self, *args: Any, **options: Any) -> None:
        for ledger in LEDGERS.values():
            self.stdout.write(f"{ledger.key}\t{ledger.title.format(year='××××')}")
            for column in ledger.columns:
                group = f"{column.group} / " if column.group else ""
                self.stdout.write(f"  {column.key}\t{group}{column.title}")
        for paper in PAPERS.values():
            self.stdout.write(f"{paper.key}\t{paper.title.format(year='××××')}")
