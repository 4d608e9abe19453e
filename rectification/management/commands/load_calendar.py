"""Enter the official holiday orders of past years and this one, where nobody has entered a year yet."""

from typing import Any

from chinese_calendar.constants import Holiday, holidays, workdays
from django.core.management.base import BaseCommand

from rectification.schemes.duty_models import CalendarDay

FIRST_YEAR = 2015
"""The year of the oldest scheme shipped."""


class Command(BaseCommand):
    help = "录入国务院办公厅历年放假调休安排（已有录入的年度不动，可重复执行）"

    def handle(self, *args: Any, **options: Any) -> None:
        entered = {day.year for day in CalendarDay.objects.dates("on", "year")}
        free = [(day, False, name) for day, name in holidays.items() if day.weekday() < 5]
        worked = [(day, True, name) for day, name in workdays.items() if day.weekday() >= 5]
        rows = [
            CalendarDay(on=day, working=working, name=Holiday(name).chinese + ("调休" if working else ""))
            for day, working, name in sorted(free + worked)
            if day.year >= FIRST_YEAR and day.year not in entered
        ]
        CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)
        years = sorted({row.on.year for row in rows})
        said = f"{years[0]}—{years[-1]}年，{len(rows)} 天" if years else "没有新的年度"
        self.stdout.write(f"放假调休安排：{said}")
