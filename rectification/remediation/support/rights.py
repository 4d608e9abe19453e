"""Who writes of a case's support, and until when; the same answer for button, action and test."""

from accounts.errors import Refused
from accounts.roles import Role
from organizations.models import Appointment
from rectification.cases.member_actions import KEEPERS
from rectification.cases.models import Case
from rectification.remediation.actions import lock_case
from rectification.workflow import Stage

# What the work team itself did, it may write itself
TEAM = KEEPERS | {Role.HELPER}


def support_refusal(
    case: Case, post: Appointment | None, *, roles: frozenset[Role] = KEEPERS, new: bool = False
) -> str | None:
    """Why this post writes nothing of this case's support, or None.

    new: something is to be added, which is done while the case is open; what is there is corrected afterwards too.
    """
    if post is None or Role(post.role) not in roles:
        by = "帮扶人员、县委组织部或乡镇（街道）" if Role.HELPER in roles else "县委组织部或乡镇（街道）"
        return f"帮扶情况由{by}登记"
    if case.stage in (Stage.SURVEY, Stage.WITHDRAWN):
        return f"该对象处于“{case.get_stage_display()}”，不登记帮扶情况"
    if new and not case.is_open:
        return f"该对象处于“{case.get_stage_display()}”，不再增加帮扶内容"
    return None


def locked_for(case_id: int, by: Appointment, *, roles: frozenset[Role] = KEEPERS, new: bool = False) -> Case:
    """The case, locked; raises Refused where this post may not write of it."""
    case = lock_case(case_id, by)
    if refused := support_refusal(case, by, roles=roles, new=new):
        raise Refused(refused)
    return case
