"""Chromium for the browser tests and the pictures, with our Chinese fonts even where the machine has none."""

import os
import shlex
import shutil
from pathlib import Path

FONTS = Path(__file__).resolve().parent.parent / "static" / "vendor" / "fonts"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
</fontconfig>
"""


def chromium(folder: Path) -> str | None:
    """The program to give Playwright as `executable_path`, or None where there is no Chromium.

    It is a two-line script: only the browser shall see the fonts, or a PDF that forgot to name its own would pass.
    """
    real = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not real:
        return None
    home = folder / "browser"
    home.mkdir(parents=True, exist_ok=True)
    conf, script = home / "fonts.conf", home / "chromium"
    conf.write_text(FONTS_CONF.format(fonts=FONTS, cache=home / "fonts"), encoding="utf-8")
    script.write_text(f'#!/bin/sh\nFONTCONFIG_FILE={shlex.quote(str(conf))} exec {shlex.quote(real)} "$@"\n')
    script.chmod(0o755)
    return str(script)
