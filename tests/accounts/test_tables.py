"""The one row renderer: what it draws, and that nothing it is given can break out of a cell."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.http import QueryDict

from accounts.tables import Column, render, show

CORPUS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</td></tr></table><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u2028<iframe srcdoc='<script>alert(1)</script>'>",
    "{{ 7*7 }}{% debug %}",
    "<a href='data:text/html,<script>alert(1)</script>'>",
]
ALLOWED = {"div", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "a", "span", "input"}


class Reader(HTMLParser):
    """Collects the tags, attributes and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.words.append(data)


@dataclass
class Row:
    """A row as hostile as its text."""

    text: str
    uid: str = "u"

    def get_absolute_url(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text


@pytest.mark.parametrize("hostile", CORPUS)
def test_nothing_breaks_out_of_the_table(hostile):
    columns = [
        Column("text", hostile, group=hostile, sort=True),
        Column("text", "链接", kind="link"),
        Column("text", "状态", kind="light", tone=lambda row: row.text),
        Column("text", "数", kind="number", merge=True),
    ]
    html = render(
        columns,
        [Row(hostile, uid=hostile)],
        select=hostile,
        sort=hostile,
        caption=hostile,
        query={"q": hostile},
        foot=Row(hostile),
    )
    page = Reader(html)
    assert page.tags <= ALLOWED
    assert not [
        name for name, _ in page.attributes if name.startswith("on") or name in {"style", "src", "srcdoc"}
    ]
    assert all(value.startswith(("?", "/")) for name, value in page.attributes if name == "href")
    assert hostile in page.words


@pytest.mark.parametrize(
    "way_out", ["https://example.org/", "//example.org", "/\\example.org", "javascript:1", None]
)
def test_a_link_never_leads_off_the_site(way_out):
    html = render([Column("name", "名称", kind="link", link=lambda row: way_out)], [{"name": "柳溪镇"}])
    assert "href" not in html
    assert "柳溪镇" in html


def test_values_are_shown_as_the_papers_write_them():
    assert show(date(2025, 3, 6)) == "2025年3月6日"
    assert show(Decimal("88.50")) == "88.5"
    assert show(Decimal("100")) == "100"
    assert show(Decimal("66.0"), "percent") == "66%"
    assert show(True) == "是"
    assert show(None) == show("") == ""


def test_header_groups_stand_over_their_columns():
    html = render(
        [Column("a", "序号"), Column("b", "数", group="问题"), Column("c", "销号", group="问题")], []
    )
    assert '<th scope="colgroup" colspan="2" class="cell-group">问题</th>' in html
    assert 'rowspan="2">序号</th>' in html


def test_neighbouring_rows_of_one_case_share_a_cell():
    rows = [{"case": "七里村", "measure": number} for number in (1, 2)] + [{"case": "石桥村", "measure": 3}]
    html = render([Column("case", "村", merge=True), Column("measure", "措施", kind="number")], rows)
    assert html.count("七里村") == 1
    assert '<td class="cell-text" rowspan="2">七里村</td>' in html
    assert html.count('<td class="cell-number">') == 3


def test_a_sortable_header_keeps_the_filters_and_leaves_the_page_number():
    query = QueryDict("state=a&state=b&page=7&sort=name")
    html = render([Column("name", "名称", sort=True)], [], sort="name", query=query)
    assert 'href="?state=a&amp;state=b&amp;sort=-name"' in html
    assert 'aria-sort="ascending"' in html


def test_selection_carries_the_uid_of_each_row():
    html = render([Column("text", "名称")], [Row("甲", uid="1-2-3")], select="uids")
    assert 'name="uids" value="1-2-3"' in html
    assert "data-select-all" in html


def test_an_unknown_kind_of_column_is_refused_where_it_is_declared():
    with pytest.raises(ValueError, match="不认识"):
        Column("a", "甲", kind="html")
