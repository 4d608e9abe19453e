"""The people on a case: put on, put right, replaced in one step, gone by order."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.changes import changes_of
from accounts.errors import Invalid
from accounts.policy import policy
from accounts.roles import Role
from accounts.submission import carry_out, opened_version, status_of
from rectification.cases import member_actions as members
from rectification.cases.member_actions import KEEPERS
from rectification.cases.member_forms import DropForm, EndMemberForm, HandOverForm, MemberForm, kinds_of
from rectification.cases.models import Case, CaseMember
from rectification.cases.support_rules import LEADER
from rectification.remediation.support import people_actions as people
from rectification.schemes.terms import words

RELATED = ("case__organization", "case__scheme", "user")
SILENT = ("case", "vacant_on", "replaces")


def file_of(case: Case) -> str:
    """The address of the people's part of the case page."""
    return f"{case.get_absolute_url()}?tab=support"


def _member(request: HttpRequest, uid: str) -> CaseMember:
    rows = CaseMember.objects.visible_to(request.post).select_related(*RELATED)
    return get_object_or_404(rows, uid=uid)


@policy(KEEPERS, scope="case")
@require_http_methods(["GET", "POST"])
def member_add(request: HttpRequest, uid: str) -> HttpResponse:
    """Put a person on a case: first what kind (?kind=), then what is asked of this kind."""
    case = get_object_or_404(
        Case.objects.visible_to(request.post).select_related("organization", "scheme"), uid=uid
    )
    kinds = dict(kinds_of(case.scheme))
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    context = {"case": case, "back": file_of(case), "kinds": kinds}
    if kind not in kinds:
        return render(request, "rectification/remediation/support/member_kind.html", context)
    today = timezone.localdate()
    form = MemberForm(request.POST or None, kind=kind, initial={"from_on": max(today, _began(case, today))})
    if request.method == "POST":
        now = {"by": request.post, "at": timezone.now()}
        member = carry_out(form, lambda: people.join(case_id=case.pk, kind=kind, **form.facts(), **now))
        if member is not None:
            member.case = case
            messages.success(request, f"已登记{member.name}（{member.called}），{sight(member)}")
            return redirect(file_of(case))
    context |= {"form": form, "kind": kind, "label": kinds[kind], "leaders": kind == LEADER}
    context["refused"] = members.join_refusal(case, request.post)
    return render(
        request, "rectification/remediation/support/member_add.html", context, status=status_of(form)
    )


def _began(case: Case, today: Any) -> Any:
    return case.determined_on or today


def sight(member: CaseMember) -> str:
    """Who is next: the person, who sees the case from now on, or who enters for them."""
    if member.user is None:
        return "未关联账号，进展由乡镇代录。"
    today = timezone.localdate()
    held = member.user.appointments.current(today).filter(role=Role.HELPER).exists()
    if not held:
        return "但该账号还没有“帮扶干部”岗位，请系统管理员任职后本人才能看到本对象。"
    if member.from_on > today:
        return f"本人自{words(member.from_on)}起可以看到本对象。"
    return "本人登录后即可看到本对象并填报进展。"


@policy(KEEPERS, scope="member")
@require_http_methods(["GET", "POST"])
def member_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Put an entry right; what it said before stays in its history."""
    member = _member(request, uid)
    form = MemberForm(request.POST or None, kind=member.kind, instance=_copy(member))
    if request.method == "POST":
        given = {"member_id": member.pk, "version": opened_version(request)}
        kept = carry_out(
            form,
            lambda: members.correct_member(facts=form.facts(), by=request.post, at=timezone.now(), **given),
        )
        if kept is not None:
            messages.success(request, f"已更正{kept.name}的登记，更正前的内容留在历程里。")
            return redirect(file_of(member.case))
    stale = getattr(form, "stale", None)
    context = {
        "member": member,
        "form": form,
        "stale": stale,
        "version": stale.version if stale else opened_version(request) or member.version,
        "refused": members.member_refusal(member.case, request.post),
        "history": changes_of(member, skip=SILENT),
        "back": file_of(member.case),
    }
    return render(
        request, "rectification/remediation/support/member_edit.html", context, status=status_of(form)
    )


def _copy(member: CaseMember) -> CaseMember:
    """A form writes what was typed on its instance, valid or not; the page still shows the record."""
    return copy(member)


@policy(KEEPERS, scope="member")
@require_http_methods(["GET", "POST"])
def member_end(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a person off a case, if 不转化不撤离 allows it."""
    member = _member(request, uid)
    form = EndMemberForm(request.POST or None, initial={"to_on": timezone.localdate()})
    if request.method == "POST":
        gone = _leaving(form, lambda: people.leave(**_ending(request, member, form)))
        if gone is not None:
            messages.success(request, _gone(member, gone))
            return redirect(file_of(member.case))
    context = {
        "member": member,
        "form": form,
        "locked": members.leave_refusal(member, ""),
        "ended": _ended(member),
        "back": file_of(member.case),
    }
    return render(
        request, "rectification/remediation/support/member_end.html", context, status=status_of(form)
    )


def _ending(request: HttpRequest, member: CaseMember, form: EndMemberForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {
        "member_id": member.pk,
        "to_on": given["to_on"],
        "reason": given["end_reason"],
        "document": given["end_document"],
        "by": request.post,
        "at": timezone.now(),
    }


def _leaving(form: Any, act: Any) -> Any:
    """Carry out what takes somebody off a case; that the person may not leave is said at the document number."""

    def run() -> Any:
        try:
            return act()
        except members.SupportLocked as locked:
            form.add_error("end_document", str(locked))
            return None

    return carry_out(form, run)


def _ended(member: CaseMember) -> str:
    return f"{member.name}已于{words(member.to_on)}结束帮扶" if member.to_on else ""


def _gone(member: CaseMember, gone: CaseMember) -> str:
    said = f"已登记{gone.name}（{member.called}）到{words(gone.to_on)}止。"
    if gone.vacant_on:
        return f"{said}空缺已在档案和“帮扶力量缺口”中亮出，下一步由{member.case.county.office}补派。"
    return said


@policy(KEEPERS, scope="member")
@require_http_methods(["GET", "POST"])
def member_replace(request: HttpRequest, uid: str) -> HttpResponse:
    """One person in another's place, in one step, with the open measures handed over; also fills an open place."""
    old = _member(request, uid)
    posted = request.POST or None
    today = timezone.localdate()
    begins = {"from_on": max(old.vacant_on or today, old.from_on)}
    came = MemberForm(posted, kind=old.kind, prefix="new", initial=begins)
    gone = EndMemberForm(posted, initial={"to_on": today}) if old.to_on is None else None
    named = [(str(one.uid), f"{one.text}（{one.person or one.leader}）") for one in people.named_in(old)]
    hand = HandOverForm(posted, choices=named)
    forms = [form for form in (gone, came, hand) if form is not None]
    valid = [form.is_valid() for form in forms]  # every one, so that all errors show at once
    if request.method == "POST" and all(valid):
        done = _leaving(came if gone is None else gone, lambda: _replaced(request, old, gone, came, hand))
        if done is not None:
            new = done[1]
            new.case = old.case
            messages.success(request, f"已由{new.name}接替{old.name}（{new.called}），{sight(new)}")
            return redirect(file_of(old.case))
    context = {
        "member": old,
        "forms": {"gone": gone, "came": came, "hand": hand if named else None},
        "locked": members.leave_refusal(old, "") if gone is not None else "",
        "refused": _replace_refusal(request, old),
        "back": file_of(old.case),
    }
    return render(
        request, "rectification/remediation/support/member_replace.html", context, status=status_of(*forms)
    )


def _replaced(request: HttpRequest, old: CaseMember, gone: Any, came: Any, hand: Any) -> Any:
    ending = (
        _ending(request, old, gone)
        if gone is not None
        else {"member_id": old.pk, "to_on": old.to_on, "reason": "", "document": ""}
        | {"by": request.post, "at": timezone.now()}
    )
    try:
        return people.replace(**ending, new=came.facts(), measures=hand.cleaned_data["measures"])
    except members.SupportLocked:
        raise
    except Invalid as invalid:
        if set(invalid.errors) - set(came.fields):
            raise
        for field, texts in invalid.errors.items():
            came.add_error(field, texts)
        return None


def _replace_refusal(request: HttpRequest, old: CaseMember) -> str | None:
    if refused := members.join_refusal(old.case, request.post):
        return refused
    if old.to_on is not None and not members.is_open_place(old):
        return f"{_ended(old)}，没有空缺需要补派"
    return None


@policy(Role.COUNTY_OFFICER, scope="member")
@require_http_methods(["GET", "POST"])
def member_drop(request: HttpRequest, uid: str) -> HttpResponse:
    """不再补派: the county says why an open place is not filled."""
    member = _member(request, uid)
    form = DropForm(request.POST or None)
    vacant = members.is_open_place(member)
    if request.method == "POST" and vacant:
        now = {"by": request.post, "at": timezone.now()}
        done = carry_out(
            form, lambda: people.drop(member_id=member.pk, reason=form.cleaned_data["reason"], **now)
        )
        if done is not None:
            messages.success(request, f"{member.name}留下的空缺不再补派，理由已记入历程，补派任务取消。")
            return redirect(file_of(member.case))
    context = {"member": member, "form": form, "vacant": vacant, "back": file_of(member.case)}
    return render(
        request, "rectification/remediation/support/member_drop.html", context, status=status_of(form)
    )
