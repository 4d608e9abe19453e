"""Who may hold which post where: the three administrators stay apart from each other and from the work."""

from collections.abc import Collection

from accounts.roles import ADMINISTRATORS, Right, Role, giver
from organizations.rules import Level

# A helper is posted wherever their own unit stands; the administrators at the unit that runs the site
LEVELS: dict[Role, frozenset[Level]] = {
    Role.CITY_REVIEWER: frozenset({Level.CITY, Level.PROVINCE}),
    Role.COUNTY_OFFICER: frozenset({Level.COUNTY}),
    Role.DEPARTMENT: frozenset({Level.COUNTY, Level.CITY}),
    Role.TOWNSHIP_OFFICER: frozenset({Level.TOWNSHIP}),
    Role.VILLAGE_REPORTER: frozenset({Level.GRASSROOTS}),
}


def refusal(role: Role, level: Level, held: Collection[Role]) -> str | None:
    """Why this post cannot be given, in the user's words, or None (reliability design, Access 5: 三员分立).

    level: of the unit; held: the roles the same person holds on any day of the new post.
    """
    allowed = LEVELS.get(role)
    if allowed is not None and level not in allowed:
        words = "、".join(each.label for each in Level if each in allowed)
        return f"“{role.label}”只能设在{words}一级的单位"
    others = {Role(each) for each in held} - {role}
    kept_apart = others if role in ADMINISTRATORS else others & ADMINISTRATORS
    if kept_apart:
        names = "、".join(sorted(each.label for each in kept_apart))
        return f"系统管理员、安全管理员、审计员相互分设，也不兼任业务岗位；此人同时任“{names}”，不能再任“{role.label}”"
    return None


def keeper_refusal(role: Role, by: str, what: str) -> str | None:
    """Why an administrator does not give or end (`what`: 安排, 终止) posts of this role, or None: see roles.giver."""
    return None if by == giver(role) else f"“{role.label}”岗位由{giver(role).label}{what}"


def department_refusal(role: Role, department: str) -> str | None:
    """Why a post cannot carry this department's name, or None: a reviewing department has one, nobody else does."""
    if role is Role.DEPARTMENT and not department.strip():
        return "联审部门联络员须填写部门名称，如“县信访局”"
    if role is not Role.DEPARTMENT and department.strip():
        return f"“{role.label}”不填联审部门"
    return None


# Who may be given a right beyond the role: unlocking is for whoever receives filings
RIGHT_ROLES: dict[Right, frozenset[Role]] = {
    Right.UNLOCK: frozenset({Role.CITY_REVIEWER, Role.COUNTY_OFFICER}),
}


def rights_of(role: Role) -> list[Right]:
    """The rights a post of this role can be given."""
    return [right for right, roles in RIGHT_ROLES.items() if role in roles]


def rights_refusal(role: Role, rights: Collection[str]) -> str | None:
    """Why a post of this role cannot have these rights, or None."""
    if set(rights) - {right.value for right in rights_of(role)}:
        return f"“{role.label}”岗位不能有这项专项权限"
    return None
