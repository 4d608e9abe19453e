"""Workbooks whose archive is in order and whose sheets are not."""

from collections.abc import Iterator
from zipfile import ZIP_STORED

from tests.hostile.archives import GOOD, MAIN, OFFICE, PACKAGE, READ, Hostile, book, data, packed, parts, row

LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1/x.dtd"> %e;]>'
CELL, FAR, BROKEN = '<c r="A3"><v>1</v></c>', "超出 50000 行、256 列", "已损坏"


def one(inside: str, trick: str, words: str = READ) -> Hostile:
    """A sheet with these rows below the good ones."""
    return Hostile(trick, "名册.xlsx", book(data(inside)), words)


def at(place: str, *, quote: str = '"', before: str = "") -> str:
    """A cell that says it stands there."""
    return f"<row>{before}<c r={quote}{place}{quote}><v>1</v></c></row>"


def text(words: str) -> str:
    """A village of this name in row 3."""
    return row(3, "990121101202", words, "5")


def sheets() -> Iterator[Hostile]:
    """Tricks of the content."""
    yield from _entities()
    yield from _places()
    yield from _masses()
    yield from _values()
    yield from _books()


def _entities() -> Iterator[Hostile]:
    for trick, declared in (("laughs", LAUGHS), ("file from outside", OUTSIDE), ("address", PARAMETER)):
        sheet = declared.encode() + data(text("&e;"))
        yield Hostile(f"{trick} in the sheet", "a.xlsx", book(sheet), "实体声明")
        shared = f'{declared}<sst xmlns="{MAIN}"><si><t>&a9;</t></si></sst>'.encode()
        yield Hostile(f"{trick} in the shared texts", "a.xlsx", book(sharedStrings_xml=shared), "实体声明")
    made = parts()
    made["xl/workbook.xml"] = OUTSIDE.encode() + made["xl/workbook.xml"]
    yield Hostile("file from outside in the workbook", "a.xlsx", packed(made), "实体声明")
    yield one(text("&nowhere;"), "entity nobody declared")
    for encoding in ("utf-16", "utf-16-be", "utf-32"):
        sheet = f'<?xml version="1.0" encoding="{encoding}"?>{data(at("XFD1048576")).decode()}'
        yield Hostile(f"sheet in {encoding}", "a.xlsx", book(sheet.encode(encoding)), "不是 UTF-8")
    seven = b'<?xml version="1.0" encoding="utf-7"?>' + data()
    yield Hostile("sheet in utf-7", "a.xlsx", book(seven), "不是 UTF-8")
    yield Hostile(
        "bytes that are no text", "a.xlsx", book(data(text("x")).replace(b">x<", b">\xff\xfe\x80<"))
    )
    yield one("<row><c><v>1</row>", "tags that cross", BROKEN)
    yield Hostile("sheet that ends halfway", "a.xlsx", book(data()[:300]), BROKEN)
    yield Hostile("empty sheet", "a.xlsx", book(b" "))
    yield one("<x>" * 100_000 + "</x>" * 100_000, "tags 100,000 deep")
    yield one("<![CDATA[" + "x" * 600_000, "text without an end")


def _places() -> Iterator[Hostile]:
    yield one(at("XFD1048576"), "the farthest cell", "XFD1048576")
    yield one(at("XFD1048576", quote="'"), "the farthest cell, other quotes", "XFD1048576")
    yield one('<row><c t=">" r="XFD1048576"/></row>', "the farthest cell behind a bracket", "XFD1048576")
    yield one('<row><c t="r=\'A1\'" r="XFD1048576"/></row>', "the farthest cell behind another", "XFD1048576")
    yield one('<row><x:c xmlns:x="y" r="XFD1048576"/></row>', "the farthest cell with a prefix", "XFD1048576")
    yield one(at("&#88;FD1048576"), "the farthest cell in pieces", "不是有效的单元格位置")
    yield one(at("A-5"), "a negative row", "不是有效的单元格位置")
    yield one(at("ZZZZZZZ1"), "a column beyond all", FAR)
    yield one('<row r="99999999999999999999"/>', "a row beyond all numbers", "不是有效的单元格位置")
    yield one('<row r="-1"/>', "a row below none", "不是有效的单元格位置")
    yield one('<row r="60000">' + CELL + "</row>", "a row too far", FAR)
    yield one(at("A1") + at("IV50000"), "two corners far apart", "内容过多")
    claims = '<dimension ref="A1:XFD1048576"/>'
    yield Hostile("claims to be as large as can be", "a.xlsx", book(data(before=claims)), "XFD1048576")
    claims = '<dimension ref="C9:A-1"/>'
    yield Hostile("claims a negative size", "a.xlsx", book(data(before=claims)), "不是有效的单元格位置")
    yield one('<row r="3"><c r="IW3"><v>1</v></c></row>', "a column too far in a row like all others", FAR)
    yield one('<row r="50001"><c r="A50001"/></row>', "a row too far like all others", FAR)
    hidden = '<row r="3"><c r="A3" t="inlineStr"><is><t:c r="XFD1048576">1</t></is></c></row>'
    yield one(hidden, "the farthest cell with the name of a text", "XFD1048576")
    yield one("<row>" + "<c/>" * 300 + "</row>", "cells that do not say where they stand", FAR)
    yield one("<row/>" * 50_100, "rows that do not say where they stand", FAR)
    yield one("<c " * 40_000, "tags that keep a pattern busy", FAR)
    yield one("<row>" + '<c a="' * 40_000, "quotes that keep a pattern busy", FAR)
    yield one("<row><c " + "a" * 500_000 + "/></row>", "a name that keeps a pattern busy")


def _masses() -> Iterator[Hostile]:
    merged = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 1_000_001))
    yield Hostile("a million merged cells", "a.xlsx", book(data(after=f"<mergeCells>{merged}</mergeCells>")))
    rules = '<conditionalFormatting sqref="A1"><cfRule type="x"/></conditionalFormatting>' * 100_000
    yield Hostile("100,000 rules", "a.xlsx", loose(parts(data(after=rules))))
    yield Hostile("a long text in every cell", "a.xlsx", _shared("村" * 30_000, 5_000), "万字")
    yield Hostile("a text of ten million characters", "a.xlsx", _shared("x" * 10_000_000, 2), "超长的内容")
    yield Hostile(
        "a text longer than a cell", "a.xlsx", _shared("x" * 40_000, 1), "第 3 行 A 列有 40000 个字"
    )
    strings = f'<sst xmlns="{MAIN}">{"<si><t/></si>" * 500_000}</sst>'.encode()
    yield Hostile("500,000 empty texts", "a.xlsx", loose(parts(sharedStrings_xml=strings)))
    fonts = f'<styleSheet xmlns="{MAIN}"><numFmts>' + '<numFmt numFmtId="200" formatCode="yyyy"/>' * 200_000
    fonts += "</numFmts></styleSheet>"
    yield Hostile("200,000 formats", "a.xlsx", loose(parts(styles_xml=fonts.encode())))
    yield one('<row r="3"><c r="A3"><v>' + "9" * 300_000 + "</v></c></row>", "a number of 300,000 digits")


def loose(made: dict[str, bytes]) -> bytes:
    """Not packed, so that it is not refused for its ratio."""
    return packed(made, kind=ZIP_STORED)


def _shared(words: str, cells: int) -> bytes:
    strings = f'<sst xmlns="{MAIN}"><si><t>{words}</t></si></sst>'.encode()
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(3, cells + 3))
    return loose(parts(data(rows), sharedStrings_xml=strings))


def _values() -> Iterator[Hostile]:
    for kind, value in (
        ("s", "9999999"),
        ("s", "-1"),
        ("b", "maybe"),
        ("e", "#REF!"),
        ("d", "9999-99-99"),
        ("?", "1"),
    ):
        words = "第 3 行 A 列是错误值" if kind == "e" else READ
        yield one(
            f'<row r="3"><c r="A3" t="{kind}"><v>{value}</v></c></row>',
            f"a cell of kind {kind}: {value}",
            words,
        )
    formats = (
        f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    for value in ("1e10", "-1", "-1e300", "NaN", "2958466", "1e999", "60"):
        sheet = data(f'<row r="3"><c r="C3" s="1"><v>{value}</v></c></row>')
        yield Hostile(f"the day {value}", "a.xlsx", book(sheet, styles_xml=formats.encode()))
    yield one('<row r="3"><c r="C3"><f>1+1</f></c></row>', "a formula without a result", "第 3 行 C 列是公式")
    yield one(
        '<row r="3"><c r="C3"><f>cmd|\'/c calc\'!A0</f><v>5</v></c></row>', "a formula that calls a program"
    )
    yield one(
        '<row r="3"><c r="C3"><f t="shared" si="9" ref="A1:A-1"/><v>5</v></c></row>', "a shared formula"
    )
    yield one(text("石桥_x0000_村_x001F_"), "NUL in Excel's writing")
    yield Hostile("NUL", "a.xlsx", book(data(text("石桥QQ")).replace(b"QQ", b"\0\0")))
    yield one(text("&#0;&#xD800;&#xFFFF;"), "characters that are none")
    yield one(text("石桥\u202e村\u200b委会\ufeff"), "marks nobody sees")
    yield one(text("<r><t>石桥</t></r>" * 2000), "a text in 2,000 pieces")
    yield one(text("=1+1"), "a name that looks like a formula")
    yield one(text("'; DROP TABLE organizations_organization; --"), "a name that looks like a command")
    yield one(text("{{ 7*7 }}{% include 'x' %}${7*7}%s%n"), "a name that looks like a template")


def _books() -> Iterator[Hostile]:
    for state in ("hidden", "veryHidden"):
        sheet = f'<sheet name="名册" sheetId="1" state="{state}" r:id="r1"/>'
        yield Hostile(f"only a sheet that is {state}", "a.xlsx", packed(parts(book=sheet)))
    yield Hostile("no sheets", "a.xlsx", packed(parts(book=" ")))
    twice = '<sheet name="名册" sheetId="1" r:id="r1"/>' * 2
    yield Hostile("one sheet twice", "a.xlsx", packed(parts(book=twice)))
    many = "".join(f'<sheet name="名册{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, 3000))
    yield Hostile("3,000 sheets in one part", "a.xlsx", packed(parts(book=many)))
    name = '<sheet name="' + "名" * 90_000 + '" sheetId="1" r:id="r1"/>'
    yield Hostile("a sheet's name of 90,000 characters", "a.xlsx", packed(parts(book=name)))
    name = '<sheet name="&lt;b&gt;&#7;\x07名册" sheetId="-1" r:id="r1"/>'
    yield Hostile("a sheet's name with markup", "a.xlsx", packed(parts(book=name)))
    for trick, target in (
        ("outside", "file:///etc/passwd"),
        ("in the network", "http://127.0.0.1:9/x.xml"),
        ("above", "../../../../../etc/passwd"),
        ("in itself", "workbook.xml"),
        ("in the relations", "_rels/workbook.xml.rels"),
    ):
        yield Hostile(f"a sheet that lies {trick}", "a.xlsx", _linked(target))
    made = parts()
    made["[Content_Types].xml"] = b'<Types><Default Extension="xml" ContentType="image/png"/></Types>'
    yield Hostile("wrong kinds of content", "a.xlsx", packed(made))
    made = parts(book="<x/>" * 100_000 + '<sheet name="名册" r:id="r1"/>')
    yield Hostile("a workbook full of nothing", "a.xlsx", packed(made))
    elsewhere = parts(sheet=data()) | {
        "xl/other/page": f"<worksheet>{GOOD}{at('XFD1048576')}</worksheet>".encode()
    }
    elsewhere["xl/_rels/workbook.xml.rels"] = _relations("other/page")
    yield Hostile("the farthest cell in another place", "a.xlsx", packed(elsewhere), "XFD1048576")


def _relations(target: str) -> bytes:
    link = f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="{target}" TargetMode="External"/>'
    return f'<Relationships xmlns="{PACKAGE}">{link}</Relationships>'.encode()


def _linked(target: str) -> bytes:
    return packed(parts() | {"xl/_rels/workbook.xml.rels": _relations(target)})
