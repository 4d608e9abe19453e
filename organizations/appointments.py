"""Who holds which post where: seen by both keepers, each post given and ended by one of them (accounts.roles.giver)."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import Invalid, Refused
from accounts.policy import always, policy
from accounts.roles import LABELS, RIGHTS, Role, confirmer, giver
from accounts.submission import carry_out, status_of
from accounts.tables import Column
from accounts.tables import render as draw
from organizations import appointment_actions
from organizations.appointment_forms import AppointmentForm, EndForm, RightsForm
from organizations.appointment_rules import rights_of
from organizations.models import Appointment
from organizations.scope import TREE_KEEPERS

PAGE = 50


def _state(post: Appointment) -> str:
    today = timezone.localdate()
    if not post.user.is_active:
        return "账号停用"
    if post.is_current(today):
        return "在任"
    return "未到任" if post.from_on > today else "已终止"


def _rights(post: Appointment) -> str:
    """The rights it has; where it could have some, a word that leads to giving them."""
    names = dict(RIGHTS)
    said = "、".join(names.get(key, key) for key in post.rights)
    return said or ("未授予" if rights_of(Role(post.role)) and _state(post) != "已终止" else "")


COLUMNS = [
    Column("name", "姓名", "user.name", kind="link", link=lambda post: f"/users/{post.user.uid}/"),
    Column("username", "用户名", "user.username"),
    Column("role", "岗位职责", "get_role_display", width=24),
    Column("unit", "所在单位", "organization.name", width=24),
    Column("department", "联审部门"),
    Column("title", "职务"),
    Column("rights", "专项权限", _rights),
    Column("from_on", "任职起", kind="date"),
    Column("to_on", "任职止", kind="date"),
    Column(
        "state", "状态", _state, kind="light", tone=lambda post: "green" if _state(post) == "在任" else "grey"
    ),
]


def _columns(post: Appointment) -> list[Column]:
    """The columns; what the post may end has the way there, for the security administrator rights lead to theirs."""

    def ends(row: Appointment) -> bool:
        return giver(Role(row.role)) == post.role and _state(row) != "已终止"

    way = Column(
        "end",
        "操作",
        lambda row: "终止" if ends(row) else "",
        kind="link",
        link=lambda row: f"/organizations/appointments/{row.uid}/end/" if ends(row) else "",
    )
    if post.role != Role.SECURITY_ADMIN:
        return [*COLUMNS, way]
    given = Column("rights", "专项权限", _rights, kind="link", link=_rights_page)
    return [given if column.key == "rights" else column for column in COLUMNS] + [way]


def _rights_page(post: Appointment) -> str:
    may = rights_of(Role(post.role)) and _state(post) != "已终止"
    return reverse("organizations:appointment_rights", args=[post.uid]) if may else ""


@policy(TREE_KEEPERS, scope="none")
@require_GET
def appointments(request: HttpRequest) -> HttpResponse:
    """All posts: ?q= person or unit, ?role=, ?held=1 only those held today."""
    rows = Appointment.objects.visible_to(request.post).select_related("user", "organization")
    for word in request.GET.get("q", "").split():
        rows = rows.filter(
            Q(user__name__icontains=word)
            | Q(user__username__icontains=word)
            | Q(organization__name__icontains=word)
        )
    role, held = request.GET.get("role", ""), request.GET.get("held") == "1"
    if role in set(Role):
        rows = rows.filter(role=role)
    if held:
        rows = rows.current(timezone.localdate())
    page = Paginator(rows.order_by("user__username", "from_on", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "table": draw(_columns(request.post), page, caption="岗位任职"),
        "roles": LABELS,
        "role": role,
        "held": held,
    }
    return render(request, "organizations/appointments.html", context)


@policy(TREE_KEEPERS, scope="none", proof=always)
@require_http_methods(["GET", "POST"])
def appointment_new(request: HttpRequest) -> HttpResponse:
    """Give a person a post; ?user= fills in the user name."""
    typed = request.POST if request.method == "POST" else None
    form = AppointmentForm(typed, post=request.post, initial={"user": request.GET.get("user", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            post = appointment_actions.appoint(
                user_id=data["user"].pk,
                role=data["role"],
                organization_id=data["organization"].pk,
                from_on=data["from_on"],
                to_on=data["to_on"],
                title=data["title"],
                department=data.get("department", ""),
                by=request.post,
                at=timezone.now(),
            )
        except Refused as refused:
            _explain(form, refused)
        else:
            messages.success(request, f"已安排{post.user.name}任“{post}”，{_next(post)}。")
            return redirect("organizations:appointments")
    context = {"form": form, "departments": _departments(request.post)}
    status = 422 if form.errors else 200
    return render(request, "organizations/appointment_new.html", context, status=status)


def _next(post: Appointment) -> str:
    """Who is next: the person, or who looks into a new administrator's account."""
    if post.user.is_active:
        return "本人登录后即可办理"
    needed = confirmer(Role(post.role)).label
    return f"账号已停用，由{needed}在“账号”页核实本人后启用"


def _departments(post: Appointment) -> list[str]:
    """The names of departments already in use, to be written the same again."""
    named = Appointment.objects.visible_to(post).exclude(department="")
    return list(named.order_by("department").values_list("department", flat=True).distinct())


@policy(TREE_KEEPERS, scope="appointment", proof=always)
@require_http_methods(["GET", "POST"])
def appointment_end(request: HttpRequest, uid: str) -> HttpResponse:
    """End a post with its last day."""
    rows = Appointment.objects.visible_to(request.post).kept_by(request.post)
    rows = rows.select_related("user", "organization")
    ending = get_object_or_404(rows, uid=uid)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            appointment_actions.end(
                appointment_id=ending.pk,
                last_on=form.cleaned_data["last_on"],
                by=request.post,
                at=timezone.now(),
            )
        except Refused as refused:
            _explain(form, refused)
        else:
            messages.success(request, f"已终止{ending.user.name}的“{ending}”岗位，已通知本人。")
            return redirect("organizations:appointments")
    context = {"ending": ending, "form": form}
    return render(request, "organizations/appointment_end.html", context, status=422 if form.errors else 200)


@policy(Role.SECURITY_ADMIN, scope="appointment", proof=always)
@require_http_methods(["GET", "POST"])
def appointment_rights(request: HttpRequest, uid: str) -> HttpResponse:
    """Give a post rights beyond its role, or take them away."""
    rows = Appointment.objects.visible_to(request.post).select_related("user", "organization")
    post = get_object_or_404(rows, uid=uid)
    sent = request.POST if request.method == "POST" else None
    form = RightsForm(sent, role=Role(post.role), initial={"rights": post.rights})

    def act() -> Appointment:
        given = {"rights": form.cleaned_data["rights"], "by": request.post, "at": timezone.now()}
        return appointment_actions.set_rights(appointment_id=post.pk, **given)

    if sent is not None and carry_out(form, act):
        messages.success(request, f"{post.user.name}“{post}”岗位的专项权限已保存，已通知本人。")
        return redirect("organizations:appointments")
    context = {"holding": post, "form": form, "any": bool(rights_of(Role(post.role)))}
    return render(request, "organizations/appointment_rights.html", context, status=status_of(form))


def _explain(form: forms.Form, refused: Refused) -> None:
    errors = refused.errors if isinstance(refused, Invalid) else {"": [str(refused)]}
    for name, texts in errors.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
