"""Clean input for tracking."""

from django import forms

from accounts.forms import DateField
from rectification.evidence.forms import ENDINGS


class CheckForm(forms.Form):
    """A look at a closed case."""

    on = DateField(label="检查日期")
    words = forms.CharField(
        label="跟踪情况",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="整改成效是否巩固、班子运行和群众反映怎样。",
    )
    relapse = forms.BooleanField(
        label="出现反弹", required=False, help_text="勾选后通知县委组织部，研究是否作为本年整顿对象增列。"
    )
    file = forms.FileField(
        label="附件",
        required=False,
        allow_empty_file=True,
        help_text="选填，不要求拍照。",
        widget=forms.FileInput(attrs={"accept": f"{ENDINGS},.jpeg"}),
    )


class WithdrawForm(forms.Form):
    """Why a record is taken back."""

    reason = forms.CharField(label="撤销原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
