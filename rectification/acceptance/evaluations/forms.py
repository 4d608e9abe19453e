"""Clean input for evaluations: the assessor's words and what follows; choices are the scheme's."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from rectification.acceptance.evaluations.models import (
    EvaluationKind,
    EvaluationState,
    PersonEvaluation,
)
from rectification.acceptance.evaluations.rules import UNDECIDED, Typed
from rectification.remediation.forms import area

LOCAL = {
    EvaluationKind.TEAM: "派驻党组织意见",
    EvaluationKind.FIRST_SECRETARY: "派驻党组织意见",
    EvaluationKind.SECRETARY: "所在党组织意见",
}


class EvaluationForm(forms.Form):
    """An assessment: words first, then a grade in words, then what follows."""

    local_words = forms.CharField(label="派驻党组织意见", required=False, max_length=1000, widget=area(3))
    words = forms.CharField(
        label="考核意见",
        required=False,
        max_length=2000,
        widget=area(5, placeholder="对照上面的履职情况，写明工作成效、群众反映和不足"),
    )
    grade = forms.ChoiceField(label="考核等次", required=False, widget=forms.RadioSelect)
    uses = forms.MultipleChoiceField(label="结果运用", required=False, widget=forms.CheckboxSelectMultiple)
    uses_words = forms.CharField(label="结果运用说明", required=False, max_length=500, widget=area(2))
    assessor = forms.CharField(label="考核单位或考核人", required=False, max_length=100)
    on = DateField(label="考核日期", required=False)
    reason = forms.CharField(label="更正原因", required=False, max_length=200)
    redraw = forms.BooleanField(label="按现在的记录重新提取履职情况", required=False)

    def __init__(self, data: Any = None, *, row: PersonEvaluation) -> None:
        self.row = row
        names = ("local_words", "words", "grade", "uses", "uses_words", "assessor", "on")
        first = {name: getattr(row, name) for name in names}
        if row.state == EvaluationState.DRAFT:
            first["assessor"] = first["assessor"] or row.organization.office
            first["on"] = first["on"] or timezone.localdate()
        super().__init__(data, initial=first)
        self._offer(row)
        if row.state == EvaluationState.DRAFT:
            del self.fields["reason"], self.fields["redraw"]
        label = LOCAL.get(EvaluationKind(row.kind))
        if label is None:  # leaders are assessed by the county alone
            del self.fields["local_words"]
        else:
            self.fields["local_words"].label = label

    def _offer(self, row: PersonEvaluation) -> None:
        """The scheme's grades and uses; where it names none, none is asked for."""
        # What was chosen under the scheme of then stays choosable
        grades = [one for one in (*row.scheme.evaluation_grades, row.grade) if one and one != UNDECIDED]
        uses = dict.fromkeys([*row.scheme.evaluation_uses, *row.uses])
        if row.scheme.evaluation_grades:
            offered = [*dict.fromkeys(grades), UNDECIDED]
            self.fields["grade"].choices = [(one, one) for one in offered]
        else:
            del self.fields["grade"]
        if uses:
            self.fields["uses"].choices = [(one, one) for one in uses]
        else:
            del self.fields["uses"]

    def typed(self) -> Typed:
        """What was typed, for the action; the form must be valid."""
        given = self.cleaned_data
        return Typed(
            words=given["words"],
            local_words=given.get("local_words", ""),
            grade=given.get("grade", ""),
            uses=tuple(given.get("uses", ())),
            uses_words=given["uses_words"],
            assessor=given["assessor"],
            on=given["on"],
        )


class EvaluationFilterForm(forms.Form):
    """The filters of the list, kept in the address; there is none by grade."""

    kind = forms.ChoiceField(
        label="考核对象", required=False, choices=[("", "全部"), *EvaluationKind.choices]
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *EvaluationState.choices])
    name = forms.CharField(label="姓名", required=False, max_length=40)

    def apply(self, rows: Any) -> Any:
        """The rows that pass; a value that is no choice filters nothing."""
        self.is_valid()
        given = self.cleaned_data
        rows = rows.filter(**{name: given[name] for name in ("kind", "state") if given.get(name)})
        return rows.filter(name__icontains=given["name"].strip()) if given.get("name", "").strip() else rows
