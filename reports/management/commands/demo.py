"""`manage.py demo`: a fictitious city with last year's and this year's work, to try the site with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from organizations.models import Organization
from reports.demo import history, people, story


class Command(BaseCommand):
    help = "建立演示数据（虚构的云泽市）；--accounts 只列演示账号"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="只列出演示账号")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("生产环境不建立演示数据，也不使用演示账号（PROFILE=production）。")
        if options["accounts"]:
            known = User.objects.filter(is_demo=True).exists()
            self.stdout.write(people.table() if known else "这里没有演示账号。")
            return
        if Organization.objects.exists() or User.objects.exists():
            raise CommandError(
                "已有单位或账号，演示数据只建在空库里，没有写入任何内容；看账号请加 --accounts。"
            )
        self.stdout.write("正在建立演示数据（约一分钟）…")
        world = story.tell(today=timezone.localdate())
        if not history.date_it(world.scenes):
            self.stdout.write("（没有数据库所有者的登录，历程和审计按建立时间显示。）")
        self.stdout.write(people.table())
