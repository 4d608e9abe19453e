"""Who of the people on a case owes a duty, and who stands in where nobody holds the place."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.lookups import Exact
from django.utils import timezone

from accounts.roles import Role
from organizations.models import Appointment
from organizations.rules import OFFICER, Level
from rectification.cases.models import CaseMember, MemberKind
from rectification.schemes.duty_models import Debtor

HOLDERS: dict[str, tuple[str, ...]] = {
    # A leader does not sign in: the liaison does for them (domain §1)
    Debtor.LEADER: (MemberKind.LEADER, MemberKind.LIAISON),
    Debtor.TEAM: (MemberKind.TEAM,),
    Debtor.FIRST_SECRETARY: (MemberKind.FIRST_SECRETARY,),
    Debtor.HELPING_UNIT: (),
    "": tuple(MemberKind),
}
"""Which people on a case hold the place of each debtor; "" is a helper's duty that names none."""
SAID_ALREADY = {
    Debtor.LEADER: ("挂点", "联系领导"),
    Debtor.TEAM: ("工作组", "工作队"),
    Debtor.FIRST_SECRETARY: ("第一书记",),
    Debtor.HELPING_UNIT: ("帮扶单位",),
}
"""Words in a rule's title that name its debtor."""


def named(title: str, debtor: str) -> str:
    """A title that says who owes it: 走访困难党员（第一书记）."""
    if not debtor or any(word in title for word in SAID_ALREADY[Debtor(debtor)]):
        return title
    return f"{title}（{Debtor(debtor).label}）"


def signing_in(today: date) -> Any:
    """People on cases today who have an account that works."""
    return CaseMember.objects.current(today).filter(user__is_active=True)


def held_by(user_id: int, today: date) -> Q:
    """Helpers' duties that fall to this person today, as a condition on duties."""
    return _HELPERS & Q(Exists(_holding(today).filter(user_id=user_id)))


def held_by_nobody(today: date) -> Q:
    """Helpers' duties whose place nobody with an account holds today, as a condition on duties."""
    return _HELPERS & Q(debtor__in=list(HOLDERS)) & ~Q(Exists(_holding(today)))


_HELPERS = Q(owner_role=Role.HELPER, case__isnull=False)


def _holding(today: date) -> Any:
    """Who holds the place a duty of the outer query falls to; one question for all kinds of debtor."""
    places = Q()
    for debtor, kinds in HOLDERS.items():
        places |= Q(Exact(OuterRef("debtor"), Value(debtor)), kind__in=kinds)
    return signing_in(today).filter(places, case=OuterRef("case"))


def stand_in(level: str) -> str:
    """The role that owes a helper's duty of a unit of this level where nobody holds the place."""
    return OFFICER[Level(level)]


def owes(duty: Any, post: Appointment | None) -> bool:
    """Whether this very post owes the duty today."""
    if post is None:
        return False
    if duty.owner_role != Role.HELPER or not duty.case_id:
        same = (post.organization_id, post.role) == (duty.organization_id, duty.owner_role)
        return same and (not duty.department or post.department == duty.department)
    if post.role == Role.HELPER:
        return post.user_id in holders([duty], timezone.localdate())[duty.pk]
    return may_enter_for(duty, post) and not holders([duty], timezone.localdate())[duty.pk]


def may_enter_for(duty: Any, post: Appointment) -> bool:
    """代录: the unit's officer records for the people on the case (domain §1)."""
    return post.organization_id == duty.organization_id and post.role == stand_in(duty.organization.level)


def holders(duties: Iterable[Any], today: date) -> dict[int, set[int]]:
    """The people (user ids) each helper's duty falls to today, by the duty; one query for all."""
    helpers = [duty for duty in duties if duty.owner_role == Role.HELPER and duty.case_id]
    there: dict[tuple[int, str], set[int]] = defaultdict(set)
    rows = signing_in(today).filter(case__in={duty.case_id for duty in helpers}) if helpers else []
    for member in rows:
        there[member.case_id, member.kind].add(member.user_id)
    return {
        duty.pk: {user for kind in HOLDERS[duty.debtor] for user in there[duty.case_id, kind]}
        for duty in helpers
    }


def said(duty: Any) -> str:
    """Who owes it by the people on the case: 挂点联系领导（张三）, or who stands in; "" where a unit's post owes it."""
    if duty.owner_role != Role.HELPER or not duty.case_id:
        return ""
    kinds = HOLDERS[duty.debtor][:1] if duty.debtor else HOLDERS[""]
    people = CaseMember.objects.current(timezone.localdate()).filter(case=duty.case_id, kind__in=kinds)
    names = "、".join(dict.fromkeys(member.name for member in people))
    who = Debtor(duty.debtor).label if duty.debtor else "帮扶干部"
    if names and holders([duty], timezone.localdate())[duty.pk]:
        return f"{who}（{names}）"
    officer = Role(stand_in(duty.organization.level)).label
    what = f"（{names}没有账号）" if names else "（尚无人选）"
    return f"{who}{what}，由{duty.organization}的{officer}代为登记"
