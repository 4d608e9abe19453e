"""Every ledger of the site, by key. To add one: declare it in a module here and name it in LEDGERS."""

from reports.ledgers.declaration import Ledger, OutOfScope, Selection, Total, check_scope
from reports.ledgers.lookback import LOOKBACK
from reports.ledgers.quota import QUOTA
from reports.ledgers.survey_register import SURVEY_REGISTER
from reports.ledgers.work import WORK

LEDGERS: dict[str, Ledger] = {ledger.key: ledger for ledger in (LOOKBACK, SURVEY_REGISTER, QUOTA, WORK)}

__all__ = ["LEDGERS", "Ledger", "OutOfScope", "Selection", "Total", "check_scope"]
