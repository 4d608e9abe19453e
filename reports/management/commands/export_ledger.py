"""`manage.py export_ledger KEY …`: one ledger, form or document as a file, within one user's scope."""

from contextlib import nullcontext
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts import audit
from accounts.errors import Refused
from accounts.history import as_of
from organizations.acting import acting_as
from organizations.models import Appointment, Organization
from organizations.scope import covers
from reports import files
from reports.ledgers import LEDGERS, Selection
from reports.papers import PAPERS, declared, drawn
from reports.sheet import copy_mark


class Command(BaseCommand):
    help = "在某用户的管理范围内导出一份台账、表单或文件"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="台账的键（见 manage.py ledgers）")
        parser.add_argument("--unit", required=True, help="单位的统计用区划代码")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--format", required=True, choices=sorted(files.TYPES))
        parser.add_argument("--as", required=True, dest="username", help="以谁的岗位导出")
        parser.add_argument("--output", required=True, type=Path)
        parser.add_argument("--as-of", default="", help="数据截止到哪一天或哪一刻，如 2025-05-01")

    def handle(self, *args: Any, **options: Any) -> None:
        if declared(options["key"]) is None:
            known = "、".join([*LEDGERS, *PAPERS])
            raise CommandError(f"没有“{options['key']}”这种台账；全部台账、表单和文件：{known}")
        unit = Organization.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"没有代码为 {options['unit']} 的单位")
        post = self._post(options["username"], unit)
        moment = self._moment(options["as_of"])
        with acting_as(post):
            try:
                made = self._write(options, Selection(post, unit, options["year"], {}), moment)
            except Refused as refused:
                raise CommandError(str(refused)) from refused
            audit.record(
                "命令行导出", obj=options["key"], unit=options["unit"], rows=made.rows, sha256=made.sha256
            )
        for char in made.absent:
            self.stderr.write(f"字体中没有字形：{char}")
        self.stdout.write(f"已导出 {made.rows} 行到 {options['output']}")

    def _post(self, username: str, unit: Organization) -> Appointment:
        posts = Appointment.objects.current(timezone.localdate()).filter(user__username=username)
        held = list(posts.select_related("organization", "user"))
        if not held:
            raise CommandError(f"用户“{username}”不存在、已停用或现在没有岗位")
        return next((post for post in held if covers(post, unit)), held[0])

    def _moment(self, text: str) -> datetime | None:
        """The end of a day, or the very moment given."""
        if not text:
            return None
        try:
            day = parse_date(text)
            moment = datetime.combine(day, time.max) if day else parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None:
            raise CommandError(f"--as-of 须为日期（2025-05-01）或时刻，现为“{text}”")
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment

    def _write(self, options: dict[str, Any], selection: Selection, moment: datetime | None) -> files.Made:
        output: Path = options["output"]
        day = timezone.localdate(moment) if moment else timezone.localdate()
        mark = copy_mark(selection.post.user.name, timezone.now())
        with as_of(moment) if moment else nullcontext(), files.aside(output) as path:
            paper = drawn(declared(options["key"]), selection, today=day, mark=mark)
            made = files.make(paper, options["format"], path)
            path.rename(output)
        return made
