"""Clean input for acceptance."""

from typing import Any

from django import forms

from accounts.forms import DateField
from rectification.acceptance.actions import Score
from rectification.acceptance.models import Acceptance, ItemScore, Tally
from rectification.acceptance.rules import ballot_items, ballot_options
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


class TallyForm(forms.Form):
    """One group's counted ballots, every item of the scheme with its options."""

    held_on = DateField(label="测评日期")
    place = forms.CharField(label="测评地点", max_length=100)
    issued = forms.IntegerField(label="发出票", min_value=0)
    returned = forms.IntegerField(label="收回票", min_value=0)
    valid = forms.IntegerField(label="有效票", min_value=0)
    invalid = forms.IntegerField(label="无效票", min_value=0)
    teller = forms.CharField(label="计票人", max_length=40)
    supervisor = forms.CharField(label="监票人", max_length=40)

    def __init__(self, *args: Any, acceptance: Acceptance, group: str, **kwargs: Any) -> None:
        super().__init__(*args, prefix=group, **kwargs)
        self.group = group
        scheme = acceptance.case.scheme
        items = ballot_items(scheme.satisfaction_items)
        options = ballot_options(scheme.satisfied_options, scheme.other_options, scheme.dissatisfied_options)
        self.asked = [(item, option) for item in items for option in options]
        for number, (item, option) in enumerate(self.asked):
            of_item = f"“{item}”" if len(items) > 1 else ""
            self.fields[f"option-{number}"] = forms.IntegerField(
                label=f"{of_item}“{option}”票数", min_value=0
            )
        self.order_fields(["held_on", "place", "issued", "returned", "valid", "invalid"])

    @classmethod
    def of(cls, acceptance: Acceptance, group: str, tally: Tally | None) -> "TallyForm":
        """The form as it stands: empty, or with what was entered."""
        form = cls(acceptance=acceptance, group=group)
        if tally:
            form.initial = {name: getattr(tally, name) for name in form.fields if hasattr(tally, name)}
            form.initial |= {
                f"option-{number}": tally.counts.get(item, {}).get(option, 0)
                for number, (item, option) in enumerate(form.asked)
            }
        return form

    def tally(self) -> Tally:
        """The tally as entered, not saved."""
        data = dict(self.cleaned_data)
        counts: dict[str, dict[str, int]] = {}
        for number, (item, option) in enumerate(self.asked):
            counts.setdefault(item, {})[option] = data.pop(f"option-{number}")
        return Tally(group=self.group, counts=counts, **data)


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
