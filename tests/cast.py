"""The people and places tests are about: a fictitious city with two counties, and one officer for each role."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.sessions import SessionStore
from organizations.models import Appointment, Organization
from organizations.rules import Field, Level
from rectification.schemes.models import Process

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 5, 20, 10, 0, tzinfo=SHANGHAI)
TODAY = NOW.date()
YEAR = TODAY.year
# Whoever is signed in by a test has just proved who they are, however far its clock goes
PROVED = "2099-01-01T00:00:00+08:00"
# Of a form sent once by a browser that gives none by itself
KEY = "00000000-0000-4000-8000-000000000001"
PASSWORD = "云泽-测试-口令-2026"


def place(name: str, level: Level, parent: Organization | None = None, **facts: object) -> Organization:
    """A unit of the tree, under its parent."""
    unit = Organization(name=name, level=level, **facts)
    unit.derive()
    if parent is None:
        return Organization.objects.add_root(instance=unit)
    parent.refresh_from_db()
    return Organization.objects.add_child(parent, instance=unit)


def village_in(township: Organization, name: str, code: str, **facts: object) -> Organization:
    """A village of a township."""
    return place(name, Level.GRASSROOTS, township, **{"code": code, "field": Field.VILLAGE, **facts})


def post_at(unit: Organization, role: Role, username: str, **fields: object) -> Appointment:
    """A person with a post at a unit."""
    user = User.objects.filter(username=username).first() or User.objects.create(
        username=username, name=f"{username}同志", must_change_password=False, password="!"
    )
    return Appointment.objects.create(
        user=user, role=role, organization=unit, **{"from_on": date(2025, 1, 1), **fields}
    )


def start_with_reasons(scheme, officer, why: str = "按本地实际，经研究确定"):
    """Put a scheme in force, one reason for everything in which it is laxer than the scheme above."""
    from rectification.duties import actions as duties
    from rectification.schemes import explaining, inheritance

    if inheritance.compared(scheme) is not None:
        explaining.explain(scheme_id=scheme.pk, version=None, reasons={}, same=why, by=officer, at=NOW)
    duties.start_year(scheme_id=scheme.pk, by=officer, at=NOW)
    scheme.refresh_from_db()
    return scheme


def session_of(user: User, post: Appointment | None) -> str:
    """The key of a session in which somebody has signed in and chosen a post: written at once, where signing in goes
    to the database ten times."""
    signed_in = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        "proved_at": PROVED,
    }
    session = SessionStore()
    session.update(signed_in | {"export_reason": "核对数据"} | ({"post": str(post.uid)} if post else {}))
    session.create()
    return session.session_key


class PostClient(Client):
    """A browser signed in in one post, which gives every form its submission key as the page would."""

    def __init__(self, post: Appointment | None, user: User | None = None) -> None:
        super().__init__()
        self.cookies[settings.SESSION_COOKIE_NAME] = session_of(post.user if post else user, post)

    def post(self, path, data=None, **kwargs):
        if not isinstance(data, str | bytes):
            data = {"_key": str(uuid.uuid4()), **(data or {})}
        return super().post(path, data, **kwargs)


def determination_chain(scheme, steps):
    """Make the scheme's determination consist of these steps: (name, level, role, mode, whether it decides)."""
    scheme.chain.filter(process=Process.DETERMINATION).delete()
    for order, (name, level, role, mode, decides) in enumerate(steps, 1):
        scheme.chain.create(
            process=Process.DETERMINATION,
            order=order,
            name=name,
            level=level,
            role=role,
            mode=mode,
            decides=decides,
        )
