"""Targets and campaigns as tests need them."""

from rectification.remediation.targets import actions, campaign_actions
from rectification.remediation.targets.actions import Reached
from rectification.remediation.targets.campaign_actions import Drive, Progress
from rectification.remediation.targets.campaign_rules import Numbers
from tests.cast import NOW, TODAY, YEAR

KEYS = (
    ("new_members", "新发展党员", "名", 1, None),
    ("activists", "新确定入党积极分子", "名", 3, None),
    ("reserve_cadres", "村干部后备人选", "名", 3, 5),
    ("tasks", "整顿任务", "项", None, None),
    ("practical_matters", "办好实事", "件", None, None),
)


def target(case, key):
    """The target of the case's scheme."""
    return case.scheme.targets.get(key=key)


def enter(case, by, key, number=1, on=TODAY):
    """So many more of a target."""
    return actions.add_entry(case_id=case.pk, reached=Reached(target(case, key), number, on), by=by, at=NOW)


def start(by, *cases, title="村级财务清理审计", **changed):
    """A campaign of the county for these cases."""
    given = {"item": None, "lead": "县农业农村局", "starts_on": TODAY, "ends_on": None} | changed
    drive = Drive(title=title, cases=list(cases), **given)
    return campaign_actions.start_campaign(year=YEAR, drive=drive, by=by, at=NOW)


def progress(campaign, case, by, found=0, solved=0, transferred=0, number="", on=TODAY):
    """An entry of a campaign."""
    said = Progress(case, on, Numbers(found, solved, transferred), number)
    return campaign_actions.add_entry(campaign_id=campaign.pk, progress=said, by=by, at=NOW)
