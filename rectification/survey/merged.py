"""A village that merges or moves away while the survey runs: what to say of it, wherever its row stands."""

from rectification.survey.change_rules import merged_words, moved_words, successor_in
from rectification.survey.models import Assessment, Survey


def gone_words(row: Assessment, survey: Survey) -> str:
    """Why an organization is neither scored nor listed any more, naming its successor; "" while it is there.

    Wants the row's organization and the survey's at hand where it is gone; asks nothing else of the database.
    """
    unit = row.organization
    if not row.org_path.startswith(survey.org_path):
        return moved_words(unit.short_name, survey.organization.short_name)
    if unit.closed_on is None:
        return ""
    said = merged_words(
        unit.short_name,
        unit.closed_on,
        base_on=survey.base_on,
        successor=successor_in(unit.closed_reason),
        scored=bool(row.deducted),
    )
    return said or ""
