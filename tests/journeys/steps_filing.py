"""March: ledgers go up, come back and are taken; reminders fall on their days and only once."""

from datetime import date
from io import StringIO

from django.core.management import call_command
from django.urls import reverse

from rectification.duties.models import Duty, Reminder
from rectification.filings.models import Filing
from tests.journeys.office import PINGJIANG, YEAR, Office


def reminders_fall(office: Office) -> None:
    """Day by day from the 13th to the 26th; every day twice."""
    for day in range(13, 27):
        office.on(3, day, 8)
        for _twice in range(2):
            call_command("remind", stdout=StringIO())
        if day == 20:
            township_files_and_gets_it_back(office)
        if day == 21:
            county_takes_the_second_one(office)
        if day == 24:
            county_files_to_the_city(office)
    _days_were(office)


def _reminded(username: str, key: str) -> list[int]:
    rows = Reminder.objects.filter(user__username=username, duty__key=key)
    return list(rows.order_by("at").values_list("rule", flat=True))


def _days_were(office: Office) -> None:
    """Seven days and three before for whoever filed then; one who did not hears of it to the end and beyond."""
    assert _reminded("zhen0", "ledger_township") == [7, 3]
    assert _reminded("zhen1", "ledger_township") == [7, 3, 1, 0, -1]
    assert _reminded("pingjiang", "ledger_county") == [7, 3]
    assert _reminded("yueyang", "ledger_county") == [7, 3, 1, 0]
    first = Reminder.objects.filter(user__username="zhen1", duty__key="ledger_township").earliest("at")
    assert first.at.date() == date(YEAR, 3, 16)
    inbox = office.page("zhen1", "accounts:inbox").content.decode()
    assert "已逾期 1 天" in inbox and "还有 7 天到期" in inbox


def township_files_and_gets_it_back(office: Office) -> None:
    """The county reads it and returns it with the reason; it is owed again."""
    filing = _file(office, "zhen0")
    duty = Duty.objects.get(key="ledger_township", organization=office.posts["zhen0"].organization)
    assert (duty.state, filing.number, filing.to.code) == ("done", 1, PINGJIANG)
    assert filing.rows == len([c for c in office.kept["chosen"] if c.startswith(office.kept["towns"][0])])
    again = office.tries("zhen0", "reports:file", "work", data={"year": str(YEAR)})
    assert again.status_code == 302 and Filing.objects.count() == 1
    page = office.page("pingjiang", "filings:detail", filing.uid)
    assert page.context["form"] and page.context["intact"]
    empty = office.tries(
        "pingjiang", "filings:decide", filing.uid, data={"decision": "return", "opinion": " "}
    )
    assert empty.status_code == 422
    given = {"decision": "return", "opinion": "突出问题一栏请写具体"}
    office.send("pingjiang", "filings:decide", filing.uid, data=given)
    duty.refresh_from_db()
    assert duty.state == "open"
    assert "突出问题一栏请写具体" in office.page("zhen0", "filings:detail", filing.uid).content.decode()


def county_takes_the_second_one(office: Office) -> None:
    """Filed again, it goes straight to the county, which takes it."""
    filing = _file(office, "zhen0")
    assert filing.number == 2
    office.send("pingjiang", "filings:decide", filing.uid, data={"decision": "accept", "opinion": "同意"})
    filing.review.refresh_from_db()
    assert filing.review.state == "passed"


def county_files_to_the_city(office: Office) -> None:
    """The county's own ledger has every case in it; the city takes it."""
    filing = _file(office, "pingjiang")
    assert (filing.rows, filing.to.code) == (53, "4306")
    assert office.at("zhen0").get(reverse("filings:detail", args=[filing.uid])).status_code == 404
    office.page("shi", "filings:detail", filing.uid)
    office.send("shi", "filings:decide", filing.uid, data={"decision": "accept", "opinion": "收悉"})
    filing.review.refresh_from_db()
    assert filing.review.state == "passed"


def _file(office: Office, officer: str) -> Filing:
    sent = office.send(officer, "reports:file", "work", data={"year": str(YEAR)})
    return Filing.objects.select_related("review__at_unit", "to").get(
        uid=sent["Location"].rstrip("/").split("/")[-1]
    )
