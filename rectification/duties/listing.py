"""The list of duties: its columns, its filters, the light of each row and the way to where it is done."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.tables import Column
from organizations.models import Appointment, Organization
from rectification.duties import rules
from rectification.duties.completing import COUNTED_BY_THE_LOG, FINANCE, asks_for_report
from rectification.duties.models import Duty, DutyState
from rectification.schemes.duty_models import DutyRule
from rectification.schemes.models import Scheme

# What a row is made of, without the rest of four wide tables
LINE = (
    *("uid", "title", "key", "owner_role", "debtor", "times", "state", "ended_at"),
    *("due_on", "effective_due_on", "late_after_on", "period_from_on", "period_to_on"),
    *("scheme__year", "scheme__yellow_days"),
)
FACTS = (*LINE, "organization__short_name")
STATES = (("open", "待办"), ("near", "临期"), ("overdue", "逾期"), ("done", "已完成"), ("all", "全部"))
ORDER = {"title": "title", "unit": "org_path", "due": "effective_due_on"}
MEASURE = "measure"
SHARES = frozenset({"household_calls"})
"""Keys whose number is a share of the households in per cent (走访面), not how often."""


def light(duty: Duty, today: date) -> rules.LightState | None:
    """The light of a duty by its scheme's days; None where it is no longer owed."""
    if duty.state == DutyState.CANCELLED:
        return None
    done_on = timezone.localdate(duty.ended_at) if duty.state == DutyState.DONE and duty.ended_at else None
    return rules.light_of(
        duty.effective_due_on,
        today=today,
        yellow_days=duty.scheme.yellow_days,
        done_on=done_on,
        late_after_on=duty.late_after_on,
    )


def about(duty: Duty) -> str:
    """What time a duty is about and how often it is owed: 5月1日—5月15日, 4次."""
    unit = "%" if duty.key in SHARES else "次"
    times = f"{duty.times}{unit}" if duty.times > 1 else ""
    return "，".join(words for words in (duty.period_words, times) if words)


def owner(duty: Duty) -> str:
    """Whose work it is: the person's place on the case, or the unit's post."""
    return duty.get_debtor_display() if duty.debtor else duty.get_owner_role_display()


def columns(today: date) -> Sequence[Column]:
    """The columns as they read on a day."""

    def state(duty: Duty) -> str:
        shown = light(duty, today)
        return (
            f"{shown.word}：{shown.text}"
            if shown and shown.word not in shown.text
            else (shown.text if shown else "已取消")
        )

    def tone(duty: Duty) -> str:
        shown = light(duty, today)
        return shown.light.value if shown else "grey"

    return (
        Column("title", "时限任务", kind="link", width=30, sort=True),
        Column("unit", "责任单位", "organization.short_name", width=14, sort=True),
        Column("role", "责任岗位", owner, width=16),
        Column("about", "时段、次数", about, width=14),
        Column("due", "截止日期", "effective_due_on", kind="date", width=14, sort=True),
        Column(
            "first",
            "延期前",
            lambda duty: duty.due_on if duty.due_on != duty.effective_due_on else None,
            kind="date",
            width=14,
        ),
        Column("state", "状态", state, kind="light", tone=tone, width=16),
    )


def in_order(rows: QuerySet, sort: str) -> QuerySet:
    """Sorted as the address asks; by date when it asks nothing known."""
    column = ORDER.get(sort.removeprefix("-"), "effective_due_on")
    return rows.order_by(f"-{column}" if sort.startswith("-") else column, "effective_due_on", "pk")


class DutyFilterForm(forms.Form):
    """What the list is narrowed to; everything stands in the address."""

    year = forms.TypedChoiceField(label="年度", coerce=int, empty_value=None, required=False)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    kind = forms.ChoiceField(label="事项", required=False)
    unit = forms.ChoiceField(label="单位（含下级）", required=False)
    mine = forms.BooleanField(label="只看本岗位的", required=False)

    def __init__(
        self,
        data: Any,
        *,
        years: list[int],
        kinds: list[tuple[str, str]],
        units: list[tuple[str, str]],
        post: Appointment,
    ) -> None:
        super().__init__(data)
        self.post = post
        self.fields["year"].choices = [(year, f"{year}年") for year in years]
        self.fields["kind"].choices = [("", "全部"), *kinds]
        self.fields["unit"].choices = units

    def apply(self, rows: Any, *, today: date) -> Any:
        """The rows asked for; a filter that makes no sense is left out."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("kind"):
            rows = rows.filter(key=asked["kind"])
        if asked.get("unit"):
            rows = rows.under(Organization.objects.get(uid=asked["unit"]))
        if asked.get("mine"):
            rows = rows & Duty.objects.owed_by(self.post)
        return {
            "near": rows.near,
            "overdue": rows.overdue,
            "done": lambda _day: rows.filter(state=DutyState.DONE),
            "all": lambda _day: rows,
        }.get(asked.get("state") or "", lambda _day: rows.open())(today)


def years_of(rows: QuerySet) -> list[int]:
    """The years of the schemes these duties are owed under, newest first."""
    schemes = Scheme.objects.filter(Exists(rows.filter(scheme=OuterRef("pk")).order_by()))
    return list(schemes.order_by("-year").values_list("year", flat=True).distinct())


def kinds_of(rows: QuerySet, year: int) -> list[tuple[str, str]]:
    """The kinds of duty the schemes of a year know that stand behind these rows, and what no rule makes."""
    rules = DutyRule.objects.filter(scheme__year=year)
    rules = rules.filter(Exists(rows.filter(rule=OuterRef("pk")).order_by()))
    words = {key: name for key, (_page, name) in OCCASIONAL.items()} | {MEASURE: "整改措施到期"}
    return sorted((dict(rules.values_list("key", "title")) | words).items())


# Of a case: where it is done, the page and its part
PLACES = {
    "plan": ("remediation:plan", ""),
    "acceptance": ("acceptance:case", ""),
    "acceptance_again": ("acceptance:case", ""),
    "make_up": ("acceptance:case", ""),
    "tracking_check": ("acceptance:tracking_case", ""),
    MEASURE: ("remediation:case", "?tab=problems"),
    "committee": ("remediation:case", "?tab=support#committee"),
    "helping_unit": ("remediation:case", "?tab=support#units"),
    "fill_vacancy": ("remediation:case", "?tab=support#people"),
    **dict.fromkeys(COUNTED_BY_THE_LOG, ("remediation:case", "?tab=activities")),
}
REPLY = "notice_reply"


# What no rule makes: the page where it is done, and its name in the filter
OCCASIONAL = {
    "joint_opinion": ("survey:joint_reviews", "部门联审反馈意见"),
    "joint_settle": ("survey:list", "部门联审研究处理"),
    "notice_reply": ("supervision:notices", "回复督导文书"),
    "committee": ("cases:list", "班子限期配备（调整）"),
    "acceptance_again": ("acceptance:list", "再次提请验收"),
    "make_up": ("acceptance:list", "限期补课"),
    "helping_unit": ("cases:list", "补派帮扶单位"),
}


def case_address(duty: Duty) -> str:
    """The page of the case a duty belongs to, by the name of the later room that shows it."""
    return _first_known([("remediation:case", [duty.case.uid], "")]) if duty.case_id else ""


def place_of(duty: Duty) -> str:
    """Where what is owed is done: the plan, the case, the ledger; "" where the system has no page for it."""
    if duty.key == REPLY:
        tried = [("supervision:notice_of_duty", [duty.uid], "")]
    elif asks_for_report(duty):
        tried = [("remediation:report_of_duty", [duty.uid], "")]
    elif duty.case_id and duty.key in FINANCE:
        tried = [("remediation:finance", [duty.case.uid], f"?from={duty.period_from_on}")]
    elif duty.case_id:
        name, part = PLACES.get(duty.key, ("remediation:case", ""))
        tried = [(name, [duty.case.uid], part), ("remediation:case", [duty.case.uid], "")]
    elif duty.rule and duty.rule.ledger:
        year = f"?year={duty.scheme.year}"
        tried = [("reports:ledger", [duty.rule.ledger], year), ("reports:ledgers", [], "")]
    elif duty.key in OCCASIONAL:
        tried = [(OCCASIONAL[duty.key][0], [], "")]
    else:
        tried = []
    return _first_known(tried)


def _first_known(tried: list[tuple[str, list[Any], str]]) -> str:
    for name, args, query in tried:
        try:
            return reverse(name, args=args) + query
        except NoReverseMatch:
            continue
    return ""
