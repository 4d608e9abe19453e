"""Self-checks and notes of visits as they are filled in: a field for each question or criterion."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from rectification.schemes.models import Criterion
from rectification.schemes.practice_models import FormKind, SurveyForm
from rectification.schemes.terms import applies
from rectification.survey.models import Assessment
from rectification.survey.note_models import SurveyNote
from rectification.survey.note_rules import Answer, day_error, self_check_errors, visit_errors
from rectification.survey.rubric_rules import rubric_for

WORDS_MOST = 2000


def _area(label: str, rows: int = 2, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, required=False, max_length=WORDS_MOST, widget=widget, help_text=help_text
    )


class NoteForm(forms.Form):
    """A self-check (自查) or the note of a visit: questions of the scheme, else its criteria with yes or no."""

    made_on = DateField(label="日期", required=False)
    made_by = forms.CharField(label="参加人员", max_length=200, required=False)
    scan = forms.FileField(label="附件", required=False, allow_empty_file=True)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        row: Assessment,
        kind: str,
        asked: SurveyForm | None,
        note: SurveyNote | None = None,
        on_paper: bool = False,
    ) -> None:
        self.row, self.kind, self.note = row, kind, note
        self.questions: Sequence[str] = asked.questions if asked else ()
        criteria = row.survey.scheme.criteria.all()
        self.criteria = [one for one in criteria if applies(one, row.field)]
        initial = {"made_on": note.made_on if note else timezone.localdate()}
        super().__init__(data, files, initial=initial | self._standing(note))
        for number, question in enumerate(self.questions):
            self.fields[f"q{number}"] = _area(question)
        if self.by_criteria:
            self._ask_criteria()
        else:
            self._offer_criteria()
        self.fields["conclusion"] = _area("村自查意见" if kind == FormKind.SELF_CHECK else "综合意见", 3)
        self._word(on_paper)

    @property
    def by_criteria(self) -> bool:
        """Whether the criteria themselves are asked one by one."""
        return self.kind == FormKind.SELF_CHECK and not self.questions

    def _ask_criteria(self) -> None:
        for one in self.criteria:
            self.fields[f"m{one.order}"] = forms.ChoiceField(
                label=f"{one.number} {one.text}",
                choices=[("yes", "是"), ("no", "否")],
                required=False,
                widget=forms.RadioSelect,
                help_text=rubric_for(one.rubric, self.row.field),
            )
            self.fields[f"w{one.order}"] = _area(f"{one.number}具体情况")

    def _offer_criteria(self) -> None:
        label = "自认符合的情形" if self.kind == FormKind.SELF_CHECK else "认为符合的情形"
        self.fields["criteria"] = forms.TypedMultipleChoiceField(
            label=label,
            choices=[(str(one.order), f"{one.number} {one.text}") for one in self.criteria],
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="没有的不勾选。",
        )

    def _word(self, on_paper: bool) -> None:
        made_by, scan = self.fields["made_by"], self.fields["scan"]
        if self.kind == FormKind.SELF_CHECK:
            made_by.help_text = "如：村“两委”班子、党员代表。可不填。"
            scan.help_text = (
                "可不传。" if not on_paper else "村里签字的自查表。传了自查表，上面各项可以不逐一录入。"
            )
            scan.label = "签字的自查表" if on_paper else "附件"
        else:
            made_by.label, made_by.help_text = (
                "带队领导和参加人员",
                "如：县委常委、组织部部长张某，镇党委李某。",
            )
            scan.help_text = "可不传。"

    def _standing(self, note: SurveyNote | None) -> dict[str, Any]:
        """What a note says already, by field."""
        if note is None:
            return {}
        said = {answer["question"]: answer["words"] for answer in note.answers}
        values: dict[str, Any] = {"made_by": note.made_by, "conclusion": note.conclusion}
        values |= {f"q{n}": said.get(question, "") for n, question in enumerate(self.questions)}
        values["criteria"] = [str(order) for order in note.criteria]
        # A scan alone answers nothing in the system: no "no" is put into the village's mouth
        typed = note.answers or note.criteria or not note.attachments.exists()
        for one in self.criteria:
            if typed:
                values[f"m{one.order}"] = "yes" if one.order in note.criteria else "no"
            values[f"w{one.order}"] = said.get(_question(one), "")
        return values

    def clean(self) -> dict[str, Any]:
        """What is lacking, beside its field."""
        data = super().clean() or self.cleaned_data
        errors = {}
        if "made_on" in data and (problem := day_error(data["made_on"], timezone.localdate())):
            errors["made_on"] = problem
        if self.kind == FormKind.SELF_CHECK:
            scanned = bool(data.get("scan")) or bool(self.note and self.note.attachments.exists())
            errors |= self_check_errors(
                self.questions,
                self._said(),
                self._answered(),
                self.criteria,
                scanned=scanned,
                conclusion=data.get("conclusion", ""),
            )
        else:
            errors |= visit_errors(
                list(self._said().values()), data.get("conclusion", ""), data.get("made_by", "")
            )
        for name, text in errors.items():
            if not self.errors.get(name):
                self.add_error(name, text)
        return data

    def _said(self) -> dict[int, str]:
        data = self.cleaned_data
        if self.questions:
            return {n: data.get(f"q{n}", "").strip() for n in range(len(self.questions))}
        return {one.order: data.get(f"w{one.order}", "").strip() for one in self.criteria}

    def _answered(self) -> dict[int, bool | None]:
        answers = {"yes": True, "no": False}
        return {one.order: answers.get(self.cleaned_data.get(f"m{one.order}", "")) for one in self.criteria}

    def answers(self) -> list[Answer]:
        """Question by question, in the form's order; of criteria those said to be met."""
        said = self._said()
        if self.questions:
            return [Answer(question=asked, words=said[n]) for n, asked in enumerate(self.questions)]
        met = set(self.met())
        return [
            Answer(question=_question(one), words=said[one.order])
            for one in self.criteria
            if one.order in met
        ]

    def met(self) -> list[int]:
        """The numbers of the criteria it sees met."""
        if not self.by_criteria:
            return list(self.cleaned_data.get("criteria") or [])
        return [order for order, yes in self._answered().items() if yes]

    def question_fields(self) -> list[Any]:
        """The scheme's questions, in order."""
        return [self[f"q{n}"] for n in range(len(self.questions))]

    def criterion_fields(self) -> list[tuple[Any, Any]]:
        """Each criterion's yes or no with its words."""
        if not self.by_criteria:
            return []
        return [(self[f"m{one.order}"], self[f"w{one.order}"]) for one in self.criteria]


def _question(one: Criterion) -> str:
    return f"{one.number} {one.text}"


class NoteFilterForm(forms.Form):
    """Which organizations of a survey are listed."""

    name = forms.CharField(label="名称", required=False, max_length=40)
    township = forms.ChoiceField(label="乡镇（街道）", required=False)
    state = forms.ChoiceField(
        label="情况",
        required=False,
        choices=[
            ("", "全部"),
            ("unchecked", "未自查"),
            ("checked", "已自查"),
            ("unvisited", "没有走访记录"),
            ("visited", "有走访记录"),
        ],
    )

    def __init__(self, data: Any, *, townships: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["township"].choices = [("", "全部"), *townships]
