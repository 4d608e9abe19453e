"""The lists of leaders: one entered, many pasted or uploaded, put right, ended."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.changes import changes_of
from accounts.policy import policy
from accounts.submission import carry_out, opened_version, status_of
from accounts.year import working_year
from organizations.models import ImportBatch, Organization
from organizations.roster_views import RECENT, handed_in
from rectification.cases import leader_actions as lists
from rectification.cases.leader_forms import EndLeaderForm, LeaderForm, ManyLeadersForm
from rectification.cases.leader_models import ContactLeader
from rectification.cases.leader_rules import Fault, read_lines
from rectification.remediation.support.leader_import import LEADERS, entries_of
from rectification.remediation.support.leaders_views import KEEPERS, units_listed
from rectification.schemes.models import Scheme, SchemeItem

TEMPLATES = "rectification/remediation/support"
SHOWN = 50


def _list_of(unit: Organization) -> str:
    return f"{reverse('remediation:leaders')}?unit={unit.uid}"


def _scheme(request: HttpRequest, unit: Organization) -> tuple[Scheme | None, list[SchemeItem]]:
    scheme = Scheme.objects.visible_to(request.post).governing(unit, working_year(request))
    return scheme, lists.circles_of(scheme) if scheme else []


@policy(KEEPERS, scope="none")
@require_http_methods(["GET", "POST"])
def leaders_add(request: HttpRequest) -> HttpResponse:
    """Put many leaders on a list at once; every wrong line is named, and nothing is written while there is one.

    A workbook is read first and looked at (organizations.imports); pasted lines stand before the eyes already.
    """
    units = units_listed(request.post)
    scheme, circles = _scheme(request, request.post.organization)
    posted = request.method == "POST"
    initial = {"from_on": timezone.localdate(), "unit": request.GET.get("unit", "")}
    form = ManyLeadersForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        units=units,
        circles=circles,
        initial=initial,
    )
    faults: list[Fault] = []
    if posted and form.is_valid():
        unit = next(one for one in units if str(one.uid) == form.cleaned_data["unit"])
        if form.cleaned_data["file"]:
            if batch := handed_in(request, unit, form, LEADERS.key, _given(request, form)):
                return redirect("organizations:batch", uid=batch.uid)
        else:
            entries, faults = _read(form, circles)
            if faults:
                form.add_error(None, f"有 {len(faults)} 处须改正，没有登记任何一人；改好后再提交")
            elif entries and (return_to := _written(request, form, unit, entries)):
                return return_to
    mine = ImportBatch.objects.visible_to(request.post).filter(kind=LEADERS.key)
    context = {
        "form": form,
        "faults": faults[:SHOWN],
        "circles": circles,
        "scheme": scheme,
        "back": reverse("remediation:leaders"),
        "batches": mine.defer("content", "rows")[:RECENT],
        "counted": LEADERS.counted,
    }
    return render(request, f"{TEMPLATES}/leaders_add.html", context, status=status_of(form))


def _given(request: HttpRequest, form: ManyLeadersForm) -> dict[str, Any]:
    """What the form says beside the file."""
    given = form.cleaned_data
    circle, from_on = str(given["circle"].uid), given["from_on"].isoformat()
    return {"circle": circle, "from_on": from_on, "year": working_year(request)}


def _read(form: ManyLeadersForm, circles: list[SchemeItem]) -> tuple[list[lists.Entry], list[Fault]]:
    """What was pasted as entries, or what is wrong by line."""
    given = form.cleaned_data
    typed, faults = read_lines([line.split("\t") for line in given["text"].splitlines()])
    if not typed and not faults:
        form.add_error("text", "没有找到任何一人，请看列的顺序")
    entries, faults = entries_of(typed, circles, circles.index(given["circle"]) + 1, faults)
    return [entry for _row, entry in entries], faults


def _written(
    request: HttpRequest, form: ManyLeadersForm, unit: Organization, entries: list[lists.Entry]
) -> HttpResponse | None:
    done = carry_out(
        form,
        lambda: lists.add_leaders(
            unit_id=unit.pk,
            entries=entries,
            from_on=form.cleaned_data["from_on"],
            year=working_year(request),
            by=request.post,
            at=timezone.now(),
        ),
    )
    if done is None:
        return None
    made, before = done
    same = f"，{before} 人已在名单，没有重复登记" if before else ""
    messages.success(request, f"已登记{unit}领导 {made} 人{same}。下一步在本页给未安排的领导安排整顿对象。")
    return redirect(_list_of(unit))


@policy(KEEPERS, scope="leader")
@require_http_methods(["GET", "POST"])
def leader_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Put an entry right, or say why a leader holds no case."""
    leader = get_object_or_404(_leaders(request), uid=uid)
    circles = lists.circles_of(leader.scheme)
    copy = ContactLeader.objects.visible_to(request.post).get(pk=leader.pk)
    initial = {"circle": str(leader.circle.uid)}
    form = LeaderForm(request.POST or None, instance=copy, circles=circles, initial=initial)
    if request.method == "POST":
        given = {"leader_id": leader.pk, "version": opened_version(request)}
        kept = carry_out(
            form,
            lambda: lists.edit_leader(**given, **form.cleaned_data, by=request.post, at=timezone.now()),
        )
        if kept is not None:
            messages.success(request, f"已保存{kept.name}的登记。")
            return redirect(_list_of(leader.organization))
    stale = getattr(form, "stale", None)
    context = {
        "leader": leader,
        "form": form,
        "stale": stale,
        "version": stale.version if stale else opened_version(request) or leader.version,
        "refused": lists.list_refusal(leader.organization, request.post),
        "history": changes_of(leader, skip=("organization", "scheme")),
        "back": _list_of(leader.organization),
    }
    return render(request, f"{TEMPLATES}/leader_edit.html", context, status=status_of(form))


def _leaders(request: HttpRequest) -> Any:
    rows = ContactLeader.objects.visible_to(request.post)
    return rows.select_related("organization", "circle", "scheme")


@policy(KEEPERS, scope="leader")
@require_http_methods(["GET", "POST"])
def leader_end(request: HttpRequest, uid: str) -> HttpResponse:
    """A leader is off the list; who still holds open cases is first replaced there."""
    leader = get_object_or_404(_leaders(request), uid=uid)
    form = EndLeaderForm(request.POST or None, initial={"to_on": timezone.localdate()})
    if request.method == "POST":
        given = {"leader_id": leader.pk, "version": opened_version(request)}
        done = carry_out(
            form,
            lambda: lists.end_leader(
                to_on=form.cleaned_data["to_on"], by=request.post, at=timezone.now(), **given
            ),
        )
        if done is not None:
            messages.success(request, f"{leader.name}已离任，不再列入应安排的名单。")
            return redirect(_list_of(leader.organization))
    context = {"leader": leader, "form": form, "back": _list_of(leader.organization)}
    return render(request, f"{TEMPLATES}/leader_end.html", context, status=status_of(form))
