"""Clean input for targets: an entry, its withdrawal, the filters of the list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from rectification.remediation.forms import area
from rectification.remediation.targets import rules
from rectification.remediation.targets.actions import Reached
from rectification.remediation.targets.models import TargetEntry
from rectification.schemes.practice_models import Target


class TargetEntryForm(forms.Form):
    """How many more of which target on which day."""

    target = forms.ChoiceField(label="目标")
    number = forms.IntegerField(
        label="新增完成数",
        min_value=1,
        max_value=rules.NUMBER_AT_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
        help_text="填这一次新增的数量，累计由系统相加。",
    )
    on = DateField(label="完成日期")
    words = forms.CharField(
        label="说明", max_length=200, required=False, help_text="如：经支部大会讨论通过。不写人员姓名。"
    )

    def __init__(self, *args: Any, targets: Iterable[Target], entry: TargetEntry | None = None) -> None:
        """targets: of the case's scheme; those counted from measures are left out."""
        self.targets = {str(one.uid): one for one in targets if one.key not in rules.COUNTED}
        initial: dict[str, Any] = {"on": timezone.localdate()}
        if entry is not None:
            initial = {name: getattr(entry, name) for name in ("number", "on", "words")}
            initial["target"] = str(entry.target.uid)
        super().__init__(*args, initial=initial)
        self.fields["target"].choices = [(uid, one.title) for uid, one in self.targets.items()]

    def reached(self) -> Reached:
        """What was typed, for the action; the form must be valid."""
        given = self.cleaned_data
        return Reached(self.targets[given["target"]], given["number"], given["on"], given["words"])


class WithdrawForm(forms.Form):
    """Why an entry does not count."""

    reason = forms.CharField(
        label="撤回原因", max_length=200, required=False, widget=area(2), help_text="如：重复填报"
    )


class TargetFilterForm(forms.Form):
    """What the list is narrowed to."""

    unit = forms.ChoiceField(label="单位", required=False)
    short = forms.BooleanField(label="只看没有达标的", required=False)
    text = forms.CharField(label="村（社区）", required=False, max_length=40)

    def __init__(self, data: Any, *, units: list[tuple[str, str]]) -> None:
        """units: organizations.nearby.unit_choices."""
        super().__init__(data)
        self.fields["unit"].choices = units
