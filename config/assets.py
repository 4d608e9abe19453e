"""From npm's folder to `static/vendor/`: exactly the files the pages and papers use, and nothing else.

Run by the set-up with the system's Python, so standard library only.
"""

import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
PACKAGES, VENDOR = STATIC / "node_modules", STATIC / "vendor"
SVG = "http://www.w3.org/2000/svg"

FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts.min.js": "echarts/dist/echarts.common.min.js",
    # Papers only (WeasyPrint); pages use the reader's own fonts.
    "fonts/NotoSansSC-Regular.ttf": "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "fonts/NotoSansSC-Bold.ttf": "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
    "fonts/NotoSerifSC-Regular.ttf": "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
    "fonts/NotoSerifSC-Bold.ttf": "@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
    "fonts/LICENSE-OFL.txt": "@expo-google-fonts/noto-sans-sc/LICENSE_FONT",
}


class UnknownIcon(Exception):
    """A name in static/icons.txt that Tabler does not have."""


def copy_assets() -> None:
    """Build beside and swap, so that a running site never meets a half-filled folder for long."""
    fresh = STATIC / "vendor.new"
    shutil.rmtree(fresh, ignore_errors=True)
    for name, source in FILES.items():
        target = fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix in {".css", ".js"}:
            target.write_text(
                without_source_map((PACKAGES / source).read_text(encoding="utf-8")), encoding="utf-8"
            )
        else:
            shutil.copyfile(PACKAGES / source, target)
    (fresh / "icons.svg").write_text(sprite(wanted_icons()), encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def without_source_map(text: str) -> str:
    """The map is not copied, and Django's hashed storage refuses a reference to a file that is not there."""
    return re.sub(r"(/\*|//)# sourceMappingURL=[^\s*]+( ?\*/)?", "", text)


def wanted_icons() -> list[str]:
    lines = (STATIC / "icons.txt").read_text(encoding="utf-8").splitlines()
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


def sprite(names: list[str]) -> str:
    """One SVG of symbols, used as `<svg class="icon"><use href="…/icons.svg#home"></use></svg>`."""
    ElementTree.register_namespace("", SVG)
    sheet = ElementTree.Element(f"{{{SVG}}}svg")
    for name in names:
        source = PACKAGES / "@tabler/icons/icons/outline" / f"{name}.svg"
        if not source.exists():
            raise UnknownIcon(f"static/icons.txt: 没有名为 {name} 的图标")
        drawing = ElementTree.parse(source).getroot()
        style = {key: drawing.get(key, "") for key in ("viewBox", "fill", "stroke", "stroke-width")}
        style |= {"stroke-linecap": "round", "stroke-linejoin": "round"}
        symbol = ElementTree.SubElement(sheet, f"{{{SVG}}}symbol", {"id": name, **style})
        # The first path is an invisible frame of the whole square.
        symbol.extend(part for part in drawing if part.get("stroke") != "none")
    return ElementTree.tostring(sheet, encoding="unicode")
