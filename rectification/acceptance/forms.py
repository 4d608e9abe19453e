"""Clean input for acceptance."""

from typing import Any

from django import forms

from accounts.forms import DateField
from rectification.acceptance.actions import Score
from rectification.acceptance.models import ItemScore
from rectification.cases.models import Outcome

WORDS = {"rows": 3}


class AskForm(forms.Form):
    """提请验收; the reason is asked only while problems are open."""

    reason = forms.CharField(label="尚有未销号问题仍提请验收的理由", widget=forms.Textarea(attrs=WORDS))

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]


class ReasonForm(forms.Form):
    """A step that needs words."""

    reason = forms.CharField(label="退回理由", widget=forms.Textarea(attrs=WORDS))


class ScoreSheet(forms.Form):
    """The items on one row each: who scores first enters its score, who accepts (`last`) its score, reason and veto."""

    def __init__(self, *args: Any, rows: list[ItemScore], last: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.last = rows, last
        for row in rows:
            entered = row.county_score if last else row.township_score
            self.fields[f"score-{row.item_id}"] = forms.DecimalField(
                label=f"“{row.item}”评分", required=False, decimal_places=1, initial=entered, localize=False
            )
            if last:
                self.fields[f"reason-{row.item_id}"] = forms.CharField(
                    label=f"“{row.item}”扣分理由", required=False, max_length=300, initial=row.reason
                )
                self.fields[f"veto-{row.item_id}"] = forms.BooleanField(
                    label=f"“{row.item}”否决", required=False, initial=row.vetoed
                )

    def lines(self) -> list[dict[str, Any]]:
        """The sheet's rows: what stands, and the fields to fill."""
        names = ("score", "reason", "veto") if self.last else ("score",)
        return [
            {"row": row, "fields": [self[f"{name}-{row.item_id}"] for name in names]} for row in self.rows
        ]

    def scores(self) -> dict[int, Score]:
        """What was entered, by item id; an empty score is left as it stands."""
        data = self.cleaned_data
        return {
            row.item_id: Score(
                points=data[f"score-{row.item_id}"],
                reason=data.get(f"reason-{row.item_id}", ""),
                vetoed=data.get(f"veto-{row.item_id}", False),
            )
            for row in self.rows
            if data.get(f"score-{row.item_id}") is not None
        }


class SignForm(forms.Form):
    """The result a person signs."""

    outcome = forms.ChoiceField(
        label="验收结果", choices=[c for c in Outcome.choices if c[0]], widget=forms.RadioSelect
    )
    signer = forms.CharField(label="签署人", max_length=40)
    signed_on = DateField(label="签署日期")
    different_reason = forms.CharField(
        label="与规则不一致的理由",
        required=False,
        help_text="签署结果与上面按规则得出的结果不同时必须填写。",
        widget=forms.Textarea(attrs=WORDS),
    )
