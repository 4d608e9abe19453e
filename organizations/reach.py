"""How far a database session sees: the second wall's side in Python (organizations.wall has the policies).

Every session of the application role sees no case content until it is told how far to see, and is told so by the one
place that opens a request or a task in somebody's post (`acting.acting_as`). A forgotten filter then reads nothing
foreign. It is no wall against whoever runs SQL of their own as the application: they can tell the session as we do.

What sees everything says so with `reaching(EVERYTHING)`: jobs of the whole site (config.celery), commands typed at the
machine (manage.py), the anonymous answer to a poll. Nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, connections
from psycopg.pq import TransactionStatus

TELL = (
    "SELECT set_config('zhengdun.reach_start', %s, false), set_config('zhengdun.reach_end', %s, false),"
    " set_config('zhengdun.reach_above', %s, false)"
)


@dataclass(frozen=True)
class Reach:
    """A subtree, and the units over it. The empty one is nothing at all, as is a session nobody told anything."""

    start: str = ""
    end: str = ""
    above: tuple[str, ...] = ()


NOTHING = Reach()
EVERYTHING = Reach("0", "~")

_reach: ContextVar[Reach] = ContextVar("reach")
_outside = NOTHING


def current() -> Reach:
    """How far is seen here and now."""
    return _reach.get(_outside)


def see_outside(reach: Reach) -> None:
    """How far this whole process sees where nobody acts: said first thing by a command at the machine, the bench and
    the tests, before they open a session."""
    global _outside
    _outside = reach


@contextmanager
def reaching(reach: Reach) -> Iterator[None]:
    """Within this block the database session sees so far, afterwards as far as before."""
    before = current()
    token = _reach.set(reach)
    try:
        if reach != before:
            _tell(connections[DEFAULT_DB_ALIAS], reach)
        yield
    finally:
        _reach.reset(token)
        if reach != before:
            _tell_again(connections[DEFAULT_DB_ALIAS], before)


def _tell(connection: Any, reach: Reach) -> None:
    """Two short statements a request beside the page's own queries, so they go past the query log.

    In a transaction that failed nothing can be said, nor read; taking it back also takes back what was said in it.
    """
    connection.close_if_health_check_failed()
    session = connection.connection
    if session is None or session.closed:
        return  # whatever session is opened next is told when it is opened
    if session.info.transaction_status != TransactionStatus.INERROR:
        session.execute(TELL, [reach.start, reach.end, ",".join(reach.above)])


def _tell_again(connection: Any, reach: Reach) -> None:
    """A session that cannot be told to see less is not used again."""
    try:
        _tell(connection, reach)
    except Error:
        with suppress(Error):
            connection.close()
    except Exception:
        connection.close()
        raise


def tell_new_session(connection: Any, **_kwargs: Any) -> None:
    """Signal `connection_created`: a session opened in the middle of a request sees as far as the request."""
    if current() != NOTHING:
        _tell(connection, current())
