"""`make check`: everything a machine can say about the code without running the suite, side by side."""

import os
import shutil
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
OUR_APPS = ["accounts", "organizations", "rectification", "reports"]
# Types where decisions live: the rules, the stages of a year, who sees what, who may do what.
DECISIONS = [
    "*/rules.py",
    "*/*_rules.py",
    "*/*/rules.py",
    "*/*/*_rules.py",
    "rectification/duties/dates.py",
    "rectification/workflow.py",
    "organizations/scope.py",
]
DECISIONS += ["accounts/policy.py"]


def decisions() -> list[str]:
    found = {path.relative_to(BASE_DIR) for pattern in DECISIONS for path in BASE_DIR.glob(pattern)}
    return sorted(str(path) for path in found if path.parts[0] in OUR_APPS)


def checks() -> dict[str, list[str]]:
    """The slow ones first, so that two cores finish together."""
    python = sys.executable
    return {
        "types": [f"{BIN}/mypy", *decisions()],
        "templates": [f"{BIN}/djlint", "templates", "--lint", "--quiet"],
        "migrations": [python, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"],
        "linear": [python, "-m", "config.check", "linear"],
        "layers": [f"{BIN}/lint-imports", "--no-logo"],
        "lint": [f"{BIN}/ruff", "check", "--quiet", "--output-format=concise", "."],
        "format": [f"{BIN}/ruff", "format", "--check", "--quiet", "--output-format=concise", "."],
    }


def run(name: str, command: list[str]) -> tuple[str, int, float, str]:
    begin = time.monotonic()
    done = subprocess.run(command, cwd=BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return name, done.returncode, time.monotonic() - begin, done.stdout


def not_run() -> dict[str, str]:
    """What was not looked at, said as such: a scanner that could not look never counts as clean."""
    known = {"漏洞库比对": "需要联网取得漏洞数据；把 make sbom 的清单交给有漏洞库的平台核对"}
    if not shutil.which("semgrep"):
        known["semgrep"] = "没有安装；本地规则由 tests/test_source_rules.py 逐条检查语法树"
    return known


def main() -> int:
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for name, code, seconds, output in pool.map(lambda item: run(*item), checks().items()):
            print(f"{'通过' if code == 0 else '不通过'}  {name}  {seconds:.1f} s", flush=True)
            if code:
                failed.append(name)
                print(output.rstrip(), flush=True)
    for name, why in not_run().items():
        print(f"未运行  {name}  （{why}）", flush=True)
    if failed:
        print(f"未通过：{'、'.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def linear() -> int:
    """One line of migrations in each of our apps: two branches would run in an order nobody chose."""
    warnings.simplefilter("ignore")
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db.migrations.loader import MigrationLoader

    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    forked = [label for label in OUR_APPS if len(graph.leaf_nodes(label)) > 1]
    for key, node in graph.node_map.items():
        heirs = [child.key for child in node.children if child.key[0] == key[0]]
        if key[0] in OUR_APPS and len(heirs) > 1:
            print(
                f"{key[0]}: {key[1]} 之后有 {len(heirs)} 个分支：{', '.join(sorted(name for _, name in heirs))}"
            )
            forked.append(key[0])
    return 1 if forked else 0


if __name__ == "__main__":
    sys.exit(linear() if sys.argv[1:] == ["linear"] else main())
