"""A township with a case in its ledger, ready to file."""

import pytest
from django.urls import reverse

from rectification.filings.models import Filing
from tests.reports.conftest import empty_case, filled_case, foreign_filled_case  # noqa: F401


@pytest.fixture
def file_ledger(as_post):
    """Press 报送 on the ledger page as a post; gives back the newest filing of its unit."""

    def press(post, key="work"):
        response = as_post(post).post(reverse("reports:file", args=[key]), {}, follow=True)
        press.said = response.content.decode()
        return Filing.objects.filter(organization=post.organization).first()

    return press


@pytest.fixture
def filing(filled_case, township_officer, county_officer, file_ledger):  # noqa: F811
    """The township's ledger with the county."""
    return file_ledger(township_officer)
