"""Input of reports and finance checks."""

from typing import Any

from django import forms

from accounts.forms import DateField
from rectification.remediation.reporting.drafting import Part
from rectification.remediation.reporting.models import FinanceCheck

MARK = "mark_"


class WordsForm(forms.Form):
    """The words of a report, a field a part; beside each a mark of what the system had written there."""

    def __init__(self, *args: Any, parts: list[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in parts:
            rows = min(max(3, part.words.count("\n") + len(part.words) // 45 + 1), 14)
            self.fields[part.key] = forms.CharField(
                label=part.heading,
                required=False,
                max_length=5000,
                initial=part.words,
                widget=forms.Textarea(attrs={"rows": rows}),
            )
            self.fields[MARK + part.key] = forms.CharField(
                required=False,
                max_length=64,
                initial="" if part.edited else part.mark,
                widget=forms.HiddenInput,
            )
        self.parts = parts

    def pairs(self) -> list[tuple[Part, forms.BoundField, forms.BoundField]]:
        """Each part with its field and its mark."""
        return [(part, self[part.key], self[MARK + part.key]) for part in self.parts]

    @property
    def typed(self) -> dict[str, str]:
        """The words by part."""
        return {part.key: self.cleaned_data.get(part.key, "") for part in self.parts}

    @property
    def marks(self) -> dict[str, str]:
        """The marks by part."""
        return {part.key: self.cleaned_data.get(MARK + part.key, "") for part in self.parts}


class FinanceForm(forms.ModelForm):
    """A quarter's check and publication; a village fills in the publication only."""

    checked_on = DateField(label="审查日期", required=False)
    published_on = DateField(label="公开日期", required=False)

    class Meta:
        model = FinanceCheck
        fields = ["checked_on", "checkers", "found", "published_on", "published_where"]
        widgets = {"found": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "checkers": "如：镇农经站、财政所。",
            "found": "审查中发现了什么、怎样处理；没有发现问题的写“未发现问题”。",
            "published_where": "如：村务公开栏、村民微信群。",
        }

    def __init__(self, *args: Any, village: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if village:
            for name in ("checked_on", "checkers", "found"):
                del self.fields[name]
