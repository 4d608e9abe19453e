"""Who is put on a case and who leaves it; what a list of cases is filtered by."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import DateField
from accounts.models import User
from rectification.cases.models import CaseMember, CaseQuerySet, MemberKind
from rectification.workflow import CHOICES, Stage

LIGHTS = [("red", "逾期"), ("yellow", "临期"), ("green", "正常")]


class MemberForm(forms.ModelForm):
    """A person put on a case."""

    kind = forms.ChoiceField(label="帮扶身份", choices=MemberKind.choices)
    username = forms.CharField(
        label="账号（用户名）",
        max_length=40,
        required=False,
        help_text="选填。填了账号，本人登录后马上能看到本对象并填报进展；不填只留名册。",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    from_on = DateField(label="自何日起")

    class Meta:
        model = CaseMember
        fields = ["kind", "name", "unit", "username", "from_on"]
        help_texts = {"unit": "如：县水利局副局长"}

    def clean_username(self) -> str:
        """An account that may sign in; it is kept as `user` in the cleaned data."""
        username = self.cleaned_data["username"].strip().lower()
        self.cleaned_data["user"] = None
        if username:
            user = User.objects.active().filter(username=username).first()
            if user is None:
                raise ValidationError(f"没有启用的账号“{username}”，请核对用户名，或留空只登记姓名")
            self.cleaned_data["user"] = user
        return username


class EndMemberForm(forms.ModelForm):
    """A person leaves a case."""

    to_on = DateField(label="到何日止", help_text="当日仍可查看，次日起不再看到本对象。")
    end_reason = forms.CharField(
        label="调整原因",
        max_length=200,
        help_text="如：组织调动、退休、因病",
        widget=forms.Textarea({"rows": 2}),
    )

    class Meta:
        model = CaseMember
        fields = ["to_on", "end_reason", "end_document"]
        help_texts = {"end_document": "未销号期间调整联系领导、工作队员、第一书记，必须有组织调整的文号。"}


class CaseFilterForm(forms.Form):
    """The filters of the list of cases, kept in the address."""

    year = forms.TypedChoiceField(label="年度", coerce=int, required=False)
    unit = forms.ChoiceField(label="单位", required=False)
    stage = forms.ChoiceField(label="环节", required=False, choices=[("", "全部"), *CHOICES[1:]])
    type = forms.ChoiceField(label="主要类型", required=False)
    light = forms.ChoiceField(label="亮灯", required=False, choices=[("", "全部"), *LIGHTS])
    text = forms.CharField(label="村（社区）", required=False, max_length=40)

    def __init__(self, data: Any, *, years: list[int], units: list[Any], types: list[Any]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(year, f"{year}年") for year in years]
        self.fields["unit"].choices = [("", "全部"), *((str(unit.uid), str(unit)) for unit in units)]
        self.fields["type"].choices = [("", "全部"), *((str(kind.uid), str(kind)) for kind in types)]
        self.fields["text"].widget.attrs["placeholder"] = "名称、拼音首字母或代码"
        self.units = {str(unit.uid): unit for unit in units}

    def apply(self, rows: Any, *, year: int, today: date) -> Any:
        """The cases that pass the filters; a value that is no choice filters nothing and shows its error."""
        self.is_valid()
        asked = self.cleaned_data
        rows = rows.of_year(asked.get("year") or year).exclude(stage=Stage.SURVEY).with_light(today)
        if unit := self.units.get(asked.get("unit") or ""):
            rows = rows.under(unit)
        exact = {"stage": "stage", "type": "primary__uid", "light": "light"}
        rows = rows.filter(**{column: asked[key] for key, column in exact.items() if asked.get(key)})
        return rows.matching(asked.get("text") or "")


def years_of(rows: CaseQuerySet, current: int) -> list[int]:
    """The years that have cases, newest first, and the current one."""
    return sorted({current, *rows.order_by().values_list("year", flat=True).distinct()}, reverse=True)
