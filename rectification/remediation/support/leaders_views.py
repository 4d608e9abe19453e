"""领导挂点: circle by circle who holds which cases, visits made and owed, and who holds none; a leader to a case."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import DateField
from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, status_of
from accounts.together import ask, number, whole
from accounts.year import working_year
from organizations.models import Appointment, Organization
from organizations.nearby import unit_choices
from rectification.cases import leader_actions, member_actions
from rectification.cases.leader_actions import KEEPERS
from rectification.cases.leader_models import ContactLeader
from rectification.cases.leader_rules import Standing
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.cases.support_rules import leader_word
from rectification.remediation.support import leaders_reading as reading
from rectification.remediation.support import people_actions as people
from rectification.remediation.support.people_views import file_of
from rectification.schemes.models import Scheme

PAGE = 30
UNLISTED = 30
STANDINGS = [("", "全部"), ("none", "未安排"), ("short", "到点不足"), ("held", "已安排"), ("exempt", "免")]
STANDS = {
    "none": (Standing.NONE, Standing.WRONG_FIELD),
    "short": (Standing.HELD, Standing.WRONG_FIELD, Standing.EXEMPT),
    "held": (Standing.HELD,),
    "exempt": (Standing.EXEMPT,),
}


class LeadersFilter(forms.Form):
    """What the list is narrowed to, kept in the address."""

    unit = forms.ChoiceField(label="单位", required=False)
    circle = forms.ChoiceField(label="范围", required=False)
    standing = forms.ChoiceField(label="情况", required=False, choices=STANDINGS)
    text = forms.CharField(label="姓名", required=False, max_length=40)

    def __init__(self, data: Any, *, post: Appointment, circles: list[reading.CircleCount]) -> None:
        super().__init__(data)
        own = str(post.organization.uid)  # it has a list of its own beside those below
        everyone, *units = unit_choices(post, data.get("unit", ""))
        units = [(own, post.organization.short_name), *(one for one in units if one[0] != own)]
        self.fields["unit"].choices = [everyone, *units]
        numbered = {str(one.number): f"{one.number}. {one.text[:20]}" for one in circles}
        self.fields["circle"].choices = [("", "全部"), *sorted(numbered.items())]

    def apply(self, rows: Any) -> Any:
        """The leaders that pass; of `short` those who hold a case, which needs the visits."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("unit"):
            rows = rows.filter(organization__uid=asked["unit"])
        if asked.get("circle"):
            rows = rows.filter(circle__order=asked["circle"])
        if asked.get("standing"):
            rows = rows.filter(standing__in=STANDS[asked["standing"]])
        return rows.filter(name__contains=asked["text"]) if asked.get("text") else rows


def _is_short(row: reading.LeaderRow) -> bool:
    return any(one.visits.tone in ("red", "yellow") for one in row.holdings)


@policy(OFFICERS, scope="none")
@require_GET
def leaders(request: HttpRequest) -> HttpResponse:
    """The page of all lists the post sees, to be worked from: who has none is arranged from here."""
    post, today, year = request.post, timezone.localdate(), working_year(request)
    every = reading.listed(post, year=year, today=today)
    circles = reading.circle_counts(every)
    form = LeadersFilter(request.GET, post=post, circles=circles)
    total = sum(one.total for one in circles)
    page = _page(request, form.apply(every), total, today)
    unlisted = reading.with_cases(post, year).exclude(pk__in=every.order_by().values("organization"))
    schemes = Scheme.objects.visible_to(post).in_force().working_for(post.organization, year)
    unlisted, schemes, cases_without = ask(
        whole(unlisted[: UNLISTED + 1]),
        whole(schemes.select_related(None)[:1]),
        number(_cases_without(post, year, today)),
    )
    scheme = schemes[0] if schemes else None
    context = {
        "year": year,
        "form": form,
        "page": page,
        "count": page.paginator.count,
        "circles": circles,
        "total": total,
        "word": scheme.contact_name if scheme else "挂点",
        "scheme": scheme,
        "may_keep": leader_actions.list_refusal(post.organization, post) is None,
        "unlisted": unlisted,
        "most": UNLISTED,
        "cases_without": cases_without,
    }
    return render(request, "rectification/remediation/support/leaders.html", context)


def _page(request: HttpRequest, found: Any, total: int, today: Any) -> Page:
    """A page of leaders with their visits; ?whole= names the one of whom every case is told."""
    post, asked = request.post, request.GET
    if asked.get("standing") == "short":
        rows = reading.rows_of(found, post, today=today)
        reading.count_visits([one for row in rows for one in row.holdings], today)
        return Paginator([row for row in rows if _is_short(row)], PAGE).get_page(asked.get("page"))
    paginator = Paginator(found, PAGE)
    if not any(asked.get(name) for name in LeadersFilter.base_fields):
        paginator.count = total  # counted already
    page = paginator.get_page(asked.get("page"))
    page.object_list = reading.rows_of(page.object_list, post, today=today, whole=asked.get("whole", ""))
    reading.count_visits([one for row in page.object_list for one in row.holdings], today)
    return page


def _cases_without(post: Appointment, year: int, today: Any) -> Any:
    led = CaseMember.objects.staying(today).filter(kind=MemberKind.LEADER).values("case")
    return Case.objects.visible_to(post).of_year(year).open().exclude(pk__in=led)


class _Choice(forms.Form):
    """What is chosen by its button, and from when."""

    from_on = DateField(label="自何日起")
    pick = forms.UUIDField(widget=forms.HiddenInput)


@policy(KEEPERS, scope="leader")
@require_http_methods(["GET", "POST"])
def leader_cases(request: HttpRequest, uid: str) -> HttpResponse:
    """Give this leader a case: the open cases, each with its button; those without a leader first."""
    leader = get_object_or_404(
        ContactLeader.objects.visible_to(request.post).select_related("scheme", "organization", "circle"),
        uid=uid,
    )
    today, word = timezone.localdate(), leader.scheme.contact_name
    cases = Case.objects.visible_to(request.post).of_year(leader.scheme.year).open()
    cases = cases.select_related("organization", "township").order_by("org_path")
    form = _Choice(request.POST or None, initial={"from_on": today})
    if request.method == "POST" and form.is_valid():
        case = get_object_or_404(cases, uid=form.cleaned_data["pick"])
        if _held(request, form, leader, case) is not None:
            messages.success(request, _said(leader, case, word))
            return redirect(f"{reverse('remediation:leaders')}?unit={leader.organization.uid}")
    context = {
        "leader": leader,
        "form": form,
        "rows": _with_leaders(list(cases), leader, today),
        "word": word,
        "refused": _hold_refusal(request, leader),
        "back": f"{reverse('remediation:leaders')}?unit={leader.organization.uid}",
    }
    return render(
        request, "rectification/remediation/support/leader_cases.html", context, status=status_of(form)
    )


def _held(request: HttpRequest, form: forms.Form, leader: ContactLeader, case: Case) -> CaseMember | None:
    return carry_out(
        form,
        lambda: people.hold(
            leader_id=leader.pk,
            case_id=case.pk,
            from_on=form.cleaned_data["from_on"],
            by=request.post,
            at=timezone.now(),
        ),
    )


def _said(leader: ContactLeader, case: Case, word: str) -> str:
    who = f"联络员{leader.liaison}" if leader.liaison else "乡镇（街道）或第一书记"
    return f"已安排{leader.name}{word}{case.organization.short_name}，到点指导由{who}代为登记。"


def _hold_refusal(request: HttpRequest, leader: ContactLeader) -> str | None:
    if leader.to_on is not None:
        return f"{leader.name}已离任"
    return leader_actions.list_refusal(leader.organization, request.post)


def _with_leaders(cases: list[Case], leader: ContactLeader, today: Any) -> list[dict[str, Any]]:
    there: dict[int, list[CaseMember]] = {case.pk: [] for case in cases}
    rows = CaseMember.objects.staying(today).filter(case__in=cases, kind=MemberKind.LEADER)
    for member in rows:
        there[member.case_id].append(member)
    fields = leader.circle.fields
    found = [
        {
            "case": case,
            "names": "、".join(member.name for member in there[case.pk]),
            "mine": any(member.contact_id == leader.pk for member in there[case.pk]),
            "counts": not fields or case.organization.field in fields,
        }
        for case in cases
    ]
    return sorted(found, key=lambda row: (not row["counts"], bool(row["names"])))


@policy(KEEPERS, scope="case")
@require_http_methods(["GET", "POST"])
def case_leaders(request: HttpRequest, uid: str) -> HttpResponse:
    """Give this case a leader: the leaders of the lists, each with a button; those without a case first."""
    case = get_object_or_404(
        Case.objects.visible_to(request.post).select_related("organization", "scheme"), uid=uid
    )
    today, word = timezone.localdate(), case.scheme.contact_name
    every = reading.listed(request.post, year=case.year, today=today)
    rows = reading.rows_of(every, request.post, today=today)
    form = _Choice(request.POST or None, initial={"from_on": today})
    if request.method == "POST" and form.is_valid():
        listed = ContactLeader.objects.visible_to(request.post).select_related("organization")
        leader = get_object_or_404(listed, uid=form.cleaned_data["pick"])
        if _held(request, form, leader, case) is not None:
            messages.success(request, _said(leader, case, word))
            return redirect(file_of(case))
    there = {one.contact_id for one in case.members.staying(today).filter(kind=MemberKind.LEADER)}
    context = {
        "case": case,
        "form": form,
        "rows": sorted(
            (row for row in rows if row.leader.pk not in there),
            key=lambda row: len(row.holdings) + row.further,
        ),
        "word": word,
        "title": leader_word(word),
        "refused": member_actions.join_refusal(case, request.post),
        "back": file_of(case),
    }
    return render(
        request, "rectification/remediation/support/case_leaders.html", context, status=status_of(form)
    )


def units_listed(post: Appointment) -> list[Organization]:
    """The units whose lists a post keeps: its own, and below a county its townships."""
    levels = [level.value for level in leader_actions.LISTED_AT]
    return list(Organization.objects.visible_to(post).filter(level__in=levels).order_by("path"))
