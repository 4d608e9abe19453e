"""The launcher behind the Makefile: `python -m config.launch COMMAND`, one of those in `read_arguments`.

Reads VAR (folder for everything a try-out writes) and PORT from the environment. Needs no Django itself: whatever
does is a child process, told by its environment where the servers are (config/embedded.py).
"""

import argparse
import contextlib
import fcntl
import os
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from config.browser import chromium
from config.commands import BASE_DIR, child_environment, manage, python
from config.embedded import servers
from config.postgres import ServerRefused


def var_folder() -> Path:
    """Of a try-out VAR; in a container VAR_DIR says where the stored files are, and backups stand beside them."""
    return Path(os.environ.get("VAR") or os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()


def do_manage(options: argparse.Namespace) -> int:
    with servers(var_folder()) as addresses:
        return manage(shlex.split(options.cmd), addresses)


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """One run of the suite in a folder: two would make and drop the same test databases."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "suite.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerRefused(
                f"{home} 上已有一次测试在运行；请等它结束，或用 VAR=DIR 另指一个目录"
            ) from None
        yield


def do_test(options: argparse.Namespace) -> int:
    """The suite on servers of its own, which skip fsync; `only` narrows it to a path, `args` goes to pytest."""
    one_file = "::" in options.only or options.only.endswith(".py")
    # Dealt out in turns the slow rooms fall to one worker; a worker that is done takes over from the other
    workers = ["-n", "0"] if one_file else ["-n", "2", "--dist", "worksteal"]
    words = ["-m", "pytest", *workers, "-rs", *shlex.split(options.args)]
    words += shlex.split(options.only)
    home = var_folder() / "test"
    browser = chromium(home)
    with only_one(home), servers(home, durable=False) as addresses:
        environment = child_environment(addresses, DJANGO_ALLOW_ASYNC_UNSAFE="true", CHROMIUM=browser or "")
        code = python(words, environment)
    if not browser:
        print(
            "\n*** 没有找到 Chromium，浏览器测试全部跳过 ***（Debian：apt-get install chromium）", flush=True
        )
    return code


def do_shots(_options: argparse.Namespace) -> int:
    """Pictures of the demo year from a site started for them alone; the script finds it by SITE_URL."""
    from config.website import prepare, web_alone

    browser = chromium(var_folder())
    if not browser:
        print("make shots 需要 Chromium（Debian：apt-get install chromium）。", file=sys.stderr)
        return 2
    with servers(var_folder()) as addresses:
        code = prepare(addresses)
        if code:
            return code
        with web_alone(addresses) as url:
            environment = child_environment(
                addresses, DJANGO_ALLOW_ASYNC_UNSAFE="true", SITE_URL=url, CHROMIUM=browser
            )
            return python(["-m", "tests.browser.shots"], environment)


def do_bench(options: argparse.Namespace) -> int:
    words = ["-m", "bench", *([f"only={options.only}"] if options.only else [])]
    with servers(var_folder() / "bench") as addresses:
        code = manage(["migrate", "--noinput", "--verbosity", "0"], addresses)
        return code or python(words, child_environment(addresses))


def do_drill(options: argparse.Namespace) -> int:
    """Faults on purpose, on servers of its own and a demo year made once: never on a database that was given."""
    return on_own_year("drills", "drill", options, ("only", "size", "minutes"))


def do_load(options: argparse.Namespace) -> int:
    """The hour before the deadline, on servers and data of its own, as a drill."""
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    return on_own_year("load", "load", options, ("only", "minutes", "villages", "rate", "people"))


def on_own_year(module: str, folder: str, options: argparse.Namespace, given: Sequence[str]) -> int:
    """Run a module on servers of its own with a demo year made once: never on a database that was given."""
    from config.website import prepare

    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "VAR_DIR", "MEDIA_ROOT", "PROFILE"):
        os.environ.pop(name, None)
    home = var_folder() / folder
    with only_one(home), servers(home) as addresses:
        stamp, made = home / "made-of", migrations_now()
        if not stamp.exists() or stamp.read_text() != made:
            code = prepare(addresses)
            if code:
                return code
            stamp.write_text(made)
        words = [f"{name}={getattr(options, name)}" for name in given]
        browser = chromium(home) or ""  # one drill walks the site in it
        environment = child_environment(addresses, DJANGO_ALLOW_ASYNC_UNSAFE="true", CHROMIUM=browser)
        return python(["-m", module, *words], environment)


def migrations_now() -> str:
    """What tells one schema from another."""
    return "\n".join(sorted(str(path.relative_to(BASE_DIR)) for path in BASE_DIR.glob("*/migrations/0*.py")))


def do_run(_options: argparse.Namespace) -> int:
    from config.website import run

    return run(var_folder(), int(os.environ.get("PORT") or 8000))


def do_backup(_options: argparse.Namespace) -> int:
    from config.backup import backup

    with servers(var_folder()) as addresses:
        print(f"备份完成：{backup(addresses)}")
    return 0


def do_restore(options: argparse.Namespace) -> int:
    from config.backup import restore

    with servers(var_folder()) as addresses:
        restore(addresses, Path(options.source))
    print("恢复完成。")
    return 0


def do_upgrade(_options: argparse.Namespace) -> int:
    """Backup, migrate, check: the first failure stops it, the backup stays."""
    from config.backup import backup

    with servers(var_folder()) as addresses:
        print(f"升级前备份：{backup(addresses)}", flush=True)
        for words in (["migrate", "--noinput"], ["check", "--database", "default"]):
            code = manage(words, addresses)
            if code:
                print(f"升级在 {words[0]} 处停下；可用 make restore 恢复上面的备份。", file=sys.stderr)
                return code
    print("升级完成。")
    return 0


def read_arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="config.launch")
    commands = parser.add_subparsers(required=True)
    for name, do in (("run", do_run), ("shots", do_shots), ("upgrade", do_upgrade), ("backup", do_backup)):
        commands.add_parser(name).set_defaults(do=do)
    test = commands.add_parser("test")
    test.add_argument("--only", default="")
    test.add_argument("--args", default="")
    test.set_defaults(do=do_test)
    bench = commands.add_parser("bench")
    bench.add_argument("--only", default="")
    bench.set_defaults(do=do_bench)
    drill = commands.add_parser("drill")
    for name in ("only", "size", "minutes"):
        drill.add_argument(f"--{name}", default="")
    drill.set_defaults(do=do_drill)
    load = commands.add_parser("load")
    for name in ("only", "minutes", "villages", "rate", "people"):
        load.add_argument(f"--{name}", default="")
    load.set_defaults(do=do_load)
    one = commands.add_parser("manage")
    one.add_argument("cmd")
    one.set_defaults(do=do_manage)
    restore = commands.add_parser("restore")
    restore.add_argument("source")
    restore.set_defaults(do=do_restore)
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    options = read_arguments(words)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return options.do(options)
    except ServerRefused as refused:
        print(f"\n{refused}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
