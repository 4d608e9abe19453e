"""Clean input for extending a duty and for recording one as done."""

from typing import Any

from django import forms

from accounts.forms import DateField


class ExtensionForm(forms.Form):
    """A later date and why."""

    until_on = DateField(label="延期至", help_text="应晚于现行截止日期。")
    reason = forms.CharField(
        label="延期理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )


class WaiverForm(forms.Form):
    """Why nothing is owed."""

    reason = forms.CharField(
        label="免办理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如“本年度没有整顿对象，台账免报”。",
    )
    and_later = forms.BooleanField(label="以后各期一并免办", required=False)

    def __init__(self, *args: Any, later: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if later:
            self.fields["and_later"].help_text = f"同一单位（整顿对象）这项任务以后还有 {later} 期。"
        else:
            del self.fields["and_later"]


class CompletionForm(forms.Form):
    """How it was done, for what the system does not see."""

    note = forms.CharField(
        label="完成情况",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明怎样完成的，如“3月12日以岳组发〔2026〕6号报送”。",
    )
