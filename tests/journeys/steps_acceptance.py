"""November: one village accepted and watched for a year, one failed and carried over."""

from datetime import date

from rectification.acceptance.models import Acceptance
from rectification.cases.models import Case
from rectification.duties.models import Duty
from tests.journeys.office import Office
from tests.journeys.steps_township import EXPLAINED

BALLOTS = {"held_on": "2026-11-9", "place": "村部", "teller": "甲", "supervisor": "乙"}


def one_is_accepted(office: Office) -> None:
    """Asked for without a reason because everything is closed; scored, counted, signed, closed."""
    office.on(11, 10)
    good = office.kept["good"]
    sheet = _asked(office, good, EXPLAINED)
    _scores(office, sheet, lost={})
    _tallies(office, sheet, satisfied=36)
    given = {"outcome": "pass", "signer": "丙部长", "signed_on": "2026年11月10日", "different_reason": ""}
    office.send("pingjiang", "acceptance:sign", sheet.uid, data=given | EXPLAINED)
    good.refresh_from_db()
    assert (good.stage, good.outcome, good.closed_on) == ("tracking", "pass", date(2026, 11, 10))
    assert good.tracking.ends_on == date(2027, 11, 10)
    assert set(Duty.objects.filter(case=good).open().values_list("key", flat=True)) == {"tracking_check"}


def one_fails(office: Office) -> None:
    """With a problem open it needs a reason; the township may not sign; below the line it is carried over."""
    office.on(11, 20)
    bad = office.kept["bad"]
    refused = office.tries("zhen0", "acceptance:ask", bad.uid, data={})
    assert refused.status_code == 422
    sheet = _asked(office, bad, EXPLAINED)
    early = office.tries("pingjiang", "acceptance:sign", sheet.uid, data=_sign("fail"))
    assert early.status_code == 422 and "还不能得出结果" in early.content.decode()
    _scores(office, sheet, lost={0: 10, 1: 10, 2: 10, 3: 8, 4: 8})
    _tallies(office, sheet, satisfied=20)
    assert office.tries("zhen0", "acceptance:sign", sheet.uid, data=_sign("fail")).status_code == 422
    rosy = office.tries("pingjiang", "acceptance:sign", sheet.uid, data=_sign("pass"))
    assert rosy.status_code == 422 and "须写明理由" in rosy.content.decode()
    office.send("pingjiang", "acceptance:sign", sheet.uid, data=_sign("fail"))
    bad.refresh_from_db()
    assert (bad.stage, bad.outcome) == ("carried", "fail")
    assert set(Duty.objects.filter(case=bad).open().values_list("key", flat=True)) == {"make_up"}
    assert bad.problems.exclude(state="closed").count() == 1


def _sign(outcome: str) -> dict[str, str]:
    given = {"outcome": outcome, "signer": "丙部长", "signed_on": "2026-11-20", "different_reason": ""}
    return given | {"follow_due_on": "" if outcome == "pass" else "2027-3-31"}


def _asked(office: Office, case: Case, data: dict) -> Acceptance:
    office.send("zhen0", "acceptance:ask", case.uid, data=data)
    case.refresh_from_db()
    assert case.stage == "acceptance"
    return case.acceptances.get()


def _scores(office: Office, sheet: Acceptance, lost: dict[int, int]) -> None:
    """Township and county each their own; points taken without a reason are asked for."""
    rows = list(sheet.scores.select_related("item").order_by("item__order"))
    own = {f"score-{row.item_id}": str(row.item.points) for row in rows}
    office.send("zhen0", "acceptance:scores", sheet.uid, data=own | {"_version": _version(sheet)})
    over = {f"score-{rows[0].item_id}": "99", "_version": _version(sheet)}
    page = office.tries("pingjiang", "acceptance:scores", sheet.uid, data=own | over)
    assert page.status_code == 422 and "标准分" in page.content.decode()
    for number, away in lost.items():
        row = rows[number]
        own[f"score-{row.item_id}"] = str(row.item.points - away)
        own[f"reason-{row.item_id}"] = "没有落实"
    office.send("pingjiang", "acceptance:scores", sheet.uid, data=own | {"_version": _version(sheet)})


def _version(sheet: Acceptance) -> str:
    sheet.refresh_from_db()
    return str(sheet.version)


def _tallies(office: Office, sheet: Acceptance, satisfied: int) -> None:
    """Ballots that do not add up are refused with the numbers."""
    for group in ("members", "masses"):
        counts = {"entitled": 60, "present": 52, "issued": 50, "returned": 48, "valid": 46, "invalid": 2}
        options = [satisfied, 5, 46 - satisfied - 5 - 1, 1]
        given = BALLOTS | counts | {f"option-{n}": votes for n, votes in enumerate(options)}
        sent = {f"{group}-{name}": str(value) for name, value in given.items()}
        opened = office.page("pingjiang", "acceptance:tally", sheet.uid, group)
        sent["_version"] = str(opened.context["version"])
        wrong = sent | {f"{group}-valid": "47"}
        page = office.tries("pingjiang", "acceptance:tally", sheet.uid, group, data=wrong)
        assert page.status_code == 422 and "不等于收回票 48" in page.content.decode()
        office.send("pingjiang", "acceptance:tally", sheet.uid, group, data=sent)
