"""Rows as they are typed: what the rules say of them, put beside the field it is about."""

from typing import Any, NamedTuple

from django import forms

from rectification.schemes import chain_rules, practice_rules, previews, rules
from rectification.schemes.duty_problems import duty_rule_problems
from rectification.schemes.models import ItemKind, Scheme
from rectification.schemes.parts import PartKind
from rectification.schemes.terms import Problem


class Placed(NamedTuple):
    """A problem and the form it is about (None: the part as a whole) and its field."""

    problem: Problem
    form: forms.BaseForm | None
    field: str

    @property
    def target(self) -> str:
        """The id of the field on the page."""
        if self.form is None or self.field not in self.form.fields:
            return ""
        return str(self.form[self.field].auto_id)


def filled(formset: Any) -> list[Any]:
    """The forms that make a row, in the order asked for: not removed, not left empty."""
    rows = [
        form
        for form in formset.forms
        if form.is_valid() and not form.cleaned_data.get("DELETE") and (form.initial or form.has_changed())
    ]
    last = len(formset.forms)
    return sorted(rows, key=lambda form: form.cleaned_data.get("ORDER") or last)


def rows_of(formset: Any) -> list[dict[str, Any]]:
    """The rows to save, in order."""
    return [
        {name: value for name, value in form.cleaned_data.items() if name not in ("ORDER", "DELETE")}
        for form in filled(formset)
    ]


def typed(formset: Any, part: PartKind) -> list[Any]:
    """The rows as unsaved values, for the rules and the preview."""
    made = []
    for number, form in enumerate(filled(formset), 1):
        row = part.model(**{name: form.cleaned_data.get(name) for name in part.columns})
        row.order = number
        if part.key == "duty_rules":
            row.key = str(form.cleaned_data.get("uid") or number)
        made.append(row)
    return made


def found(formset: Any, scheme: Scheme, part: PartKind) -> list[Placed]:
    """What the rules say of the rows as typed; forms that cannot be read yet speak for themselves."""
    rows, forms_ = typed(formset, part), filled(formset)
    placed = []
    for problem in _problems(rows, scheme, part):
        _, _, rest = problem.path.partition(".")
        number, _, field = rest.partition(".")
        form = forms_[int(number)] if number.isdecimal() and int(number) < len(forms_) else None
        placed.append(Placed(problem, form, field))
    return placed


def _problems(rows: list[Any], scheme: Scheme, part: PartKind) -> list[Problem]:
    found = [] if part.key == "duty_rules" else list(practice_rules.repeated(part.key, rows))
    if part.key == "phases":
        found += rules.phase_problems(rows)
    elif part.key == "criteria":
        found += rules.criteria_problems(rows, scheme.full_marks)
    elif part.key == "quotas":
        found += rules.quota_problems(rows, scheme.mode)
    elif part.key == "duty_rules":
        found += duty_rule_problems(rows, phases=scheme.phases.all(), year=scheme.year)
    elif part.key == "chain":
        found += chain_rules.chain_problems(rows)
    elif part.key == ItemKind.ACCEPTANCE:
        found += rules.acceptance_problems(scheme, rows)
    elif part.key in (ItemKind.TREATMENT, ItemKind.STARTER):
        orders = [row.order for row in scheme.criteria.all()]
        found += practice_rules.treatment_problems(rows, orders, part.key)
    elif part.key == "targets":
        found += practice_rules.target_problems(rows)
    elif part.key == "inspection_rules":
        found += practice_rules.inspection_problems(rows)
    return found


def mark(formset: Any, scheme: Scheme, part: PartKind) -> bool:
    """Put every problem of a row beside its field; True when the rows may be saved.

    What concerns the part as a whole (a sum, a missing row) does not stop a draft: it stands on the scheme's page
    and refuses putting in force.
    """
    wrong = False
    for placed in found(formset, scheme, part):
        if placed.problem.is_error and placed.form is not None:
            name = placed.field if placed.field in placed.form.fields else None
            placed.form.add_error(name, placed.problem.message)
            wrong = True
    return not wrong


def summary(formset: Any) -> list[str]:
    """The rows' errors for the top of the page."""
    if not formset.is_bound:
        return []
    lines = []
    for number, form in enumerate(formset.forms, 1):
        if form.initial or form.has_changed():
            lines += [
                f"第 {number} 条 {form.fields[name].label if name in form.fields else ''}：{text}"
                for name, texts in form.errors.items()
                for text in texts
            ]
    return lines + [str(text) for text in formset.non_form_errors()]


def advice(scheme: Scheme, part: PartKind, rows: list[Any]) -> dict[str, Any]:
    """What stands beside the rows before anything is typed: the problems there are."""
    return {"problems": [Placed(problem, None, "") for problem in _problems(rows, scheme, part)]}


def show_days(formset: Any, scheme: Scheme, part: PartKind, there: list[Any]) -> list[Any]:
    """Give each form of a duty rule the `preview` of its days, of what is typed or, before that, of what stands there.

    Returns the forms that have one. To be asked before `mark`: a marked form no longer counts as filled.
    """
    if part.key != "duty_rules":
        return []
    forms_ = filled(formset) if formset.is_bound else formset.initial_forms
    rows = typed(formset, part) if formset.is_bound else there
    keys = {str(row.uid): row.key for row in there}
    for row in rows:
        row.key = keys.get(row.key, row.key)
    for form, preview in zip(forms_, previews.duty_previews(scheme, rows), strict=True):
        form.preview = preview
    return list(forms_)
