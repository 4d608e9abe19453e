"""工作纪实 across cases: a helper's own start page on the phone, and what will fall short for the offices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Max, Prefetch, Q, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import CASE_READERS, Role
from accounts.tables import Column
from accounts.tables import render as table
from accounts.year import working_year
from organizations.models import Appointment
from rectification.cases.models import Case, CaseMember, CaseQuerySet
from rectification.remediation.activities import actions
from rectification.remediation.activities.models import Activity, Tone
from rectification.remediation.activities.standing import Standing, standings, tone_of
from rectification.schemes.terms import day_words

PAGE = 30
RECENT = 20


@dataclass
class CaseLines:
    """A case with what its log still lacks, and how many entries it has."""

    case: Case
    lines: list[Standing]
    may_write: bool = False

    @property
    def tone(self) -> str:
        """The most urgent of its lines."""
        return tone_of(self.lines).name.lower()

    @property
    def words(self) -> str:
        """Every line in words."""
        return "；".join(f"{one.title}：{one.forecast.text}" for one in self.lines) or "没有欠缺"

    @property
    def state(self) -> str:
        """The word of the light."""
        return str(tone_of(self.lines).label)


def lines_of(cases: Sequence[Case], today: date) -> list[CaseLines]:
    """Each case with its open lines; the same few queries however many."""
    found = standings(cases, today)
    return [CaseLines(case, [one for one in found[case.pk] if one.concerns(today)]) for case in cases]


class DiaryFilterForm(forms.Form):
    """What the list is narrowed to."""

    short = forms.BooleanField(label="只看有欠缺的", required=False)
    text = forms.CharField(label="村（社区）", required=False, max_length=40)


@policy(CASE_READERS, scope="none")
@require_GET
def diary(request: HttpRequest) -> HttpResponse:
    """我的工作纪实 for a helper or a village; for the offices what each case's log lacks."""
    today = timezone.localdate()
    year = working_year(request)
    cases = (
        Case.objects.visible_to(request.post)
        .of_year(year)
        .open()
        .select_related("organization", "township")
        .prefetch_related("scheme")  # the same few for all cases
    )
    if request.post.role in (Role.HELPER, Role.VILLAGE_REPORTER):
        return _own(request, cases, today)
    return _office(request, cases, today, year)


def _own(request: HttpRequest, cases: CaseQuerySet, today: date) -> HttpResponse:
    rows = lines_of(list(cases), today)
    for row in rows:
        row.may_write = actions.log_refusal(row.case, request.post) is None
    entries = Activity.objects.visible_to(request.post).select_related("case__organization", "by__user")
    mine = entries.filter(Q(members__user=request.post.user_id) | Q(by__user=request.post.user_id)).distinct()
    context = {"rows": rows, "entries": list(mine[:RECENT]), "recent": RECENT}
    return render(request, "rectification/remediation/activity_own.html", context)


def _office(request: HttpRequest, cases: CaseQuerySet, today: date, year: int) -> HttpResponse:
    """The page's cases are counted as they stand; which come first is kept with each case (LogState)."""
    form = DiaryFilterForm(request.GET)
    form.is_valid()
    tone = Coalesce("log_state__tone", Value(Tone.GREEN.value))
    cases = cases.matching(form.cleaned_data.get("text") or "").alias(tone=tone)
    lacking = cases.filter(tone__lt=Tone.GREEN)
    rows = lacking if form.cleaned_data.get("short") else cases
    page = Paginator(rows.order_by("tone", "org_path", "pk"), PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    _count_entries(listed)
    context = {
        "form": form,
        "page": page,
        "year": year,
        "count": page.paginator.count,
        "short": lacking.count(),
        "table": table(COLUMNS, lines_of(listed, today), caption="工作纪实"),
        "may_write": request.post.role in actions.WRITERS,
    }
    return render(request, "rectification/remediation/activity_list.html", context)


def _count_entries(cases: Sequence[Case]) -> None:
    """How many entries each case has and the day of the last one, in one query."""
    rows = Activity.objects.standing().filter(case__in=[case.pk for case in cases]).order_by()
    known = {key: (n, on) for key, n, on in rows.values_list("case").annotate(n=Count("pk"), last=Max("on"))}
    for case in cases:
        case.entries, case.last_on = known.get(case.pk, (0, None))


COLUMNS = (
    Column(
        "case",
        "整顿对象",
        "case.organization.short_name",
        kind="link",
        link=lambda row: f"{row.case.get_absolute_url()}?tab=activities",
    ),
    Column("unit", "乡镇（街道）", lambda row: row.case.township.short_name if row.case.township else ""),
    Column("entries", "已登记", lambda row: f"{row.case.entries} 条"),
    Column("last_on", "最近一次", "case.last_on", kind="date"),
    Column("light", "进度", "state", kind="light", tone=lambda row: row.tone),
    Column("words", "还差什么"),
)


def activity_part(found: Case, post: Appointment, head: Any) -> dict[str, Any]:
    """The 工作纪实 tab of the case page: what is owed, per leader, and every entry."""
    today = timezone.localdate()
    current = Prefetch("members", CaseMember.objects.order_by("kind", "from_on"))
    entries = Activity.objects.visible_to(post).filter(case=found).select_related("by__user")
    counted = standings([found], today)[found.pk]
    begun = [one for one in counted if one.window.first <= today]
    owed = [one for one in begun if not one.fulfilled or one.window.last >= today]
    return {
        "refused": actions.log_refusal(found, post),
        "owed": table(OWED, owed, caption="按方案应做的") if owed else "",
        "entries": table(ENTRIES, list(entries.prefetch_related(current)), caption="工作纪实"),
        "count": sum(1 for entry in entries if entry.withdrawn_at is None),
    }


def _what(entry: Activity) -> str:
    told = f"{entry.what}　结果：{entry.result}" if entry.result else entry.what
    calls = len(entry.households), len(entry.phoned)
    if any(calls):
        told += f"（入户 {calls[0]} 户{f'，电话 {calls[1]} 户' if calls[1] else ''}）"
    return told


def _done(one: Standing) -> str:
    """What was done so far: by household, by leader, or how often."""
    if one.reached.coverage:
        return one.reached.coverage.words
    each = "、".join(f"{name} {times} 次" for name, times in one.reached.each)
    return each or f"{one.reached.count} 次"


def _period(one: Standing) -> str:
    return f"{day_words(one.window.first)}至{day_words(one.window.last)}"


OWED = (
    Column("title", "任务"),
    Column("period", "时段", _period),
    Column("done", "已做", _done),
    Column("state", "进度", lambda one: one.forecast.text, kind="light", tone=lambda one: one.forecast.tone),
)
ENTRIES = (
    Column("on", "日期", lambda entry: f"{entry.on.year}年{entry.on.month}月{entry.on.day}日", kind="link"),
    Column("kind", "类别", lambda entry: entry.get_kind_display()),
    Column("people", "参加人员", "people"),
    Column("what", "做了什么", _what),
    Column("by", "录入", lambda entry: f"{entry.by.user.name}{'（代录）' if entry.on_behalf else ''}"),
    Column(
        "state",
        "状态",
        lambda entry: "已撤回" if entry.withdrawn_at else "",
        kind="light",
        tone=lambda entry: "grey",
    ),
)
