"""Give the reminders of a day by hand: the daily task does the same by itself."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rectification.duties import tasks


class Command(BaseCommand):
    help = "发出当天应发的时限提醒（重复执行不会重复提醒）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", help="按这一天提醒，如 2026-03-19；不填为今天")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["today"]
        try:
            date.fromisoformat(day or "2000-01-01")
        except ValueError:
            raise CommandError(f"--today {day!r} 不是日期，应如 2026-03-19") from None
        self.stdout.write(f"已发出 {tasks.remind(day)} 条提醒")
