"""What a year's scheme must satisfy before it is put in force, and on which days its duties fall."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from organizations.rules import Field
from rectification.schemes.duty_problems import duty_rule_problems
from rectification.schemes.terms import (
    AcceptanceItem,
    Criterion,
    DutyRule,
    Mode,
    Phase,
    Problem,
    Quota,
    SchemeHead,
    criterion_name,
    field_names,
    plain,
    words,
)


def phase_problems(phases: Sequence[Phase]) -> Iterator[Problem]:
    """Phases may share a day or overlap; refused are an end before the start and a start before the phase
    ahead (domain §2)."""
    if not phases:
        yield Problem("phases", "至少要有一个阶段")
    ahead: Phase | None = None
    for number, phase in enumerate(phases):
        at = f"phases.{number}"
        if not phase.name.strip():
            yield Problem(f"{at}.name", f"第 {number + 1} 个阶段没有名称")
        if phase.starts_on is None or phase.ends_on is None:
            yield Problem(f"{at}.starts_on", f"阶段“{phase.name}”的起止日期不完整")
            continue
        if phase.ends_on < phase.starts_on:
            yield Problem(
                f"{at}.ends_on",
                f"阶段“{phase.name}”的结束日期 {words(phase.ends_on)} 早于开始日期 {words(phase.starts_on)}",
            )
        if ahead is not None and ahead.starts_on is not None and phase.starts_on < ahead.starts_on:
            yield Problem(
                f"{at}.starts_on",
                f"阶段“{phase.name}”的开始日期 {words(phase.starts_on)} 早于前一阶段"
                f"“{ahead.name}”的开始日期 {words(ahead.starts_on)}",
            )
        ahead = phase


def criteria_problems(criteria: Sequence[Criterion], full_marks: Decimal) -> Iterator[Problem]:
    """Criteria have words and points; that their points make up the full marks is only advised.

    Points of 0 are allowed: a hard criterion may be met without being scored (S1 扶风); where none has points there is
    no sum to speak of.
    """
    if not criteria:
        yield Problem("criteria", "至少要有一种情形")
    if full_marks <= 0:
        yield Problem("full_marks", f"满分 {plain(full_marks)} 应大于 0")
    for order, times in Counter(criterion.order for criterion in criteria).items():
        if times > 1:
            yield Problem("criteria", f"情形序号 {order} 重复")
    for number, criterion in enumerate(criteria):
        at, points, start = f"criteria.{number}", criterion.points, criterion.threshold
        if not criterion.text.strip():
            yield Problem(f"{at}.text", f"第 {number + 1} 种情形没有文字")
        if points < 0:
            yield Problem(f"{at}.points", f"情形“{criterion_name(criterion)}”的标准分不能为负数")
        if start is not None and not 0 < start <= points:
            yield Problem(
                f"{at}.threshold",
                f"情形“{criterion_name(criterion)}”的起点分 {plain(start)} 应大于 0 且不超过标准分 {plain(points)}",
            )
    total = sum((criterion.points for criterion in criteria), Decimal(0))
    if total and total != full_marks:
        message = f"各情形标准分合计 {plain(total)}，与满分 {plain(full_marks)} 不一致"
        yield Problem("criteria", message, "warning")


def quota_problems(quotas: Sequence[Quota], mode: str) -> Iterator[Problem]:
    """Under 倒排按比例 every quota has 0 < percent ≤ 100; a field belongs to at most one quota."""
    if mode == Mode.QUOTA and not quotas:
        yield Problem("quotas", "倒排按比例须至少设一个比例")
    for number, quota in enumerate(quotas):
        at, name = f"quotas.{number}", field_names(quota.fields)
        if not quota.fields:
            yield Problem(f"{at}.fields", f"第 {number + 1} 个比例没有选领域")
        if quota.percent is None:
            if mode == Mode.QUOTA:
                yield Problem(f"{at}.percent", f"“{name}”的比例没有填百分数")
        elif not 0 < quota.percent <= 100:
            yield Problem(f"{at}.percent", f"“{name}”的比例 {plain(quota.percent)}% 应大于 0 且不超过 100%")
    counted: set[str] = set()
    for number, quota in enumerate(quotas):
        for field in Field:
            if field in quota.fields and field in counted:
                yield Problem(f"quotas.{number}.fields", f"领域“{field.label}”重复设了比例")
        counted.update(quota.fields)


def acceptance_problems(head: SchemeHead, items: Sequence[AcceptanceItem]) -> Iterator[Problem]:
    """Items have points; 0 < basic line ≤ pass line ≤ total points; rates lie between 0 and 100 percent."""
    if not items:
        yield Problem("acceptance_items", "至少要有一个考核验收项目")
    for number, item in enumerate(items):
        at = f"acceptance_items.{number}"
        if not item.text.strip():
            yield Problem(f"{at}.text", f"第 {number + 1} 个考核验收项目没有名称")
        if item.points is None or item.points <= 0:
            yield Problem(f"{at}.points", f"考核验收项目“{item.text}”的标准分应大于 0")
    total = sum((item.points for item in items if item.points is not None), Decimal(0))
    passing, basic = head.pass_line, head.basic_line
    if passing is None or passing <= 0:
        yield Problem("pass_line", "没有填合格线")
    elif items and passing > total:
        yield Problem("pass_line", f"合格线 {plain(passing)} 超过考核验收总分 {plain(total)}")
    if basic is not None and (basic <= 0 or (passing is not None and basic > passing)):
        yield Problem("basic_line", f"基本合格线 {plain(basic)} 应大于 0 且不超过合格线")
    for path, noun, rate in (
        ("satisfaction_line", "满意率线", head.satisfaction_line),
        ("dissatisfied_veto", "不满意否决线", head.dissatisfied_veto),
    ):
        if rate is not None and not 0 <= rate <= 100:
            yield Problem(path, f"{noun} {plain(rate)}% 应在 0 与 100% 之间")


def reminder_problems(days: Sequence[int]) -> Iterator[Problem]:
    """Days before the due date on which reminders fall: not negative, none twice."""
    if any(day < 0 for day in days):
        yield Problem("reminder_days", "提前提醒的天数不能为负数")
    if len(set(days)) != len(days):
        yield Problem("reminder_days", "提前提醒的天数有重复")


def escalation_problems(days: Sequence[int]) -> Iterator[Problem]:
    """Working days overdue after which a duty goes one level further up: at least one, each later than the last."""
    if any(day < 1 for day in days):
        yield Problem("escalation_days", "逾期逐级督办的天数至少为 1")
    elif list(days) != sorted(set(days)):
        yield Problem("escalation_days", "逾期逐级督办的天数应从小到大、不重复，如“1、3、5”")


def scheme_problems(
    head: SchemeHead,
    *,
    phases: Sequence[Phase],
    criteria: Sequence[Criterion],
    quotas: Sequence[Quota],
    duty_rules: Sequence[DutyRule],
    acceptance_items: Sequence[AcceptanceItem],
) -> list[Problem]:
    """Everything wrong with a scheme, errors before warnings; no error means it may be put in force."""
    found = [] if head.title.strip() else [Problem("title", "没有填方案标题")]
    if head.document_number and (refusal := document_number_refusal(head.document_number)):
        found.append(Problem("document_number", refusal))
    found += phase_problems(phases)
    found += criteria_problems(criteria, head.full_marks)
    found += quota_problems(quotas, head.mode)
    found += duty_rule_problems(duty_rules, phases=phases)
    found += acceptance_problems(head, acceptance_items)
    found += reminder_problems(head.reminder_days)
    found += escalation_problems(head.escalation_days)
    return sorted(found, key=lambda problem: not problem.is_error)


def in_force_refusal(problems: Sequence[Problem], *, in_force: bool = False) -> str | None:
    """Why a scheme cannot be put in force now, naming its first three errors, or None.

    `problems` come from `scheme_problems`; warnings do not refuse.
    """
    if in_force:
        return "方案已在执行，改动须登记修订"
    errors = [problem.message for problem in problems if problem.is_error]
    if not errors:
        return None
    more = f"；等 {len(errors)} 处" if len(errors) > 3 else ""
    return f"方案还不能执行：{'；'.join(errors[:3])}{more}"


def edit_refusal(*, in_force: bool, amendment: str) -> str | None:
    """Why a change is refused, or None: in force a scheme is frozen but for a recorded amendment (issue 2 §4)."""
    if in_force and not amendment.strip():
        return "方案已在执行，修改须写明修订理由"
    return None


_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}〔(?:19|20)[0-9]{2}〕[1-9][0-9]{0,4}号")


def document_number_refusal(number: str) -> str | None:
    """Why a text is no document number of GB/T 9704—2012 (岳组发〔2015〕3号), or None."""
    number = number.strip()
    if _NUMBER.fullmatch(number):
        return None
    if re.search(r"[\[\]【】［］()（）{}]", number):
        return f"文号“{number}”的年份应使用六角括号，如 岳组发〔2015〕3号"
    if "第" in number:
        return f"文号“{number}”的序号前不加“第”字，如 岳组发〔2015〕3号"
    if "〕0" in number:
        return f"文号“{number}”的序号不编虚位，写 3号 不写 003号"
    return f"文号“{number}”格式不对，应如 岳组发〔2015〕3号"
