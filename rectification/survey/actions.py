"""The room's verbs, by the noun they are about: the survey, a township's sheet, the list, the decision."""

from rectification.survey.determination import record_determination, return_determination
from rectification.survey.opening import freeze, open_survey, refresh, unfreeze
from rectification.survey.proposal import propose
from rectification.survey.scoring import return_township, save_findings, submit_township

__all__ = [
    "freeze",
    "open_survey",
    "propose",
    "record_determination",
    "refresh",
    "return_determination",
    "return_township",
    "save_findings",
    "submit_township",
    "unfreeze",
]
