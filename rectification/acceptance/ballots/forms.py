"""Clean input for the tally of a meeting, for opening a poll, and for a voter's answer."""

import re
import unicodedata
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from rectification.acceptance.ballots import rules
from rectification.acceptance.ballots.models import Poll
from rectification.acceptance.models import Tally

MOST = 99_999
"""More ballots than any meeting has; keeps a slip of the hand out of the columns."""


class CountField(forms.IntegerField):
    """A number of ballots, typed: a number input would change under the wheel while the page is scrolled."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "size": 5}
        super().__init__(min_value=0, max_value=MOST, widget=forms.TextInput(attrs=attrs), **kwargs)


class TallyForm(forms.Form):
    """One group's meeting and its ballots counted by hand; an empty cell of the grid counts 0.

    questions: the items with their options, [[item, [option, …]], …]. poll: whether slips were printed, so that those
    handed out are asked for.
    """

    held_on = DateField(label="测评日期")
    place = forms.CharField(
        label="时间、地点",
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "如 上午9时，村部会议室"}),
    )
    entitled = CountField(label="应到人数")
    present = CountField(label="实到人数")
    issued = CountField(label="发出票")
    returned = CountField(label="收回票")
    valid = CountField(label="有效票")
    invalid = CountField(label="无效票")
    handed_out = CountField(label="实际发出测评码")
    supervisor = forms.CharField(label="监票人", max_length=40)
    teller = forms.CharField(label="计票人", max_length=40)

    def __init__(self, *args: Any, group: str, questions: list[Any], poll: bool, **kwargs: Any) -> None:
        super().__init__(*args, prefix=group, **kwargs)
        self.group, self.questions = group, questions
        self.asked = [(item, option) for item, options in questions for option in options]
        if poll:
            for name in ("issued", "returned", "valid", "invalid"):
                self.fields[name].label = f"纸质{self.fields[name].label}"
        else:
            del self.fields["handed_out"]
        for number, (item, option) in enumerate(self.asked):
            cell = CountField(label=f"“{item}”“{option}”票数", required=False)
            cell.widget.attrs["data-option"] = option
            self.fields[f"option-{number}"] = cell

    def meeting(self) -> list[forms.BoundField]:
        """The fields over the grid."""
        return [field for field in self if not field.name.startswith("option-")]

    def grid(self) -> list[dict[str, Any]]:
        """The rows of the grid: an item and its cells."""
        cells = iter(field for field in self if field.name.startswith("option-"))
        return [{"item": item, "cells": [next(cells) for _ in options]} for item, options in self.questions]

    def standing(self, tally: Tally | None) -> dict[str, Any]:
        """What was entered by hand, by field name; nothing without a tally."""
        if tally is None:
            return {}
        names = ("held_on", "place", "entitled", "present", "teller", "supervisor")
        paper = tally.paper or {
            name: getattr(tally, name) for name in ("issued", "returned", "valid", "invalid", "counts")
        }
        facts = {name: getattr(tally, name) for name in names} | paper
        for number, (item, option) in enumerate(self.asked):
            facts[f"option-{number}"] = paper["counts"].get(item, {}).get(option, 0)
        return facts

    def tally(self) -> Tally:
        """The tally as entered by hand, not saved."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "handed_out"}
        counts: dict[str, dict[str, int]] = {}
        for number, (item, option) in enumerate(self.asked):
            counts.setdefault(item, {})[option] = data.pop(f"option-{number}") or 0
        return Tally(group=self.group, counts=counts, **data)


class ClockField(forms.CharField):
    """A time of day, typed as 9:00, 9：00, 0900 or 9点30."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"placeholder": "如 9:00", "autocomplete": "off"}
        super().__init__(max_length=10, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> time | None:
        """The time; refuses what is none."""
        text = unicodedata.normalize("NFKC", super().clean(value) or "")
        match = re.fullmatch(r"(\d{1,2})\s*[:.点时]\s*(\d{1,2})?\s*分?", text) or re.fullmatch(
            r"(\d{2})(\d{2})", text
        )
        hour, minute = (int(part or 0) for part in match.groups()) if match else (24, 0)
        if hour > 23 or minute > 59:
            raise forms.ValidationError("请填写时间，如 9:00")
        return time(hour, minute)


class PollForm(forms.Form):
    """When a poll opens and closes, and how many slips there are."""

    opens_on = DateField(label="开始日期")
    opens = ClockField(label="开始时间")
    closes_on = DateField(label="结束日期")
    closes = ClockField(label="结束时间")
    slips = forms.IntegerField(
        label="测评码份数",
        min_value=1,
        max_value=rules.MOST_SLIPS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    @staticmethod
    def standing(poll: Poll) -> dict[str, Any]:
        """A poll as the form shows it."""
        opens, closes = timezone.localtime(poll.opens_at), timezone.localtime(poll.closes_at)
        return {
            "opens_on": opens.date(),
            "opens": f"{opens:%H:%M}",
            "closes_on": closes.date(),
            "closes": f"{closes:%H:%M}",
            "slips": poll.slips,
        }

    def asked(self) -> dict[str, Any]:
        """The moments and the number, as the action takes them."""
        data = self.cleaned_data
        return {
            "opens_at": self._moment(data["opens_on"], data["opens"]),
            "closes_at": self._moment(data["closes_on"], data["closes"]),
            "slips": data["slips"],
        }

    @staticmethod
    def _moment(day: Any, at: time) -> datetime:
        return timezone.make_aware(datetime.combine(day, at))

    def add_error(self, field: str | None, error: Any) -> None:
        """What an action says of a moment stands at its time."""
        super().add_error({"opens_at": "opens", "closes_at": "closes"}.get(field or "", field), error)
