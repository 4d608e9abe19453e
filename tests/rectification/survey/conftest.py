"""A county with two townships in survey: 12 villages, so that two of them are the least to determine."""

from decimal import Decimal

from rectification.survey import actions
from rectification.survey.models import Assessment
from tests import cast
from tests.stage import on_stage

NAMES = ("石桥村", "枫林村", "上塘村", "下塘村", "白马村", "青山村")


class Year:
    """A survey in the making, with short verbs for what officers do."""

    def __init__(self, scheme, county, county_officer, townships):
        self.scheme, self.county, self.officer = scheme, county, county_officer
        self.townships = townships
        self.survey = actions.open_survey(scheme=scheme, holder=county, by=county_officer, at=cast.NOW)

    def row(self, name):
        return Assessment.objects.get(survey=self.survey, organization__short_name=name)

    def score(self, name, *, by=None, **points):
        """score("石桥村", c1=5, c4=3): deductions by criterion number, with words."""
        row = self.row(name)
        given = {int(key[1:]): (Decimal(str(value)), f"{name}的表现") for key, value in points.items()}
        officer = by or self.townships[row.scorer_id]
        return actions.save_findings(
            assessment_id=row.pk, deductions=given, by=officer, at=cast.NOW, version=row.version
        )

    def submit(self, **kwargs):
        for officer in self.townships.values():
            actions.submit_township(survey_id=self.survey.pk, by=officer, at=cast.NOW, **kwargs)

    def freeze(self, reason=""):
        actions.freeze(survey_id=self.survey.pk, by=self.officer, at=cast.NOW, reason=reason)
        self.survey.refresh_from_db()

    def close_scoring(self):
        self.submit()
        self.freeze()

    def propose(self, *names, **reasons):
        chosen = {self.row(name).pk: None for name in names}
        review = actions.propose(
            survey_id=self.survey.pk, chosen=chosen, by=self.officer, at=cast.NOW, **reasons
        )
        self.survey.refresh_from_db()
        return review

    def determine(self, review):
        actions.record_determination(
            review_id=review.pk,
            by=self.officer,
            at=cast.NOW,
            body="青禾县委常委会",
            document="青常纪〔2026〕6号",
            decided_on=cast.TODAY,
            opinion="同意",
        )
        self.survey.refresh_from_db()


@on_stage
def villages(township, other_township):
    """Six villages in each of the two townships."""
    made = []
    for number, unit in enumerate((township, other_township)):
        for index, name in enumerate(NAMES):
            name = name if number == 0 else f"新{name}"
            code = f"{unit.code}2{index:02}"
            made.append(cast.village_in(unit, f"{name}委会", code))
    return made


@on_stage
def year(scheme, county, county_officer, villages, township_officer, other_township_officer):
    """The survey opened."""
    townships = {post.organization_id: post for post in (township_officer, other_township_officer)}
    return Year(scheme, county, county_officer, townships)
