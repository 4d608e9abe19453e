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
from reports.papers import PAPERS, Printable, declared, drawn
from reports.sheet import copy_mark

# By name of a filter its label and the choices (value, words) a post has there
Offered = dict[str, tuple[str, list[tuple[str, str]]]]


class Command(BaseCommand):
    help = "在某用户的管理范围内导出一份台账、表单或文件"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="台账的键（见 manage.py ledgers）")
        parser.add_argument("--unit", required=True, help="单位的统计用区划代码")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--format", required=True, choices=sorted(files.TYPES))
        parser.add_argument("--as", required=True, dest="username", help="以谁的岗位导出")
        parser.add_argument("--output", required=True, type=Path)
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="名称=值",
            help="筛选，可以多次给出；值写页面上的选项，如 report=5月。一村一份的文书用 --unit 给出整顿对象的代码",
        )
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
            offered = self._offered(declared(options["key"]), post, unit, options["year"])
            filters = self._filters(options["filter"], offered)
            selection = Selection(post, unit, options["year"], filters)
            try:
                made = self._write(options, selection, moment)
            except Refused as refused:
                raise CommandError(f"{refused}{self._hint(offered)}") from refused
            audit.record(
                "命令行导出", obj=options["key"], unit=options["unit"], rows=made.rows, sha256=made.sha256
            )
        for char in made.absent:
            self.stderr.write(f"字体中没有字形：{char}")
        self.stdout.write(f"已导出 {made.rows} 行到 {options['output']}")

    def _offered(self, paper: Printable, *of: Any) -> Offered:
        return {
            name: (
                label,
                [(str(value), words) for value, words in (given(*of) if callable(given) else given)],
            )
            for name, (label, given, _lookup) in (paper.filters or {}).items()
        }

    def _filters(self, asked: list[str], offered: Offered) -> dict[str, str]:
        """Each as the value the page would send; a choice is named by its value or by its words."""
        found = {}
        for text in asked:
            name, _, wanted = text.partition("=")
            if name not in offered:
                raise CommandError(f"不能按“{name}”筛选{self._hint(offered)}")
            label, choices = offered[name]
            fits = [value for value, words in choices if wanted in (value, words)]
            fits = fits or [value for value, words in choices if wanted and wanted in words]
            if len(fits) != 1:
                words = "、".join(f"“{words}”" for _value, words in choices) or "现在没有可选的"
                raise CommandError(f"--filter {name}（{label}）应为以下之一：{words}")
            found[name] = fits[0]
        return found

    def _hint(self, offered: Offered) -> str:
        names = "、".join(f"--filter {name}=…（{label}）" for name, (label, _choices) in offered.items())
        return f"；可以用 {names}" if names else ""

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
