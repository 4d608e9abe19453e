"""Clean input for helping units, pairings, projects and funds."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from organizations.models import Organization
from rectification.cases.models import Case
from rectification.remediation.forms import area
from rectification.remediation.support.models import HelpingUnit, Pairing, Project, SupportFund
from rectification.remediation.support.partners import partners_of
from rectification.remediation.support.rules import PAIRING_FORMS


def listed(name: str, **attrs: str) -> forms.TextInput:
    """A line with suggestions from the page's list of this name; anything else may be written too."""
    return forms.TextInput(attrs={"list": name, "autocomplete": "off", **attrs})


def money(label: str, **kwargs: Any) -> forms.DecimalField:
    """An amount in 万元."""
    widget = forms.NumberInput(attrs={"step": "0.01", "min": "0", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, max_digits=10, decimal_places=2, min_value=0, widget=widget, **kwargs
    )


class Given(forms.ModelForm):
    """Input for an action, which checks and writes; the record stays as it was read."""

    def _post_clean(self) -> None:
        """Nothing is put on the record here."""


class HelpingUnitForm(Given):
    """A department that helps."""

    from_on = DateField(label="自何日起", initial=timezone.localdate)

    class Meta:
        model = HelpingUnit
        fields = ["name", "contact", "from_on"]
        help_texts = {"name": "写单位全称，如：县水利局", "contact": "选填，写姓名即可。"}


class EndForm(forms.Form):
    """Support ends: the day, the reason, the paper."""

    to_on = DateField(label="到何日止", initial=timezone.localdate)
    end_reason = forms.CharField(label="调整原因", max_length=200, widget=area(2))
    end_document = forms.CharField(label="调整文号", max_length=60, required=False)

    def __init__(self, *args: Any, locked: bool, **kwargs: Any) -> None:
        """locked: 不转化不撤离 holds, so that the paper is what lets it end."""
        super().__init__(*args, **kwargs)
        words = "未销号期间调整帮扶单位，必须有组织调整的文号。" if locked else "选填。"
        self.fields["end_document"].help_text = words


class PairingForm(Given):
    """An advanced organization: one of the county's, found by a piece of its name, or any other by its name."""

    partner_name = forms.CharField(
        label="结对党组织",
        max_length=100,
        help_text="打几个字就能从本县党组织中选；县外的、没有列入的直接写名称。",
        widget=listed("partners"),
    )
    form = forms.CharField(
        label="结对方式",
        max_length=60,
        required=False,
        help_text=f"村一般为{PAIRING_FORMS[0]}、{PAIRING_FORMS[1]}，社区一般为{PAIRING_FORMS[2]}。",
        widget=listed("pairing-forms"),
    )
    from_on = DateField(
        label="自何日起", initial=timezone.localdate, help_text="从这一天起，按方案每月召开一次联席会议。"
    )

    class Meta:
        model = Pairing
        fields = ["partner_name", "form", "from_on"]

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = partners_of(case)
        partner = self.instance.partner_id
        known = next((name for name, unit in self.partners.items() if unit.pk == partner), None)
        if known:
            self.initial["partner_name"] = known

    def facts(self) -> dict[str, Any]:
        """What was given, for the action: a known organization by itself, any other by its name."""
        given = self.cleaned_data
        unit: Organization | None = self.partners.get(given["partner_name"].strip())
        name = unit.short_name if unit else given["partner_name"]
        return {"partner": unit, "partner_name": name, "form": given["form"], "from_on": given["from_on"]}


class ProjectForm(Given):
    """A project with its money as it stands."""

    planned = money("计划资金（万元）")
    arrived = money("到位资金（万元）", required=False, help_text="还没有到位的不填。")
    spent = money("已支出（万元）", required=False, help_text="不能多于到位资金。")
    due_on = DateField(label="计划完成", required=False)
    done_on = DateField(label="实际完成", required=False, help_text="完成后填写。")

    class Meta:
        model = Project
        fields = ["name", "helper", "planned", "arrived", "spent", "due_on", "progress", "done_on"]
        help_texts = {"name": "如：村组道路硬化1.2公里", "progress": "一句话，如：路基已完成。"}
        widgets = {"progress": area(2)}

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["helper"] = forms.ModelChoiceField(
            label="帮扶单位",
            queryset=HelpingUnit.objects.filter(case=case),
            to_field_name="uid",
            required=False,
            empty_label="不由帮扶单位出资",
        )
        if self.instance.helper is not None:
            self.initial["helper"] = self.instance.helper.uid
        if not self.instance.pk:
            del self.fields["done_on"]
            self.initial |= {"planned": None, "arrived": None, "spent": None}
        self.order_fields(self.Meta.fields)

    def facts(self) -> dict[str, Any]:
        """What was given, for the action; money left empty is none."""
        given = dict(self.cleaned_data)
        return given | {name: given.get(name) or 0 for name in ("planned", "arrived", "spent")}


class FundForm(Given):
    """What a county sets aside for a year."""

    amount = forms.DecimalField(
        label="安排资金（万元）",
        max_digits=12,
        decimal_places=2,
        min_value=0,
        widget=forms.NumberInput(attrs={"step": "0.01", "min": "0", "inputmode": "decimal"}),
    )

    class Meta:
        model = SupportFund
        fields = ["amount", "document", "note"]
        help_texts = {"document": "选填，安排资金的文件。"}
        widgets = {"note": area(2)}
