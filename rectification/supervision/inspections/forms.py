"""Clean input for inspections: arranging one, calling it off, what was seen at a case."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from organizations.record_models import Grade
from rectification.cases.models import CaseQuerySet
from rectification.evidence.forms import ENDINGS
from rectification.remediation.forms import area
from rectification.schemes.practice_models import InspectionRule
from rectification.supervision.inspections import rules
from rectification.supervision.inspections.actions import Planned
from rectification.supervision.inspections.models import (
    InspectionFinding,
    InspectionKind,
    InspectionResult,
    InspectionState,
)
from rectification.supervision.inspections.result_actions import Written

UPLOADS = ("photo", "file")
SPARE = 3
"""Empty rows for findings beside those that stand."""


class PlanForm(forms.Form):
    """An inspection to be arranged."""

    rule = forms.ChoiceField(label="方案中的督导安排", required=False)
    kind = forms.ChoiceField(label="类别", choices=InspectionKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="名称", max_length=100)
    announced = forms.ChoiceField(
        label="方式",
        choices=[("yes", "事先通知"), ("no", "不发通知、不打招呼")],
        widget=forms.RadioSelect,
        help_text="事先通知的，保存后马上告知乡镇；不打招呼的，完成以前下级在任何页面都看不到。",
    )
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期")
    team = forms.CharField(
        label="督导人员", max_length=200, required=False, help_text="如：组织科2人、县委办督查室1人"
    )
    how = forms.ChoiceField(
        label="督导对象",
        choices=[("draw", "随机抽取"), ("hand", "自己选定")],
        widget=forms.RadioSelect,
        help_text="随机抽取按风险加权：逾期、进度慢、方案被退回、久未督导、上年未转化的更容易抽到。"
        "抽取范围、权重、理由和随机种子都留存，任何时候可以重新验证。",
    )
    size = forms.IntegerField(label="抽取个数", min_value=1, max_value=500, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        listed: Sequence[InspectionRule],
        cases: CaseQuerySet,
        typed: dict[str, Any] | None = None,
    ) -> None:
        """cases: those that may be picked by hand. typed: what stands there while the list is looked through."""
        first = {"kind": InspectionKind.INSPECTION, "how": "draw", "starts_on": timezone.localdate()}
        first["ends_on"] = first["starts_on"]
        super().__init__(data, initial=first | (typed or {}))
        self.rules = {str(rule.uid): rule for rule in listed}
        named = [(uid, str(rule)) for uid, rule in self.rules.items()]
        self.fields["rule"].choices = [("", "不属于方案列明的安排"), *named]
        self.fields["cases"] = forms.ModelMultipleChoiceField(
            cases, label="整顿对象", required=False, to_field_name="uid"
        )

    def begin_with(self, rule: InspectionRule, today: date) -> None:
        """Fill what follows from one of the scheme's arrangements."""
        self.initial |= {
            "rule": str(rule.uid),
            "kind": InspectionKind.EVALUATION
            if rules.is_evaluation(rule.title, rule.rhythm)
            else InspectionKind.INSPECTION,
            "title": f"{today.month}月{rule.title}"[:100] if rule.rhythm == "monthly" else rule.title,
            "announced": "yes" if rule.announced else "no",
            "how": "hand" if rule.rhythm in ("monthly", "quarterly") else "draw",
        }

    def clean(self) -> dict[str, Any]:
        """A draw needs its number."""
        given = super().clean() or self.cleaned_data
        if given.get("how") == "draw" and not given.get("size") and "size" not in self.errors:
            self.add_error("size", "请填写抽取个数")
        return given

    def planned(self) -> Planned:
        """What was typed, for the action; the form must be valid."""
        given = self.cleaned_data
        by_hand = given["how"] == "hand"
        return Planned(
            kind=given["kind"],
            title=given["title"],
            announced=given["announced"] == "yes",
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            team=given["team"],
            rule=self.rules.get(given["rule"]),
            cases=tuple(case.pk for case in given["cases"]) if by_hand else (),
            size=0 if by_hand else given["size"],
        )


class ResultForm(forms.Form):
    """What was seen at one case, with its findings row by row."""

    on = DateField(label="督导日期", required=False)
    words = forms.CharField(
        label="督导情况",
        required=False,
        max_length=4000,
        widget=area(4, placeholder="看了什么、谈了什么、总的评价"),
    )
    grade = forms.ChoiceField(label="评估等次", required=False, choices=[("", "未评定"), *Grade.choices])
    photo = forms.FileField(
        label="照片",
        required=False,
        allow_empty_file=True,
        help_text="选填；照片中的地点等信息会自动去掉。",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )
    file = forms.FileField(
        label="文件",
        required=False,
        allow_empty_file=True,
        help_text="选填，不超过 20 MB。",
        widget=forms.FileInput(attrs={"accept": f"{ENDINGS},.jpeg"}),
    )
    skipped_reason = forms.CharField(
        label="未督导的原因", max_length=200, required=False, help_text="没有去的才填，如：道路中断，下次补"
    )

    def __init__(self, data: Any = None, files: Any = None, *, result: InspectionResult) -> None:
        """result: with its inspection; its findings are asked once."""
        self.result = result
        initial = {name: getattr(result, name) for name in ("on", "words", "grade", "skipped_reason")}
        if result.on is None and not result.skipped_reason:
            initial["on"] = timezone.localdate()
        super().__init__(data, files, initial=initial)
        if result.inspection.kind != InspectionKind.EVALUATION:
            del self.fields["grade"]
        self.standing: list[InspectionFinding] = list(result.findings.all())
        posted = int(data["rows"]) if data and data.get("rows", "").isdecimal() else 0
        self.rows = min(max(len(self.standing) + SPARE, posted), 60)
        for number in range(self.rows):
            self._add_row(number)

    def _add_row(self, number: int) -> None:
        one = self.standing[number] if number < len(self.standing) else None
        self.fields[f"uid-{number}"] = forms.CharField(
            required=False, max_length=40, widget=forms.HiddenInput, initial=str(one.uid) if one else ""
        )
        self.fields[f"finding-{number}"] = forms.CharField(
            label=f"问题 {number + 1}",
            required=False,
            max_length=1000,
            widget=area(2),
            initial=one.text if one else "",
        )
        self.fields[f"settled-{number}"] = forms.CharField(
            label="现场整改情况",
            required=False,
            max_length=200,
            initial=one.settled if one else "",
            widget=forms.TextInput(attrs={"placeholder": "当场改好的才填"}),
        )

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The rows of findings."""
        return [
            (self[f"uid-{number}"], self[f"finding-{number}"], self[f"settled-{number}"])
            for number in range(self.rows)
        ]

    def clean(self) -> dict[str, Any]:
        """What was put right on the spot needs to say what it was."""
        given = super().clean() or self.cleaned_data
        for number in range(self.rows):
            if given.get(f"settled-{number}") and not given.get(f"finding-{number}"):
                self.add_error(f"finding-{number}", "写了现场整改情况，请写明是什么问题")
        return given

    def written(self) -> Written:
        """What was typed, for the action; empty rows are no findings. The form must be valid."""
        given = self.cleaned_data
        rows = [n for n in range(self.rows) if given[f"finding-{n}"].strip()]
        skipped = given["skipped_reason"].strip()
        found = [rules.Found(given[f"finding-{n}"], given[f"settled-{n}"], given[f"uid-{n}"]) for n in rows]
        untouched = skipped and not given["words"].strip() and not found and not given.get("grade")
        return Written(
            # The day stands there filled in: who only gives a reason need not empty it first
            on=None if untouched and self.result.on is None else given["on"],
            words=given["words"],
            grade=given.get("grade", ""),
            skipped=skipped,
            findings=found,
        )

    def uploads(self) -> dict[str, Any]:
        """The files handed in, by the name of their field."""
        return {name: self.cleaned_data[name] for name in UPLOADS if self.cleaned_data.get(name) is not None}


class CancelForm(forms.Form):
    """Why an inspection does not take place."""

    reason = forms.CharField(label="取消原因", max_length=200, required=False, widget=area(2))


class InspectionFilterForm(forms.Form):
    """The filters of the list, kept in the address."""

    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *InspectionKind.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *InspectionState.choices])
    announced = forms.ChoiceField(
        label="方式", required=False, choices=[("", "全部"), ("yes", "事先通知"), ("no", "不打招呼")]
    )

    def apply(self, rows: Any) -> Any:
        """The inspections that pass; a value that is no choice filters nothing."""
        self.is_valid()
        given = self.cleaned_data
        rows = rows.filter(**{name: given[name] for name in ("kind", "state") if given.get(name)})
        if given.get("announced"):
            rows = rows.filter(announced=given["announced"] == "yes")
        return rows
