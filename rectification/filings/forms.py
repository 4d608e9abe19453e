"""Input of the filing pages."""

from django import forms

from accounts.forms import DateField
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
