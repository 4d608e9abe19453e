"""Clean input for the lookback."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.forms import DateField
from rectification.lookback.models import Checkpoint, Lookback, LookbackView
from rectification.lookback.parties import parties_in
from rectification.lookback.rules import Outcome, Party, State, Suggestion
from rectification.schemes.terms import quoted

CHOICES = [("", "未填"), *((state.value, state.label) for state in State)]


class PartyForm(forms.Form):
    """One party's column: a state, words and perhaps a file for each checkpoint."""

    def __init__(self, *args: Any, points: Iterable[Checkpoint], party: Party, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points, self.party = list(points), party
        for point in self.points:
            said = said_by(point, party)
            self.fields[f"state-{point.pk}"] = forms.ChoiceField(
                label=f"{quoted(point.text)}{party.label}情况",
                choices=CHOICES,
                required=False,
                initial=said.state if said else "",
            )
            self.fields[f"finding-{point.pk}"] = forms.CharField(
                label=f"{quoted(point.text)}{party.label}具体情况",
                required=False,
                max_length=1000,
                initial=said.finding if said else "",
                widget=forms.Textarea(attrs={"rows": 2, "placeholder": "下滑、反弹须写明"}),
            )
            self.fields[f"file-{point.pk}"] = forms.FileField(
                label=f"{quoted(point.text)}{party.label}佐证", required=False
            )

    def answers(self) -> dict[int, tuple[str, str]]:
        """What was entered, by checkpoint id."""
        data = self.cleaned_data
        return {point.pk: (data[f"state-{point.pk}"], data[f"finding-{point.pk}"]) for point in self.points}

    def chosen(self) -> dict[int, UploadedFile]:
        """The files that were chosen, by checkpoint id."""
        files = {point.pk: self.cleaned_data.get(f"file-{point.pk}") for point in self.points}
        return {pk: file for pk, file in files.items() if file}


def said_by(point: Checkpoint, party: Party) -> LookbackView | None:
    """What a party said of a checkpoint, from prefetched views."""
    return next((view for view in point.views.all() if view.party == party), None)


class VerdictForm(forms.Form):
    """The conclusion; the reasons that follow from the views stand there already, to be edited."""

    outcome = forms.ChoiceField(
        label="结论",
        choices=[(outcome.value, outcome.label) for outcome in Outcome],
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(label="理由", max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    decided_on = DateField(label="结论日期")
    body = forms.CharField(label="决定机关", max_length=100)
    document = forms.CharField(label="文号或纪要号", max_length=60, required=False)

    @classmethod
    def of(cls, lookback: Lookback, suggestion: Suggestion, today: date) -> "VerdictForm":
        """The form with what follows from the views."""
        reasons = "\n".join(suggestion.reasons) if suggestion.outcome else ""
        given = {"outcome": suggestion.outcome, "reasons": reasons, "decided_on": today}
        return cls(initial=given | {"body": concluding_organ(lookback)})


class CorrectionForm(VerdictForm):
    """The conclusion as it should have been, and why it is put right."""

    why = forms.CharField(label="更正原因", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    @classmethod
    def of_decided(cls, lookback: Lookback) -> "CorrectionForm":
        """The form with the conclusion as it stands."""
        names = ("outcome", "reasons", "decided_on", "body", "document")
        return cls(initial={name: getattr(lookback, name) for name in names})


def concluding_organ(lookback: Lookback) -> str:
    """Who concludes, as papers call it: the county's department, or the township that looks back by itself."""
    case = lookback.case
    if case.township and parties_in(lookback.scheme).concludes_in_township:
        return case.township.organ
    return f"{case.county.organ}组织部"


class LastYearForm(forms.Form):
    """Last year's cases as a filled sheet."""

    file = forms.FileField(
        label="台账文件",
        help_text="下载的空表填好后上传，或直接上传本单位原有的台账（首次核对一次表头）。格式为 .xlsx，不超过 20 MB。",
    )
