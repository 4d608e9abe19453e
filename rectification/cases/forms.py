"""What a list of cases is filtered by."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Max, Min

from organizations.models import Organization
from rectification.cases.models import Case, CaseQuerySet
from rectification.schemes.terms import NATIONAL_TYPES
from rectification.workflow import CHOICES, Stage

LIGHTS = [("red", "逾期"), ("yellow", "临期"), ("green", "正常")]


class CaseFilterForm(forms.Form):
    """The filters of the list of cases, kept in the address."""

    year = forms.TypedChoiceField(label="年度", coerce=int, required=False)
    unit = forms.ChoiceField(label="单位", required=False)
    stage = forms.ChoiceField(label="环节", required=False, choices=[("", "全部"), *CHOICES[1:]])
    type = forms.ChoiceField(label="主要类型", required=False)
    light = forms.ChoiceField(label="亮灯", required=False, choices=[("", "全部"), *LIGHTS])
    text = forms.CharField(label="村（社区）", required=False, max_length=40)

    def __init__(
        self, data: Any, *, years: list[int], units: list[tuple[str, str]], types: list[Any]
    ) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(year, f"{year}年") for year in years]
        self.fields["unit"].choices = units
        self.fields["type"].choices = [("", "全部"), *((str(kind.uid), str(kind)) for kind in types)]
        self.fields["text"].widget.attrs["placeholder"] = "名称、拼音首字母或代码"

    def apply(self, rows: Any, *, year: int, today: date) -> Any:
        """The cases that pass the filters; a value that is no choice filters nothing and shows its error."""
        self.is_valid()
        asked = self.cleaned_data
        rows = rows.of_year(asked.get("year") or year).exclude(stage=Stage.SURVEY)
        if asked.get("unit"):
            rows = rows.under(Organization.objects.get(uid=asked["unit"]))
        if asked.get("light"):
            rows = rows.with_light(today)
        exact = {"stage": "stage", "type": "primary__uid", "light": "light"}
        rows = rows.filter(**{column: asked[key] for key, column in exact.items() if asked.get(key)})
        return rows.matching(asked.get("text") or "")


class NationalTypeForm(forms.Form):
    """The one of the national ten a case counts under; those its main type is mapped to stand first."""

    national_type = forms.TypedChoiceField(label="统计主要类型", coerce=int, widget=forms.RadioSelect)

    def __init__(self, data: Any, *, case: Case) -> None:
        super().__init__(data, initial={"national_type": case.national_type})
        chosen = case.national_type
        self.current = NATIONAL_TYPES[chosen - 1] if chosen else "还没有选定"
        mapped = case.primary.national_types
        numbers = [*mapped, *(n for n in range(1, len(NATIONAL_TYPES) + 1) if n not in mapped)]
        self.fields["national_type"].choices = [
            (n, f"{NATIONAL_TYPES[n - 1]}{'（与主要类型对应）' if n in mapped else ''}") for n in numbers
        ]


def years_of(rows: CaseQuerySet, current: int) -> list[int]:
    """The years from the first that has cases to the last, newest first, and the current one."""
    found = rows.order_by().aggregate(
        first=Min("year"), last=Max("year")
    )  # two looks into the index, not all rows
    years = range(found["first"], found["last"] + 1) if found["first"] else ()
    return sorted({current, *years}, reverse=True)
