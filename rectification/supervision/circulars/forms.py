"""Clean input for circulars: the period, then the words."""

from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.forms import DateField
from rectification.remediation.forms import area
from rectification.supervision.circulars import rules
from rectification.supervision.circulars.models import Circular

RANKING = "按各单位整顿对象平均完成率排名，只排单位，不排个人；只有方案规定了通报排名才能附。"


def last_month(today: date) -> tuple[date, date]:
    """The first and last day of the month before."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


class PeriodForm(forms.Form):
    """Which period a circular is about."""

    period_from_on = DateField(label="时段起")
    period_to_on = DateField(label="时段止")
    ranking = forms.BooleanField(label="附各单位进度排名", required=False, help_text=RANKING)

    def __init__(self, data: Any = None, *, may_rank: bool, today: date, year: int) -> None:
        first, last = last_month(today)
        if first.year != year:
            first, last = date(year, 1, 1), date(year, 1, 31)
        super().__init__(data, initial={"period_from_on": first, "period_to_on": last, "ranking": may_rank})
        if not may_rank:
            del self.fields["ranking"]


class WordsForm(forms.Form):
    """Title and words of a draft; the numbers are not asked."""

    title = forms.CharField(label="标题", max_length=200)
    ranking = forms.BooleanField(label="附各单位进度排名", required=False, help_text=RANKING)

    def __init__(self, data: Any = None, *, circular: Circular, may_rank: bool) -> None:
        self.circular = circular
        super().__init__(data, initial={"title": circular.title, "ranking": circular.ranking})
        for key, title in rules.PARTS.items():
            self.fields[key] = forms.CharField(
                label=title,
                required=False,
                max_length=4000,
                widget=area(5 if key == "demands" else 3),
                initial=circular.words.get(key, ""),
            )
        if not (may_rank or circular.ranking):
            del self.fields["ranking"]

    @property
    def parts(self) -> list[tuple[list[str], forms.BoundField]]:
        """Each part's fixed sentences beside its words."""
        return [(rules.sentences(key, self.circular.facts), self[key]) for key in rules.PARTS]

    def written(self) -> dict[str, str]:
        """The words, by part; the form must be valid."""
        return {key: self.cleaned_data[key] for key in rules.PARTS}
