"""Clean input for acceptance."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.forms import DateField
from rectification.acceptance.actions import Score
from rectification.acceptance.gate_rules import Gate
from rectification.acceptance.models import ItemScore
from rectification.cases.models import Outcome
from rectification.evidence.forms import ENDINGS
from rectification.schemes.terms import plain

WORDS = {"rows": 3}


class GateFields(forms.Form):
    """A reason for each thing that is not in place, under its own field."""

    def __init__(self, *args: Any, gates: Sequence[Gate] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gates = list(gates)
        for gate in gates:
            self.fields[f"gate-{gate.key}"] = forms.CharField(
                label=f"{gate.words}，仍要继续的理由",
                max_length=500,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def reasons(self) -> dict[str, str]:
        """What was written, by the key of the gate."""
        return {gate.key: self.cleaned_data.get(f"gate-{gate.key}", "") for gate in self.gates}


class AskForm(GateFields):
    """提请验收."""


class ReasonForm(forms.Form):
    """A step that needs words."""

    reason = forms.CharField(label="退回理由", max_length=1000, widget=forms.Textarea(attrs=WORDS))


class UnsignForm(forms.Form):
    """Why a signature is taken back."""

    reason = forms.CharField(
        label="撤销原因",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="记入整顿档案的历程。",
    )


class SelfCheckForm(forms.Form):
    """自查."""

    words = forms.CharField(
        label="自查情况",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="对照问题清单和整改措施，写明整改落实情况、成效和不足。",
    )
    on = DateField(label="自查日期")


class ScoreSheet(forms.Form):
    """The items on one row each: one side enters its score and the reason for points taken; who accepts (`last`) may
    veto. Under them the side's opinion, for the township its day too."""

    def __init__(self, *args: Any, rows: list[ItemScore], last: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.last = rows, last
        for row in rows:
            score = row.county_score if last else row.township_score
            self.fields[f"score-{row.item_id}"] = forms.DecimalField(
                label=f"“{row.item}”评分",
                required=False,
                max_digits=5,
                decimal_places=1,
                initial=None if score is None else plain(score),
                localize=False,
            )
            self.fields[f"reason-{row.item_id}"] = forms.CharField(
                label=f"“{row.item}”扣分理由",
                required=False,
                max_length=300,
                initial=row.reason if last else row.township_reason,
            )
            if last:
                self.fields[f"veto-{row.item_id}"] = forms.BooleanField(
                    label=f"“{row.item}”否决", required=False, initial=row.vetoed
                )
        acceptance = rows[0].acceptance if rows else None
        self.fields["said"] = forms.CharField(
            label="验收意见" if last else "初验意见",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs=WORDS),
            initial=(acceptance.county_words if last else acceptance.township_words) if acceptance else "",
        )
        if not last:
            day = acceptance.township_on if acceptance else None
            self.fields["on"] = DateField(label="初验日期", required=False, initial=day)

    def lines(self) -> list[dict[str, Any]]:
        """The sheet's rows: what stands, and the fields to fill."""
        names = ("score", "reason", "veto") if self.last else ("score", "reason")
        return [
            {"row": row, "fields": {name: self[f"{name}-{row.item_id}"] for name in names}}
            for row in self.rows
        ]

    def words(self) -> list[Any]:
        """The fields under the sheet."""
        return [self[name] for name in ("said", "on") if name in self.fields]

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

    def given(self) -> dict[str, Any]:
        """What the action is told beside the scores; a form without the words leaves them."""
        said = self.cleaned_data.get("said") if self.add_prefix("said") in self.data else None
        return {"scores": self.scores(), "said": said, "on": self.cleaned_data.get("on")}


class SignForm(GateFields):
    """The result a person signs."""

    outcome = forms.ChoiceField(
        label="验收结果", choices=[c for c in Outcome.choices if c[0]], widget=forms.RadioSelect
    )
    signer = forms.CharField(label="签署人", max_length=40)
    signed_on = DateField(label="签署日期")
    follow_due_on = DateField(
        label="巩固提升（限期补课）期限",
        required=False,
        help_text="基本合格、不合格的必须填写：巩固提升或补课到哪一天；合格的不填。",
    )
    different_reason = forms.CharField(
        label="与规则不一致的理由",
        required=False,
        max_length=1000,
        help_text="签署结果与上面按规则得出的结果不同时必须填写。",
        widget=forms.Textarea(attrs=WORDS),
    )

    def given(self) -> dict[str, Any]:
        """What the action is told."""
        names = ("outcome", "signer", "signed_on", "follow_due_on", "different_reason")
        return {name: self.cleaned_data[name] for name in names} | {"reasons": self.reasons()}


class EvidenceForm(forms.Form):
    """A file for one item: a new one, or some that are in the case's file already."""

    file = forms.FileField(
        label="上传附件",
        required=False,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": f"{ENDINGS},.jpeg"}),
    )
    note = forms.CharField(label="说明", max_length=200, required=False)
    kept = forms.MultipleChoiceField(
        label="从本对象已有附件中选", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, others: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].choices = [(str(one.uid), one.name) for one in others]
        if not others:
            del self.fields["kept"]
