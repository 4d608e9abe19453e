"""倒排比例落实情况 on screen: the report's rows, every number leading to the list behind it."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import SUBTREE
from accounts.tables import Column
from accounts.tables import render as draw
from reports.ledger_pages import asked
from reports.ledgers import LEDGERS, Selection, check_scope
from reports.ledgers.quota import rows_of, source

Row = Mapping[str, Any]


def _to(name: str, key: str = "", **fixed: str) -> Callable[[Row], str]:
    """The list behind a number, narrowed to the row's unit, and to its field where it is about one."""

    def address(row: Row) -> str:
        unit, group = row["unit"], row["group"]
        query = fixed | ({"unit": str(unit.uid)} if unit else {})
        if name == "reports:ledger" and group and len(group.fields) == 1:
            query["field"] = group.fields[0]
        query["year"] = str(row["year"])
        return f"{reverse(name, args=[key] if key else [])}?{urlencode(query)}"

    return address


def _ranking(row: Row) -> str:
    return reverse("survey:ranking", args=[row["survey"].uid]) if row["survey"] else ""


def _counted(count: str, address: Callable[[Row], str]) -> Callable[[Row], str]:
    """The list behind a count; nothing where nothing is counted yet."""
    return lambda row: "" if row[count] is None else address(row)


REGISTER = _to("reports:ledger", "survey_register")
COLUMNS = (
    Column("county", "县市区", kind="link", link=_ranking),
    Column("fields", "领域"),
    Column("organizations", "党组织数", kind="link", link=_counted("organizations", REGISTER), group="应定"),
    Column("percent", "不低于", kind="percent", group="应定"),
    Column("quota", "应定数", kind="number", group="应定"),
    Column("determined", "认定数", kind="link", link=_counted("determined", _to("cases:list")), group="认定"),
    Column("share", "占比", kind="percent", group="认定"),
    Column("difference", "与应定数相差", kind="number", group="认定"),
    Column(
        "carried",
        "上年续整",
        kind="link",
        link=_counted("carried", _to("reports:ledger", "lookback", outcome="carried")),
        group="其中",
    ),
    Column(
        "hard",
        "符合硬性情形",
        kind="link",
        link=_counted("hard", _to("reports:ledger", "survey_register", chosen="True")),
        group="其中",
    ),
    Column("added", "年中增列", kind="number", group="其中"),
    Column("withdrawn", "年中退出", kind="number", group="其中"),
    Column("remark", "少于比例的理由、上级同意及说明"),
)


@policy(SUBTREE, scope="none")
@require_GET
def quota(request: HttpRequest) -> HttpResponse:
    """What each county had to determine and what it did."""
    wanted = asked(request, LEDGERS["quota"], request.GET)
    selection = Selection(request.post, wanted.unit, wanted.year, {})
    check_scope(request.post, wanted.unit)
    rows = [row | {"year": wanted.year} for row in rows_of(selection, list(source(selection)))]
    short = [row for row in rows if not row["total"] and (row["difference"] or 0) < 0]
    context = {
        "wanted": wanted,
        "rows": rows,
        "short": short,
        "table": draw(COLUMNS, rows, caption="倒排比例落实情况"),
    }
    return render(request, "reports/quota.html", context)
