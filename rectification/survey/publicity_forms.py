"""Clean input for the publicity: where and how long, objections and how each was handled."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from rectification.survey.joint_forms import scan_field


class PublicityForm(forms.Form):
    """Where the list is shown, from when to when."""

    place = forms.CharField(
        label="公布范围、地点", max_length=200, help_text="如 各乡镇党务公开栏、县党建网。"
    )
    starts_on = DateField(label="公布起")
    ends_on = DateField(label="公布止", help_text="当天仍在公布；期满以后才能办结。")
    document = forms.CharField(label="文号", max_length=60, required=False)
    upload = scan_field("公布（公示）文本扫描件")


class ObjectionForm(forms.Form):
    """An objection; nobody asks who raised it."""

    assessment = forms.ChoiceField(label="涉及的对象")
    text = forms.CharField(
        label="异议内容",
        max_length=2000,
        help_text="只写事情，不写反映人的姓名、电话和住址。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    raised_on = DateField(label="提出日期", initial=timezone.localdate)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessment"].choices = [("", "请选择"), *choices]


class HandlingForm(forms.Form):
    """How an objection was handled."""

    handling = forms.CharField(
        label="处理情况",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="怎样核实、结果如何。",
    )
    handled_on = DateField(label="处理日期", initial=timezone.localdate)
    upheld = forms.TypedChoiceField(
        label="处理结论",
        choices=[("", "请选择"), ("no", "异议不成立，保留在名单中"), ("yes", "异议成立，移出名单")],
        coerce=lambda text: text == "yes",
    )
