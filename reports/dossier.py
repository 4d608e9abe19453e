"""年终归档: a unit's year as a folder that opens without the system: papers, books, filings, attachments, an index.

Written straight to disk one file after the other; the index is plain HTML whose links are relative, and SHA256SUMS
says what every file must be.
"""

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import IO
from urllib.parse import quote

from django.utils import timezone

from accounts.errors import Refused
from reports.case_book import size_words
from reports.file_names import Names, safe
from reports.xlsx import Progress

INDEX, SUMS = "index.html", "SHA256SUMS"
PIECE = 1 << 20
MOST_BYTES = 1_500_000_000


@dataclass(frozen=True)
class Item:
    """One file of the folder.

    folder: names of the folders it lies in, outermost first. make: writes it into the file given and says what is to
    be noted about it ("" for nothing); None when there is nothing to write.
    """

    folder: tuple[str, ...]
    name: str
    make: Callable[[Path], str | None]


@dataclass(frozen=True)
class Entry:
    """A file as the index names it."""

    path: str
    size: int
    sha256: str
    note: str = ""


@dataclass
class Dossier:
    """A folder ready to be written; `count` is the number of its files, known afterwards. facts: over the index."""

    key: str
    title: str
    items: Iterator[Item]
    facts: list[tuple[str, str]] = field(default_factory=list)
    mark: str = ""
    count: int = 0


def write(dossier: Dossier, target: Path, *, progress: Progress = lambda rows: None) -> list[str]:
    """Write the folder as a zip; refuses one that grows too large. Texts missing in a font are noted by the parts."""
    names, entries, total = Names(), [], 0
    root = safe(dossier.title)
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as out,
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".dossier-") as aside,
    ):
        for number, item in enumerate(dossier.items, 1):
            piece = Path(aside, "piece")
            note = item.make(piece)
            if note is not None:
                folder = "".join(f"{safe(part)}/" for part in item.folder)
                entry = _put(out, root, names.give(folder, item.name), piece, note)
                entries.append(entry)
                total += entry.size
            piece.unlink(missing_ok=True)
            progress(number)
            if total > MOST_BYTES:
                raise Refused(too_large(total))
        if not entries:
            raise Refused("这个范围内还没有可以归档的内容")
        entries.append(_text(out, root, INDEX, _index(dossier, entries)))
        _text(out, root, SUMS, "".join(f"{one.sha256}  {one.path}\n" for one in entries))
    dossier.count = len(entries) + 1
    return []


def too_large(size: int) -> str:
    """Why a folder is not made, and what to do."""
    most = MOST_BYTES // 1_000_000_000 if MOST_BYTES % 1_000_000_000 == 0 else MOST_BYTES / 1_000_000_000
    return (
        f"归档内容约 {size / 1_000_000_000:.1f} GB，超过一次 {most} GB 的上限；"
        "请按下级单位分别归档，或不含整本档案和附件"
    )


def _put(out: zipfile.ZipFile, root: str, path: str, piece: Path, note: str) -> Entry:
    digest, size = hashlib.sha256(), 0
    with piece.open("rb") as source, out.open(_named(f"{root}/{path}"), "w", force_zip64=True) as into:
        while chunk := source.read(PIECE):
            digest.update(chunk)
            into.write(chunk)
            size += len(chunk)
    return Entry(path, size, digest.hexdigest(), note)


def _text(out: zipfile.ZipFile, root: str, path: str, words: str) -> Entry:
    content = words.encode()
    out.writestr(_named(f"{root}/{path}"), content, zipfile.ZIP_DEFLATED)
    return Entry(path, len(content), hashlib.sha256(content).hexdigest())


def _named(path: str) -> zipfile.ZipInfo:
    now = timezone.localtime()
    info = zipfile.ZipInfo(path, (now.year, now.month, now.day, now.hour, now.minute, now.second))
    info.external_attr = 0o644 << 16
    return info


def copied(source: IO[bytes], target: Path, sha256: str) -> str:
    """Copy a stored file piece by piece; says so when it is no longer what was handed in."""
    digest = hashlib.sha256()
    with target.open("wb") as into:
        while chunk := source.read(PIECE):
            digest.update(chunk)
            into.write(chunk)
    return "" if digest.hexdigest() == sha256 else "与上传时登记的校验值不一致"


# --- the index -------------------------------------------------------------------------------------------------

STYLE = """
body { font: 15px/1.6 "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; color: #1d2733; margin: 0 }
main { max-width: 1080px; margin: 0 auto; padding: 16px }
header { background: #a61b1b; color: #fff; padding: 20px 16px } header > div { max-width: 1080px; margin: 0 auto }
h1 { font-size: 24px; margin: 0 } h2 { font-size: 19px; margin: 28px 0 8px; border-bottom: 2px solid #a61b1b }
h3 { font-size: 16px; margin: 18px 0 6px } dl { display: flex; flex-wrap: wrap; gap: 4px 32px; margin: 8px 0 0 }
dt { opacity: .85 } dl > div { display: flex; gap: 8px } dd { margin: 0 }
nav ul { columns: 2; padding-left: 20px } table { border-collapse: collapse; width: 100%; table-layout: fixed }
th, td { border: 1px solid #c9d1da; padding: 5px 8px; text-align: left; overflow-wrap: anywhere }
th { background: #f2f4f7 } .size { width: 90px; text-align: right } .sum { width: 150px; font: 12px monospace }
a { color: #8a1515 } .note { color: #a61b1b } footer { color: #5b6673; margin-top: 28px; font-size: 13px }
@media (max-width: 640px) { nav ul { columns: 1 } .sum { display: none } .size { width: 64px } }
"""


def _index(dossier: Dossier, entries: list[Entry]) -> str:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.path.rpartition("/")[0], []).append(entry)
    facts = "".join(f"<div><dt>{escape(k)}：</dt><dd>{escape(v)}</dd></div>" for k, v in dossier.facts)
    tops = list(dict.fromkeys(folder.split("/")[0] for folder in groups))
    links = "".join(
        f'<li><a href="#p{number}">{escape(top)}</a>（{_under(entries, top)}件）</li>'
        for number, top in enumerate(tops)
    )
    parts = [
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(dossier.title)}</title><style>{STYLE}</style></head><body>",
        f"<header><div><h1>{escape(dossier.title)}</h1><dl>{facts}</dl></div></header><main>",
        f'<nav aria-label="目录"><h2>目录</h2><ul>{links}</ul></nav>',
    ]
    seen = ""
    for folder, members in groups.items():
        top, _, rest = folder.partition("/")
        if top != seen:
            parts.append(f'<h2 id="p{tops.index(top)}">{escape(top)}</h2>')
            seen = top
        if rest:
            parts.append(f"<h3>{escape(rest.replace('/', ' / '))}</h3>")
        parts += _table(members)
    parts.append(
        f"<footer>共 {len(entries)} 件，{size_words(sum(one.size for one in entries))}。"
        f'每件的校验值见 <a href="{SUMS}">{SUMS}</a>（在本文件夹中运行 sha256sum -c {SUMS} 可以逐件核对）。'
        f"<br>{escape(dossier.mark)}</footer></main></body></html>"
    )
    return "".join(parts)


def _under(entries: list[Entry], top: str) -> int:
    return sum(entry.path.startswith(f"{top}/") for entry in entries)


def _table(members: list[Entry]) -> Iterator[str]:
    yield '<table><thead><tr><th>文件</th><th class="size">大小</th><th class="sum">SHA-256（前 16 位）</th></tr>'
    yield "</thead><tbody>"
    for one in members:
        name = one.path.rpartition("/")[2]
        note = f' <span class="note">{escape(one.note)}</span>' if one.note else ""
        yield (
            f'<tr><td><a href="{escape(quote(one.path))}">{escape(name)}</a>{note}</td>'
            f'<td class="size">{size_words(one.size)}</td><td class="sum">{one.sha256[:16]}</td></tr>'
        )
    yield "</tbody></table>"
