"""A ledger on screen is read a page at a time: its pages together are the table, its totals those of the whole."""

import pytest

from rectification.remediation.models import Measure
from rectification.schemes.practice_models import Target
from reports import screen
from reports.ledgers import LEDGERS, Selection
from tests import cast

SMALL = 2


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(screen, "PAGE", SMALL)


def read(key, post, number, whole=False):
    selection = Selection(post, post.organization, cast.YEAR, {})
    return screen.of(LEDGERS[key], selection, today=cast.TODAY, number=number, whole=whole)


def differing(key, post):
    """What of a ledger read by pages is not as in the whole: rows, or totals that were added up."""
    whole = read(key, post, "1", whole=True).whole
    pages = [read(key, post, None)]
    while pages[-1].page.has_next():
        pages.append(read(key, post, str(pages[-1].page.next_page_number())))
    found = [] if [row for one in pages for row in one.content["rows"]] == whole["rows"] else ["rows"]
    titles = [column["title"] for column in whole["columns"]]
    for one in pages:
        cells = zip(titles, one.content["foot"], whole["foot"], strict=False)  # without totals, nothing
        found += [title for title, mine, his in cells if mine != his and title not in one.lacking]
    return found


def test_the_pages_of_each_ledger_together_are_the_whole(filled_case, county_officer, small_pages):
    found = {key: differing(key, county_officer) for key in LEDGERS}
    assert {key: what for key, what in found.items() if what} == {}
    assert read("work", county_officer, "2").page.paginator.num_pages > 1


def test_a_ledger_of_targets_is_empty_where_the_scheme_asks_for_none(filled_case, county_officer):
    assert read("targets", county_officer, None).content["rows"] == []
    Target.objects.create(
        scheme=filled_case.scheme, order=1, key="members", title="发展党员", unit="名", least=1
    )
    assert [row[3] for row in read("targets", county_officer, None).content["rows"]] == ["石桥村"]


def test_totals_of_the_page_alone_are_noticed(filled_case, county_officer, small_pages, monkeypatch):
    monkeypatch.setattr(screen, "_add_up", lambda ledger, rows, tally: rows.count())
    assert "整顿措施" in differing("work", county_officer)


def test_all_rows_are_compared_with_what_was_filed_when_asked(
    filled_case, as_post, township_officer, small_pages
):
    client = as_post(township_officer)
    client.post("/ledgers/work/file/", {})
    Measure.objects.filter(order=2).update(percent=90)
    page = client.get("/ledgers/work/", {"page": 2}).content.decode()
    assert "第 2 页" in page and "3条措施" in page and "all=1" in page
    assert "完成率：<del>40%</del>" not in page
    assert "完成率：<del>40%</del>" in client.get("/ledgers/work/", {"page": 2, "all": 1}).content.decode()
