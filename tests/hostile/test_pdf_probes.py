"""A PDF opens nothing but our fonts, whatever its page asks for: a listener and the interpreter's own audit say so."""

import socketserver
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from django.conf import settings

from reports import press

SECRET = "探针专属机密文字"


class Heard(socketserver.BaseRequestHandler):
    """Counts whoever comes."""

    def handle(self):
        self.server.heard.append(self.request.recv(200))
        self.request.sendall(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n"
        )


@pytest.fixture
def listener():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Heard) as server:
        server.heard, server.daemon_threads = [], True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class Watch:
    """What the interpreter opens and connects to while it is on; a hook cannot be taken out again."""

    def __init__(self) -> None:
        self.on, self.opened = False, []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple) -> None:
        if self.on and event in (
            "open",
            "socket.connect",
            "urllib.Request",
            "ftplib.connect",
            "subprocess.Popen",
        ):
            self.opened.append((event, str(args[-1] if event == "socket.connect" else args[0])))


WATCH = Watch()


@pytest.fixture
def watched():
    WATCH.opened, WATCH.on = [], True
    yield WATCH.opened
    WATCH.on = False


def probes(port: int, secret: Path) -> dict[str, str]:
    """Ways in which a page asks for something from elsewhere."""
    web, file = f"http://127.0.0.1:{port}/x", secret.as_uri()
    asked = {
        "img http": f'<img src="{web}">',
        "img https": f'<img src="https://127.0.0.1:{port}/x">',
        "img ftp": f'<img src="ftp://127.0.0.1:{port}/x">',
        "img file": f'<img src="{file}">',
        "img path": f'<img src="{secret}">',
        "img relative": '<img src="../../../../../../../etc/passwd">',
        "img two slashes": f'<img src="//127.0.0.1:{port}/x">',
        "img UNC": '<img src="\\\\127.0.0.1\\share\\x"><img src="file:////127.0.0.1/share/x">',
        "img data": "<img src='data:image/svg+xml,<svg><image href=%22URL%22/></svg>'>",
        "img srcset": f'<img srcset="{web} 2x"><picture><source srcset="{web}"></picture>',
        "fonts by path": '<img src="ours:../../config/settings.py"><img src="ours:%2e%2e/settings.py">',
        "style link": f'<link rel=stylesheet href="{web}"><link rel=stylesheet href="{file}">',
        "import": f"<style>@import url({web}); @import '{file}';</style>",
        "font face": f"<style>@font-face {{font-family:x; src:url({web}), url({file})}} p {{font:9pt x}}</style><p>字",
        "css url": f"<style>p {{background:url({web}) , url({file}); list-style-image:url({web})}}</style><p>字",
        "css content": f"<style>p::before {{content:url({web})}} @page {{background:url({web})}}</style><p>字",
        "style attribute": f"<p style=\"background-image:url('{web}');mask:url({file})\">字",
        "attachment": f'<link rel=attachment href="{file}"><link rel=attachment href="{web}">',
        "anchor attachment": f'<a rel=attachment href="{file}">x</a><a rel=attachment href="{web}">x</a>',
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{web}"/><use href="{file}#a"/></svg>',
        "svg entity": f'<svg><!DOCTYPE x [<!ENTITY e SYSTEM "{file}">]><text>&e;</text></svg>',
        "object": f'<object data="{web}"></object><object data="{file}" type="image/svg+xml"></object>',
        "embed": f'<embed src="{web}"><iframe src="{file}"></iframe><frame src="{web}">',
        "refresh": f'<meta http-equiv=refresh content="0;url={web}">',
        "base": f'<base href="http://127.0.0.1:{port}/"><img src=x><link rel=stylesheet href=y>',
        "input": f'<input type=image src="{web}"><body background="{web}"><table background="{file}">',
        "script": f'<script src="{web}"></script><script>fetch("{web}")</script>',
        "icon": f'<link rel=icon href="{web}"><link rel=preload as=font href="{web}"><link rel=import href="{file}">',
    }
    return {name: html.replace("URL", file) for name, html in asked.items()}


def allowed(opened: tuple[str, str]) -> bool:
    """Our fonts, and the interpreter's own files."""
    event, name = opened
    folders = (settings.FONT_DIR, sys.prefix, sys.base_prefix, "/usr/share", "/usr/lib", "/proc", "/dev/null")
    ours = (*map(str, folders), f"{tempfile.gettempdir()}/weasyprint-")
    return event == "open" and (name.startswith(ours) or "fontconfig" in name or name.isdigit())


def found_by(
    port: int, tmp_path: Path, listener, opened: list, only: tuple[str, ...] = ()
) -> dict[str, object]:
    """What each probe reached."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    found: dict[str, object] = {}
    lay_out = press.open_press()
    for name, html in probes(port, secret).items():
        if only and name not in only:
            continue
        opened.clear()
        listener.heard.clear()
        made = lay_out(f"<html><head></head><body>{html}</body></html>").write_pdf()
        reached = [one for one in opened if not allowed(one)] + list(listener.heard)
        if reached or SECRET.encode() in made or b"/EmbeddedFile" in made:
            found[name] = reached or "in the file"
    return found


def test_no_probe_opens_or_reaches_anything(listener, watched, tmp_path):
    port = listener.server_address[1]
    assert len(probes(port, tmp_path)) >= 15
    assert found_by(port, tmp_path, listener, watched) == {}


def test_with_an_open_fetcher_the_probes_are_seen(listener, watched, tmp_path, monkeypatch):
    """The planted fault: the library's own fetcher for what is not ours."""
    from weasyprint.urls import URLFetcher

    ours = press.make_fetcher()

    class Open(URLFetcher):
        def fetch(self, url, headers=None):
            return ours.fetch(url, headers) if url.startswith("ours:") else super().fetch(url, headers)

    monkeypatch.setattr(press, "make_fetcher", lambda: Open())
    seen = ("img http", "img file", "style link", "attachment")
    assert found_by(listener.server_address[1], tmp_path, listener, watched, seen).keys() == set(seen)
