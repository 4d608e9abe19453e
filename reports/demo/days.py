"""The days of the story: the dates of the preset, and days counted back from today."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

NATURAL = (7, 1)  # from July on the preset's own dates leave room for all that has to have happened
LATE = (10, 10)  # before that, today is told as if it were this day, and every date moves along


class Days:
    """Turns month and day of the scheme's year into days of the story, and days ago into days.

    The scheme's year is today's year. From July on `on(3, 26)` is simply 26 March; earlier in a year every date is
    moved by `shift`, so that survey, remediation and acceptance lie in the past on any day a demo is made.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        self.year = today.year
        natural = (today.month, today.day) >= NATURAL
        self.shift = timedelta(0) if natural else today - date(today.year, *LATE)

    def on(self, month: int, day: int, years_ago: int = 0) -> date:
        """A month and day of this year's scheme, or of an earlier one's."""
        return date(self.year - years_ago, month, day) + self.shift

    def ago(self, days: int) -> date:
        """So many days before today; negative is still to come."""
        return self.today - timedelta(days=days)

    def between(self, first: date, last: date, part: float) -> date:
        """A day between two, 0 ≤ part ≤ 1."""
        return first + timedelta(days=int((last - first).days * part))


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of a day, as the office clock shows it."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
