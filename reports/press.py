"""What every PDF is pressed with: our fonts, nothing fetched, and which characters no font has.

Runs in a worker or a command only; WeasyPrint is imported when needed, because it asks for Pango.
"""

import gc
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.conf import settings

from accounts.errors import Refused

FONTS = {
    "NotoSerifSC-Regular.ttf": ("Noto Serif SC", 400),
    "NotoSerifSC-Bold.ttf": ("Noto Serif SC", 700),
    "NotoSansSC-Regular.ttf": ("Noto Sans SC", 400),
    "NotoSansSC-Bold.ttf": ("Noto Sans SC", 700),
}
# Faces of official papers that may not be given away with the product: used when an office puts its own files, named
# so, into the font folder; without them the face behind stands in (design, stack: fonts)
OFFICE = {"小标宋.ttf": "小标宋", "仿宋.ttf": "仿宋", "楷体.ttf": "楷体", "黑体.ttf": "黑体"}
TITLE = "小标宋, 'Noto Serif SC'; font-weight: 700"
BODY = "仿宋, 'Noto Serif SC'"
HEADING = "黑体, 'Noto Sans SC'"
GC_THRESHOLD = 200_000
BARE = """
html, body, h1, p { display: block; unicode-bidi: isolate }
head, style, title, meta { display: none }
*[id] { anchor: attr(id) }
table { display: table; box-sizing: border-box; text-indent: 0 }
colgroup { display: table-column-group } col { display: table-column }
thead { display: table-header-group } tbody { display: table-row-group }
tr { display: table-row } td, th { display: table-cell }
@page { @bottom-center { text-align: center; vertical-align: middle }
  @bottom-right { text-align: right; vertical-align: middle } }
"""
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class NoPango(Refused):
    """The machine lacks the library that lays out text."""

    def __init__(self) -> None:
        super().__init__(
            "本机缺少 PDF 排版所需的 Pango，请安装后重试"
            "（Debian：apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0）"
        )


@contextmanager
def patient_collector() -> Iterator[None]:
    """Collect garbage less often while thousands of boxes are laid out; `collect` does it between two chunks."""
    before = gc.get_threshold()
    gc.set_threshold(GC_THRESHOLD, 50, 50)
    gc.freeze()  # what the worker holds anyway need not be looked through each time
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def collect() -> None:
    """Let go of the chunk before: its boxes hold each other, and memory would grow with the pages."""
    gc.collect()


def faces() -> dict[str, tuple[str, int]]:
    """The font files there are, by name: family and weight."""
    own = {name: (family, 400) for name, family in OFFICE.items() if Path(settings.FONT_DIR, name).is_file()}
    return FONTS | own


def open_press(*, bare: bool = False) -> Callable[[str], Any]:
    """A function from HTML to laid-out pages that fetches nothing but our own fonts.

    bare: a page of headings, paragraphs and tables only, written as XML. It is laid out without the looks of everything
    else HTML has, which would be asked of every one of its thousands of cells, and read by the parser of Python itself.
    """
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as missing:
        raise NoPango from missing
    fetcher = make_fetcher()
    fonts = FontConfiguration()
    rules = "".join(
        f"@font-face {{ font-family: '{family}'; font-weight: {weight}; src: url('ours:{name}') }}"
        for name, (family, weight) in faces().items()
    )
    style = CSS(string=rules, font_config=fonts, url_fetcher=fetcher)
    reader = _bare_page(CSS(string=BARE, url_fetcher=fetcher)) if bare else HTML

    def press(html: str) -> Any:
        # What no page can show would spoil the text of the file: searched or copied, it must read as printed
        page = reader(string=UNPRINTABLE.sub("", html), url_fetcher=fetcher, base_url="ours:")
        return page.render(stylesheets=[style], font_config=fonts)

    return press


def _bare_page(looks: Any) -> type[Any]:
    """A page that is read as XML and brings along these looks instead of a browser's."""
    from cssselect2 import ElementWrapper
    from weasyprint import HTML

    class BarePage(HTML):  # type: ignore[misc]
        def __init__(self, string: str, **options: Any) -> None:
            super().__init__(string="", **options)
            # Written by reports/pdf.py, every word in it escaped: nothing of it was somebody's own XML
            self.etree_element = ElementTree.fromstring(string)  # noqa: S314
            self.wrapper_element = ElementWrapper.from_html_root(self.etree_element, content_language=None)

        def _ua_stylesheets(self, forms: bool = False) -> Any:
            return [looks]

    return BarePage


def make_fetcher() -> Any:
    """What WeasyPrint may open: the font files named here, and no other address."""
    from urllib.parse import unquote

    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurFilesOnly(URLFetcher):
        """Denies every address but the fonts named above, by name and not by path."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            name = unquote(url.removeprefix("ours:"))
            if not url.startswith("ours:") or name not in faces():
                raise ValueError(f"refused: {url}")
            # By its place on disk, so that the font is read once and not copied into memory a chunk
            path = Path(settings.FONT_DIR, name)
            return URLFetcherResponse(path.as_uri(), path.open("rb"), {"Content-Type": "font/ttf"})

    return OurFilesOnly()


@cache
def _covered() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(Path(settings.FONT_DIR, "NotoSerifSC-Regular.ttf"), lazy=True).getBestCmap())


def absent(texts: Iterable[str]) -> set[str]:
    """Characters that would print as an empty box."""
    used = {char for text in texts for char in text}
    return {char for char in used if ord(char) not in _covered() and char.isprintable()}


def named(chars: Iterable[str]) -> list[str]:
    """Characters no font of ours has, each by its name."""
    return [f"{char}（U+{ord(char):04X} {unicodedata.name(char, '未命名')}）" for char in sorted(chars)]


def plain_mark(mark: str) -> str:
    """The line of a copy as it may stand inside a style's quotes."""
    return mark.replace("\\", "").replace('"', "").replace("\n", " ").replace("<", "")
