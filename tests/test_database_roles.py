"""The application role owns nothing, and what it writes to history stays."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import audit
from organizations.models import Organization


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


def test_the_application_role_owns_no_table(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone()[0] == 0


def test_the_application_role_cannot_change_the_schema(db):
    assert refused("ALTER TABLE organizations_organization ADD COLUMN sneaked text")


@pytest.mark.parametrize(
    "verb",
    [
        "UPDATE organizations_organizationhistory SET name = ''",
        "DELETE FROM organizations_organizationhistory",
    ],
)
def test_history_can_only_be_added_to(county, verb):
    assert refused(verb)


@pytest.mark.parametrize(
    "verb", ["UPDATE accounts_auditevent SET action = ''", "DELETE FROM accounts_auditevent"]
)
def test_the_audit_trail_can_only_be_added_to(db, verb):
    audit.record("试")
    assert refused(verb)


def test_the_refusal_test_itself_sees_an_allowed_statement(county):
    assert not refused("UPDATE organizations_organization SET venue = '无'")
    assert Organization.objects.get(pk=county.pk).venue == "无"
