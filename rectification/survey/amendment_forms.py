"""What is typed to amend a score that is closed: new points, words and source by criterion, and the reason."""

from collections.abc import Sequence
from typing import Any

from django import forms

from rectification.schemes.models import Criterion
from rectification.schemes.terms import applies, plain
from rectification.survey.entries import Entry, read_points
from rectification.survey.models import SOURCES, Assessment, Finding
from rectification.survey.terms import FindingSource


class AmendForm(forms.Form):
    """One organization's score as it stands, to be amended; the reason goes on record."""

    reason = forms.CharField(
        label="更正理由", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, row: Assessment, findings: Sequence[Finding]) -> None:
        super().__init__(data)
        criteria = row.survey.scheme.criteria.all()
        self.criteria: list[Criterion] = [one for one in criteria if applies(one, row.field)]
        standing = {finding.criterion_id: finding for finding in findings}
        for one in self.criteria:
            found = standing.get(one.pk)
            if one.points:
                label = f"{one}扣分（0—{plain(one.points)}）"
                points = plain(found.deduction) if found and found.deduction else ""
                self.fields[f"p{one.order}"] = forms.CharField(
                    label=label, required=False, max_length=20, initial=points
                )
            self.fields[f"w{one.order}"] = forms.CharField(
                label=f"{one}具体表现",
                required=False,
                max_length=2000,
                initial=found.words if found else "",
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.fields[f"s{one.order}"] = forms.ChoiceField(
                label=f"{one}来源",
                required=False,
                choices=SOURCES,
                initial=found.source if found else FindingSource.VISIT.value,
            )
        self.notes = {each.criterion_id: each.source_note for each in findings}

    def clean(self) -> dict[str, Any]:
        """Points are numbers; what is not stays as typed with its error."""
        data = super().clean() or self.cleaned_data
        for one in self.criteria:
            name = f"p{one.order}"
            if name not in data:
                continue
            try:
                read_points(data[name])
            except ValueError as error:
                self.add_error(name, f"{one}：{error}")
        return data

    def entries(self) -> dict[int, Entry]:
        """What was typed, by criterion number."""
        data = self.cleaned_data
        return {
            one.order: Entry(
                read_points(data.get(f"p{one.order}", "")),
                data.get(f"w{one.order}", "").replace("\r\n", "\n"),
                data.get(f"s{one.order}", ""),
                self.notes.get(one.pk, ""),
            )
            for one in self.criteria
        }

    def lines(self) -> list[dict[str, Any]]:
        """A line for each criterion: its fields as the page shows them."""
        return [
            {
                "criterion": one,
                "points": self[f"p{one.order}"] if one.points else None,
                "words": self[f"w{one.order}"],
                "source": self[f"s{one.order}"],
            }
            for one in self.criteria
        ]
