"""Clean input for plans, problems, measures and progress."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from rectification.evidence.forms import ENDINGS
from rectification.remediation import rules
from rectification.remediation.models import Measure, MeasureKind, Plan, Problem
from rectification.remediation.plan_rules import PARTS, RETURNABLE
from rectification.schemes.models import Criterion, Scheme


def area(rows: int, **attrs: str) -> forms.Textarea:
    """A box of so many lines."""
    return forms.Textarea(attrs={"rows": rows, **attrs})


class PlanForm(forms.ModelForm):
    """The words of a plan; a part may stay empty until it is sent."""

    class Meta:
        model = Plan
        fields = list(PARTS)
        widgets = {"situation": area(6), "goal": area(3), "steps": area(5), "safeguards": area(4)}
        help_texts = {
            "situation": "已按党组织名册和摸排结果写好开头，请补充班子、党员、集体经济和突出矛盾。",
            "goal": "整顿后要达到什么样子，尽量可以检查。",
            "steps": "分几步、每步做什么、到什么时候。",
            "safeguards": "谁牵头、谁帮扶、经费和督促怎么保证。",
        }


class ProblemForm(forms.ModelForm):
    """A problem and the criterion it belongs to."""

    class Meta:
        model = Problem
        fields = ["criterion", "text"]
        widgets = {"text": area(3)}

    def __init__(
        self, *args: Any, scheme: Scheme, listed: list[Criterion] | None = None, **kwargs: Any
    ) -> None:
        """listed: the scheme's criteria, when a page with many of these forms has asked for them once."""
        super().__init__(*args, **kwargs)
        self.fields["criterion"] = forms.ModelChoiceField(
            label="对应情形",
            queryset=scheme.criteria.all(),
            to_field_name="uid",
            required=False,
            empty_label="不对应具体情形",
        )
        if listed is not None:
            named = [(str(criterion.uid), str(criterion)) for criterion in listed]
            self.fields["criterion"].choices = [("", "不对应具体情形"), *named]
        if self.instance.criterion is not None:
            self.initial["criterion"] = self.instance.criterion.uid
        self.order_fields(["criterion", "text"])


class MeasureForm(forms.ModelForm):
    """五个明确: 任务 (goal), 措施, 责任 (unit, leader, person), 时限 and 要求; and what kind of measure it is."""

    starts_on = DateField(label="开始日期")
    due_on = DateField(label="完成时限")

    class Meta:
        model = Measure
        fields = [
            "kind",
            "text",
            "goal",
            "unit",
            "leader",
            "person",
            "starts_on",
            "due_on",
            "requirement",
            "long_term",
            "collective_economy",
        ]
        labels = {"goal": "任务目标"}
        widgets = {"text": area(3), "goal": area(2)}
        help_texts = {
            "goal": "做到什么算完成。",
            "person": "具体承办的人，写姓名。",
            "requirement": "质量、程序上的要求，如“按程序选举，全程公开”。",
            "long_term": "如“三会一课”按月开展：进展用文字写阶段性成效。",
            "collective_economy": "贫困（脱贫）村的方案至少要有一条。",
        }

    def __init__(self, *args: Any, poor: bool = True, **kwargs: Any) -> None:
        """poor: a poor village, which needs a measure for its collective economy; others are not asked."""
        super().__init__(*args, **kwargs)
        if not poor and not self.instance.collective_economy:
            del self.fields["collective_economy"]
        self.fields["kind"].required = False
        self.fields["kind"].choices = MeasureKind.choices

    def clean_kind(self) -> str:
        """A measure is a task unless somebody says otherwise."""
        return self.cleaned_data["kind"] or MeasureKind.TASK

    def clean(self) -> dict[str, Any]:
        """A measure due before it begins is said beside its date."""
        given = super().clean() or self.cleaned_data
        dates = {name: given.get(name) for name in ("starts_on", "due_on")}
        for finding in rules.measure_findings(rules.Measure(given.get("text") or "-", **dates)):
            self.add_error(finding.field, finding.message)
        return given


class ProgressForm(forms.Form):
    """One entry of progress, short enough for a phone."""

    words = forms.CharField(label="做了什么", max_length=2000, widget=area(3))
    percent = forms.IntegerField(
        label="完成率（%）",
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": 100, "step": 5}),
    )
    on = DateField(label="日期", initial=timezone.localdate)
    file = forms.FileField(
        label="附件",
        required=False,
        allow_empty_file=True,
        help_text="选填，不要求拍照。",
        widget=forms.FileInput(attrs={"accept": f"{ENDINGS},.jpeg"}),
    )

    def __init__(self, *args: Any, long_term: bool = False, **kwargs: Any) -> None:
        """long_term: 阶段性成效 in words, no percentage is asked."""
        super().__init__(*args, **kwargs)
        if long_term:
            del self.fields["percent"]
            self.fields["words"].label = "阶段性成效"
            self.fields["words"].help_text = "写明这一段做了什么、有什么成效。"


class ExtensionForm(forms.Form):
    """More time for a measure: until when and why."""

    until_on = DateField(label="延期至")
    reason = forms.CharField(label="延期理由", max_length=500, required=False, widget=area(2))


class DoneForm(forms.Form):
    """A measure is done: its result and the day."""

    result = forms.CharField(
        label="完成结果",
        max_length=2000,
        required=False,
        widget=area(3),
        help_text="对照目标，写明做成了什么。",
    )
    done_on = DateField(label="完成日期", initial=timezone.localdate)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="理由", max_length=500, required=False, widget=area(2))


class DecisionForm(forms.Form):
    """The county's word on a plan: passed, or returned with the reason and the parts to change."""

    opinion = forms.CharField(label="审批意见", max_length=1000, required=False, widget=area(3))
    fields_to_change = forms.MultipleChoiceField(
        label="退回时须修改的内容",
        choices=list(RETURNABLE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    body = forms.CharField(label="决定机关", max_length=100, required=False)
    document = forms.CharField(label="纪要号或文号", max_length=60, required=False)
    decided_on = DateField(label="会议（文件）日期", required=False)

    def __init__(self, *args: Any, recorded: bool, **kwargs: Any) -> None:
        """recorded: the step is 登记决定, so body, document and day are asked for."""
        super().__init__(*args, **kwargs)
        if not recorded:
            for name in ("body", "document", "decided_on"):
                del self.fields[name]


class ReturnProblemForm(forms.Form):
    """What of a problem is not solved, and why."""

    measures = forms.MultipleChoiceField(
        label="要继续落实的措施", widget=forms.CheckboxSelectMultiple, required=False
    )
    reason = forms.CharField(label="退回理由", max_length=500, required=False, widget=area(2))

    def __init__(self, *args: Any, problem: Problem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [measure for measure in problem.measures.all() if measure.state == "confirmed"]
        self.fields["measures"].choices = [(str(measure.uid), measure.text) for measure in rows]
        self.fields["measures"].initial = [str(measure.uid) for measure in rows]
