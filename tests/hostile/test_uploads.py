"""Files handed in as evidence: what would act is refused, pictures are drawn anew, the scanner has its say."""

import io
import re
import socketserver
import struct
import threading
import time
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from accounts.errors import Refused
from accounts.models import AuditEvent, Message
from rectification.evidence import actions, active, quarantine
from rectification.evidence.models import HELD, Attachment, Scan
from tests.cast import NOW
from tests.test_architecture import ROOT, python_of_the_rooms

PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TEMPLATE = b'<Relationships><Relationship Id="a" Type="x/attachedTemplate" Target="http://127.0.0.1/a.dotm"'


def office(main: str = "word/document.xml", **others: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", main):
            archive.writestr(name, "x")
        for name, content in others.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def linked() -> bytes:
    info, out = zipfile.ZipInfo("word/link"), io.BytesIO(office())
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def png(width: int, height: int) -> bytes:
    """A picture that says it is so large, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


def picture(kind: str, **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, kind, **more)
    return out.getvalue()


PACKED = (
    b"1 0 obj\n<</Type/ObjStm>>stream\r\n"
    + zlib.compress(b"<</S/JavaScript/JS(app.alert(1))>>")
    + b"endstream"
)
HOSTILE = {
    "PDF with a script": ("a.pdf", PDF + b"<</S/JavaScript/JS(app.alert(1))>>", "脚本"),
    "PDF with a script under another spelling": ("a.pdf", PDF + b"<</S/#4aava#53cript/JS(1)>>", "脚本"),
    "PDF with a packed script": ("a.pdf", PDF + PACKED, "脚本"),
    "PDF that starts a program": ("a.pdf", PDF + b"<</S /Launch /F (calc.exe)>>", "脚本"),
    "PDF with an archive behind it": ("a.pdf", PDF + office(), "另一个文件"),
    "PDF that is a page": ("a.html", b"<html>%PDF-1.7<script>alert(1)</script>", "网页"),
    "SVG": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
    "SVG under another name": ("a.txt", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "SVG"),
    "page as a picture": ("a.jpg", b"<html><script>alert(1)</script>", "内容却不是"),
    "page as a text": ("a.txt", b"\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>", "网页"),
    "script as a text": ("a.js", b"alert(1)", "程序"),
    "link of a desktop": ("a.url", b"[InternetShortcut]\nURL=http://127.0.0.1", "程序"),
    "program": ("a.pdf", b"MZ\x90\x00\x03\x00", "不支持"),
    "archive": ("a.zip", office("readme"), "压缩包"),
    "macros": (
        "a.docx",
        office(word__vbaProject_bin=b"x").replace(b"vbaProject_bin", b"vbaProject.bin"),
        "含宏",
    ),
    "controls": ("a.docx", office(word__activeX__activeX1=b"x"), "含宏"),
    "zip slip": ("a.docx", office(**{"word/../../../etc/cron.d/x": b"x"}), "路径"),
    "zip slip of another system": ("a.xlsx", office("xl/workbook.xml", **{"..\\..\\x.exe": b"x"}), "路径"),
    "zip slip from the root": ("a.pptx", office("ppt/presentation.xml", **{"/etc/passwd": b"x"}), "路径"),
    "link inside": ("a.docx", linked(), "路径"),
    "template from elsewhere": (
        "a.docx",
        office(**{"word/_rels/settings.xml.rels": TEMPLATE + b' TargetMode="External"/></Relationships>'}),
        "外部链接",
    ),
    "office bomb": ("a.docx", office(**{f"word/{n}": b"\0" * (60 << 20) for n in range(7)}), "解开后过大"),
    "picture bomb": ("a.png", png(60_000, 60_000), "像素"),
    "picture without end": ("a.png", png(5_000, 5_000), "已损坏"),
    "broken picture": ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 500, "已损坏"),
}


def taken(name: str, content: bytes, case, post) -> str:
    """Why a file was not taken; "" when it was."""
    try:
        actions.store(case_id=case.pk, upload=io.BytesIO(content), name=name, by=post, at=NOW)
    except Refused as refused:
        return str(refused)
    return ""


def test_each_hostile_upload_is_refused_for_its_own_reason(case, township_officer):
    said = {
        trick: taken(name, content, case, township_officer) for trick, (name, content, _) in HOSTILE.items()
    }
    assert {trick: words for trick, words in said.items() if HOSTILE[trick][2] not in words} == {}
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("guard", "trick"), [("pdf_refusal", "PDF with a script"), ("office_refusal", "zip slip")]
)
def test_without_the_look_for_what_acts_the_file_is_taken(case, township_officer, monkeypatch, guard, trick):
    monkeypatch.setattr(active, guard, lambda *_args: None)
    name, content, _words = HOSTILE[trick]
    assert taken(name, content, case, township_officer) == ""


def test_a_document_with_a_link_to_click_is_taken(case, township_officer):
    link = b'<Relationship Type="x/hyperlink" Target="https://example.org" TargetMode="External"/>'
    assert taken("a.docx", office(**{"word/_rels/document.xml.rels": link}), case, township_officer) == ""


def test_what_hides_in_a_picture_is_gone_and_its_name_leads_nowhere(case, township_officer, settings):
    note = PngInfo()
    note.add_text("Comment", "<script>alert(1)</script>")
    for name, content in (
        ("../../../static/a.php", picture("PNG", pnginfo=note) + office()),
        ("a.jpg\0.html", picture("JPEG", comment=b"<script>") + b"<script>alert(1)</script>" + office()),
    ):
        assert taken(name, content, case, township_officer) == ""
    for kept in Attachment.objects.all():
        stored = (settings.MEDIA_ROOT / kept.file.name).read_bytes()
        assert b"<script>" not in stored and b"PK\x05\x06" not in stored
        assert re.fullmatch(r"evidence/[0-9a-f-]{36}", kept.file.name)
        assert kept.name.endswith((".png", ".jpg")) and "/" not in kept.name
    assert not str(settings.MEDIA_ROOT).startswith(str(settings.STATIC_ROOT))


# --- the scanner ---------------------------------------------------------------------------------------------------


class Clamd(socketserver.StreamRequestHandler):
    """As much of clamd as is asked of it."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
        self.wfile.write(self.server.says or b"stream: " + found + b"\0")


@pytest.fixture
def clamd(settings):
    """A scanner on loopback, set for the site; `says` makes it answer something else."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        server.says, server.daemon_threads = b"", True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD, settings.CLAMD_SECONDS = f"tcp://127.0.0.1:{server.server_address[1]}", 5
        yield server
        server.shutdown()


def send(client, case, content: bytes, name: str = "a.pdf"):
    return client.post(
        f"/evidence/cases/{case.uid}/", {"file": SimpleUploadedFile(name, content)}, follow=True
    )


def test_what_the_scanner_finds_is_not_taken_and_what_it_clears_is(case, township_officer, as_post, clamd):
    client = as_post(township_officer)
    assert "Eicar-Test-Signature" in send(client, case, PDF + EICAR).content.decode()
    assert not Attachment.objects.exists()
    send(client, case, PDF)
    kept = Attachment.objects.get()
    assert (kept.scan, client.get(f"/evidence/{kept.uid}/").status_code) == (Scan.CLEAN, 200)


@pytest.mark.parametrize("says", [None, b"stream: INSTREAM size limit exceeded. ERROR\0", b"\0", b"?"])
def test_a_silent_scanner_holds_the_file_back_until_it_speaks(
    case, township_officer, as_post, clamd, settings, says
):
    client, working = as_post(township_officer), settings.CLAMD
    clamd.says = says or b""
    if says is None:
        settings.CLAMD = "unix:/nowhere/clamd.ctl"
    page = send(client, case, PDF + (EICAR if says == b"?" else b""))
    kept = Attachment.objects.get()
    assert kept.scan == Scan.WAITING
    assert "检查通过后即可下载" in page.content.decode()
    assert Message.objects.filter(user=township_officer.user, title__startswith="附件待安全检查").exists()
    refused = client.get(f"/evidence/{kept.uid}/")
    assert (refused.status_code, "待安全检查" in refused.content.decode()) == (409, True)
    assert quarantine.scan_again(at=NOW) == 0
    clamd.says, settings.CLAMD = b"", working
    assert [quarantine.scan_again(at=NOW), quarantine.scan_again(at=NOW)] == [1, 0]
    kept.refresh_from_db()
    bad = says == b"?"
    assert kept.scan == (Scan.INFECTED if bad else Scan.CLEAN)
    assert client.get(f"/evidence/{kept.uid}/").status_code == (409 if bad else 200)
    told = "附件未通过安全检查" if bad else "附件已通过安全检查"
    assert Message.objects.filter(user=township_officer.user, title__startswith=told).exists()
    assert AuditEvent.objects.filter(action="附件安全检查").exists()


def test_with_the_hold_off_the_file_is_handed_out(case, township_officer, as_post, clamd, monkeypatch):
    clamd.says = b"?"
    client = as_post(township_officer)
    send(client, case, PDF)
    monkeypatch.setitem(HELD, Scan.WAITING, "")
    assert client.get(f"/evidence/{Attachment.objects.get().uid}/").status_code == 200


def test_a_held_file_is_not_in_the_year_s_folder_either(case, township_officer, clamd, tmp_path):
    from reports.dossier_items import _stored

    clamd.says = b"?"
    assert taken("a.pdf", PDF, case, township_officer) == ""
    note = _stored(Attachment.objects.get(), ()).make(tmp_path / "piece")
    assert note == "待安全检查"
    assert PDF not in (tmp_path / "piece").read_bytes()


def stored_files_opened(source: str) -> list[str]:
    """Stored files that are opened past what holds them back."""
    return re.findall(r"\.file\.(?:open|read|chunks|path)\b", source)


def test_stored_files_are_opened_in_the_evidence_room_alone():
    found = {str(p.relative_to(ROOT)) for p in python_of_the_rooms() if stored_files_opened(p.read_text())}
    assert found == {"rectification/evidence/models.py", "rectification/evidence/quarantine.py"}
    assert stored_files_opened("attachment.file.open('rb')")


def test_a_look_at_a_large_file_ends_soon():
    for content in (
        b"%PDF-" + b"/ObjStm stream" * 400_000,
        b"%PDF-" + b"#4" * 3_000_000,
        b"%PDF-/" * 1_000_000,
    ):
        started = time.process_time()
        active.pdf_refusal(content)
        assert time.process_time() - started < 6
