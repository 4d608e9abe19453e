"""Many files a second: each in a child of its own, forked from one interpreter."""

import pytest

from organizations import workbook
from tests.hostile.children import Children


@pytest.fixture(scope="module")
def children():
    started = Children()
    yield started
    started.close()


@pytest.fixture
def quick_children(children, monkeypatch):
    """The children of the site come from one interpreter; their code and limits stay as they are."""
    monkeypatch.setattr(workbook, "_run", children.run)
    return children
