"""The form of a duty rule: every column in plain words, and which of them each rhythm needs."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join

from accounts.drawn_field import a_field
from accounts.forms import DateField
from accounts.roles import ADMINISTRATORS
from organizations.rules import Level
from rectification.schemes.date_rules import SERIES
from rectification.schemes.terms import Event, Rhythm

_ANY = frozenset(Rhythm)
USED_BY: dict[str, frozenset[Rhythm]] = {
    "due_on": _ANY - {Rhythm.WITHIN},
    "starts_on": frozenset({*SERIES, Rhythm.COUNT}),
    "times": frozenset({Rhythm.COUNT}),
    "every": frozenset({Rhythm.COUNT}),
    "day": frozenset({*SERIES, Rhythm.COUNT}),
    "month": frozenset({Rhythm.QUARTERLY, Rhythm.COUNT}),
    "event": frozenset({*SERIES, Rhythm.WITHIN}),
    "within_days": frozenset({Rhythm.WITHIN}),
    "in_working_days": frozenset({Rhythm.WITHIN}),
}
"""The rhythms that use a column; the others all do. Columns without use are emptied, not refused."""
UNUSED: dict[str, Any] = {
    "due_on": None,
    "starts_on": None,
    "times": 1,
    "every": "",
    "day": 0,
    "month": 0,
    "event": "",
    "within_days": 0,
    "in_working_days": False,
}
GROUPS = (
    ("办什么、谁来办", ("title", "subject", "owner_level", "owner_role", "debtor", "ledger")),
    (
        "多久一次、哪天截止",
        (
            "rhythm",
            "due_on",
            "times",
            "every",
            "starts_on",
            "month",
            "day",
            "event",
            "within_days",
            "in_working_days",
            "stage",
        ),
    ),
    ("遇休息日和宽限", ("shift", "grace_days", "source", "starter", "ORDER", "DELETE")),
)
"""The columns as the page groups them, each group under its question."""
_HINTS = {
    "subject": "“每个整顿对象”在认定后产生。",
    "owner_level": "哪一级单位承担。",
    "debtor": "由帮扶人员承担的选这里；没有人的，由乡镇（街道）承担。",
    "due_on": "一次的填截止日期；定期的填最后一次不晚于哪天，可以不填。",
    "starts_on": "定期的自哪天起；不填即从年初或阶段开始。",
    "times": "按次数的：共几次。",
    "every": "按次数的：每个周期几次；不选即累计到截止日期。",
    "day": "每月几日（每半月填 1—15）；不填即最后一日。",
    "month": "每季度的第几个月。",
    "event": "限期办的自何事起算；定期的选了，等这件事发生后才产生。",
    "within_days": "自起算之日起多少天之内。",
    "stage": "只在这个环节的阶段之内产生。",
    "grace_days": "截止后再过几天才算逾期；不填即不宽限。",
}


class WholeNumber(forms.IntegerField):
    """A number that may be left empty, which is 0; what is out of range the rules say at the field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.NumberInput(attrs={"min": 0}), **kwargs)

    def clean(self, value: Any) -> int:
        """The number."""
        given = super().clean(value)
        if given is not None and not 0 <= given <= 9999:
            raise forms.ValidationError("应为 0 到 9999 之间的整数")
        return given or 0

    def prepare_value(self, value: Any) -> Any:
        """Nothing for 0: the empty field says what happens then."""
        return "" if value == 0 else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Empty and 0 are the same."""
        return super().has_changed(initial or None, data if data not in (0, "0") else "")


def duty_fields() -> dict[str, forms.Field]:
    """The fields that are not drawn as their column is."""
    levels = [(level.value, level.label) for level in Level if level is not Level.PROVINCE]
    made: dict[str, forms.Field] = {
        "owner_level": forms.ChoiceField(label="责任层级", choices=[("", "请选择"), *levels]),
        "rhythm": forms.ChoiceField(
            label="频次",
            choices=[(one.value, one.label) for one in Rhythm],
            initial=Rhythm.ONCE.value,
            widget=forms.Select(attrs={"data-rhythm": ""}),
        ),
        "due_on": DateField(label="截止日期", required=False),
        "starts_on": DateField(label="开始日期", required=False),
        "times": WholeNumber(label="次数", initial=1),
        "day": WholeNumber(label="几日"),
        "month": forms.TypedChoiceField(
            label="季度第几个月",
            coerce=int,
            choices=[(0, "末月"), (1, "首月"), (2, "第二个月"), (3, "第三个月")],
            initial=0,
            required=False,
            empty_value=0,
        ),
        "event": forms.ChoiceField(
            label="起算事项",
            choices=[("", "不从某事起算"), *((one.value, one.label) for one in Event)],
            required=False,
        ),
        "within_days": WholeNumber(label="多少天之内"),
        "grace_days": WholeNumber(label="宽限天数"),
    }
    return made


class DutyRow(forms.BaseForm):
    """What a duty rule's form does beside those of other parts; stands before the row form."""

    @classmethod
    def in_plain_words(cls) -> None:
        """Say once what every row of the page shows: the hints, and what an empty choice means."""
        for name, hint in _HINTS.items():
            cls.base_fields[name].help_text = hint
        for name, words in _EMPTY.items():
            field = cls.base_fields[name]
            offered = [one for one in field.choices if one[0] and one[0] not in ADMINISTRATORS]
            field.choices = [("", words), *offered]

    def clean(self) -> dict[str, Any]:
        """The values with those emptied that the rhythm does not use."""
        values = super().clean() or self.cleaned_data
        rhythm = values.get("rhythm")
        if rhythm not in set(Rhythm):
            return values
        unused = {name: UNUSED[name] for name, rhythms in USED_BY.items() if rhythm not in rhythms}
        return values | {name: value for name, value in unused.items() if name in values}

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The fields under their questions, each drawn with the rhythms that use it, which the page's script reads."""
        return [
            {"title": title, "cells": format_html_join("", _CELL, self._cells(names))}
            for title, names in GROUPS
        ]

    def _cells(self, names: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
        for name in names:
            if name in self.fields:
                yield name, _RHYTHMS.get(name, ""), a_field(self[name])


_RHYTHMS = {
    name: format_html(' data-rhythms="{}"', " ".join(sorted(rhythms))) for name, rhythms in USED_BY.items()
}
_CELL = '<div class="row-cell cell-of-{}"{}>{}</div>'
_EMPTY = {
    "subject": "请选择",
    "owner_role": "请选择",
    "debtor": "责任单位",
    "stage": "不限",
    "shift": "日期不变",
    "every": "累计到截止日期",
}
