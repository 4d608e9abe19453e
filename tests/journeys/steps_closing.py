"""November: what each of the four is asked, scored and counted, what a person signs. By HTTP, each in their post."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from rectification.acceptance.ballots import poll_actions
from rectification.acceptance.ballots.models import Poll
from rectification.acceptance.models import Acceptance
from rectification.cases.models import Case
from rectification.reviews.models import Review
from tests.cast import YEAR
from tests.journeys.office import Browser, Office, said, typed

MEETING = {"held_on": f"{YEAR}-11-9", "place": "村部", "teller": "甲", "supervisor": "乙"}
GATES = {"problems": "路基需隔汛期施工，列入下年", "first_secretary": "第一书记援藏，接替人选已定"}


def asked_with_reasons(office: Office, four: dict[str, Case]) -> None:
    """What is complete is asked for as it is; whatever is missing needs a reason of its own."""
    office.on(11, 10)
    for name, case in four.items():
        if name in ("石桥村", "枫林村"):
            office.send("zhen", "acceptance:ask", case.uid, data={})
            continue
        bare = office.tries("zhen", "acceptance:ask", case.uid, data={"gate-problems": ""})
        assert bare.status_code == 422 and "仍要继续" in said(bare)
        reasons = {f"gate-{key}": words for key, words in GATES.items()}
        office.send("zhen", "acceptance:ask", case.uid, data=reasons)
        case.refresh_from_db()
        assert case.acceptances.get().passed_over["problems"] == GATES["problems"]


def checked_and_scored(office: Office, four: dict[str, Case], lost: dict[str, int]) -> None:
    """The village says how it went, the township scores first, the county beside it; too many points are refused."""
    office.on(11, 12)
    for name, case in four.items():
        sheet = sheet_of(case)
        who = "cun" if name == "石桥村" else "zhen"
        office.send(
            who, "acceptance:self_check", sheet.uid, data=_versioned(sheet, words="已整改", on="2026-11-11")
        )
        rows = list(sheet.scores.select_related("item"))
        full = {f"score-{row.item_id}": str(row.item.points) for row in rows}
        office.send("zhen", "acceptance:scores", sheet.uid, data=_versioned(sheet, **full, said="同意"))
        over = full | {f"score-{rows[0].item_id}": "99"}
        refused = office.tries("xian", "acceptance:scores", sheet.uid, data=_versioned(sheet, **over))
        assert refused.status_code == 422 and "标准分" in said(refused)
        away = lost.get(name, 0)
        for row in rows:
            points = min(away, int(row.item.points))
            full[f"score-{row.item_id}"] = str(row.item.points - points)
            full[f"reason-{row.item_id}"] = "没有落实" if points else ""
            away -= points
        office.send("xian", "acceptance:scores", sheet.uid, data=_versioned(sheet, **full, said="已逐项核查"))


def counted(office: Office, four: dict[str, Case], masses: dict[str, list[int]]) -> None:
    """党员 and 群众 apart; options are 满意, 基本满意, 不满意, 未选. Sums that do not agree are refused by name."""
    for name, case in four.items():
        sheet = sheet_of(case)
        for group, votes in (("members", [20, 3, 1, 0]), ("masses", masses[name])):
            sent = _ballots(group, votes)
            opened = office.page("xian", "acceptance:tally", sheet.uid, group)
            sent["_version"] = str(opened.context["version"])
            wrong = sent | {f"{group}-valid": str(sum(votes) + 1)}
            refused = office.tries("xian", "acceptance:tally", sheet.uid, group, data=wrong)
            assert refused.status_code == 422 and "不等于" in said(refused)
            office.send("xian", "acceptance:tally", sheet.uid, group, data=sent)


def _ballots(group: str, votes: list[int]) -> dict[str, str]:
    cast = sum(votes)
    numbers = {
        "entitled": cast + 20,
        "present": cast + 4,
        "issued": cast + 2,
        "returned": cast,
        "valid": cast,
    }
    given: dict[str, Any] = MEETING | numbers | {"invalid": 0}
    given |= {f"option-{n}": count for n, count in enumerate(votes)}
    return {f"{group}-{key}": str(value) for key, value in given.items()}


def asked_by_telephone(office: Office, case: Case) -> None:
    """Twelve of the masses answer by code instead of paper; nobody's answer can be told, one code answers once."""
    sheet = sheet_of(case)
    day = f"{YEAR}-11-12"
    given = {"opens_on": day, "opens": "8:00", "closes_on": day, "closes": "18:00", "slips": "12"}
    page = office.page("xian", "acceptance:poll", sheet.uid, "masses")
    sent = typed(page.context["form"]) | given
    office.send("xian", "acceptance:poll", sheet.uid, "masses", data=sent)
    poll = Poll.objects.get()
    codes = poll_actions.print_codes(poll_id=poll.pk, number=12, by=office.posts["xian"], at=timezone.now())
    for number, code in enumerate(codes):
        answer = {"code": code, "answered": "1", "item-0": "满意" if number else "不满意"}
        assert Browser().post(reverse("ceping"), answer).status_code == 302
    again = Browser().post(reverse("ceping"), {"code": codes[0], "answered": "1", "item-0": "满意"})
    assert again.status_code == 422
    before = sheet.tallies.filter(group="masses").first()
    poll.refresh_from_db()
    close = {"_version": str(poll.version)}
    office.send("xian", "acceptance:poll_close", sheet.uid, "masses", data=close)
    after = sheet.tallies.get(group="masses")
    earlier = before.counts["总体评价"]["满意"] if before else 0
    assert after.counts["总体评价"]["满意"] == earlier + 11 and after.counts["总体评价"]["不满意"] >= 1


def signed(office: Office, four: dict[str, Case]) -> None:
    """The points say 合格 for three; a veto of the masses and the points each fail one, whatever anybody would like."""
    office.on(11, 20)
    names = ("石桥村", "枫林村", "青山村", "白马村")
    passes, basic, vetoed, weak = (four[name] for name in names)
    page = said(office.page("xian", "acceptance:case", vetoed.uid))
    assert "否决" in page and "达到合格线" in page
    rosy = office.tries("xian", "acceptance:sign", sheet_of(vetoed).uid, data=sign_data(vetoed, "pass"))
    assert rosy.status_code == 422 and "有否决情形" in said(rosy)
    for case, outcome, until in (
        (passes, "pass", ""),
        (basic, "basic", f"{YEAR}-12-20"),
        (vetoed, "fail", f"{YEAR + 1}-3-31"),
        (weak, "fail", f"{YEAR + 1}-3-31"),
    ):
        sheet = sheet_of(case)
        assert (
            office.tries("zhen", "acceptance:sign", sheet.uid, data=sign_data(case, outcome)).status_code
            == 422
        )
        if until:
            undated = office.tries("xian", "acceptance:sign", sheet.uid, data=sign_data(case, outcome))
            assert undated.status_code == 422 and "期限" in said(undated)
        office.send("xian", "acceptance:sign", sheet.uid, data=sign_data(case, outcome, follow_due_on=until))
    states = [(case.stage, case.outcome) for case in _fresh(four)]
    assert states == [
        ("acceptance", ""),
        ("consolidation", "basic"),
        ("carried", "fail"),
        ("carried", "fail"),
    ]


def signed_off(office: Office, case: Case) -> None:
    """销号审批 goes up: sent back once with a reason, signed again, decided by the standing committee."""
    review = Review.objects.get(process="sign_off")
    back = {"do": "return", "opinion": "请补写验收意见"}
    office.send("xian", "acceptance:sign_off", review.uid, data=opened_data(office, review) | back)
    case.refresh_from_db()
    assert case.stage == "acceptance" and case.closed_on is None
    office.send("xian", "acceptance:sign", sheet_of(case).uid, data=sign_data(case, "pass"))
    decision = {
        "do": "pass",
        "body": "县委常委会",
        "decided_on": f"{YEAR}-11-25",
        "document": "纪要〔2026〕20号",
    }
    office.on(11, 25)
    review.refresh_from_db()
    office.send("xian", "acceptance:sign_off", review.uid, data=opened_data(office, review) | decision)
    case.refresh_from_db()
    assert (case.stage, case.closed_on) == ("tracking", date(YEAR, 11, 25))
    assert case.tracking.ends_on == date(YEAR + 1, 11, 25)
    assert case.duties.open().filter(rule__event="closed").exists()


def opened_data(office: Office, review: Review) -> dict[str, str]:
    """What a decision form carries of the version it was opened with."""
    page = office.page("xian", "acceptance:sign_off", review.uid)
    return {"_version": str(page.context["opened"])}


def sheet_of(case: Case) -> Acceptance:
    """The acceptance in hand, as it stands."""
    return case.acceptances.latest("number")


def _versioned(sheet: Acceptance, **given: str) -> dict[str, str]:
    sheet.refresh_from_db()
    return given | {"_version": str(sheet.version)}


def sign_data(case: Case, outcome: str, **more: str) -> dict[str, str]:
    """What is sent with a signature of 20 November."""
    day = f"{YEAR}-11-20"
    given = {"outcome": outcome, "signer": "丙部长", "signed_on": day, "different_reason": ""}
    given |= {f"gate-{key}": words for key, words in GATES.items()}
    return _versioned(sheet_of(case), **given, **more)


def _fresh(four: dict[str, Case]) -> list[Case]:
    for case in four.values():
        case.refresh_from_db()
    return list(four.values())
