"""`manage.py first_administrator USERNAME NAME`: the account that opens all others, on a site that has none yet."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import actions, audit
from accounts.errors import Refused
from accounts.people import first_password
from accounts.roles import Role
from organizations.models import Appointment, Organization


class Command(BaseCommand):
    """Make the first system administrator and print the first password; everything later is done on the pages."""

    help = "建立第一个系统管理员账号（仅当系统中还没有在任的系统管理员），打印一次初始密码"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The user name and the person's name."""
        parser.add_argument("username")
        parser.add_argument("name")

    @transaction.atomic
    def handle(self, *_args: Any, **options: str) -> None:
        """Refuse when somebody holds the post already: then the pages are the way."""
        today = timezone.localdate()
        if Appointment.objects.current(today).filter(role=Role.SYSTEM_ADMIN).exists():
            raise CommandError("已经有在任的系统管理员，请由其在“账号”页面办理")
        top = Organization.objects.filter(depth=1).order_by("path").first()
        if top is None:
            raise CommandError("还没有党组织；请先用 import_divisions 导入区划")
        password = first_password()
        try:
            user = actions.create_user(username=options["username"], name=options["name"], password=password)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        post = Appointment.objects.create(user=user, role=Role.SYSTEM_ADMIN, organization=top, from_on=today)
        audit.record("安排岗位", obj=post, user=user.username, role=Role.SYSTEM_ADMIN.value)
        self.stdout.write(f"已建立系统管理员 {user.username}，初始密码（只显示这一次）：{password}")
