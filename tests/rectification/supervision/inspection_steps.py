"""Inspections arranged, written and finished, as an officer would."""

from datetime import timedelta

from rectification.supervision.inspections import actions, result_actions
from rectification.supervision.inspections.actions import Planned
from rectification.supervision.inspections.models import InspectionResult
from rectification.supervision.inspections.result_actions import Written
from rectification.supervision.inspections.rules import Found
from tests.cast import NOW, TODAY, YEAR

LIST = "/supervision/inspections/"


def arrange(by, *cases, announced=False, size=0, seed="", kind="inspection", rule=None):
    """An inspection of these cases from yesterday to tomorrow, or of so many drawn ones."""
    planned = Planned(
        kind=kind,
        title="五月督导",
        announced=announced,
        starts_on=TODAY - timedelta(days=1),
        ends_on=TODAY + timedelta(days=1),
        team="组织科2人",
        rule=rule,
        cases=tuple(case.pk for case in cases),
        size=size,
    )
    return actions.plan(planned=planned, year=YEAR, by=by, at=NOW, seed=seed)


def write(inspection, by, *texts, grade="", settled=""):
    """Every case of it visited, with the same findings."""
    found = [Found(text, settled) for text in texts]
    for result in InspectionResult.objects.filter(inspection=inspection):
        written = Written(on=TODAY, words="方案已上墙，台账齐全。", grade=grade, findings=found)
        result_actions.record(result_id=result.pk, version=None, written=written, by=by, at=NOW)
    return inspection


def finish(inspection, by):
    """It is done."""
    return actions.finish(inspection_id=inspection.pk, version=None, by=by, at=NOW)


def held(by, *cases, texts=(), **facts):
    """One that was arranged, written and finished."""
    grade = "good" if facts.get("kind") == "evaluation" else ""
    return finish(write(arrange(by, *cases, **facts), by, *texts, grade=grade), by)


def pages_below(as_post, *posts):
    """Everything those below can open that might speak of an inspection."""
    texts = []
    for post in posts:
        client = as_post(post)
        for url in ("/", LIST, "/supervision/", "/inbox/", "/supervision/notices/"):
            texts.append(client.get(url).content.decode())
    return "".join(texts)
