"""`manage.py verify_audit`: is the audit trail what was sealed? Names the window of whatever is not."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit, sealing, verifying


class Command(BaseCommand):
    help = "核对审计记录与封存：被修改、删除、加入或截去的，指出所在的封存窗口"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--heads",
            type=Path,
            action="append",
            default=[],
            metavar="文件",
            help="审计员另行留存的封存凭据（可给多个）",
        )

    def handle(self, *_args: Any, heads: list[Path], **_options: Any) -> None:
        kept: dict[int, str] = {}
        for path in heads:
            if not path.is_file():
                raise CommandError(f"没有这个文件：{path}")
            try:
                kept |= verifying.read_heads(path)
            except verifying.HeadsUnreadable as broken:
                raise CommandError(str(broken)) from None
        found = verifying.verify(heads=kept)
        audit.record("验证审计封存", obj="命令行", result="发现问题" if found.problems else "成功")
        for words in found.problems:
            self.stderr.write(words)
        self.stdout.write(
            f"核对 {found.windows} 个封存、{found.events} 条记录、{found.rows} 行修改历史；"
            f"另有 {found.unsealed} 条记录尚未封存。"
        )
        if found.head:
            self.stdout.write(f"最新封存凭据：{sealing.head_line(found.head)}")
        if found.problems:
            raise CommandError(f"发现 {len(found.problems)} 处问题，见上。")
        self.stdout.write("没有发现问题。")
