"""The list of cases, and the people on a case."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS, Role
from accounts.tables import render as table
from organizations.models import Appointment
from rectification.cases import actions, listing
from rectification.cases.forms import CaseFilterForm, EndMemberForm, MemberForm, years_of
from rectification.cases.models import Case, CaseMember
from rectification.cases.takers import deciding_roles
from rectification.schemes.models import Process, Scheme

PAGE = 50


@policy(CASE_READERS, scope="none")
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """集中整顿: every case the post sees, filtered by the address."""
    today = timezone.localdate()
    year = request.session.get("year") or today.year
    mine = Case.objects.visible_to(request.post)
    of_year = mine.of_year(_year_asked(request) or year)
    data = {"year": year} | request.GET.dict()
    form = CaseFilterForm(
        data, years=years_of(mine, year), units=listing.units_of(of_year), types=listing.types_of(of_year)
    )
    rows = form.apply(mine, year=year, today=today)
    sort = request.GET.get("sort", "")
    rows = listing.in_order(rows.select_related("organization", "county", "township", "primary"), sort)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    drawn = table(listing.COLUMNS, page.object_list, sort=sort, caption="整顿对象", query=request.GET)
    context = {"form": form, "page": page, "table": drawn, "count": page.paginator.count, "year": year}
    context["closes"] = _closes(request.post, year)
    return render(request, "rectification/cases/list.html", context)


def _closes(post: Appointment, year: int) -> bool:
    """Whether the post confirms 销号: the county always may have to, a township under its own scheme."""
    if post.role != Role.TOWNSHIP_OFFICER:
        return post.role == Role.COUNTY_OFFICER
    own = Scheme.objects.visible_to(post).in_force().of_year(year).filter(issuer=post.organization)
    return post.role in deciding_roles(Process.CLOSING, own.values("pk")).values()


def _year_asked(request: HttpRequest) -> int | None:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else None


def support_of(case: Case) -> str:
    """The address of the people's part of the case page, which a later room owns."""
    return f"{case.get_absolute_url()}?tab=support"


@policy(OFFICERS - {Role.CITY_REVIEWER}, scope="case")
@require_http_methods(["GET", "POST"])
def member_add(request: HttpRequest, uid: str) -> HttpResponse:
    """Put a person on a case."""
    case = get_object_or_404(
        Case.objects.visible_to(request.post).select_related("organization", "scheme"), uid=uid
    )
    form = MemberForm(request.POST or None, initial={"from_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        facts = {key: given[key] for key in ("kind", "name", "unit", "user", "from_on")}
        try:
            member = actions.add_member(case_id=case.pk, by=request.post, at=timezone.now(), **facts)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已登记{member}，{_sight(member)}")
            return redirect(support_of(case))
    context = {"case": case, "form": form, "back": support_of(case)}
    return render(request, "rectification/cases/member_add.html", context, status=_status(form))


def _sight(member: CaseMember) -> str:
    if member.user is None:
        return "未关联账号，进展由乡镇代录。"
    today = timezone.localdate()
    held = member.user.appointments.current(today).filter(role=Role.HELPER).exists()
    if not held:
        return "但该账号还没有“帮扶干部”岗位，请系统管理员任职后本人才能看到本对象。"
    if member.from_on > today:
        return f"本人自{member.from_on:%Y年%-m月%-d日}起可以看到本对象。"
    return "本人登录后即可看到本对象并填报进展。"


@policy(OFFICERS - {Role.CITY_REVIEWER}, scope="member")
@require_http_methods(["GET", "POST"])
def member_end(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a person off a case, if 不转化不撤离 allows it."""
    member = get_object_or_404(
        CaseMember.objects.visible_to(request.post).select_related("case__organization"), uid=uid
    )
    form = EndMemberForm(request.POST or None, initial={"to_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.end_member(
                member_id=member.pk,
                to_on=given["to_on"],
                reason=given["end_reason"],
                document=given["end_document"],
                by=request.post,
                at=timezone.now(),
            )
        except actions.SupportLocked as locked:
            form.add_error("end_document", str(locked))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已登记{member}到{given['to_on']:%Y年%-m月%-d日}止，请及时补派。")
            return redirect(support_of(member.case))
    context = {
        "member": member,
        "form": form,
        "locked": actions.leave_refusal(member, ""),
        "back": support_of(member.case),
        "list": reverse("cases:list"),
    }
    return render(request, "rectification/cases/member_end.html", context, status=_status(form))


def _status(form) -> int:
    return 422 if form.is_bound and form.errors else 200
