"""Clean input for papers of supervision."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Left, Length
from django.utils import timezone

from accounts.finding import FoundField
from accounts.forms import DateField
from organizations.models import Appointment, Organization, OrganizationQuerySet
from organizations.rules import PATH_STEP, Level
from rectification.cases.models import Case, CaseMember, CaseQuerySet, MemberKind
from rectification.evidence.forms import ENDINGS
from rectification.remediation.forms import area
from rectification.supervision.notices import rules
from rectification.supervision.notices.models import UNANSWERED, UNSENT, Notice, NoticeKind, NoticeState

STATES = {
    "draft": ("待签发", (NoticeState.DRAFT,)),
    "sent": ("已签发的", tuple(state for state in NoticeState if state not in UNSENT)),
    "waiting": ("待回复、待送达", UNANSWERED),
    "replied": ("待核实", (NoticeState.REPLIED,)),
    "returned": ("退回重办", (NoticeState.RETURNED,)),
    "ended": ("已核实、已送达", (NoticeState.VERIFIED, NoticeState.CLOSED)),
    "cancelled": ("不予签发", (NoticeState.CANCELLED,)),
}
"""The states a list may be narrowed to: key → (word, states)."""
OFFICES = (Level.COUNTY, Level.TOWNSHIP)


def unit_words(post: Appointment) -> Callable[[Organization], str]:
    """A unit by its name, after that of the unit right above it where that is not the post's own."""
    right_below = post.organization.depth + 1
    return lambda unit: unit.short_name if unit.depth <= right_below else f"{unit.above} {unit.short_name}"


def leader_words(one: CaseMember) -> str:
    """Name, post and the case."""
    unit = f"（{one.unit}）" if one.unit else ""
    return f"{one.name}{unit}，联系{one.case.organization.short_name}"


def case_words(post: Appointment) -> Callable[[Case], str]:
    """The village with its township, above a county with its county too."""
    wide = post.organization.level in (Level.PROVINCE, Level.CITY)

    def words(case: Case) -> str:
        offices = (case.county if wide else None, case.township, case.organization)
        return " ".join(unit.short_name for unit in offices if unit)

    return words


def _leaders_matching(rows: Any, words: str) -> Any:
    for word in words.lower().split():
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(search__contains=word)
            | Q(case__organization__name__icontains=word)
            | Q(case__organization__search__contains=word)
        )
    return rows


class NoticeForm(forms.ModelForm):
    """A draft; what its kind does not say is left out when it is saved."""

    held_on = DateField(label="约谈日期", required=False, help_text="约谈记录填写。")
    due_on = DateField(label="回复期限", required=False, help_text="整改通知书、督办单填写。")

    class Meta:
        model = Notice
        fields = [
            "kind",
            "case",
            "organization",
            "to_leader",
            "title",
            "light",
            "held_on",
            "found",
            "asked",
            "due_on",
        ]
        widgets = {"found": area(6), "asked": area(5)}
        labels = {"found": "存在的问题（约谈、提示内容）", "asked": "要求"}
        help_texts = {
            "title": "一句话写明为了什么，如“支部书记空缺超过三个月”。",
            "found": "只写工作情况，不写个人隐私和信访人姓名；违纪情况只写类别、件数和移交文号。",
            "light": "督办单填写。",
        }

    def __init__(self, *args: Any, post: Appointment, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cases = Case.objects.visible_to(post).of_year(year).open().order_by("org_path")
        self.fields["case"] = FoundField(
            cases.select_related("organization", "township", "county"),
            matching=CaseQuerySet.matching,
            words_of=case_words(post),
            label="整顿对象",
            required=False,
            empty_label="不针对某个整顿对象",
            help_text="不填就是不针对某个整顿对象。",
        )
        self.fields["organization"] = FoundField(
            _receivers(post, cases),
            matching=OrganizationQuerySet.matching,
            words_of=unit_words(post),
            label="收件单位",
            help_text="只发给单位，不发给个人。",
        )
        leaders = CaseMember.objects.visible_to(post).current(timezone.localdate())
        leaders = leaders.filter(kind=MemberKind.LEADER, case__in=cases).select_related("case__organization")
        self.fields["to_leader"] = FoundField(
            leaders.order_by("case__org_path", "pk"),
            matching=_leaders_matching,
            words_of=leader_words,
            hint="姓名、拼音首字母或村（社区）",
            label="联系领导",
            required=False,
            empty_label="不是工作提示",
            help_text="工作提示填写；由联络员转告领导，不给领导发督办单。",
        )
        self.fields["light"].choices = [("", "不亮灯"), *rules.LIGHTS.items()]
        for name in ("case", "organization", "to_leader"):
            if self.instance.pk and getattr(self.instance, name) is not None:
                self.initial[name] = getattr(self.instance, name).uid
        self.order_fields(self.Meta.fields)

    def given(self) -> dict[str, Any]:
        """The facts as the action takes them."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _receivers(post: Appointment, cases: Any) -> Any:
    """The offices below the post's and the villages of its open cases, each with the name of the unit above."""
    below = Organization.objects.visible_to(post).active().under(post.organization)
    units = below.filter(Q(level__in=OFFICES) | Q(pk__in=cases.order_by().values("organization")))
    above = Organization.objects.filter(path=Left(OuterRef("path"), Length(OuterRef("path")) - PATH_STEP))
    units = units.annotate(above=Subquery(above.values("short_name")[:1]))
    return units.exclude(pk=post.organization_id).order_by("path")


class AsideForm(forms.Form):
    """Why a draft is not issued."""

    reason = forms.CharField(label="不予签发的原因", max_length=200, required=False, widget=area(2))


class DeliverForm(forms.Form):
    """How a printed paper reached whom."""

    note = forms.CharField(
        label="送达情况",
        max_length=200,
        required=False,
        widget=area(2),
        help_text="送给谁、怎样送达，如“5月20日当面送交县委办联络员”。",
    )


class ReplyForm(forms.Form):
    """The reply, short enough for a phone."""

    text = forms.CharField(label="办理情况", max_length=4000, required=False, widget=area(6))
    file = forms.FileField(
        label="附件",
        required=False,
        allow_empty_file=True,
        help_text="选填，不要求拍照。",
        widget=forms.FileInput(attrs={"accept": f"{ENDINGS},.jpeg"}),
    )


class VerdictForm(forms.Form):
    """The issuer's word on a reply."""

    verdict = forms.CharField(
        label="核实意见", max_length=1000, required=False, widget=area(3), help_text="退回时必填。"
    )
    due_on = DateField(label="退回时：重新回复的期限", required=False)


class IssueManyForm(forms.Form):
    """Several drafts signed at once, with one day for their replies."""

    due_on = DateField(
        label="督办单、整改通知书的回复期限", required=False, help_text="不填用各件草稿上的期限。"
    )

    def clean_due_on(self) -> date | None:
        """Today or later."""
        day = self.cleaned_data["due_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError("回复期限应是今天或以后")
        return day


class NoticeFilterForm(forms.Form):
    """What the list is narrowed to; everything stands in the address."""

    kind = forms.ChoiceField(label="文种", required=False, choices=[("", "全部"), *NoticeKind.choices])
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *((value, word) for value, (word, _states) in STATES.items())],
    )
    unit = forms.ChoiceField(label="收件单位（含下级）", required=False)
    mine = forms.ChoiceField(
        label="范围",
        required=False,
        choices=[("", "全部"), ("issued", "本单位签发的"), ("received", "本单位收到的")],
    )
    overdue = forms.BooleanField(label="只看逾期未回复", required=False)

    def __init__(self, data: Any, *, units: list[tuple[str, str]]) -> None:
        """units: organizations.nearby.unit_choices."""
        super().__init__(data)
        self.fields["unit"].choices = units

    def apply(self, rows: Any, *, post: Appointment, today: date) -> Any:
        """The rows asked for; a filter that makes no sense is left out."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("kind"):
            rows = rows.filter(kind=asked["kind"])
        if asked.get("state"):
            rows = rows.filter(state__in=STATES[asked["state"]][1])
        if asked.get("unit"):
            rows = rows.under(Organization.objects.visible_to(post).get(uid=asked["unit"]))
        if asked.get("mine"):
            field = "issuer_id" if asked["mine"] == "issued" else "organization_id"
            rows = rows.filter(**{field: post.organization_id})
        return rows.overdue(today) if asked.get("overdue") else rows
