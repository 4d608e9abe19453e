"""What the tests of this room share."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def query_count():
    """How many queries a call makes."""

    def count(call) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            call()
        return len(queries)

    return count
