"""A unit's year as a folder: whole, checkable, nothing foreign in it, opened without the system."""

import hashlib
import re
import zipfile
from html import unescape
from urllib.parse import unquote

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.errors import Refused
from accounts.work import WorkState
from rectification.evidence.models import Attachment
from reports import dossier, dossier_items, files, tasks
from reports.file_names import Names, safe
from reports.models import Export


def attach(case, by, name, content=b"text"):
    return Attachment.objects.create(
        organization=case.organization,
        case=case,
        file=ContentFile(content, name="x"),
        name=name,
        content_type="text/plain",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
    )


def made(client):
    client.post(reverse("reports:dossier"), {"whole": "1"})
    export = Export.objects.get()
    tasks.export(export.pk)
    export.refresh_from_db()
    return export


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("会议记录<1>.pdf", "会议记录_1_.pdf"),
        ("CON.txt", "_CON.txt"),
        ("..", "未命名"),
        ("a\u202etxt.exe", "a_txt.exe"),
    ],
)
def test_a_name_is_made_safe(given, kept):
    assert safe(given) == kept


def test_names_stay_short_and_are_given_once():
    names = Names()
    assert len(safe("很" * 300 + ".pdf")) == 60 and safe("很" * 300 + ".pdf").endswith(".pdf")
    assert [names.give("一/", name) for name in ("A.pdf", "a.PDF", "A.pdf")] == [
        "一/A.pdf",
        "一/a（2）.PDF",
        "一/A（3）.pdf",
    ]


def test_its_hashes_are_right_its_links_lead_somewhere_and_nothing_foreign_is_inside(
    filled_case, foreign_filled_case, as_post, county_officer, other_county_officer
):
    attach(filled_case, county_officer, "会议记录.txt")
    attach(filled_case, county_officer, "../会议记录.txt", b"another")
    attach(foreign_filled_case, other_county_officer, "外县专属标记.txt", "外县专属标记".encode())
    export = made(as_post(county_officer))
    assert export.state == WorkState.DONE, export.error
    with zipfile.ZipFile(files.place_of(export.uid, "zip")) as folder:
        root = folder.namelist()[0].split("/")[0]
        content = {name.removeprefix(f"{root}/"): folder.read(name) for name in folder.namelist()}
    sums = dict(line.split("  ")[::-1] for line in content["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(data).hexdigest() for name, data in content.items() if name != "SHA256SUMS"
    }
    index = content["index.html"].decode()
    links = {unquote(unescape(link)) for link in re.findall(r'href="([^"]+)"', index) if link[0] != "#"}
    assert links == content.keys() - {"index.html"}
    assert not re.search(r"https?:|<script|src=", index)
    assert sum(name.endswith("会议记录.txt") for name in content) == 2
    assert any(name.endswith("整本档案.pdf") for name in content)
    assert not any(
        ".." in name or "外县" in name or "外县专属标记".encode() in data for name, data in content.items()
    )
    assert export.rows == len(content)


def test_a_changed_attachment_is_pointed_out(filled_case, as_post, county_officer):
    kept = attach(filled_case, county_officer, "会议记录.txt")
    Attachment.objects.filter(pk=kept.pk).update(sha256="0" * 64)
    export = made(as_post(county_officer))
    with zipfile.ZipFile(files.place_of(export.uid, "zip")) as folder:
        index = next(folder.read(name).decode() for name in folder.namelist() if name.endswith("index.html"))
    assert "与上传时登记的校验值不一致" in index


def test_what_is_too_much_is_refused_with_a_way_out(filled_case, as_post, county_officer, monkeypatch):
    monkeypatch.setattr(dossier_items, "CASES_AT_MOST", 0)
    client = as_post(county_officer)
    assert "请按下级单位分别归档" in client.get(reverse("reports:dossier")).content.decode()
    client.post(reverse("reports:dossier"), {"whole": "1"})
    assert not Export.objects.exists()


def test_one_that_grows_too_large_while_it_is_written_ends_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(dossier, "MOST_BYTES", 10)
    items = [dossier.Item(("附件",), "a.txt", lambda path: path.write_bytes(b"x" * 11) and "")]
    with pytest.raises(Refused, match="分别归档"):
        dossier.write(dossier.Dossier("dossier", "甲", iter(items)), tmp_path / "a.zip")


def test_a_worker_that_was_killed_leaves_nothing_half_done(filled_case, as_post, county_officer, monkeypatch):
    monkeypatch.setattr(dossier, "_index", lambda *_given: (_ for _ in ()).throw(MemoryError))
    with pytest.raises(MemoryError):
        made(as_post(county_officer))
    assert not list(files.folder().iterdir())
    monkeypatch.undo()
