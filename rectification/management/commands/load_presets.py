"""Check every preset and print it; presets are files that a new scheme is copied from, nothing is stored."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rectification.schemes.preset_files import PresetInvalid, load_preset, preset_keys, preset_path


class Command(BaseCommand):
    help = "检查并列出年度方案样本（编号、标题、各部分条数）"

    def handle(self, *args: Any, **options: Any) -> None:
        for key in preset_keys():
            try:
                preset = load_preset(preset_path(key))
            except PresetInvalid as invalid:
                raise CommandError(str(invalid)) from None
            counts = (
                f"情形 {len(preset.criteria)}，阶段 {len(preset.phases)}，时限任务 {len(preset.duty_rules)}，"
                f"验收项目 {len(preset.acceptance_items)}"
            )
            if preset.practice.gaps:
                counts += f"，留空待填 {len(preset.practice.gaps)} 处"
            self.stdout.write(f"{preset.key}\t{preset.title.replace('{year}', '××××')}\t{counts}")
