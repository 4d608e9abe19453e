"""满意度测评汇总表 (domain §5.9): each meeting with its ballots, item × option, the rate with its formula.

Paper and QR answers stand added up, as everywhere; a poll that had too few answers is in no number.
"""

from collections.abc import Iterator, Mapping, Sequence
from zlib import crc32

from django.db.models import F, IntegerField, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from accounts.tables import Column
from organizations.scope import subtree
from rectification.acceptance.ballots.rules import in_order, questions_of
from rectification.acceptance.models import Acceptance, Tally, TallyGroup
from rectification.acceptance.rules import satisfaction_rate
from rectification.schemes.models import Scheme
from reports.ledgers.declaration import Ledger, Record, Selection, Total

CASE = 1
GROUPS = dict(TallyGroup.choices)
TAKEN = {
    "county_name": "acceptance__case__county__short_name",
    "township_name": "acceptance__case__township__short_name",
    "organization_name": "acceptance__case__organization__short_name",
    "round": "acceptance__number",
    "scheme": "acceptance__case__scheme",
}
PLAIN = ("held_on", "place", "entitled", "present", "issued", "returned", "valid", "invalid")
SUMMED = PLAIN[2:]


def _meetings(selection: Selection) -> QuerySet:
    """The tallies of the year's cases under the unit."""
    held = Acceptance.objects.visible_to(selection.post).filter(
        subtree(selection.unit.path).q("case__org_path"), case__year=selection.year
    )
    return Tally.objects.filter(acceptance__in=held)


def source(selection: Selection) -> QuerySet:
    """One record a meeting, 党员 before 群众, in the tree's order."""
    rows = _meetings(selection).order_by(
        "acceptance__case__org_path", "acceptance__case", "acceptance__number", F("group").desc()
    )
    return rows.values(
        "pk",
        "acceptance",
        "group",
        "counts",
        "teller",
        "supervisor",
        *PLAIN,
        **{name: F(path) for name, path in TAKEN.items()},
    )


def fill(_selection: Selection, records: Sequence[Record]) -> None:
    """Spread the votes over their columns and reckon the rates; one query a chunk."""
    schemes = Scheme.objects.in_bulk({record["scheme"] for record in records})
    for record in records:
        scheme, formulas = schemes[record["scheme"]], []
        for item, listed in in_order(record["counts"], questions_of(scheme)):
            options = {option: record["counts"][item][option] for option in listed}
            record |= {_key(item, option): votes for option, votes in options.items()}
            if rate := satisfaction_rate(options, scheme.satisfied_options):
                record[_key(item)] = rate.percent
                formulas.append(f"{item}：{rate.formula}" if len(record["counts"]) > 1 else rate.formula)
        record["formula"] = "；".join(formulas)


def _key(item: str, option: str = "") -> str:
    """The name of an item's column, the same in every year and for every unit."""
    return f"votes-{crc32(f'{item}|{option}'.encode()):08x}"


def asked(selection: Selection) -> dict[str, list[str]]:
    """The items with their options, first as the schemes of these meetings say, then whatever else was counted."""
    rows = _meetings(selection)
    found: dict[str, list[str]] = {}
    schemes = Scheme.objects.filter(pk__in=rows.values("acceptance__case__scheme")).order_by("pk")
    for scheme in schemes:
        _note(found, dict(questions_of(scheme)))
    for counts in rows.values_list("counts", flat=True):
        _note(found, counts)
    return found


def _note(found: dict[str, list[str]], asked: Mapping[str, Sequence[str] | Mapping[str, int]]) -> None:
    for item, options in asked.items():
        known = found.setdefault(item, [])
        known += [option for option in options if option not in known]


def shape(selection: Selection) -> tuple[tuple[Column, ...], tuple[Total, ...]]:
    """The columns of each item under its own name, its options and its rate, and the sums of all ballots."""
    items = asked(selection)
    totals = (
        Total("organization", "count", CASE, words="{}次验收"),
        *(Total(name, "sum", asks=F(name)) for name in SUMMED),
        *(
            Total(_key(item, option), "sum", asks=_given(item, option))
            for item, options in items.items()
            for option in options
        ),
    )
    return (*BEFORE, *_votes(items), *AFTER), totals


def _given(item: str, option: str) -> Cast:
    """The votes for an option, as the database says them."""
    return Cast(KT(f"counts__{item}__{option}"), IntegerField())


def _votes(items: Mapping[str, Sequence[str]]) -> Iterator[Column]:
    for item, options in items.items():
        keys = [(_key(item, option), option, "number", 6) for option in options]
        for key, title, kind, width in [*keys, (_key(item), "满意率", "percent", 8)]:
            yield Column(key, title, lambda record, key=key: record.get(key), kind, width, f"{item}（票）")


BEFORE = (
    Column("number", "序号", kind="number", width=5, merge=CASE),
    Column("county", "县市区", "county_name", width=8, group="整顿对象", merge=CASE),
    Column("township", "乡镇（街道）", "township_name", width=12, group="整顿对象", merge=CASE),
    Column("organization", "村（社区）", "organization_name", width=11, group="整顿对象", merge=CASE),
    Column("round", "验收次数", lambda record: f"第{record['round']}次", width=7, merge=CASE),
    Column("group", "测评对象", lambda record: GROUPS[record["group"]], width=6),
    Column("held_on", "测评日期", kind="date", width=14),
    Column("place", "时间、地点", width=14),
    Column("entitled", "应到", kind="number", width=5, group="人数"),
    Column("present", "实到", kind="number", width=5, group="人数"),
    Column("issued", "发出", kind="number", width=5, group="测评票"),
    Column("returned", "收回", kind="number", width=5, group="测评票"),
    Column("valid", "有效", kind="number", width=5, group="测评票"),
    Column("invalid", "无效", kind="number", width=5, group="测评票"),
)
AFTER = (
    Column("formula", "满意率的计算", width=26),
    Column("supervisor", "监票人", width=8),
    Column("teller", "计票人", width=8),
)

TALLIES = Ledger(
    key="tallies",
    title="{year}年软弱涣散基层党组织整顿满意度测评汇总表",
    columns=(*BEFORE, *AFTER),
    source=source,
    fill=fill,
    shape=shape,
    parts=("acceptance", "pk"),
    filters={"group": ("测评对象", TallyGroup.choices, "group")},
)
