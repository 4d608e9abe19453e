"""Clean input for 年中增列 and 退出整顿: a recorded decision, why, and whom it is about."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from rectification.schemes.models import Criterion
from rectification.schemes.terms import NATIONAL_TYPES, criterion_name
from rectification.survey.change_rules import Decision
from rectification.survey.joint_forms import scan_field


class ChangeForm(forms.Form):
    """A recorded decision with its reason."""

    reason = forms.CharField(label="理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    body = forms.CharField(label="决定机关", max_length=100, help_text="如 县委常委会、县委组织部部务会。")
    decided_on = DateField(label="决定日期", initial=timezone.localdate)
    document = forms.CharField(label="纪要号或文号", max_length=60)
    upload = scan_field("纪要（文件）扫描件")

    @property
    def decision(self) -> Decision:
        """As the rules take it."""
        data = self.cleaned_data
        return Decision(data["body"], data["decided_on"], data["document"])


class AdditionForm(ChangeForm):
    """What the organization meets, its main type and its statistical type."""

    criteria = forms.MultipleChoiceField(label="对应情形", widget=forms.CheckboxSelectMultiple)
    primary = forms.ChoiceField(label="主要类型", help_text="在所选的对应情形中选一个。")
    national = forms.TypedChoiceField(
        label="统计主要类型",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="主要类型只对应一种的自动填写；对应几种的在这里选。",
    )

    field_order = ("criteria", "primary", "national", "reason", "body", "decided_on", "document", "upload")

    def __init__(self, *args: Any, criteria: list[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criteria"].choices = [(str(one.order), criterion_name(one)) for one in criteria]
        self.fields["primary"].choices = [("", "请选择")] + [
            (str(one.pk), criterion_name(one)) for one in criteria
        ]
        kinds = sorted({kind for one in criteria for kind in one.national_types})
        self.fields["national"].choices = [("", "—")] + [(kind, NATIONAL_TYPES[kind - 1]) for kind in kinds]


class WithdrawalForm(ChangeForm):
    """Why a case leaves the list, by which decision; consent where fewer than the quota remain."""

    merged = forms.BooleanField(
        label="该党组织已撤并", required=False, help_text="上年未转化到位的，只有撤并的才能退出。"
    )
    consent = forms.CharField(
        label="上级同意意见",
        max_length=200,
        required=False,
        help_text="退出后少于应定个数的必填：机关、日期和文号（或会议、电话记录）。",
    )

    field_order = ("reason", "merged", "body", "decided_on", "document", "upload", "consent")
