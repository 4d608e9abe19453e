"""Every ledger of the site, by key. To add one: declare it in a module here and name it in LEDGERS."""

from reports.ledgers.acceptance import ACCEPTANCE
from reports.ledgers.activities import ACTIVITIES
from reports.ledgers.checks import CHECKS
from reports.ledgers.county_summary import COUNTY_SUMMARY
from reports.ledgers.declaration import Ledger, OutOfScope, Selection, Total, check_scope
from reports.ledgers.inspections import EVALUATIONS, INSPECTIONS
from reports.ledgers.lookback import LOOKBACK
from reports.ledgers.notices import NOTICES
from reports.ledgers.party_statistics import PARTY_STATISTICS
from reports.ledgers.person_evaluations import PERSON_EVALUATIONS
from reports.ledgers.problems import LISTS, PROBLEMS
from reports.ledgers.quota import QUOTA
from reports.ledgers.support import SUPPORT
from reports.ledgers.support_funds import SUPPORT_FUNDS
from reports.ledgers.survey_register import SURVEY_REGISTER
from reports.ledgers.tallies import TALLIES
from reports.ledgers.targets import TARGETS
from reports.ledgers.work import WORK

LEDGERS: dict[str, Ledger] = {
    ledger.key: ledger
    for ledger in (
        LOOKBACK,
        SURVEY_REGISTER,
        QUOTA,
        WORK,
        SUPPORT,
        SUPPORT_FUNDS,
        PROBLEMS,
        LISTS,
        ACTIVITIES,
        TARGETS,
        INSPECTIONS,
        EVALUATIONS,
        NOTICES,
        CHECKS,
        PERSON_EVALUATIONS,
        TALLIES,
        ACCEPTANCE,
        COUNTY_SUMMARY,
        PARTY_STATISTICS,
    )
}

__all__ = ["LEDGERS", "Ledger", "OutOfScope", "Selection", "Total", "check_scope"]
