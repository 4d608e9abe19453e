"""The roles of domain §1; a role says what kind of work a post does, its organization says where."""

from collections.abc import Collection
from enum import StrEnum


class Role(StrEnum):
    """What a post does (domain §1)."""

    CITY_REVIEWER = "city_reviewer"
    COUNTY_OFFICER = "county_officer"
    DEPARTMENT = "department"
    TOWNSHIP_OFFICER = "township_officer"
    VILLAGE_REPORTER = "village_reporter"
    HELPER = "helper"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The role as the screens call it."""
        return LABELS[self]


LABELS = {
    Role.CITY_REVIEWER: "市委组织部审核员",
    Role.COUNTY_OFFICER: "县（市、区）委组织部经办人",
    Role.DEPARTMENT: "联审部门联络员",
    Role.TOWNSHIP_OFFICER: "乡镇（街道）组织委员",
    Role.VILLAGE_REPORTER: "村（社区）报告员",
    Role.HELPER: "帮扶干部",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDITOR: "审计员",
}
CHOICES = [(role.value, label) for role, label in LABELS.items()]


class Right(StrEnum):
    """What a post may do beyond its role; given to it by name, one by one."""

    UNLOCK = "unlock"


RIGHTS = [(Right.UNLOCK.value, "报送解锁")]

# Who sees a whole subtree of the tree with the cases in it
SUBTREE = frozenset({Role.CITY_REVIEWER, Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER, Role.VILLAGE_REPORTER})
# Who reads case content at all; a department reads candidates it was asked about, nothing else
CASE_READERS = SUBTREE | {Role.HELPER}
OFFICERS = frozenset({Role.CITY_REVIEWER, Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})
# 三员分立: none of the three reads case content
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
WORKERS = CASE_READERS | {Role.DEPARTMENT}
EVERYONE = WORKERS | ADMINISTRATORS


def giver(role: Role) -> Role:
    """Who gives and ends posts of this role (decision 28): of the three administrators' posts the other keeper."""
    return Role.SECURITY_ADMIN if role in (Role.SYSTEM_ADMIN, Role.AUDITOR) else Role.SYSTEM_ADMIN


def given_by(keeper: str) -> list[Role]:
    """The roles whose posts a keeper of the site gives and ends; none for anybody else."""
    return [role for role in Role if giver(role) == keeper]


def confirmer(role: Role) -> Role:
    """Who looks into an administrator's account and switches it on: never who gave the post."""
    return Role.SECURITY_ADMIN if role == Role.SECURITY_ADMIN else Role.SYSTEM_ADMIN


def enable_refusal(by: Role, held: Collection[str]) -> str | None:
    """Why an administrator may not switch on the account of who holds these roles, or None."""
    if Role.SECURITY_ADMIN in held:
        return None if by == Role.SECURITY_ADMIN else "安全管理员的账号由另一名安全管理员核实本人后启用"
    return None if by == Role.SYSTEM_ADMIN else "账号由系统管理员核实本人后启用"


def reset_refusal(by: Role, held: Collection[str]) -> str | None:
    """Why an administrator may not reset the password of who holds these roles, or None (decision 22)."""
    if ADMINISTRATORS.isdisjoint(held):
        return None if by == Role.SYSTEM_ADMIN else "业务账号的密码由系统管理员重置"
    return None if by == Role.SECURITY_ADMIN else "系统管理员、安全管理员、审计员的密码由安全管理员重置"


def disable_refusal(by: Role, held: Collection[str]) -> str | None:
    """Why an administrator may not switch off the account of who holds these roles, or None."""
    if ADMINISTRATORS.isdisjoint(held) or by == Role.SECURITY_ADMIN:
        return None
    return "系统管理员、安全管理员、审计员的账号由安全管理员停用"


def switches_off(held: Collection[str]) -> bool:
    """Whether a reset leaves the account off until the system administrator has it on.

    The security administrator, who sees the new password, is to become neither auditor nor system administrator by it.
    """
    return Role.AUDITOR in held or Role.SYSTEM_ADMIN in held
