"""Who may draw up, put in force and amend a scheme: the issuing unit's own officer (domain §1)."""

from accounts.errors import Refused
from accounts.roles import Role
from organizations.models import Appointment, Organization
from organizations.rules import Level

ISSUING_ROLES = {
    Level.CITY: Role.CITY_REVIEWER,
    Level.COUNTY: Role.COUNTY_OFFICER,
    Level.TOWNSHIP: Role.TOWNSHIP_OFFICER,
}


def issuing_refusal(issuer: Organization, post: Appointment | None) -> str | None:
    """Why this post may not issue a scheme for a unit, or None; the same answer for button and action."""
    role = ISSUING_ROLES.get(Level(issuer.level))
    if role is None:
        return f"{issuer}不制发年度方案，由市、县（市、区）或乡镇（街道）制发"
    if post is None or post.organization_id != issuer.pk or post.role != role:
        return f"《年度方案》由制发单位{issuer.organ}的{role.label}办理"
    return None


def require_issuer(issuer: Organization, post: Appointment) -> None:
    """Raise Refused unless the post may issue for this unit."""
    if refused := issuing_refusal(issuer, post):
        raise Refused(refused)
