"""Logs say what broke and where, and nothing about people."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.logs import JsonFormatter


def line_of(error: Exception) -> dict:
    try:
        raise RuntimeError("saving failed") from error
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "Task raised: %r", (error,), sys.exc_info())
    return json.loads(JsonFormatter().format(record))


@pytest.mark.django_db
def test_what_the_database_says_of_a_row_is_not_logged(township_officer):
    with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET name = %s, phone = NULL WHERE username = 'zhen'", ["张某\n\n某"]
        )
    assert "张某" in str(broken.value)  # the fault the formatter is there for
    line = line_of(broken.value)
    assert "张某" not in json.dumps(line, ensure_ascii=False)
    assert "zhen" not in json.dumps(line, ensure_ascii=False)
    assert "not-null" in line["error"]
    assert "saving failed" in line["error"]
