"""Clean input for the joint review: whom to ask, what departments say, how it was settled."""

import re
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from rectification.evidence.forms import ENDINGS
from rectification.evidence.rules import ACCEPTED


def scan_field(label: str = "扫描件") -> forms.FileField:
    """The scan of a paper: never asked for, kept when given."""
    return forms.FileField(
        label=label,
        required=False,
        help_text=f"可不传。{ACCEPTED}，不超过 20 MB。",
        widget=forms.ClearableFileInput(attrs={"accept": f"{ENDINGS},.jpeg"}),
    )


class AskForm(forms.Form):
    """Departments the scheme names, others in words, and the day by which they answer."""

    named = forms.MultipleChoiceField(
        label="联审部门", required=False, widget=forms.CheckboxSelectMultiple, help_text="方案列出的部门。"
    )
    others = forms.CharField(
        label="其他部门",
        required=False,
        max_length=500,
        help_text="方案没有列出的，每行一个，写法与该部门联络员岗位上的名称一致，如“县信访局”。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    answer_by_on = DateField(label="反馈截止日期", help_text="当天仍可反馈。逾期未反馈的会列为待办。")

    def __init__(self, *args: Any, known: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["named"].choices = known
        if not known:
            del self.fields["named"]

    @property
    def names(self) -> list[str]:
        """Every department asked for, once."""
        others = re.split(r"[\n、，,；;]", self.cleaned_data["others"])
        return [*self.cleaned_data.get("named", []), *(name.strip() for name in others if name.strip())]


class PaperForm(forms.Form):
    """What belongs to an opinion that came on paper."""

    given_on = DateField(label="出具意见的日期")
    upload = scan_field("纸质意见扫描件")


class SettleForm(forms.Form):
    """How objections to one candidate were dealt with."""

    how = forms.CharField(
        label="研究处理情况",
        max_length=1000,
        help_text="如何核实、怎样研究、是否保留。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    settled_on = DateField(label="研究日期", initial=timezone.localdate)


class CloseForm(forms.Form):
    """Silence is passed over with a reason."""

    silence_reason = forms.CharField(
        label="部门未反馈而继续办理的理由",
        max_length=1000,
        required=False,
        help_text="各部门都已反馈的不填。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def answers_of(data: Any, uids: list[str]) -> dict[str, tuple[str, str]]:
    """What was chosen on the page of candidates: uid → stance and reason.

    “其余均无异议” says so of everyone nothing was chosen for.
    """
    rest = "agrees" if "rest" in data else ""
    return {
        uid: (data.get(f"stance-{uid}", "") or rest, data.get(f"reason-{uid}", "")[:2000]) for uid in uids
    }
