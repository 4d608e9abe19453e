"""An office's own 整顿工作台账, of whatever layout: its rows become problems and measures of cases whose plan is open.

What is already in the file changes nothing; a case whose plan went up or was approved is refused with what to do. How
far a measure is, and what was 销号, is told measure by measure once the plan is approved, not by this table.
"""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.errors import Refused
from accounts.roles import Role
from accounts.tables import show
from organizations.imports import Kind, Staged, changed_meanwhile, register
from organizations.layout_rules import LayoutRow, Wanted, plain
from organizations.models import Appointment, ImportBatch, Organization
from organizations.record_rules import clean_day
from organizations.roster_rules import CellRefused, cell_text
from rectification.cases.models import Case
from rectification.lookback.places import Places
from rectification.remediation import plan_actions, problem_actions
from rectification.remediation.models import Measure

VILLAGE = ("党组织名称", "村", "社区", "村名", "整顿对象", "单位名称", "村居")
PROBLEM = ("存在问题", "主要问题", "问题", "问题清单", "存在的突出问题")
WANTED = (
    Wanted("township", "乡镇（街道）", ("乡镇", "街道", "所属乡镇", "镇街"), merged=True),
    Wanted(
        "organization",
        "村（社区）",
        VILLAGE,
        required=True,
        merged=True,
    ),
    Wanted(
        "problem",
        "突出问题",
        PROBLEM,
        required=True,
        merged=True,
    ),
    Wanted("text", "整顿措施", ("整改措施", "措施", "任务清单", "具体措施"), required=True),
    Wanted("goal", "目标", ("整改目标", "任务目标", "工作目标", "预期目标")),
    Wanted("leader", "责任领导", ("包抓领导", "联系领导", "分管领导", "牵头领导")),
    Wanted("unit", "责任单位", ("牵头单位", "责任部门", "承办单位")),
    Wanted("person", "责任人", ("具体责任人", "承办人", "直接责任人")),
    Wanted("due_on", "时限", ("完成时限", "整改时限", "完成时间", "整改期限"), required=True),
    Wanted("requirement", "要求", ("工作要求", "整改要求")),
)
LIMITS = {
    "leader": 60,
    "unit": 100,
    "person": 60,
    "requirement": 200,
    "text": 2000,
    "goal": 2000,
    "problem": 500,
}
TITLES = {one.key: one.title for one in WANTED}
GIVEN = ("goal", "leader", "unit", "person", "requirement")
LONG_TERM = ("长期", "常态")


def stage(rows: list[LayoutRow], *, unit: Organization, post: Appointment) -> Staged:
    """What the rows would add, and what is wrong with them by cell; writes nothing."""
    reading = _Reading(unit, post)
    for row in rows:
        reading.take(row)
    reading.staged.read = len(rows)
    return reading.staged


class _Reading:
    """One pass over the rows."""

    def __init__(self, unit: Organization, post: Appointment) -> None:
        self.staged, self.post, self.today = Staged(), post, timezone.localdate()
        self.places = Places(unit)
        related = ("organization", "scheme", "county", "township")
        cases = Case.objects.visible_to(post).under(unit).of_year(self.today.year).select_related(*related)
        self.cases = {case.organization_id: case for case in cases.prefetch_related("problems__measures")}
        plans = {plan.case_id: plan for plan in plan_actions.Plan.objects.filter(case__in=cases)}
        self.closed = {
            case.pk: plan_actions.edit_refusal(case, plans.get(case.pk), post) for case in self.cases.values()
        }
        self.seen: dict[tuple[int, str, str], int] = {}

    def refuse(self, row: LayoutRow, key: str, reason: str) -> None:
        """Note what is wrong with a cell."""
        value = str(row.cells.get(key) or "")
        self.staged.refuse(row.sheet, row.number, row.letters.get(key, ""), TITLES[key], value, reason)

    def take(self, row: LayoutRow) -> None:
        """One row of the file: a measure of a problem of a case."""
        before = len(self.staged.errors)
        words = {key: self._words(row, key) for key in (*LIMITS, "organization", "township")}
        due, long_term = self._due(row)
        case = self._case(row, words)
        for key in ("problem", "text"):
            if not words[key]:
                self.refuse(row, key, f"请填写{TITLES[key]}")
        if case is None or due is None or len(self.staged.errors) > before:
            return
        key = (case.pk, plain(words["problem"]), plain(words["text"]))
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            self.refuse(row, "text", f"与第 {first} 行是同一条措施")
            return
        if not self._known(case, words):
            self.staged.rows.append(self._line(row, case, words, due, long_term))

    def _words(self, row: LayoutRow, key: str) -> str:
        try:
            words = cell_text(row.cells.get(key))
        except CellRefused as refused:
            self.refuse(row, key, str(refused))
            return ""
        if len(words) > LIMITS.get(key, 100):
            self.refuse(row, key, f"不超过 {LIMITS.get(key, 100)} 个字")
        return words

    def _due(self, row: LayoutRow) -> tuple[date | None, bool]:
        typed = str(row.cells.get("due_on") or "")
        try:
            due = clean_day(row.cells.get("due_on"))
        except CellRefused as refused:
            hint = "；长期坚持的也请写一个日期，如 2026年12月31日（长期坚持）" if _lasting(typed) else ""
            self.refuse(row, "due_on", f"{refused}{hint}")
            return None, False
        if due is None:
            self.refuse(row, "due_on", "请填写完成时限")
        elif due.year not in (self.today.year, self.today.year + 1):
            self.refuse(row, "due_on", f"应为{self.today.year}年或次年的日期")
            return None, False
        return due, _lasting(typed)

    def _case(self, row: LayoutRow, words: dict[str, str]) -> Case | None:
        if not words["organization"]:
            self.refuse(row, "organization", "请填写村（社区）")
            return None
        path = "/".join(filter(None, (words["township"], words["organization"])))
        found, _header, reason = self.places.find("", path)
        if found is None:
            self.refuse(row, "organization", reason)
            return None
        case = self.cases.get(found.pk)
        if case is None:
            self.refuse(row, "organization", f"{found.short_name}没有列入{self.today.year}年整顿对象")
        elif refused := self.closed[case.pk]:
            self.refuse(row, "organization", refused)
        else:
            return case
        return None

    @staticmethod
    def _known(case: Case, words: dict[str, str]) -> bool:
        """Whether the case's file says this measure of this problem already."""
        return any(
            plain(problem.text) == plain(words["problem"]) and plain(measure.text) == plain(words["text"])
            for problem in case.problems.all()
            for measure in problem.measures.all()
        )

    def _line(
        self, row: LayoutRow, case: Case, words: dict[str, str], due: date, long_term: bool
    ) -> dict[str, Any]:
        told = {TITLES[key]: words[key] for key in ("problem", "text", *GIVEN) if words[key]}
        told["时限"] = show(due) + ("（长期坚持）" if long_term else "")
        unit = case.organization
        return {
            "row": row.number,
            "id": unit.pk,
            "code": unit.code or "",
            "name": unit.name,
            "case": case.pk,
            "problem": words["problem"],
            "measure": {key: words[key] for key in ("text", *GIVEN)},
            "due_on": due.isoformat(),
            "long_term": long_term,
            "changes": [{"label": label, "before": "", "after": text} for label, text in told.items()],
        }


def _lasting(words: str) -> bool:
    return any(word in words for word in LONG_TERM)


def write(batch: ImportBatch, *, by: Appointment, at: datetime) -> int:
    """Add the measures that were looked at, each to the problem of its words; all of them or none."""
    today = timezone.localdate(at)
    seen = set(
        Case.objects.visible_to(by)
        .filter(pk__in={row["case"] for row in batch.rows})
        .values_list("pk", flat=True)
    )
    if late := [row["name"] for row in batch.rows if row["case"] not in seen]:
        raise changed_meanwhile(late)
    problems: dict[tuple[int, str], int] = {}
    for row in batch.rows:
        key = row["case"], plain(row["problem"])
        if key not in problems:
            problems[key] = _problem(row, by, at)
        due = date.fromisoformat(row["due_on"])
        if _there(problems[key], row):
            raise Refused(f"预览之后“{row['measure']['text'][:20]}”已有人填写，没有写入任何内容；请重新上传")
        problem_actions.save_measure(
            problem_id=problems[key],
            by=by,
            at=at,
            starts_on=min(today, due),
            due_on=due,
            long_term=row["long_term"],
            **row["measure"],
        )
    return len(batch.rows)


def _problem(row: dict[str, Any], by: Appointment, at: datetime) -> int:
    """The case's problem of these words; listed anew where it has none."""
    case = Case.objects.get(pk=row["case"])
    for problem in case.problems.exclude(state="closed"):
        if plain(problem.text) == plain(row["problem"]):
            return problem.pk
    made = problem_actions.save_problem(case_id=case.pk, text=row["problem"], criterion=None, by=by, at=at)
    return made.pk


def _there(problem_id: int, row: dict[str, Any]) -> bool:
    texts = Measure.objects.filter(problem=problem_id).values_list("text", flat=True)
    return plain(row["measure"]["text"]) in map(plain, texts)


WORK_LEDGER = Kind(
    key="work_ledger",
    title="整顿工作台账",
    roles=frozenset({Role.TOWNSHIP_OFFICER, Role.COUNTY_OFFICER}),
    stage=stage,
    write=write,
    page="remediation:ledger_import",
    counted="条措施",
    after="下一步在整顿方案中核对后呈报",
    refusal="问题和措施由拟订整顿方案的乡镇（街道）组织委员导入，县直属的由县（市、区）委组织部导入",
    wanted=WANTED,
)
register(WORK_LEDGER)
