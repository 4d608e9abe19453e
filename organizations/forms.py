"""Clean input about units of the tree."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import DateField
from organizations.actions import FACTS
from organizations.models import Organization
from organizations.roster_rules import CellRefused, clean_code
from organizations.rules import Field, Level, placement_refusal

FIELD_CHOICES = [(kind.value, kind.label) for kind in Field]


class FactsForm(forms.ModelForm):
    """What is known of a unit; the published name and the code come from the divisions file."""

    class Meta:
        model = Organization
        fields = list(FACTS)
        help_texts = {
            "short_name": "日常使用的名称，如“七家沟村”。",
            "field": "考核排名按领域分别计算，请据实选择。",
            "income": "上一年度数，单位：万元，最多两位小数。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("poor_village", "construction_village"):
            if self.instance.level != Level.GRASSROOTS:
                del self.fields[name]
        if self.instance.level != Level.GRASSROOTS:
            del self.fields["field"]

    def clean(self) -> dict[str, Any]:
        """Numbers must be able to hold together, as in the roster."""
        data = super().clean() or self.cleaned_data
        for part, whole in (("members", "population"), ("households", "population"), ("groups", "members")):
            few, many = data.get(part), data.get(whole)
            if few is not None and many is not None and few > many:
                self.add_error(part, f"不能大于{self.fields[whole].label}（{many}）")
        return data


class UnitForm(forms.Form):
    """A unit made by hand under another one."""

    name = forms.CharField(label="名称", max_length=100, help_text="全称，如“岳阳经济技术开发区”。")
    level = forms.ChoiceField(label="层级", help_text="开发区、系统党工委等按其所站的层级选择。")
    code = forms.CharField(
        label="代码",
        max_length=20,
        required=False,
        help_text="没有统计用区划代码的可不填，由系统编号；也可用以字母开头的自编代码，如 JKQ-01。",
    )
    field = forms.ChoiceField(
        label="领域", required=False, choices=[("", "（不是基层党组织，或尚未确定）"), *FIELD_CHOICES]
    )
    party_name = forms.CharField(label="党组织名称", max_length=100, required=False)

    def __init__(self, *args: Any, parent: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [level for level in Level if placement_refusal(level, Level(parent.level)) is None]
        self.fields["level"].choices = [(level.value, level.label) for level in allowed]

    def clean_code(self) -> str:
        """A statistical code or one of our own making."""
        code = self.cleaned_data["code"].strip()
        if not code:
            return ""
        try:
            return clean_code(code)
        except CellRefused as refused:
            raise ValidationError(str(refused)) from refused


class CloseForm(forms.Form):
    """When and why a unit ceased to exist."""

    closed_on = DateField(label="撤销日期")
    reason = forms.CharField(
        label="撤销原因",
        max_length=200,
        help_text="如“并入某某村”，写明批准文号。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecideForm(forms.Form):
    """The field that a person gives to the chosen units."""

    field = forms.ChoiceField(label="领域", choices=[("", "请选择"), *FIELD_CHOICES])


class RosterForm(forms.Form):
    """A roster workbook handed in."""

    file = forms.FileField(
        label="名册文件", help_text="在导出的名册上修改后上传，格式为 .xlsx，不超过 20 MB。"
    )
