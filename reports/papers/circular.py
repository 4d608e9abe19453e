"""通报 (domain §5.8) as a document: what was issued, with its table of units on a page of its own.

Whoever may read it prints it: which unit's it is stands in the filter, for those below print what they received.
"""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.errors import Refused
from accounts.tables import Column
from organizations.models import Organization
from organizations.rules import Level
from rectification.supervision.circulars import rules, wording
from rectification.supervision.circulars.models import Circular, CircularState
from reports.ledgers import Selection
from reports.papers.letter import Document, Letter, Paragraph, department_of
from reports.sheet import Row, Sheet

LEVELS = [(level.value, level.label) for level in (Level.CITY, Level.COUNTY, Level.TOWNSHIP)]
NUMBERS = [(str(number), f"{number}号") for number in range(1, 61)]
HEADING = 20
UNITS = {Level.CITY: "县（市、区）", Level.COUNTY: "乡镇（街道）", Level.TOWNSHIP: "村（社区）"}


def write(selection: Selection) -> Letter:
    """The circular asked for, the newest issued one where none is; Refused where there is none to be read."""
    circular = _asked(selection)
    facts, unit = circular.facts, circular.organization
    words = [Paragraph(rules.opening(facts))]
    for part in wording.parts_of(circular):
        if part.fixed or part.words:
            words.append(Paragraph(part.heading, level=1))
            words += [Paragraph(line) for line in (*part.fixed, *part.words)]
    return Letter(
        key=CIRCULAR.key,
        title=circular.title,
        heading=heading(circular.title),
        paragraphs=words,
        signer=department_of(unit),
        attachment=table_of(circular),
        organ=department_of(unit),
        number=circular.number_words,
        to=wording.addressees(circular),
        on=timezone.localdate(circular.issued_at),
    )


def _asked(selection: Selection) -> Circular:
    unit = _issuer(selection)
    rows = Circular.objects.visible_to(selection.post).filter(
        organization=unit, year=selection.year, state=CircularState.ISSUED
    )
    if number := selection.filters.get("number", ""):
        rows = rows.filter(number=int(number))
    circular = rows.select_related("organization", "scheme").order_by("-number").first()
    if circular is None:
        which = f"第{number}号" if number else "已印发的"
        raise Refused(f"{unit.short_name}{selection.year}年没有{which}督导通报")
    return circular


def _issuer(selection: Selection) -> Organization:
    """The unit of the level asked for, on the way from the top down to the unit; the unit itself without a level."""
    level = selection.filters.get("level", "")
    if not level or level == selection.unit.level:
        return selection.unit
    above = Organization.objects.above(selection.unit).filter(level=level).first()
    if above is None:
        raise Refused("请选择本单位或上级单位的通报")
    return above


def heading(title: str) -> tuple[str, ...]:
    """A title of more than a line breaks after a word, about in its middle."""
    if len(title) <= HEADING:
        return (title,)
    for word in ("基层党组织", "整顿", "督导"):
        first, found, rest = title.partition(word)
        if found and rest and len(first + found) <= HEADING + 4:
            return (first + found, rest)
    half = len(title) // 2
    return (title[:half], title[half:])


def table_of(circular: Circular) -> Sheet:
    """Its table of units, from what was frozen."""
    facts: dict[str, Any] = circular.facts
    ranked = bool(facts["ranking"])
    columns = [
        Column("number", "序号", kind="number", width=6),
        Column("name", UNITS.get(Level(facts["level"]), "单位"), width=15),
        Column("cases", "整顿对象", kind="number", width=11),
        Column("problems", "列出问题", kind="number", width=11),
        Column("closed", "已销号", kind="number", width=8),
        Column("overdue", "逾期任务", kind="number", width=11),
        Column("mean", "平均完成率", width=12),
    ]
    if ranked:
        columns.append(Column("rank", "名次", width=6))
    rows = [
        Row(tuple(_values(number, row, ranked)), (row["uid"],))
        for number, row in enumerate(facts["units"], 1)
    ]
    return Sheet(
        key=CIRCULAR.key,
        title=wording.annex_title(circular),
        columns=tuple(columns),
        rows=rows,
        foot=lambda: None,
        particulars=[("印发单位", circular.organization.office), ("数据截至", facts["as_of"])],
        paper="A4",
    )


def _values(number: int, row: dict[str, Any], ranked: bool) -> list[Any]:
    values = [number, row["name"], row["cases"], row["problems"], row["closed"], row["overdue"]]
    values.append(f"{row['mean']}%" if row["cases"] else "—")
    if ranked:
        values.append(str(row["rank"]) if row["rank"] else "—")
    return values


@dataclass(frozen=True)
class CircularDocument(Document):
    """A circular is called after whoever issued it, not after whoever prints it."""

    def named(self, selection: Selection) -> str:
        """The issuer, its kind and its number where one was asked for."""
        try:
            unit = _issuer(selection)
        except Refused:
            unit = selection.unit
        number = selection.filters.get("number", "")
        said = f"督导通报〔{selection.year}〕{number}号" if number else self.title.format(year=selection.year)
        return f"{unit.name}{said}"


CIRCULAR = CircularDocument(
    key="circular",
    title="{year}年软弱涣散基层党组织整顿督导通报",
    write=write,
    filters={"level": ("印发单位层级", LEVELS, ""), "number": ("期号", NUMBERS, "")},
)
