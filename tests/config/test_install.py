"""What the set-up promises: every package by hash, no host named, third-party files cut to what pages use."""

import json
import re
import subprocess
import sys

import pytest

from tests.config.conftest import BASE_DIR

pytestmark = pytest.mark.real_clock
LOCKS = sorted(BASE_DIR.glob("requirements*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_carries_hashes_and_no_host_is_named(lock):
    text = lock.read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text[text.index("\n", text.index("make lock")) :].strip())
    assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_the_npm_lock_has_integrity_for_every_package_and_names_no_host():
    lock = json.loads((BASE_DIR / "static/package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_copied_scripts_point_to_no_source_map():
    vendor = BASE_DIR / "static/vendor"
    assert "sourceMappingURL" not in "".join(path.read_text() for path in vendor.glob("*.[cj]s*"))


def test_the_second_set_up_does_nothing():
    done = subprocess.run(
        [sys.executable, "config/install.py"], cwd=BASE_DIR, capture_output=True, text=True, timeout=10
    )
    assert done.returncode == 0
    assert "安装 Python" not in done.stderr
