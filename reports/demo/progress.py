"""A campaign of 青禾县 with what its townships entered, and the reports of the last month."""

from rectification.cases.models import Case
from rectification.remediation.reporting import actions as reporting
from rectification.remediation.reporting.models import ProgressReport, ReportRhythm
from rectification.remediation.reporting.periods import before, period_at
from rectification.remediation.targets import campaign_actions
from rectification.remediation.targets.campaign_actions import Drive, Progress
from rectification.remediation.targets.campaign_rules import Numbers
from rectification.schemes.models import ItemKind
from reports.demo.schemes import COUNTY
from reports.demo.this_year import STAR, cases_of
from reports.demo.world import World

ACCOUNTS = (STAR, "柳溪镇/枫林村", "白岩乡/龙井村")
ENTERED = ((5, 3), (3, 1), (2, 2))


def campaign(world: World) -> None:
    """村级财务清理: what two townships found by June."""
    days, cases = world.days, cases_of(world)
    chosen = [cases[name] for name in ACCOUNTS]
    with world.scene(world.county(COUNTY), days.on(4, 20), 10) as now:
        kind = chosen[0].scheme.items.filter(kind=ItemKind.CAMPAIGN).order_by("order").first()
        drive = Drive(kind, "村级财务集中清理", "县农业农村局", days.on(4, 20), days.on(11, 30), chosen)
        started = campaign_actions.start_campaign(year=days.year, drive=drive, **now)
    for case, (found, solved) in zip(chosen, ENTERED, strict=True):
        with world.scene(world.township(case.township.name), days.on(6, 20), 16) as now:
            said = Progress(case=case, on=days.on(6, 20), numbers=Numbers(found, solved))
            campaign_actions.add_entry(campaign_id=started.pk, progress=said, **now)


def reports(world: World) -> None:
    """柳溪镇's report of last month was taken, 白岩乡's waits; none where that month lies in the year before."""
    cases, officer = cases_of(world), world.county(COUNTY)
    taken = _send(world, cases[STAR])
    _send(world, cases["白岩乡/龙井村"])
    if taken is not None:
        with world.scene(officer, taken.period_to_on, 17) as now:
            reporting.mark_read(report=taken, **now)
            reporting.accept(report_id=taken.pk, opinion="情况清楚，予以接收", **now)


def _send(world: World, case: Case) -> ProgressReport | None:
    period = before(ReportRhythm.MONTHLY, period_at(ReportRhythm.MONTHLY, world.days.today).first)
    post = world.township(case.township.name)
    begun = case.determined_on is not None and case.determined_on <= period.last
    if period.last.year != world.days.year or not begun:
        return None
    written = ProgressReport(
        scheme=case.scheme,
        organization=post.organization,
        rhythm=ReportRhythm.MONTHLY,
        period_from_on=period.first,
        period_to_on=period.last,
    )
    with world.scene(post, period.last, 16) as now:
        return reporting.submit(report=written, version=None, words={}, **now)
