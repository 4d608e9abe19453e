"""`manage.py first_administrator USERNAME NAME [--role ROLE]`: one of the three administrators where there is none."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import actions, audit, keepers
from accounts.errors import Refused
from accounts.people import first_password
from accounts.roles import ADMINISTRATORS, Role
from organizations.models import Appointment, Organization


class Command(BaseCommand):
    """Make the first of the three administrators, one by one, and print the first password; the rest is done on pages.

    The pages need both keepers for a new administrator (decision 28), so that the first of each comes from here; so
    does one whose predecessor left without a successor.
    """

    help = "建立系统管理员、安全管理员或审计员账号（仅当系统中还没有在任的同类管理员），打印一次初始密码"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The user name, the person's name, and which of the three."""
        parser.add_argument("username")
        parser.add_argument("name")
        parser.add_argument("--role", choices=sorted(ADMINISTRATORS), default=Role.SYSTEM_ADMIN.value)

    @transaction.atomic
    def handle(self, *_args: Any, **options: str) -> None:
        """Refuse when somebody holds such a post already: then the pages are the way."""
        role, today = Role(options["role"]), timezone.localdate()
        if keepers.holders(role, today):
            raise CommandError(f"已经有在任的{role.label}，请在“账号”“岗位任职”页面办理")
        top = Organization.objects.filter(depth=1).order_by("path").first()
        if top is None:
            raise CommandError("还没有党组织；请先用 import_divisions 导入区划")
        password = first_password()
        try:
            user = actions.create_user(username=options["username"], name=options["name"], password=password)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        post = Appointment.objects.create(user=user, role=role, organization=top, from_on=today)
        audit.record("安排岗位", obj=post, user=user.username, role=role.value)
        self.stdout.write(f"已建立{role.label} {user.username}，初始密码（只显示这一次）：{password}")
