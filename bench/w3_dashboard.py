"""3: the workbench's first chart: child unit × stage of one year, for the whole nation.

Floor: the same sums in raw SQL on the covering index, in the same session. Ours: the chart as the page makes it, names
and links included. Peer: the ORM grouping through foreign keys, with the names joined.
"""

from django.db import connection
from django.db.models import Count

from bench import country, tree
from bench.measure import Workload

TIMES = 5 if tree.LARGE else 20


def prepare() -> None:
    """The country."""
    country.prepare()


def _repeat(work) -> None:
    for _ in range(TIMES):
        country.in_post("nation", work)


def floor() -> None:
    """One grouped count."""
    _repeat(_raw)


def _raw() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT county_id, stage, count(*) FROM rectification_case WHERE year = %s AND org_path >= 'A000'"
            " AND org_path < 'A001' AND stage <> 'survey' GROUP BY 1, 2",
            [country.YEAR],
        )
        cursor.fetchall()


def ours() -> None:
    """The chart."""
    from reports.charts import stages_by_unit

    _repeat(lambda: stages_by_unit(country.post("nation"), country.YEAR))


def peer() -> None:
    """What one writes first."""
    from rectification.cases.models import Case

    rows = Case.objects.filter(organization__path__startswith=country.NATION, scheme__year=country.YEAR)
    rows = rows.filter(year=country.YEAR).exclude(stage="survey").order_by()
    grouped = rows.values("county__name", "stage").annotate(n=Count("pk"))
    _repeat(lambda: list(grouped.all()))


WORKLOADS = [
    Workload(
        "3 dashboard, nation",
        floor,
        ours,
        goal=1.5,
        peer=peer,
        peer_goal=0.1 if tree.LARGE else None,  # its joins grow with the country
        prepare=prepare,
        finish=country.finish,
    )
]
