"""Clean input for checks: opening one, changing its days, what was concluded of a case."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from organizations.models import Organization
from rectification.acceptance.checks.actions import Planned
from rectification.acceptance.checks.models import Check, CheckResult, CheckVerdict
from rectification.acceptance.checks.pool import Progress
from rectification.acceptance.checks.rules import Written
from rectification.evidence.forms import ENDINGS
from rectification.remediation.forms import area
from rectification.supervision.inspections.forms import UPLOADS

VERDICTS = [(one.value, one.label) for one in CheckVerdict if one.value]


class ChangeForm(forms.Form):
    """Its name, days and team."""

    title = forms.CharField(label="名称", max_length=100)
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期")
    team = forms.CharField(
        label="检查人员", max_length=200, required=False, help_text="如：组织科2人、市纪委1人"
    )

    @staticmethod
    def typed_before(check: Check) -> dict[str, Any]:
        """What stands there."""
        return {name: getattr(check, name) for name in ("title", "starts_on", "ends_on", "team")}


class PlanForm(ChangeForm):
    """A check to be opened."""

    under = forms.ChoiceField(label="范围", required=False)
    how = forms.ChoiceField(
        label="检查对象",
        choices=[("all", "范围内全部"), ("draw", "随机抽取")],
        widget=forms.RadioSelect,
        help_text="随机抽取按风险加权：结果与规则不一致、有事项未齐备、刚过合格线或满意率线、多次验收、"
        "上年未转化的更容易抽到。范围、权重、理由和随机种子都留存，任何人可以重新验证。",
    )
    size = forms.IntegerField(label="抽取个数", min_value=1, max_value=2000, required=False)

    def __init__(self, data: Any = None, *, units: Sequence[Organization], done: Progress) -> None:
        today = timezone.localdate()
        whole = done.percent is not None and done.percent >= 100
        first = {"starts_on": today, "ends_on": today, "how": "all" if whole else "draw"}
        first |= {"title": f"{today.year}年验收结果检查", "size": done.left or None}
        super().__init__(data, initial=first)
        self.units = {str(unit.uid): unit for unit in units}
        named = [(uid, unit.short_name) for uid, unit in self.units.items()]
        self.fields["under"].choices = [("", "全部"), *named]

    def clean(self) -> dict[str, Any]:
        """A draw needs its number."""
        given = super().clean() or self.cleaned_data
        if given.get("how") == "draw" and not given.get("size") and "size" not in self.errors:
            self.add_error("size", "请填写抽取个数")
        return given

    def planned(self) -> Planned:
        """What was typed, for the action; the form must be valid."""
        given = self.cleaned_data
        return Planned(
            title=given["title"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            team=given["team"],
            under=self.units.get(given["under"]),
            size=given["size"] if given["how"] == "draw" else 0,
        )


class ResultForm(forms.Form):
    """What was seen at one case and what follows."""

    on = DateField(label="检查日期", required=False)
    words = forms.CharField(
        label="检查情况",
        required=False,
        max_length=4000,
        widget=area(5, placeholder="看了什么、问了谁、与验收材料是否相符；不认可的，写明理由和要求"),
    )
    verdict = forms.ChoiceField(label="检查结论", choices=VERDICTS, widget=forms.RadioSelect, required=False)
    due_on = DateField(
        label="重新提请验收期限", required=False, help_text="不认可的才填：最迟哪一天前重新提请验收。"
    )
    findings = forms.CharField(
        label="须继续整改的问题",
        required=False,
        max_length=4000,
        help_text="不认可的才填，一行一个；列入该对象的问题清单，逐个整改销号后才能再提请验收。",
        widget=area(3),
    )
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
        label="未检查的原因", max_length=200, required=False, help_text="没有检查的才填，如：道路中断，改下批"
    )

    def __init__(self, data: Any = None, files: Any = None, *, result: CheckResult) -> None:
        self.result = result
        names = ("on", "words", "findings", "verdict", "due_on", "skipped_reason")
        initial = {name: getattr(result, name) for name in names}
        if not result.written:
            initial["on"] = timezone.localdate()
        super().__init__(data, files, initial=initial)
        if result.verdict == CheckVerdict.REFUSED:  # the day is the duty's from then on
            del self.fields["due_on"], self.fields["findings"]
        if result.verdict:
            del self.fields["skipped_reason"]

    def written(self) -> Written:
        """What was typed, for the action; the form must be valid."""
        given = self.cleaned_data
        skipped = given.get("skipped_reason", "").strip()
        # The day stands there filled in: who only gives a reason need not empty it first
        return Written(
            on=None if skipped else given["on"],
            words="" if skipped and not given["verdict"] else given["words"],
            verdict=given["verdict"],
            due_on=given.get("due_on"),
            skipped=skipped,
            findings=given.get("findings", ""),
        )

    def uploads(self) -> dict[str, Any]:
        """The files handed in, by the name of their field."""
        return {name: self.cleaned_data[name] for name in UPLOADS if self.cleaned_data.get(name) is not None}
