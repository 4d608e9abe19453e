"""放假调休: the working days by which dates are moved and counted; read by all officers, entered by the city."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Refused
from accounts.forms import DateField
from accounts.policy import policy
from accounts.roles import OFFICERS, Role
from accounts.submission import carry_out
from rectification.duties import calendar_actions as actions
from rectification.schemes.calendar_rules import CalendarRow
from rectification.schemes.duty_models import CalendarDay
from rectification.schemes.order_rules import read_order, weekday_words
from rectification.schemes.terms import words

KINDS = [("free", "放假"), ("worked", "上班（调休）")]


class YearForm(forms.Form):
    """Which year's order is shown."""

    year = forms.TypedChoiceField(label="年度", coerce=int, required=False)

    def __init__(self, data: Any, *, years: list[int]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(year, f"{year}年") for year in years]


class DayForm(forms.Form):
    """One day of a year's order."""

    on = DateField(label="日期")
    kind = forms.ChoiceField(label="放假还是上班", choices=KINDS, widget=forms.RadioSelect, initial="free")
    name = forms.CharField(label="说明", max_length=40, required=False, help_text="如 国庆节。")

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year

    def clean(self) -> dict[str, Any]:
        """A day of the year that says something its weekday does not."""
        values = super().clean() or self.cleaned_data
        on, works = values.get("on"), values.get("kind") == "worked"
        if on and on.year != self.year:
            self.add_error("on", f"{words(on)}不是{self.year}年的日期")
        elif on and works == (on.weekday() < 5):
            what = "上班" if works else "休息"
            self.add_error("on", f"{words(on)}是{weekday_words(on)}，本来就{what}，不用录入")
        return values

    def rows(self) -> list[CalendarRow]:
        """The day as a calendar row."""
        given = self.cleaned_data
        return [CalendarRow(given["on"], given["kind"] == "worked", given["name"].strip())]


class OrderForm(forms.Form):
    """A year's order pasted as the notice has it, or as a table of days."""

    text = forms.CharField(
        label="粘贴放假安排",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="可以直接粘贴通知原文，如“一、元旦：1月1日（周四）至3日（周六）放假，共3天。1月4日（周日）上班。”"
        "也可以一行一天，如“2026-10-10 上班 国庆节”。",
    )
    anew = forms.BooleanField(label="以此为准，本年已录入的其他日期删去", required=False)

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year

    def clean_text(self) -> str:
        """Text every line of which can be read."""
        order = read_order(self.cleaned_data["text"], year=self.year)
        if order.errors:
            raise forms.ValidationError(list(order.errors[:20]))
        self.read = list(order.rows)
        return self.cleaned_data["text"]

    def rows(self) -> list[CalendarRow]:
        """The days as calendar rows."""
        return self.read


def _years() -> list[int]:
    """The years entered, this one and the next."""
    this = timezone.localdate().year
    entered = {day.year for day in CalendarDay.objects.dates("on", "year")}
    return sorted(entered | {this, this + 1}, reverse=True)


def _year(request: HttpRequest, years: list[int]) -> int:
    asked = request.GET.get("year", "") or request.POST.get("year", "")
    return int(asked) if asked.isdecimal() and int(asked) in years else timezone.localdate().year


def _context(request: HttpRequest, year: int, years: list[int], **forms_: forms.Form) -> dict[str, Any]:
    rows = list(CalendarDay.objects.visible_to(request.post).of_year(year))
    return {
        "year": year,
        "form": YearForm({"year": year}, years=years),
        "rows": [{"day": row, "weekday": weekday_words(row.on)} for row in rows],
        "may_enter": request.post.role == Role.CITY_REVIEWER,
        "free": sum(not row.working for row in rows),
        "worked": sum(row.working for row in rows),
        **forms_,
    }


@policy(OFFICERS, scope="none")
@require_GET
def days(request: HttpRequest) -> HttpResponse:
    """A year's order as it was entered."""
    years = _years()
    context = _context(request, _year(request, years), years)
    return render(request, "rectification/duties/calendar.html", context)


@policy(Role.CITY_REVIEWER, scope="none")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter one day, or paste a whole order; nothing is kept unless every line can be read."""
    years = _years()
    year = _year(request, years)
    pasted = "text" in request.POST
    order = OrderForm(request.POST if pasted else None, year=year, prefix=None)
    sent = request.method == "POST"
    day = DayForm(request.POST if sent and not pasted else None, year=year)
    if sent:
        form = order if pasted else day
        done = carry_out(form, lambda: _entered(form, year, request))
        if done:
            messages.success(request, _said(year, done))
            return redirect(f"{reverse('duties:calendar')}?year={year}")
    context = _context(request, year, years, order=order, day=day)
    wrong = sent and bool(order.errors or day.errors)
    return render(request, "rectification/duties/calendar_enter.html", context, status=422 if wrong else 200)


def _entered(form: Any, year: int, request: HttpRequest) -> actions.Entered:
    anew = bool(form.cleaned_data.get("anew"))
    return actions.enter(year=year, rows=form.rows(), anew=anew, by=request.post, at=timezone.now())


def _said(year: int, done: actions.Entered) -> str:
    gone = f"，删去 {done.removed} 天" if done.removed else ""
    moved = f"，按新安排调整未到期任务 {done.duties} 项" if done.duties else "，没有任务因此改期"
    return f"{year}年放假调休安排已录入：写入 {done.written} 天{gone}{moved}。"


@policy(Role.CITY_REVIEWER, scope="none")
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take one day out."""
    form = DayRemovalForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有选要删去的日期。")
        return redirect("duties:calendar")
    on = form.cleaned_data["on"]
    try:
        done = actions.remove(on=on, by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        moved = f"，调整未到期任务 {done.duties} 项" if done.duties else ""
        messages.success(request, f"已删去{words(on)}{moved}。")
    return redirect(f"{reverse('duties:calendar')}?year={on.year}")


class DayRemovalForm(forms.Form):
    """The day to take out."""

    on = DateField()
