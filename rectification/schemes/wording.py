"""How the rows of each part of a scheme read: on its page, and side by side with another scheme's or preset's."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from rectification.schemes.date_rules import rhythm_words
from rectification.schemes.duty_problems import date_rule
from rectification.schemes.models import ItemKind
from rectification.schemes.practice_terms import INPUTS, KEYS, LEADERSHIP
from rectification.schemes.terms import NATIONAL_TYPES, Rhythm, field_names, plain, words

TO_FILL = "（待填）"


class Line(NamedTuple):
    """A row in words: what it is called (may be empty), what it says, and what is listed under it."""

    label: str
    text: str
    more: Sequence[str] = ()


def number_of(order: int) -> str:
    """A criterion's circled number as the papers write it."""
    return chr(0x2460 + order - 1) if 1 <= order <= 20 else f"（{order}）"


def national_words(types: Sequence[int]) -> list[str]:
    """The national types a criterion maps to, each with its number: 5 换届拉票贿选突出."""
    return [f"{number} {NATIONAL_TYPES[number - 1]}" for number in types if number <= len(NATIONAL_TYPES)]


def _span(first: date | None, last: date | None) -> str:
    return "—".join(words(day) if day else "待填" for day in (first, last))


def _phase(row: Any) -> Line:
    return Line(row.get_stage_display(), f"{row.name}，{_span(row.starts_on, row.ends_on)}")


def _criterion(row: Any) -> Line:
    hard = "，硬杠杠" if row.hard else ""
    points = f"{plain(row.points)} 分" if row.points else "不计分"
    start = f"，扣 {plain(row.threshold)} 分起认定" if row.threshold is not None else ""
    fields = field_names(row.fields) or "全部领域"
    types = f"党内统计主要类型：{'；'.join(national_words(row.national_types)) or '不对应'}"
    return Line(f"情形{number_of(row.order)}", f"{row.text}（{points}，{fields}{start}{hard}）", [types])


def _quota(row: Any) -> Line:
    percent = f"不低于 {plain(row.percent)}%" if row.percent is not None else "不设比例"
    return Line(field_names(row.fields), percent + ("（合并计算）" if len(row.fields) > 1 else ""))


def _duty(row: Any) -> Line:
    by = f"，{words(row.due_on)}前" if row.due_on else ""
    owner = row.get_debtor_display() if row.debtor else row.get_owner_role_display()
    rhythm = rhythm_words(date_rule(row)) if row.rhythm in set(Rhythm) else row.rhythm
    return Line(row.title, f"{rhythm}{by}，{owner}")


def _step(row: Any) -> Line:
    decides = "，认定环节" if row.decides else ""
    return Line(
        row.get_process_display(),
        f"{row.name}（{row.get_role_display()}，{row.get_mode_display()}{decides}）",
    )


def _scored(row: Any) -> Line:
    points = "没有标准分" if row.points is None else f"{plain(row.points)} 分"
    return Line("", f"{row.text}（{points}{'，否决项' if row.veto else ''}）")


def _contact(row: Any) -> Line:
    return Line("", row.text + (f"（限{field_names(row.fields)}）" if row.fields else ""))


def _plain(row: Any) -> Line:
    return Line("", row.text)


def _keyed(names: Mapping[str, str]) -> Callable[[Any], Line]:
    return lambda row: Line(names.get(row.key, KEYS.get(row.key, "")), row.text)


def _treatment(row: Any) -> Line:
    label = f"情形{number_of(row.criterion)}" if row.criterion else "各种情形"
    return Line(label, row.text, [f"期限：{words(row.due_on) if row.due_on else TO_FILL}"])


def _starter(row: Any) -> Line:
    label = f"情形{number_of(row.criterion)}" if row.criterion else "各种情形"
    return Line(label, row.text)


def _aspect(row: Any) -> Line:
    if not row.name and not row.types:
        return Line("", TO_FILL)
    return Line(row.name or TO_FILL, "、".join(row.types) or TO_FILL)


def _form(row: Any) -> Line:
    return Line(row.get_kind_display(), row.title, list(row.questions) or [TO_FILL])


def _target(row: Any) -> Line:
    least = f"不少于 {row.least} {row.unit}" if row.least is not None else ""
    most = f"不多于 {row.most} {row.unit}" if row.most is not None else ""
    return Line(row.title, "，".join(filter(None, (least, most))) or f"只计数（{row.unit}）")


def _inspection(row: Any) -> Line:
    times = f" {row.times} 次" if row.rhythm == Rhythm.COUNT else ""
    often = f"{Rhythm(row.rhythm).label}{times}" if row.rhythm in set(Rhythm) else "频次不定"
    known = "事先通知" if row.announced else "不发通知、不打招呼"
    ranking = "，通报排名（按单位进度，不对人）" if row.ranking else ""
    return Line(often, f"{row.title}（{row.get_level_display()}，{known}{ranking}）")


LINES: Mapping[str, Callable[[Any], Line]] = {
    "phases": _phase,
    "criteria": _criterion,
    "quotas": _quota,
    "duty_rules": _duty,
    "chain": _step,
    ItemKind.ACCEPTANCE: _scored,
    ItemKind.LEADERSHIP: _keyed(LEADERSHIP),
    ItemKind.INPUT: _keyed(INPUTS),
    ItemKind.PROVISION: _keyed(KEYS),
    ItemKind.TREATMENT: _treatment,
    ItemKind.STARTER: _starter,
    ItemKind.CONTACT: _contact,
    "aspects": _aspect,
    "survey_forms": _form,
    "targets": _target,
    "inspection_rules": _inspection,
}


def line(part: str, row: Any) -> Line:
    """A row of a part in words; the row may be unsaved."""
    return LINES.get(part, _plain)(row)
