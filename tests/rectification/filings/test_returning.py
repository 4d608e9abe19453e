"""退回逐行说明理由: beside the rows, answered by a change or not, straight back; two at once leave one."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from accounts.errors import Refused
from organizations.models import Appointment
from rectification.filings import actions, marking
from rectification.filings.models import Filing, FilingRemark
from rectification.filings.rules import Mark
from rectification.remediation.models import Measure, Problem
from rectification.reviews.models import ReviewState
from reports.ledgers import LEDGERS, Selection
from reports.sheet import live
from tests.cast import NOW, TODAY, YEAR

pytestmark = pytest.mark.django_db


def url(filing, name="detail"):
    return reverse(f"filings:{name}", args=[filing.uid])


def send_back(client, filing, *marks, **more):
    """Return with marks: (row, column, reason)."""
    data = {"decision": "return", "row": [str(row) for row, _c, _w in marks], **more}
    for row, column, words in marks:
        data |= {f"column-{row}": column, f"words-{row}": words}
    return client.post(url(filing, "decide"), data, follow=True)


def text_of(client, filing):
    return client.get(url(filing)).content.decode()


def content_of(post):
    return live(LEDGERS["work"], Selection(post, post.organization, YEAR, {}), today=TODAY).content()


def file_again(post):
    return actions.submit(
        ledger="work",
        title="台账",
        organization=post.organization,
        year=YEAR,
        content=content_of(post),
        by=post,
        at=NOW,
    )


def test_reasons_stand_beside_their_rows_and_lead_to_the_measure(
    filing, as_post, county_officer, township_officer
):
    send_back(as_post(county_officer), filing, (1, "person", "责任人要写到人"))
    remark = FilingRemark.objects.get()
    measure = Measure.objects.get(text="每月召开一次支部党员大会")
    assert (remark.parts, remark.column) == (filing.content["parts"][1], "person")
    assert remark.row.startswith("第2行 石桥村 / 支部书记长期空缺")
    measure_page = reverse("remediation:measure", args=[measure.uid])
    ledger = as_post(township_officer).get(reverse("reports:ledger", args=["work"])).content.decode()
    for shown in (text_of(as_post(township_officer), filing), ledger):
        assert "责任人要写到人" in shown and measure_page in shown


def test_marks_alone_are_a_reason_but_no_mark_without_words(filing, as_post, county_officer):
    client = as_post(county_officer)
    empty = send_back(client, filing, (0, "", "措施太笼统"), (1, "goal", " "))
    assert empty.status_code == 422
    assert "第2行标注了但没有写理由" in empty.content.decode() and "措施太笼统" in empty.content.decode()
    send_back(client, filing, (0, "", "措施太笼统"))
    filing.review.refresh_from_db()
    assert filing.review.state == ReviewState.RETURNED
    assert filing.review.remarks.get().opinion == "逐行退回意见1处，见表中各行"


def test_marking_a_row_without_scripts_keeps_what_was_typed(filing, as_post, county_officer):
    typed = {"mark": "2", "row": ["0"], "column-0": "goal", "words-0": "目标要可核", "opinion": "请逐条核对"}
    shown = as_post(county_officer).post(url(filing, "decide"), typed).content.decode()
    assert 'name="words-2"' in shown and "目标要可核" in shown and "请逐条核对" in shown
    filing.review.refresh_from_db()
    assert filing.review.state == ReviewState.PENDING


def test_a_mark_is_unseen_by_the_sender_until_it_is_returned(
    filing, as_post, county_officer, township_officer
):
    typed = {"mark": "2", "row": ["0"], "column-0": "goal", "words-0": "目标要可核"}
    as_post(county_officer).post(url(filing, "decide"), typed)
    assert "目标要可核" not in text_of(as_post(township_officer), filing)


def test_a_mark_kept_before_the_return_would_be_seen(filing, county_officer, township_officer, as_post):
    """The planted fault of the test above: a remark written while the copy is still looked at."""
    FilingRemark.objects.create(
        filing=filing,
        parts=filing.content["parts"][0],
        row="第1行",
        words="目标要可核",
        by=county_officer,
        at=NOW,
    )
    assert "目标要可核" in text_of(as_post(township_officer), filing)


def test_what_is_accepted_carries_no_marks(filing, as_post, county_officer):
    marked = {"decision": "accept", "row": ["0"], "words-0": "再核"}
    response = as_post(county_officer).post(url(filing, "decide"), marked)
    assert response.status_code == 422 and "接收时不带标注" in response.content.decode()


@pytest.mark.parametrize("mark", [Mark(99, "", "x"), Mark(0, "nothing", "x"), Mark(0, "", "长" * 301)])
def test_a_mark_of_what_is_not_there_is_refused(filing, county_officer, mark):
    with pytest.raises(Refused):
        actions.return_(filing_id=filing.pk, by=county_officer, at=NOW, marks=[mark])


def test_sent_again_each_remark_says_whether_it_was_answered(
    filing, as_post, county_officer, township_officer, file_ledger
):
    send_back(
        as_post(county_officer),
        filing,
        (0, "person", "写到人"),
        (1, "goal", "目标要可核"),
        (2, "", "写明进度"),
    )
    Measure.objects.filter(order=1, problem__order=1).update(person="王某")
    Measure.objects.filter(problem__order=2).delete()
    Problem.objects.filter(order=2).delete()
    shown = text_of(as_post(county_officer), file_ledger(township_officer))
    assert "已改 1 处" in shown and "未改动 1 处" in shown and "已删去 1 处" in shown
    assert "<del>组织委员</del> → <ins>王某</ins></td>" in shown  # in the cell itself
    assert 'row-gone">' in shown


def test_a_script_in_a_reason_is_text(filing, as_post, county_officer, township_officer):
    send_back(as_post(county_officer), filing, (0, "", "<script>alert(1)</script>"))
    assert "<script>alert" not in text_of(as_post(township_officer), filing)


def test_the_county_sees_who_received_it_at_the_city_and_when(
    filled_case, as_post, county_officer, city_reviewer, file_ledger
):
    filing = file_ledger(county_officer)
    text_of(as_post(city_reviewer), filing)
    assert "已审阅" in text_of(as_post(county_officer), filing)
    as_post(city_reviewer).post(url(filing, "decide"), {"decision": "accept"})
    assert "云泽市委组织部已接收，shi同志，2026年5月20日 10:" in text_of(as_post(county_officer), filing)


def test_a_page_of_marks_reads_only_what_was_marked():
    from django.http import QueryDict

    data = QueryDict("row=0&row=0&row=-1&row=x&row=٣&words-0=a&column-0=goal")
    assert marking.typed(data) == [Mark(0, "goal", "a")]


def at_once(*acts):
    """Run these on connections of their own at the same moment; what each gave or was refused with."""
    gate, said = threading.Barrier(len(acts), timeout=20), []

    def run(act):
        try:
            gate.wait()
            said.append(act() and "done")
        except Refused as refused:
            said.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.mark.django_db(transaction=True)
def test_withdrawn_and_accepted_at_once_only_one_holds(filled_case, county_officer, township_officer):
    filing = file_again(township_officer)
    given = {"filing_id": filing.pk, "at": NOW}
    said = at_once(
        lambda: actions.withdraw(**given, by=township_officer),
        lambda: actions.accept(**given, by=county_officer),
    )
    assert said.count("done") == 1
    filing.review.refresh_from_db()
    assert filing.review.state in (ReviewState.WITHDRAWN, ReviewState.PASSED)


@pytest.mark.django_db(transaction=True)
def test_sent_again_twice_at_once_is_one_round(filled_case, county_officer, township_officer):
    filing = file_again(township_officer)
    actions.return_(filing_id=filing.pk, by=county_officer, at=NOW, opinion="改")
    again = [Appointment.objects.select_related("organization", "user").get(pk=township_officer.pk)] * 2
    said = at_once(*[lambda post=post: file_again(post) for post in again])
    assert said.count("done") == 1
    assert Filing.objects.count() == 2


def test_a_round_that_came_meanwhile_is_not_accepted_unread(
    filing, county_officer, township_officer, monkeypatch
):
    """The check that no newer copy is there passes, then the copy comes: the round it was opened with decides."""
    actions.return_(filing_id=filing.pk, by=county_officer, at=NOW, opinion="改")
    opened = actions._current(filing.pk, county_officer)
    file_again(township_officer)
    monkeypatch.setattr(actions, "_current", lambda *_args: opened)
    with pytest.raises(Refused, match="重新呈报"):
        actions.accept(filing_id=filing.pk, by=county_officer, at=NOW)


def test_parts_named_for_links_are_the_ledgers_own():
    from rectification.filings.remarks import PARTS

    levels = {key: len(LEDGERS[key].parts) for key in PARTS}
    assert all(len(names) <= levels[key] for key, (names, _tab) in PARTS.items())
