"""Draw the stages of a year and the chains of the shipped schemes into docs/workflow.md (Mermaid)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts.roles import Role
from rectification.schemes.models import Process, StepMode
from rectification.schemes.preset_files import load_preset, preset_keys, preset_path
from rectification.workflow import STEPS, Stage


class Command(BaseCommand):
    help = "画出一年的环节和各样本方案的审批环节（Mermaid），写入 docs/workflow.md"

    def add_arguments(self, parser: CommandParser) -> None:
        default = Path(settings.BASE_DIR) / "docs" / "workflow.md"
        parser.add_argument("--output", type=Path, default=default, help="写到哪里；- 为屏幕")

    def handle(self, *args: Any, **options: Any) -> None:
        text = "\n".join(_lines()) + "\n"
        if str(options["output"]) == "-":
            self.stdout.write(text, ending="")
            return
        options["output"].parent.mkdir(parents=True, exist_ok=True)
        options["output"].write_text(text, encoding="utf-8")
        self.stdout.write(f"已写入 {options['output'].name}")


def _lines() -> Iterator[str]:
    yield "# 一年的环节"
    yield ""
    yield "由 `manage.py workflow_diagram` 从 `rectification/workflow.py` 和样本方案生成，不手改。"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for stage in Stage:
        yield f"    {stage.value}: {stage.label}"
    for step in STEPS.values():
        for before in sorted(step.before):
            reason = "（写明理由）" if step.needs_reason else ""
            yield f"    {before.value} --> {step.after.value}: {step.name}{reason}"
    yield "```"
    for key in preset_keys():
        yield from _chains(key)


def _chains(key: str) -> Iterator[str]:
    preset = load_preset(preset_path(key))
    yield ""
    yield f"## 由谁办理：{preset.title.replace('{year}年度', '')}（{key}）"
    yield ""
    yield "虚线是可选环节，默认不启用。由谁办理是方案的数据，可以改。"
    yield ""
    yield "```mermaid"
    yield "flowchart LR"
    for process in Process:
        steps = [step for step in preset.chain if step.process == process]
        for number, step in enumerate(steps):
            mode = StepMode(step.mode).label
            decides = "，认定环节" if step.decides else ""
            words = f"{step.name}<br/>{Role(step.role).label}（{mode}{decides}）"
            name = f"{process.value}{number}"
            yield f'    {name}["{words}"]'
            arrow = "-.->" if step.optional else "-->"
            before = f"{process.value}{number - 1}" if number else f'{process.value}(("{process.label}"))'
            yield f"    {before} {arrow} {name}"
    yield "```"
