"""`manage.py import_divisions FILE`: load the official divisions into the tree, all or nothing."""

import gc
from pathlib import Path
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from organizations.divisions import BrokenFile, Report, import_divisions
from organizations.rules import Field, Level

SHOWN = 20


class Command(BaseCommand):
    """Reads a CSV with the columns code,name,level,parent_code."""

    help = "导入统计用区划代码文件（code,name,level,parent_code）；有任何一行不对就什么也不写"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="区划 CSV 文件（UTF-8）")
        parser.add_argument("--report", type=Path, help="把完整的导入情况另存为文本文件")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = options["file"].read_text(encoding="utf-8-sig").splitlines(keepends=True)
        except UnicodeDecodeError as error:
            raise CommandError(
                "文件不是 UTF-8 编码，请另存为“CSV UTF-8”后再导入；没有写入任何内容。"
            ) from error
        except OSError as error:
            raise CommandError(f"读不到文件 {options['file']}：{error.strerror}") from error
        gc.disable()  # hundreds of thousands of small rows and no cycles among them
        try:
            with pghistory.context(name="区划导入（命令行）", post=""):
                report = import_divisions(lines, by=None, at=timezone.now())
        except BrokenFile as broken:
            reasons = "\n".join(map(str, broken.errors))
            raise CommandError(f"{reasons}\n共 {len(broken.errors)} 处错误，没有写入任何内容。") from broken
        finally:
            gc.enable()
        self.stdout.write("\n".join(self.summary(report, SHOWN)))
        if options["report"]:
            options["report"].write_text("\n".join(self.summary(report)) + "\n", encoding="utf-8")
            self.stdout.write(f"完整情况已写入 {options['report']}")

    @staticmethod
    def summary(report: Report, shown: int | None = None) -> list[str]:
        """The report in words; `shown` cuts long lists."""
        levels = "，".join(
            f"{level.label} {report.by_level[level]}" for level in Level if report.by_level[level]
        )
        fields = "，".join(f"{kind.label} {report.by_field[kind]}" for kind in Field if report.by_field[kind])
        lines = [
            f"文件 {report.nodes} 个单位，新增 {report.created} 个，更名 {len(report.renamed)} 个。",
            f"按层级：{levels}",
            f"现有基层党组织按领域：{fields}，待定 {report.by_field['']}",
        ]
        parts = [
            ("更名（已按文件更新）", [f"{code} {old} → {new}" for code, old, new in report.renamed]),
            (
                "上级与文件不同（人工调整过，保持不动）",
                [f"{code} {name}，文件中的上级为 {parent or '无'}" for code, name, parent in report.moved],
            ),
            ("文件中没有的单位（保留，不删除）", [f"{code} {name}" for code, name in report.missing]),
            (
                "领域待人工确定（请在“党组织 → 领域待定”中办理）",
                [f"{code} {name}：{reason}" for code, name, reason in report.unclassified],
            ),
        ]
        for title, rows in parts:
            if rows:
                lines += [f"{title}：{len(rows)} 个", *(f"  {row}" for row in rows[:shown])]
                if shown is not None and len(rows) > shown:
                    lines.append(f"  …… 其余 {len(rows) - shown} 个见 --report 文件")
        return lines
