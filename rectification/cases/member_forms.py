"""Who is put on a case, put right, replaced, and who leaves it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import DateField
from accounts.models import User
from rectification.cases.models import CaseMember, MemberKind
from rectification.cases.support_rules import kinds_named, leader_word
from rectification.schemes.models import ItemKind, Scheme

OWN = {
    MemberKind.TEAM: ("leads", "released_from_on", "released_to_on"),
    MemberKind.FIRST_SECRETARY: ("matched", "leads", "reserve", "released_from_on", "released_to_on"),
    MemberKind.STATIONED: (),
}
"""What is asked of some kinds only, beside name, unit and first day."""
EVERYDAY = (MemberKind.LEADER, MemberKind.FIRST_SECRETARY, MemberKind.TEAM, MemberKind.LIAISON)
SIGNS_IN = frozenset({MemberKind.TEAM, MemberKind.FIRST_SECRETARY, MemberKind.LIAISON, MemberKind.STATIONED})
"""Kinds whose people may have an account; leaders never sign in, an office is no person."""
WORDS = {
    MemberKind.OFFICE: {"name": ("组室名称", "如：组织部干部组"), "unit": ("联系人", "选填，如：王某，组长")},
    MemberKind.LEADER: {"unit": ("单位及职务", "如：县委常委、政法委书记")},
}


def kinds_of(scheme: Scheme) -> list[tuple[str, str]]:
    """The kinds of people a case of this scheme may have, with their words on screen. One query."""
    texts = scheme.items.filter(kind=ItemKind.SUPPORT).values_list("text", flat=True)
    kinds = [*EVERYDAY, *map(MemberKind, kinds_named(texts))]
    return [
        (kind.value, leader_word(scheme.contact_name) if kind == MemberKind.LEADER else kind.label)
        for kind in kinds
    ]


class MemberForm(forms.ModelForm):
    """A person on a case; what is asked depends on the kind."""

    username = forms.CharField(
        label="账号（用户名）",
        max_length=40,
        required=False,
        help_text="选填。填了账号，本人登录后马上能看到本对象并填报进展；不填只留名册。",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    from_on = DateField(label="自何日起")
    released_from_on = DateField(
        label="与原单位脱钩起", required=False, help_text="选填，驻点期间与原单位工作脱钩的时间"
    )
    released_to_on = DateField(label="脱钩止", required=False)

    class Meta:
        model = CaseMember
        fields = [
            "name",
            "unit",
            "username",
            "from_on",
            "matched",
            "leads",
            "reserve",
            "released_from_on",
            "released_to_on",
        ]
        labels = {"leads": "工作组组长", "reserve": "后备干部"}
        help_texts = {
            "unit": "如：县水利局副局长",
            "matched": "选填，按软弱涣散的原因选人，如：村集体经济薄弱，选派文旅局干部",
            "leads": "第一书记一般由工作组组长担任",
        }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = OWN.get(MemberKind(kind), ())
        asked = {"name", "unit", "from_on", *own} | ({"username"} if kind in SIGNS_IN else set())
        self.fields = {name: field for name, field in self.fields.items() if name in asked}
        if kind == MemberKind.TEAM and "leads" in self.fields:
            self.fields["leads"].help_text = ""
        for name, (label, hint) in WORDS.get(MemberKind(kind), {}).items():
            self.fields[name].label, self.fields[name].help_text = label, hint
        if self.instance.pk and self.instance.user and "username" in self.fields:
            self.initial.setdefault("username", self.instance.user.username)

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

    def facts(self) -> dict[str, Any]:
        """What the actions take; `user` where an account may be given."""
        return {name: value for name, value in self.cleaned_data.items() if name != "username"}


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
        help_texts = {"end_document": "未销号期间调整挂点联系领导、工作组、第一书记，必须有组织调整的文号。"}


class HandOverForm(forms.Form):
    """Which open measures the new person takes over."""

    measures = forms.MultipleChoiceField(
        label="一并交给新任办理的措施",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="勾选的措施，责任领导或责任人改为新任；以前的办理记录仍是原任的。",
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measures"].choices = list(choices)
        self.fields["measures"].initial = [uid for uid, _ in self.fields["measures"].choices]


class DropForm(forms.Form):
    """Why an open place is not filled again."""

    reason = forms.CharField(label="不再补派的理由", max_length=120, widget=forms.Textarea({"rows": 2}))
