"""The register of personal data is whole, and what it promises to remove is removed."""

from accounts import actions
from reports.personal import declaration, register
from reports.personal.declaration import Kept
from tests.cast import NOW


def test_every_field_of_every_model_is_declared_once_it_exists_and_no_longer():
    assert register.missing() == []
    assert register.stale() == []


def test_a_planted_field_without_an_entry_is_seen(monkeypatch):
    monkeypatch.delitem(register.PERSONAL, "User.phone")
    monkeypatch.setitem(register.FREE_TEXT, "Message", "title")
    assert register.missing() == ["User.phone", "Message.body"]
    monkeypatch.setitem(register.PLAIN, "Draft", "gone")
    assert "Draft.gone" in register.stale()


def test_what_the_register_says_is_cleared_at_night_is_what_the_tidying_clears(db):
    promised = {kept.by for kept in vars(declaration).values() if isinstance(kept, Kept) and kept.by}
    assert promised - {"exports"} <= set(actions.tidy(at=NOW))


def test_the_auditor_and_the_security_administrator_read_the_register(
    auditor, security_admin, city_reviewer, as_post
):
    for post in (auditor, security_admin):
        html = as_post(post).get("/personal-data/?what=联系方式").content.decode()
        assert "联系电话" in html and "电子邮箱" in html and "发现长期不用" not in html
    assert as_post(city_reviewer).get("/personal-data/").status_code == 403
