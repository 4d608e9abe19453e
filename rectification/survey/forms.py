"""Clean input for the survey's pages."""

from typing import Any

from django import forms

from accounts.forms import DateField
from rectification.schemes.models import Criterion


class OpenForm(forms.Form):
    """The day whose organizations count."""

    base_on = DateField(label="基准日", help_text="以这一天在册的基层党组织计算倒排比例。")


class ReasonForm(forms.Form):
    """A written reason."""

    reason = forms.CharField(
        label="理由", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ListForm(forms.Form):
    """The reasons that go up with the list; which of them is needed follows from the choice."""

    tie_reason = forms.CharField(label="同分取舍的理由", max_length=1000, required=False)
    passed_over_reason = forms.CharField(label="列入而不认定的理由", max_length=1000, required=False)
    fewer_reason = forms.CharField(label="少于比例的理由", max_length=1000, required=False)
    fewer_consent = forms.CharField(
        label="上级同意意见",
        max_length=200,
        required=False,
        help_text="写明机关、日期和文号（或会议、电话记录）。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("tie_reason", "passed_over_reason", "fewer_reason"):
            self.fields[name].widget = forms.Textarea(attrs={"rows": 2})


class DecisionForm(forms.Form):
    """A decision of a meeting or a paper, recorded (登记决定)."""

    body = forms.CharField(
        label="决定机关", max_length=100, help_text="如 县委常委会、县委组织部部务会、镇党委会议。"
    )
    decided_on = DateField(label="会议（文件）日期")
    document = forms.CharField(label="纪要号或文号", max_length=60)
    opinion = forms.CharField(
        label="意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class OpinionForm(forms.Form):
    """A step before the decision is passed with an opinion only."""

    opinion = forms.CharField(
        label="意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReturnForm(forms.Form):
    """A list or a sheet goes back with its reason."""

    reason = forms.CharField(label="退回理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class EvidenceForm(forms.Form):
    """A file as evidence of one finding."""

    order = forms.IntegerField(widget=forms.HiddenInput)
    file = forms.FileField(label="文件", allow_empty_file=True)
    note = forms.CharField(label="说明", max_length=200, required=False)


class ScoreWorkbookForm(forms.Form):
    """A filled-in score workbook."""

    file = forms.FileField(
        label="填好的评分表",
        allow_empty_file=True,
        help_text="本系统下载的 .xlsx 文件，用 Excel 或 WPS 填写。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


def number(text: Any, choices: set[int]) -> int | None:
    """A number out of a select; None for nothing chosen or anything else."""
    return int(text) if str(text).isascii() and str(text).isdigit() and int(text) in choices else None


def chosen_types(
    data: Any, uids: dict[str, int], criteria: list[Criterion]
) -> tuple[dict[int, int | None], dict[int, int]]:
    """The ticked organizations with their primary criterion, and the statistical types picked.

    uids: uid → assessment of the survey. Raises LookupError when a ticked uid is not among them.
    """
    known = {criterion.pk for criterion in criteria}
    types = {kind for criterion in criteria for kind in criterion.national_types}
    chosen: dict[int, int | None] = {}
    national: dict[int, int] = {}
    for uid in data.getlist("chosen"):
        if uid not in uids:
            raise LookupError(uid)
        chosen[uids[uid]] = number(data.get(f"primary-{uid}", ""), known)
        if kind := number(data.get(f"national-{uid}", ""), types):
            national[uids[uid]] = kind
    return chosen, national
