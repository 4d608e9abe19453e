"""Clean input for the 工作纪实: an entry, its withdrawal, the month's sheet."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import DateField
from organizations.models import Appointment
from rectification.cases.models import Case, CaseMember
from rectification.evidence.forms import ENDINGS
from rectification.remediation.activities.actions import Written
from rectification.remediation.activities.household_rules import as_words, read_households
from rectification.remediation.activities.models import Activity
from rectification.remediation.activities.rules import CHOICES
from rectification.remediation.forms import area

UPLOADS = ("photo", "file")
LIMIT = {"data-limit": str(settings.UPLOAD_LIMIT_BYTES)}


class HouseholdsField(forms.CharField):
    """Households as people write them, read into 组 and 门牌号, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=4000, required=False, widget=area(2), **kwargs)

    def clean(self, value: Any) -> tuple[str, ...]:
        """The distinct households; what is no door number is named."""
        reading = read_households(super().clean(value))
        if reading.faults:
            raise ValidationError(list(reading.faults))
        return reading.households


class EntryFields(forms.Form):
    """What every entry asks, whichever case it is for."""

    kind = forms.ChoiceField(label="做了哪一类", choices=CHOICES, widget=forms.RadioSelect)
    what = forms.CharField(
        label="做了什么",
        max_length=2000,
        error_messages={"required": "请写一句做了什么"},
        widget=area(3, placeholder="一句话即可，如：与支委研究集体经济账目清理，定了三条"),
    )
    households = HouseholdsField(
        label="走访了哪些户", help_text="写组和门牌号，如：3组 12、15；4组 1至20。同一户只计一次，不写姓名。"
    )
    phoned = HouseholdsField(
        label="电话联系了哪些外出户", help_text="外出不在家、打电话走访的户，单独统计。写法同上。"
    )
    on = DateField(label="日期")
    others = forms.CharField(
        label="其他参加人员", max_length=200, required=False, help_text="不是本对象帮扶人员的，如：村支部书记"
    )
    result = forms.CharField(label="结果", max_length=2000, required=False, widget=area(2))
    photo = forms.FileField(
        label="照片",
        required=False,
        allow_empty_file=True,
        help_text="选填，不要求拍照；手机上会先缩小再发送，照片中的地点等信息会自动去掉。",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "data-shrink": "1600", **LIMIT}),
    )
    file = forms.FileField(
        label="文件",
        required=False,
        allow_empty_file=True,
        help_text="选填，如会议记录、签到表，不超过 20 MB。",
        widget=forms.FileInput(attrs={"accept": f"{ENDINGS},.jpeg", **LIMIT}),
    )


class EmptyEntryForm(EntryFields):
    """The form a phone keeps for where there is no signal: it names no case and nobody."""

    me = forms.BooleanField(label="本人参加", required=False, initial=True)


class ActivityForm(EntryFields):
    """An entry of the log: three taps and a sentence; the rest may stay as it is."""

    members = forms.MultipleChoiceField(
        label="参加的帮扶人员", required=False, widget=forms.CheckboxSelectMultiple
    )
    # Written without signal the form does not know the people; the server knows who signed in
    me = forms.BooleanField(required=False, widget=forms.HiddenInput)

    field_order = ("kind", "what", "households", "phoned", "on", "members", "others")

    def __init__(self, *args: Any, case: Case, post: Appointment, activity: Activity | None = None) -> None:
        """case: with its members prefetched. Without an entry it begins with today and the person's own membership."""
        people = [one for one in case.members.all() if activity or _may_take_part(one)]
        self.own = [str(one.uid) for one in people if one.user_id == post.user_id]
        self.name = post.user.name
        initial = _as_typed(activity) if activity else {"on": timezone.localdate(), "members": self.own}
        super().__init__(*args, initial=initial)
        self.people = {str(one.uid): one for one in people}
        self.fields["members"].choices = [(uid, str(one)) for uid, one in self.people.items()]

    def clean(self) -> dict[str, Any]:
        """“本人参加” is the person's own membership of the day, or the name where there is none."""
        given = super().clean() or self.cleaned_data
        if given.get("me"):
            own = [uid for uid in self.own if self._then(uid, given.get("on"))]
            given["members"] = list(dict.fromkeys([*given.get("members", []), *own]))
            if not own:
                given["others"] = "、".join(filter(None, [self.name, given.get("others")]))[:200]
        return given

    def _then(self, uid: str, on: Any) -> bool:
        """Whether a membership holds on the day."""
        one = self.people[uid]
        return on is None or (one.from_on <= on and (one.to_on is None or on <= one.to_on))

    def written(self) -> Written:
        """What was typed, for the action; the form must be valid."""
        given = self.cleaned_data
        words = {name: given[name] for name in ("kind", "on", "what", "others", "result")}
        return Written(
            members=tuple(self.people[uid].pk for uid in given["members"]),
            households=given["households"],
            phoned=given["phoned"],
            **words,
        )

    def uploads(self) -> dict[str, Any]:
        """The files handed in, by the name of their field."""
        return {name: self.cleaned_data[name] for name in UPLOADS if self.cleaned_data.get(name) is not None}


def _may_take_part(member: CaseMember) -> bool:
    """Somebody who left this year may still have taken part before: the day decides."""
    today = timezone.localdate()
    return member.to_on is None or (today - member.to_on).days <= 366


def _as_typed(activity: Activity) -> dict[str, Any]:
    typed = {name: getattr(activity, name) for name in ("kind", "on", "others", "what", "result")}
    return typed | {
        "members": [str(member.uid) for member in activity.members.all()],
        "households": as_words(activity.households),
        "phoned": as_words(activity.phoned),
    }


class WithdrawActivityForm(forms.Form):
    """Why an entry does not count."""

    reason = forms.CharField(
        label="撤回原因", max_length=200, required=False, widget=area(2), help_text="如：与同事重复登记"
    )


class SheetForm(forms.Form):
    """A month's log as one Excel sheet."""

    file = forms.FileField(
        label="选择文件",
        allow_empty_file=True,
        help_text="用下载的模板填写，.xlsx，一次最多 500 行。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
