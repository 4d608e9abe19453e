"""Input of the filing pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.forms import DateField
from organizations.models import Organization
from rectification.filings.copy_page import STATES
from rectification.schemes.models import StepMode


class DecisionForm(forms.Form):
    """The receiver's words; a step that records a decision asks for the body, date and document number too."""

    opinion = forms.CharField(
        label="意见",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回时必须写明哪里需要修改。",
    )
    body = forms.CharField(label="决定机关", max_length=100, required=False)
    document = forms.CharField(label="纪要号或文号", max_length=60, required=False)
    decided_on = DateField(label="会议（文件）日期", required=False)

    def __init__(self, *args, mode: str = StepMode.HANDLE, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if mode == StepMode.HANDLE:
            for name in ("body", "document", "decided_on"):
                del self.fields[name]


class OriginalForm(forms.Form):
    """The scan of the sealed original; why, where one is replaced."""

    file = forms.FileField(
        label="盖章原件扫描件",
        help_text="PDF 或 JPG、PNG 图片，不超过 20 MB。请按本次报送的数据打印、签字盖章后扫描或拍照。",
        allow_empty_file=True,  # the action says it in words fit for the sender
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    reason = forms.CharField(
        label="更换原因", max_length=180, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, there: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not there:
            del self.fields["reason"]


class ReasonForm(forms.Form):
    """Why the scan is taken off."""

    reason = forms.CharField(label="撤下原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class UnlockForm(forms.Form):
    """Until when a unit may file once more, and why."""

    until_on = DateField(label="可报至", help_text="当天仍可报送；重报一次后自动恢复锁定。")
    reason = forms.CharField(
        label="解锁理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如：市里核查发现漏填一个整顿对象，须补报。",
    )


class FilingFilterForm(forms.Form):
    """What the list is narrowed to; everything stands in the address."""

    year = forms.TypedChoiceField(label="年度", coerce=int, empty_value=None, required=False)
    ledger = forms.ChoiceField(label="台账", required=False)
    state = forms.ChoiceField(label="状态", choices=[("", "全部"), *STATES.items()], required=False)
    unit = forms.ModelChoiceField(
        label="单位（含下级）",
        queryset=Organization.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label="全部",
    )
    newest = forms.BooleanField(label="只看最近一次", required=False)

    def __init__(
        self, data: Any, *, years: list[int], ledgers: list[tuple[str, str]], units: QuerySet
    ) -> None:
        super().__init__(data)
        self.fields["year"].choices = [("", "全部"), *((year, f"{year}年") for year in years)]
        self.fields["ledger"].choices = [("", "全部"), *ledgers]
        self.fields["unit"].queryset = units
