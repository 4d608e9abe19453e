"""Clean input for the committee: needs, how they were settled, courses; and for what was done of the helps."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import DateField
from organizations.record_models import LeaderPost
from rectification.cases.models import Case
from rectification.remediation.forms import area
from rectification.remediation.support.forms import Given, listed
from rectification.remediation.support.models import CommitteeNeed, CommitteeNeedKind, Help, Training
from rectification.remediation.support.rules import ORIGINS
from rectification.schemes.models import ItemKind
from rectification.schemes.terms import words

NEW_POST = "new"


def limit_field(limits: Mapping[str, date | None]) -> DateField:
    """The day by which a post is to be settled, with the scheme's own for each kind where it has one."""
    known = {kind: on for kind, on in limits.items() if on}
    said = "，".join(f"{CommitteeNeedKind(kind).label}的{words(on)}前" for kind, on in known.items())
    if not known:
        return DateField(label="限期", help_text="方案没有规定日期的，由县、乡镇研究确定。")
    initial = next(iter(known.values())) if len(known) == 1 else None
    return DateField(label="限期", initial=initial, help_text=f"方案规定：{said}到位，已过期的另行研究确定。")


class NeedForm(forms.Form):
    """A post that is vacant, or whose holder is to be replaced."""

    kind = forms.ChoiceField(label="情况", choices=CommitteeNeedKind.choices, widget=forms.RadioSelect)
    post = forms.ChoiceField(label="职务")
    title = forms.CharField(
        label="职务名称", max_length=40, required=False, help_text="班子里还没有登记的职务才填，按空缺登记。"
    )
    secretary = forms.BooleanField(label="是党组织书记", required=False)
    since_on = DateField(label="自何日起", help_text="空缺（不胜任）从哪天算起；认定前就有的，计入年初数。")
    note = forms.CharField(label="说明", max_length=200, required=False, widget=area(2))

    def __init__(
        self,
        *args: Any,
        case: Case,
        posts: list[LeaderPost],
        limits: Mapping[str, date | None],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.posts = {str(post.uid): post for post in posts}
        choices = [(uid, f"{post.title}：{post.holder or '空缺'}") for uid, post in self.posts.items()]
        self.fields["post"].choices = [
            ("", "请选择"),
            *choices,
            (NEW_POST, "班子里还没有登记的职务（写在下面）"),
        ]
        self.fields["limit_on"] = limit_field(limits)
        self.initial.setdefault("since_on", case.determined_on or timezone.localdate())
        self.order_fields(["kind", "post", "title", "secretary", "since_on", "limit_on", "note"])

    def clean(self) -> dict[str, Any]:
        """A post of the committee, or the name of a new one."""
        given = super().clean() or self.cleaned_data
        if given.get("post") == NEW_POST and not (given.get("title") or "").strip():
            self.add_error("title", "请填写职务名称，如：党支部副书记")
        return given

    def facts(self) -> dict[str, Any]:
        """What was given, for the action."""
        given = dict(self.cleaned_data)
        post = self.posts.get(given.pop("post"))
        return given | {"post_id": post.pk if post else None}


class VacanciesForm(forms.Form):
    """Vacant posts of the committee, put down together."""

    posts = forms.MultipleChoiceField(label="空缺的职务", widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, posts: list[LeaderPost], limits: Mapping[str, date | None], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.posts = {str(post.uid): post.pk for post in posts}
        self.fields["posts"].choices = [
            (str(post.uid), f"{post.title}（自{words(post.since_on)}起空缺）") for post in posts
        ]
        self.fields["posts"].initial = list(self.posts)
        self.fields["limit_on"] = limit_field(limits)

    def facts(self) -> dict[str, Any]:
        """What was chosen, for the action."""
        chosen = [self.posts[uid] for uid in self.cleaned_data["posts"]]
        return {"post_ids": chosen, "limit_on": self.cleaned_data["limit_on"]}


class SettleForm(Given):
    """Who came, from when, from where."""

    holder = forms.CharField(label="继任人选", max_length=40)
    settled_on = DateField(label="到任日期", initial=timezone.localdate)
    origin = forms.CharField(
        label="人选来源",
        max_length=60,
        help_text=f"点一下可选，也可以自己写：{'、'.join(ORIGINS)}。",
        widget=listed("origins"),
    )
    note = forms.CharField(label="说明", max_length=200, required=False, widget=area(2))

    class Meta:
        model = CommitteeNeed
        fields = ["holder", "settled_on", "origin"]


class HelpForm(Given):
    """What was done for one of the scheme's helps."""

    on = DateField(label="日期", initial=timezone.localdate)

    class Meta:
        model = Help
        fields = ["item", "words", "on"]
        widgets = {"words": area(3)}
        help_texts = {"words": "一两句话：做了什么，成效怎样。"}

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"] = forms.ModelChoiceField(
            label="帮建内容",
            queryset=case.scheme.items.filter(kind=ItemKind.HELP),
            to_field_name="uid",
            empty_label="请选择",
        )
        if self.instance.item_id:
            self.initial["item"] = self.instance.item.uid
        self.order_fields(self.Meta.fields)

    def facts(self) -> dict[str, Any]:
        """What was given, for the action."""
        given = self.cleaned_data
        return {"item_id": given["item"].pk, "words": given["words"], "on": given["on"]}


class TrainingForm(Given):
    """One person, one course."""

    person = forms.CharField(label="参训人员", max_length=40, widget=listed("holders"))
    on = DateField(label="日期", initial=timezone.localdate)

    class Meta:
        model = Training
        fields = ["person", "secretary", "on", "level", "title"]
        labels = {"secretary": "参训人员是党组织书记"}
        help_texts = {"title": "如：县委党校村党组织书记培训班"}
