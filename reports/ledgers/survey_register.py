"""摸排登记表 (domain §5.1): every organization assessed in a year, lowest score first within its field.

One row per criterion hit with its points; the organization's own cells are merged over them.
"""

from collections.abc import Sequence

from django.db.models import Case, F, QuerySet, Value, When

from accounts.tables import Column
from organizations.rules import FIELDS, Field, Level
from organizations.scope import subtree
from rectification.survey.models import Assessment
from reports.ledgers import survey_words
from reports.ledgers.declaration import Ledger, Record, Selection, Total

FIELD_ORDER = Case(
    *(When(field=field.value, then=Value(n)) for n, field in enumerate(Field)), default=Value(99)
)
ORGANIZATION = 1
TAKEN = {
    "county_name": "survey__organization__short_name",
    "township_name": "scorer__short_name",
    "organization_name": "organization__short_name",
    "members": "organization__members",
    "finding": "findings__pk",
    "order": "findings__criterion__order",
    "short": "findings__criterion__short",
    "text": "findings__criterion__text",
    "words": "findings__words",
    "deduction": "findings__deduction",
}


def source(selection: Selection) -> QuerySet:
    """Assessments of the year under the unit, joined to what was found; one without a finding is one row."""
    return (
        Assessment.objects.visible_to(selection.post)
        .filter(subtree(selection.unit.path).q("org_path"), survey__year=selection.year, excluded="")
        .order_by(
            "survey__org_path",
            FIELD_ORDER,
            "score",
            "org_path",
            "pk",
            "findings__criterion__order",
            "findings",
        )
        .values(
            "pk",
            "organization",
            "field",
            "score",
            "rank",
            "carried",
            "chosen",
            "township_proposes",
            "township_reason",
            "township_opinion",
            **{name: F(path) for name, path in TAKEN.items()},
        )
    )


def fill(selection: Selection, records: Sequence[Record]) -> None:
    """Add the secretaries and what village, township and departments say: a query a kind and chunk."""
    organizations = {record["organization"] for record in records}
    assessments = {record["pk"] for record in records}
    leaders = survey_words.secretaries(selection, organizations)
    checks = survey_words.self_checks(selection, organizations)
    given = survey_words.opinions(selection, assessments)
    settled = survey_words.settlements(selection, assessments)
    for record in records:
        key = record["organization"]
        leader = leaders.get(key)
        record["secretary"], record["since_on"] = leader or ("", None)
        record["self_opinion"] = survey_words.self_check_words(checks.get(key))
        record["joint_opinion"] = survey_words.joint_words(
            given.get(record["pk"], ()), settled.get(record["pk"], "")
        )


def criterion(record: Record) -> str:
    """The criterion hit, by its circled number and short words."""
    return (
        f"{survey_words.circled(record['order'])}{record['short'] or record['text']}"
        if record["finding"]
        else ""
    )


def remark(record: Record) -> str:
    """What became of it in the survey, and whether it comes from last year."""
    said = ["上年整顿未转化，续整"] if record["carried"] else []
    return "；".join([*said, *(["列为拟整顿对象"] if record["chosen"] else [])])


def _merged(
    key: str, title: str, value: object = None, kind: str = "text", width: int = 12, group: str = ""
) -> Column:
    return Column(key, title, value, kind, width, group, merge=ORGANIZATION)


COUNTY = _merged("county", "县市区", "county_name", width=9)


def shape(selection: Selection) -> tuple[tuple[Column, ...], tuple[Total, ...]]:
    """The sixteen columns; above the county it must be said which one a row is of."""
    number, *rest = SURVEY_REGISTER.columns
    several = Level(selection.unit.level).depth < Level.COUNTY.depth
    return (number, *([COUNTY] if several else []), *rest), SURVEY_REGISTER.totals


SURVEY_REGISTER = Ledger(
    key="survey_register",
    title="{year}年软弱涣散基层党组织摸排登记表",
    columns=(
        _merged("number", "序号", kind="number", width=5),
        _merged("township", "乡镇（街道）", "township_name", width=13),
        _merged("organization", "村（社区）", "organization_name", width=11),
        _merged("field", "领域", lambda r: FIELDS.get(r["field"], ""), width=6),
        _merged("members", "党员数", kind="number", width=6),
        _merged("secretary", "书记姓名", width=9, group="党组织书记"),
        _merged("since", "任职时间", "since_on", kind="date", width=14, group="党组织书记"),
        Column("criteria", "对应情形", criterion, width=16, group="摸排情况"),
        Column("findings", "具体表现", "words", width=30, group="摸排情况"),
        Column("deducted", "扣分", "deduction", kind="number", width=5, group="摸排情况"),
        _merged("score", "得分", kind="number", width=6, group="摸排情况"),
        _merged("rank", "倒排名次", kind="number", width=7, group="摸排情况"),
        _merged("self_opinion", "村自查意见", width=18, group="意见"),
        _merged("township_opinion", "乡镇意见", survey_words.township_words, width=18, group="意见"),
        _merged("joint_opinion", "部门联审意见", width=22, group="意见"),
        _merged("remark", "备注", remark, width=15),
    ),
    source=source,
    fill=fill,
    shape=shape,
    parts=("pk", "finding"),
    totals=(
        Total("organization", "count", ORGANIZATION, words="{}个"),
        Total("members", "sum", ORGANIZATION, asks=F("organization__members")),
        Total("findings", "count", words="{}条"),
        Total("deducted", "sum", asks=F("deduction")),
        Total("score", "mean", ORGANIZATION, words="平均{}", asks=F("score")),
    ),
    filters={
        "field": ("领域", list(FIELDS.items()), "field"),
        "chosen": ("拟整顿对象", [("True", "只看列入的")], "chosen"),
    },
)
