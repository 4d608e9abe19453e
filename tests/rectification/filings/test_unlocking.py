"""锁定与解锁, and the right that goes with it; the sealed original and whether it is of these data."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.errors import Invalid, Refused
from accounts.models import AuditEvent, Message
from organizations.appointment_actions import set_rights
from rectification.duties.models import Duty
from rectification.filings import actions, originals, unlocking
from rectification.filings.matrix import matrix_of
from rectification.filings.models import FilingUnlock
from tests import cast
from tests.cast import NOW, TODAY, YEAR
from tests.rectification.filings.test_returning import file_again, text_of, url

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture
def accepted(filing, county_officer):
    """The township's ledger, taken by the county; its date is long over."""
    Duty.objects.filter(pk=filing.duty_id).update(
        due_on=date(YEAR, 3, 23), effective_due_on=date(YEAR, 3, 23)
    )
    actions.accept(filing_id=filing.pk, by=county_officer, at=NOW)
    return filing


@pytest.fixture
def keeper(county):
    """A post of the county that holds the right."""
    from accounts.roles import Role

    return cast.post_at(county, Role.COUNTY_OFFICER, "jiesuo", rights=["unlock"])


def open_up(filing, by, **more):
    given = {"until_on": TODAY + timedelta(days=3), "reason": "市里核查发现漏填", **more}
    return unlocking.unlock(filing_id=filing.pk, by=by, at=NOW, **given)


def test_what_was_accepted_is_locked_after_its_date_and_says_whom_to_ask(accepted, keeper, township_officer):
    with pytest.raises(Refused, match="已锁定；确需重报的，请青禾县委组织部解锁（由jiesuo同志办理）"):
        file_again(township_officer)


def test_without_the_guard_the_locked_ledger_goes_up(accepted, township_officer, monkeypatch):
    """The planted fault of the test above."""
    monkeypatch.setattr(unlocking, "lock_refusal", lambda *_args: None)
    assert file_again(township_officer).number == 2


def test_before_its_date_it_may_be_filed_again(accepted, township_officer):
    Duty.objects.filter(pk=accepted.duty_id).update(effective_due_on=TODAY)
    assert file_again(township_officer).number == 2


def test_a_first_filing_is_never_locked_however_late(filled_case, township_officer):
    Duty.objects.filter(key="ledger_township").update(
        due_on=date(YEAR, 3, 23), effective_due_on=date(YEAR, 3, 23)
    )
    assert file_again(township_officer).number == 1


def test_unlocked_it_goes_up_once_and_is_locked_again(accepted, keeper, county_officer, township_officer):
    open_up(accepted, keeper)
    assert Message.objects.filter(user=township_officer.user, title__startswith="已解锁").exists()
    assert AuditEvent.objects.filter(action="报送解锁").exists()
    again = file_again(township_officer)
    assert FilingUnlock.objects.get().used == again
    shown = [cell.url for cell in matrix_of(county_officer, YEAR).cells.values()]
    assert accepted.get_absolute_url() in shown and again.get_absolute_url() not in shown
    actions.accept(filing_id=again.pk, by=county_officer, at=NOW)
    shown = [cell.url for cell in matrix_of(county_officer, YEAR).cells.values()]
    assert again.get_absolute_url() in shown and accepted.get_absolute_url() not in shown
    with pytest.raises(Refused, match="已锁定"):
        file_again(township_officer)


def test_an_unlocking_ends_with_its_last_day(accepted, keeper, township_officer):
    open_up(accepted, keeper)
    FilingUnlock.objects.update(until_on=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="已锁定"):
        file_again(township_officer)


def test_withdrawn_unread_the_unlocking_may_be_used_again(accepted, keeper, township_officer):
    open_up(accepted, keeper)
    again = file_again(township_officer)
    actions.withdraw(filing_id=again.pk, by=township_officer, at=NOW)
    assert file_again(township_officer).number == 3


def test_without_the_guard_a_post_without_the_right_unlocks(accepted, county_officer, monkeypatch):
    """The planted fault of the test below."""
    monkeypatch.setattr(unlocking, "unlock_refusal", lambda *_args: None)
    assert open_up(accepted, county_officer).by == county_officer


def test_only_the_receivers_post_with_the_right_unlocks(
    accepted, keeper, county_officer, other_county_officer, city_reviewer, as_post
):
    shown = text_of(as_post(county_officer), accepted)
    assert "您的岗位没有“报送解锁”权限：由jiesuo同志办理" in shown
    for post in (county_officer, city_reviewer):
        with pytest.raises(Refused):
            open_up(accepted, post)
    with pytest.raises(accepted.DoesNotExist):
        open_up(accepted, other_county_officer)
    for wrong in ({"until_on": TODAY - timedelta(days=1)}, {"reason": " "}):
        with pytest.raises(Invalid):
            open_up(accepted, keeper, **wrong)
    page = {"until_on": "2026-5-25", "reason": "漏填一个村"}
    assert as_post(keeper).post(url(accepted, "unlock"), page).status_code == 302
    with pytest.raises(Refused, match="已经解锁"):
        open_up(accepted, keeper)


def test_the_security_administrator_gives_the_right_and_nobody_else(
    county_officer, township_officer, security_admin, system_admin, as_post
):
    page = reverse("organizations:appointment_rights", args=[county_officer.uid])
    assert as_post(system_admin).get(page).status_code == 403
    as_post(security_admin).post(page, {"rights": ["unlock"]})
    county_officer.refresh_from_db()
    assert county_officer.rights == ["unlock"]
    assert AuditEvent.objects.get(action="调整专项权限").detail["given"] == ["报送解锁"]
    with pytest.raises(Refused, match="不能有这项专项权限"):
        set_rights(appointment_id=township_officer.pk, rights=["unlock"], by=security_admin, at=NOW)
    with pytest.raises(Refused, match="不能给自己"):
        set_rights(appointment_id=security_admin.pk, rights=[], by=security_admin, at=NOW)


# --- 盖章原件 ----------------------------------------------------------------------------------------------------


def seal(filing, by, content=PDF, reason="", at=NOW):
    file = SimpleUploadedFile("原件.pdf", content)
    return originals.upload(filing_id=filing.pk, file=file, by=by, at=at, reason=reason)


def test_the_receiver_sees_the_sealed_original(filing, as_post, township_officer, county_officer):
    assert "没有上传" in text_of(as_post(county_officer), filing)
    file = SimpleUploadedFile("原件.pdf", PDF)
    response = as_post(township_officer).post(url(filing, "original"), {"file": file})
    assert response.status_code == 302
    assert "原件.pdf" in text_of(as_post(county_officer), filing)
    with pytest.raises(Invalid) as wrong:
        seal(filing, township_officer)
    assert "更换须写明原因" in str(wrong.value.errors)
    seal(filing, township_officer, reason="漏盖骑缝章")
    filing.refresh_from_db()
    assert filing.scan.withdrawn_at is None
    originals.withdraw(filing_id=filing.pk, reason="传错", by=township_officer, at=NOW)
    assert "没有上传" in text_of(as_post(county_officer), filing)


def test_an_original_older_than_the_data_is_pointed_out_on_both_sides(
    filing, as_post, township_officer, county_officer
):
    seal(filing, township_officer)
    actions.return_(filing_id=filing.pk, by=county_officer, at=NOW, opinion="改")
    again = file_again(township_officer)
    for post in (county_officer, township_officer):
        assert "盖章原件是5月20日为第1次报送上传的，早于现在这份数据" in text_of(as_post(post), again)
    seal(again, township_officer)
    assert "早于现在这份数据" not in text_of(as_post(county_officer), again)
    with pytest.raises(Refused, match="已被更新的报送取代"):
        seal(filing, township_officer)


def test_an_original_is_a_picture_or_a_pdf_of_the_sender(filing, township_officer, county_officer):
    with pytest.raises(Invalid):
        seal(filing, township_officer, b"plain words")
    with pytest.raises(Refused, match="由报送单位"):
        seal(filing, county_officer)
