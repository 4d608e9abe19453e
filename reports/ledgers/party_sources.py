"""What the form of 党内统计表 counts: cases, posts, trainings, people, units, campaigns and what they solved."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Least
from django.utils import timezone

from accounts.tables import show
from rectification.cases.models import CaseMember, MemberKind
from rectification.remediation.models import Problem, ProblemState
from rectification.remediation.support.models import CommitteeNeed, HelpingUnit, Training
from rectification.remediation.targets.models import Campaign, CampaignEntry
from reports.ledgers.declaration import Record, Selection, once
from reports.ledgers.figures import OF_CASE, Source, cases_of, folded, of_cases


def cases(selection: Selection) -> QuerySet:
    """The year's cases."""
    taken = {name: F(path) for name, path in OF_CASE.items()}
    poor = F("organization__poor_village")
    return cases_of(selection).values("stage", "national_type", poor=poor, **taken)


def needs(selection: Selection) -> QuerySet:
    """Posts of those cases that were vacant or to be replaced."""
    rows = CommitteeNeed.objects.standing()
    return of_cases(rows, selection, *NEED, "since_on", "title", "holder")


def _need(record: Record) -> str:
    kind = "空缺" if record["kind"] == "vacant" else "需调整"
    settled = f"，{show(record['settled_on'])}由{record['holder']}接任" if record["settled_on"] else ""
    return f"{record['title']}{show(record['since_on'])}起{kind}{settled}"


def trainings(selection: Selection) -> QuerySet:
    """Persons trained, course by course."""
    rows = Training.objects.standing()
    return of_cases(rows, selection, "secretary", "level", "person", "on", "title")


def _training(record: Record) -> str:
    return f"{record['person']}，{show(record['on'])}“{record['title']}”"


def _on_its_day(rows: QuerySet) -> QuerySet:
    """Those on their case today; of a closed case on the day it was closed, as ledger 4 shows them."""
    today = timezone.localdate()
    rows = rows.annotate(day=Least("case__closed_on", today))  # PostgreSQL passes over a day that is not set
    return rows.filter(Q(to_on__isnull=True) | Q(to_on__gte=F("day")), from_on__lte=F("day"))


def members(selection: Selection) -> QuerySet:
    """The people on those cases."""
    first = CaseMember.objects.filter(
        case=OuterRef("case"), kind=MemberKind.FIRST_SECRETARY, name=OuterRef("name")
    )
    rows = _on_its_day(CaseMember.objects.all())
    rows = rows.annotate(is_first=Exists(_on_its_day(first)))
    return of_cases(rows, selection, "kind", "name", "unit", "is_first")


def _member(record: Record) -> str:
    return f"{record['name']}（{record['unit']}）" if record["unit"] else record["name"]


def units(selection: Selection) -> QuerySet:
    """The units that help those cases."""
    rows = _on_its_day(HelpingUnit.objects.all())
    return of_cases(rows, selection, words="name", kind=Value("unit"))


def campaigns(selection: Selection) -> QuerySet:
    """Each campaign at each of those cases."""
    return of_cases(Campaign.cases.through.objects.all(), selection, words="campaign__title")


def entries(selection: Selection) -> QuerySet:
    """What was entered for those cases in campaigns."""
    rows = CampaignEntry.objects.standing()
    return of_cases(rows, selection, *ENTRY, "on", title="campaign__title")


def _entry(record: Record) -> str:
    return f"专项整治“{record['title']}”，{show(record['on'])}登记"


def solved(selection: Selection) -> QuerySet:
    """Problems of those cases whose 销号 the county confirmed."""
    rows = Problem.objects.filter(state=ProblemState.CLOSED)
    return of_cases(rows, selection, words="text", on="closed_on", solved=Value(1), transferred=Value(0))


NEED = ("secretary", "kind", "from_start", "settled_on")
ENTRY = ("solved", "transferred")
CASES = Source("cases", "整顿对象", cases, ("stage", "national_type", "poor"), case="")
NEEDS = Source("needs", "书记岗位", needs, NEED, _need)
TRAININGS = Source("trainings", "参训人员", trainings, ("secretary", "level"), _training)
MEMBERS = Source("members", "帮扶人员", members, ("kind", "is_first"), _member)
UNITS = Source("units", "帮扶单位", units, ("kind",))
CAMPAIGNS = Source("campaigns", "专项整治", campaigns)
ENTRIES = Source("entries", "专项整治登记", entries, ENTRY, _entry)
SOLVED = Source("problems+entries", "解决的问题", solved, ENTRY, others=(ENTRIES,))
SOURCES = (CASES, NEEDS, TRAININGS, MEMBERS, UNITS, CAMPAIGNS, SOLVED, ENTRIES)


@once
def alike(selection: Selection) -> dict[str, list[Record]]:
    """All of them, folded."""
    return folded(selection, SOURCES)
