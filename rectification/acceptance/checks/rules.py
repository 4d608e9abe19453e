"""How many of the accepted cases are looked at again, which chance should find, and what a conclusion needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from rectification.schemes.terms import plain, words
from rectification.supervision.inspections.rules import Reason

UPHELD, REFUSED = "upheld", "refused"
NEAR = Decimal(5)
"""So many points, or per cent of satisfaction, above its line count as just passed."""
WHOLE = Decimal(100)


def asked(percent: Decimal, accepted: int) -> int:
    """How many of the accepted cases the scheme wants looked at: ⌈percent⌉ of them."""
    return int((percent * accepted / WHOLE).to_integral_value(ROUND_CEILING))


def percent_words(percent: Decimal | None) -> str:
    """The scheme's share in words."""
    if percent is None:
        return "方案没有规定检查"
    return "全面检查" if percent >= WHOLE else f"抽查不少于{plain(percent)}%"


@dataclass(frozen=True)
class Facts:
    """What is known of an accepted case: by how many points and per cent it passed (None: not known), whether the
    result differs from what the rules gave, what was passed over, how often it was examined, whether it was carried."""

    above_line: Decimal | None = None
    above_satisfaction: Decimal | None = None
    different: bool = False
    passed_over: int = 0
    number: int = 1
    carried: bool = False


def reasons_of(facts: Facts) -> list[Reason]:
    """Every reason that makes an accepted case more likely to be drawn."""
    found = []
    if facts.different:
        found.append(Reason("签署结果与按规则的结果不一致", 3))
    if facts.passed_over:
        found.append(Reason(f"有{facts.passed_over}项未齐备、说明理由后验收", min(facts.passed_over + 1, 3)))
    if facts.above_line is not None and facts.above_line < NEAR:
        found.append(Reason(f"验收分仅高出合格线{plain(max(facts.above_line, Decimal(0)))}分", 2))
    if facts.above_satisfaction is not None and facts.above_satisfaction < NEAR:
        over = plain(max(facts.above_satisfaction, Decimal(0)))
        found.append(Reason(f"满意率仅高出满意率线{over}个百分点", 2))
    if facts.number > 1:
        found.append(Reason(f"第{facts.number}次验收才合格", 1))
    if facts.carried:
        found.append(Reason("上年整顿未转化", 2))
    return found


@dataclass(frozen=True)
class Written:
    """A conclusion as it was typed, or why nobody looked."""

    on: date | None
    words: str
    verdict: str = ""
    due_on: date | None = None
    skipped: str = ""
    findings: str = ""

    @property
    def problems(self) -> list[str]:
        """What must still be put right: one problem a line."""
        return [line.strip() for line in self.findings.splitlines() if line.strip()]


def result_errors(given: Written, *, before: str, starts_on: date, today: date) -> dict[str, list[str]]:
    """What is wrong with a conclusion, by field. before: the verdict that stands, "" while there is none."""
    if given.skipped.strip():
        if before:
            return {"skipped_reason": ["已登记检查结论，不能改为未检查；有误的，请更正检查情况"]}
        if given.verdict:
            return {"skipped_reason": ["已选检查结论的，不填“未检查的原因”"]}
        return {}
    errors: dict[str, list[str]] = {}
    if given.verdict not in (UPHELD, REFUSED):
        errors["verdict"] = ["请选择检查结论；没有检查的，请写明未检查的原因"]
    if wrong := _day_error(given.on, starts_on, today):
        errors["on"] = [wrong]
    if not given.words.strip():
        errors["words"] = ["请写明检查情况" + ("和不认可的理由" if given.verdict == REFUSED else "")]
    return errors | _change_errors(given, before, today)


def _day_error(on: date | None, starts_on: date, today: date) -> str:
    if on is None:
        return "请填写检查日期"
    if on > today:
        return f"检查日期 {words(on)} 还没有到"
    if on < starts_on:
        return f"检查日期 {words(on)} 早于本次检查开始日期 {words(starts_on)}"
    return ""


def _change_errors(given: Written, before: str, today: date) -> dict[str, list[str]]:
    """A refusal took the case back: it stands, and needs a day to begin with."""
    if before == REFUSED:
        if given.verdict == UPHELD:
            said = "已退回继续整顿，结论不能改为认可；退回有误的，请由下级重新提请验收，检查情况可以更正"
            return {"verdict": [said]}
        return {}
    if given.verdict != REFUSED:
        return {}
    errors = {}
    if not given.problems:
        errors["findings"] = ["不认可的，请写明须继续整改的问题，列入该对象的问题清单"]
    if given.due_on is None:
        errors["due_on"] = ["不认可的，请填写重新提请验收期限"]
    elif given.due_on <= today:
        errors["due_on"] = [f"重新提请验收期限 {words(given.due_on)} 应晚于今天"]
    return errors
