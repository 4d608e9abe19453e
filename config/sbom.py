"""`make sbom`: what the site is made of, as a CycloneDX list, read from the lock files and from nothing else.

Run by the system's Python, so standard library only. The same locks give the same list, byte for byte, but for the
moment it was made at.
"""

import base64
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
ALGORITHMS = {"sha512": "SHA-512", "sha256": "SHA-256", "sha384": "SHA-384"}


def python_packages(lock: str) -> list[dict[str, Any]]:
    """The packages of a hashed requirements file."""
    found: list[dict[str, Any]] = []
    for line in lock.splitlines():
        if match := PINNED.match(line):
            name, version = match[1].lower().replace("_", "-"), match[2]
            found.append(_component(name, version, f"pkg:pypi/{name}@{version}"))
        found_hashes = HASH.findall(line)
        if found_hashes and found:
            found[-1]["hashes"] += [{"alg": "SHA-256", "content": one} for one in found_hashes]
    return found


def browser_packages(lock: str) -> list[dict[str, Any]]:
    """The packages of npm's lock file."""
    found = []
    for place, package in json.loads(lock)["packages"].items():
        name = place.rpartition("node_modules/")[2]
        if not name:
            continue
        version = package["version"]
        one = _component(name, version, f"pkg:npm/{name.replace('@', '%40')}@{version}")
        algorithm, _, digest = package.get("integrity", "").partition("-")
        if algorithm in ALGORITHMS:
            content = base64.b64decode(digest).hex()
            one["hashes"] = [{"alg": ALGORITHMS[algorithm], "content": content}]
        found.append(one)
    return found


def _component(name: str, version: str, address: str) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "hashes": [],
    }


def sbom(at: datetime) -> dict[str, Any]:
    """The whole list."""
    python = python_packages((BASE_DIR / "requirements.txt").read_text(encoding="utf-8"))
    browser = browser_packages((BASE_DIR / "static" / "package-lock.json").read_text(encoding="utf-8"))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": at.isoformat(timespec="seconds"),
            "component": {"type": "application", "bom-ref": "zhengdun", "name": "zhengdun"},
        },
        "components": [*python, *browser],
    }


def main() -> int:
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "sbom.json")
    made = sbom(datetime.now(UTC))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{target}：{len(made['components'])} 个组件")
    return 0


if __name__ == "__main__":
    sys.exit(main())
