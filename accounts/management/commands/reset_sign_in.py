"""`manage.py reset_sign_in USERNAME`: for the cases no page can help, the only keeper of a kind locked out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import actions
from accounts.models import User
from accounts.people import first_password


class Command(BaseCommand):
    """Give a new first password and take the second factor away; recorded as done at the server, told to the owner."""

    help = "在服务器上为账号重置密码、动态口令并解除锁定（记入审计），打印一次初始密码"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The user name."""
        parser.add_argument("username")

    @transaction.atomic
    def handle(self, *_args: Any, **options: str) -> None:
        """Refuse an account that is not there or switched off."""
        user = User.objects.active().filter(username=options["username"]).first()
        if user is None:
            raise CommandError("没有这个账号，或者账号已停用")
        password = first_password()
        actions.reset_password(user_id=user.pk, password=password)
        actions.reset_second_factor(user_id=user.pk)
        self.stdout.write(f"{user.username} 的密码和动态口令已重置，初始密码（只显示这一次）：{password}")
