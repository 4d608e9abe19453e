"""党内统计表《整顿软弱涣散基层党组织情况》 (domain §5.13): rows 总计、村、社区, 26 columns counted, typed by nobody.

总计 counts every field; 村 and 社区 are of which. A case's main type is its 统计主要类型, chosen at determination among
the national ten (domain §4F); a case without one is named above the table, for the ten columns leave it out.
Leaders, cadres, units and campaigns are counted at each case, as the form is added up from the organizations: somebody
who holds two cases counts at both, and 总计 is the sum of its rows.
"""

from collections.abc import Callable, Sequence

from django.db.models import QuerySet

from accounts.tables import Column
from organizations.models import Organization
from organizations.rules import Field
from rectification.cases.models import Case, MemberKind
from rectification.remediation.support.statistics_rules import (
    filled,
    replaced,
    to_replace,
    trained,
    trained_by_county,
    vacant,
)
from rectification.schemes.terms import NATIONAL_TYPES
from rectification.workflow import Stage
from reports.ledgers.declaration import Ledger, Record, Selection
from reports.ledgers.figures import Counted, Figure, Part, cases_of
from reports.ledgers.party_sources import (
    CAMPAIGNS,
    CASES,
    ENTRIES,
    MEMBERS,
    NEEDS,
    SOLVED,
    TRAININGS,
    UNITS,
    alike,
)

ROWS = {
    "total": Part("总计"),
    "village": Part("村", lambda record: record["field"] == Field.VILLAGE),
    "community": Part("社区", lambda record: record["field"] == Field.COMMUNITY),
}
NAMED = 50
TURNED = (Stage.TRACKING, Stage.CLOSED)
"""整顿提升: passed acceptance and closed; what a later lookback carries over no longer is."""


def source(selection: Selection) -> QuerySet:
    """One record, the unit itself: the rows are counted together."""
    return Organization.objects.visible_to(selection.post).filter(pk=selection.unit.pk).values("pk")


# --- the figures -----------------------------------------------------------------------------------------------


def _type(number: int) -> Callable[[Record], bool]:
    return lambda record: record["national_type"] == number


def _kind(*kinds: str) -> Callable[[Record], bool]:
    return lambda record: record["kind"] in kinds


def _checked() -> list[Figure]:
    group = "排查整顿"
    poor = "排查数中登记为贫困（脱贫）村的"
    turned = "排查数中验收合格并已销号的（处于销号跟踪、办结环节）；下年回头看纳入续整的不再计入"
    return [
        Figure("checked", "排查数", CASES, means="本年认定的整顿对象，不含已退出整顿的", group=group),
        Figure("poor", "其中贫困村", CASES, lambda record: record["poor"], means=poor, group=group),
        Figure(
            "turned", "整顿提升数", CASES, lambda record: record["stage"] in TURNED, means=turned, group=group
        ),
    ]


def _types() -> list[Figure]:
    means = "排查数中“统计主要类型”为“{}”的；一个对象只计一类，认定时选定"
    return [
        Figure(f"type_{number}", title, CASES, _type(number), means=means.format(title), group="主要类型")
        for number, title in enumerate(NATIONAL_TYPES, 1)
    ]


def _secretaries() -> list[Figure]:
    group = "调整培训书记"

    def one(key: str, title: str, takes: Callable[[Record], bool], means: str) -> Figure:
        return Figure(key, title, NEEDS, takes, means=means, group=group, unit="名")

    start = "班子调整中登记为“年初即有”的书记岗位"
    return [
        one("vacant", "年初缺配数", vacant, f"{start}：空缺待选配"),
        one("filled", "已选配", filled, "年初缺配的书记岗位中已登记配齐日期的"),
        one("unfit", "年初需调整数", to_replace, f"{start}：不胜任待调整"),
        one("replaced", "已调整", replaced, "年初需调整的书记岗位中已登记调整日期的"),
        Figure(
            "trained",
            "培训人次",
            TRAININGS,
            trained,
            means="整顿对象的书记参加培训的人次，一人参加一次计一人次",
            group=group,
            unit="人次",
        ),
        Figure(
            "trained_county",
            "其中县级及以上",
            TRAININGS,
            trained_by_county,
            means="培训人次中由县级及以上组织的",
            group=group,
            unit="人次",
        ),
    ]


def _measures() -> list[Figure]:
    group = "整顿措施"
    day = "现在（已销号的看销号之日）仍在岗的；在几个对象的，在每个对象各计一次"
    return [
        Figure("units", "结对帮扶单位", UNITS, means=f"帮扶单位，{day}；结对共建的党组织不计", group=group),
        Figure(
            "leaders",
            "挂点联系领导",
            MEMBERS,
            _kind(MemberKind.LEADER),
            means=f"联系领导，{day}",
            group=group,
            unit="名",
        ),
        Figure(
            "first_secretaries",
            "选派第一书记",
            MEMBERS,
            _kind(MemberKind.FIRST_SECRETARY),
            means=f"第一书记，{day}",
            group=group,
            unit="名",
        ),
        Figure(
            "cadres",
            "选派驻村干部",
            MEMBERS,
            lambda record: record["kind"] == MemberKind.TEAM and not record["is_first"],
            means=f"工作队员，{day}；本对象的第一书记不重复计",
            group=group,
            unit="名",
        ),
    ]


def _solutions() -> list[Figure]:
    group = "解决问题"
    return [
        Figure(
            "campaigns",
            "专项整治",
            CAMPAIGNS,
            means="专项整治，涉及几个整顿对象的，在每个对象各计一次",
            group=group,
            unit="次",
        ),
        Figure(
            "solved",
            "解决各类问题",
            SOLVED,
            weight=lambda record: record["solved"],
            means="问题清单中县级已确认销号的问题，加上专项整治中登记解决的问题",
            group=group,
        ),
        Figure(
            "dealt_with",
            "查处违纪违法",
            ENTRIES,
            weight=lambda record: record["transferred"],
            means="专项整治中登记移送的违纪违法线索，只计件数",
            group=group,
            unit="件",
        ),
    ]


FIGURES = (*_checked(), *_types(), *_secretaries(), *_measures(), *_solutions())


def untyped(selection: Selection) -> tuple[str, list[Case]] | None:
    """Cases whose 统计主要类型 nobody chose, the first of them: the ten columns leave them out."""
    if all(record["national_type"] is not None for record in alike(selection)[CASES.key]):
        return None
    found = cases_of(selection).filter(national_type__isnull=True).select_related("organization", "county")
    cases = list(found[: NAMED + 1])
    number = len(cases) if len(cases) <= NAMED else found.count()
    cases = cases[:NAMED]
    words = f"有 {number} 个整顿对象还没有选定统计主要类型，没有计入“主要类型”各栏"
    if number > NAMED:
        words = f"{words}，前 {NAMED} 个"
    return words, cases


COUNTED = Counted(lambda _selection: FIGURES, lambda _selection: ROWS, alike, untyped)


def compute(selection: Selection, _records: Sequence[Record]) -> list[Record]:
    """The three rows."""
    numbers = COUNTED.numbers(selection)
    return [{"row": key, "label": ROWS[key].label} | counted for key, counted in numbers.items()]


PARTY_STATISTICS = Ledger(
    key="party_statistics",
    personal=False,
    title="{year}年整顿软弱涣散基层党组织情况",
    columns=(
        Column("organization", "类别", "label", width=8),
        *(Column(one.key, one.title, kind="number", width=7, group=one.group) for one in FIGURES),
    ),
    source=source,
    compute=compute,
    parts=("row",),
    counted=COUNTED,
)
