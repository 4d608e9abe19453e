"""Clean input for special campaigns: the head with its cases, and an entry."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from rectification.cases.models import Case
from rectification.remediation.targets.campaign_actions import Drive, Progress
from rectification.remediation.targets.campaign_rules import NUMBER_AT_MOST, Numbers
from rectification.remediation.targets.models import Campaign, CampaignEntry
from rectification.schemes.models import SchemeItem


class CampaignForm(forms.Form):
    """A campaign of one kind, its lead department, its days and its cases."""

    item = forms.ChoiceField(label="类别", required=False, help_text="类别来自年度方案。")
    title = forms.CharField(label="名称", max_length=100, help_text="如：村级财务清理审计专项整治")
    lead = forms.CharField(label="牵头部门", max_length=100, help_text="如：县纪委监委、县农业农村局")
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", required=False, help_text="没有定的可以不填。")
    cases = forms.MultipleChoiceField(
        label="涉及的整顿对象", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        items: Iterable[SchemeItem],
        cases: Iterable[Case],
        campaign: Campaign | None = None,
    ) -> None:
        """items: the kinds of the scheme; cases: of the unit, with organization and township."""
        initial: dict[str, Any] = {"starts_on": timezone.localdate()}
        if campaign is not None:
            initial = {name: getattr(campaign, name) for name in ("title", "lead", "starts_on", "ends_on")}
            initial["item"] = str(campaign.item.uid) if campaign.item else ""
            initial["cases"] = [str(case.uid) for case in campaign.cases.all()]
        super().__init__(*args, initial=initial)
        self.items = {str(item.uid): item for item in items}
        self.cases = {str(case.uid): case for case in cases}
        self.fields["item"].choices = [*((uid, item.text) for uid, item in self.items.items()), ("", "其他")]
        self.fields["cases"].choices = [(uid, _named(case)) for uid, case in self.cases.items()]

    def drive(self) -> Drive:
        """What was typed, for the action; the form must be valid."""
        given = self.cleaned_data
        return Drive(
            item=self.items.get(given["item"]),
            cases=[self.cases[uid] for uid in given["cases"]],
            **{name: given[name] for name in ("title", "lead", "starts_on", "ends_on")},
        )


def _named(case: Case) -> str:
    return f"{case.township.short_name} {case.organization.short_name}" if case.township else str(case)


def _number(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=NUMBER_AT_MOST,
        required=False,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0}),
    )


class CampaignEntryForm(forms.Form):
    """What was found and solved for a case since the entry before."""

    case = forms.ChoiceField(label="整顿对象")
    on = DateField(label="日期")
    found = _number("新发现问题（个）")
    solved = _number("新解决问题（个）")
    transferred = _number("移送违纪违法线索（件）", "只记件数和移送函号，不写姓名和案情。")
    transfer_number = forms.CharField(
        label="移送函号", max_length=60, required=False, help_text="如：青组移〔2026〕3号"
    )

    def __init__(self, *args: Any, cases: Iterable[Case], entry: CampaignEntry | None = None) -> None:
        initial: dict[str, Any] = {"on": timezone.localdate()}
        if entry is not None:
            names = ("on", "found", "solved", "transferred", "transfer_number")
            initial = {name: getattr(entry, name) for name in names} | {"case": str(entry.case.uid)}
        super().__init__(*args, initial=initial)
        self.cases = {str(case.uid): case for case in cases}
        self.fields["case"].choices = [
            (uid, case.organization.short_name) for uid, case in self.cases.items()
        ]

    def progress(self) -> Progress:
        """What was typed, for the action; the form must be valid."""
        given = self.cleaned_data
        numbers = Numbers(*(given[name] or 0 for name in Numbers._fields))
        return Progress(self.cases[given["case"]], given["on"], numbers, given["transfer_number"])
