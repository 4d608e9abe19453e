"""Run the draw of an inspection or a check again from its record: the same seed and pool give the same cases."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rectification.acceptance.checks.models import Check
from rectification.supervision.inspections.drawing import rerun_record
from rectification.supervision.inspections.models import Inspection


class Command(BaseCommand):
    help = "按留存的种子、范围和权重重新抽取一次督导（验收检查）对象，并与记录核对"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uid", type=UUID, help="督导或验收检查的编号（抽取记录页的地址中）")

    def handle(self, *args: Any, **options: Any) -> None:
        held = (
            Inspection.objects.filter(uid=options["uid"]).first()
            or Check.objects.filter(uid=options["uid"]).first()
        )
        if held is None or not held.draw:
            raise CommandError("没有这次督导（检查），或者它的对象是选定的，没有抽取")
        now = {str(uid) for uid in held.results.values_list("case__uid", flat=True)}
        again = rerun_record(held.draw, now, "本次督导" if isinstance(held, Inspection) else "本次检查")
        self.stdout.write(f"{held}，种子 {held.draw['seed']}")
        for row in held.draw["pool"]:
            reasons = "；".join(f"{words}（+{points}）" for words, points in row["reasons"])
            self.stdout.write(f"  {row['case']} {row['name']} 权重{row['weight']} {reasons}")
        for pick, name in again.lines:
            place = f"余数{pick.remainder}／{pick.total}，号段{pick.first}—{pick.last}"
            self.stdout.write(f"第{pick.number}次 {pick.digest} {place}：{name}")
        if again.faults:
            raise CommandError("；".join(again.faults))
        self.stdout.write("重新抽取的结果与记录一致")
