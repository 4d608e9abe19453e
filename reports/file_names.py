"""Names of files that every system opens: no path in them, none twice, not too long. Pure."""

import re
from pathlib import PurePosixPath

FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
LONGEST = 60  # characters of a name: a path of four such names stays under the 255 bytes a part may have


def safe(name: str) -> str:
    """A name as a file or folder may carry it; never empty, never a path, its ending kept when it is cut."""
    clean = FORBIDDEN.sub("_", name).strip(" .")
    clean = re.sub(r"\s+", " ", clean)
    if not clean or set(clean) == {"_"}:
        clean = "未命名"
    if RESERVED.match(clean):
        clean = f"_{clean}"
    ending = PurePosixPath(clean).suffix
    ending = ending if len(ending) <= 8 else ""
    stem = clean[: len(clean) - len(ending)] if ending else clean
    return f"{stem[: LONGEST - len(ending)].strip(' .') or '未命名'}{ending}"


class Names:
    """Paths already given out; a second file of the same name gets a number, whatever the case of its letters."""

    def __init__(self) -> None:
        self.given: set[str] = set()

    def give(self, folder: str, name: str) -> str:
        """The path of a file in a folder, unlike any given before."""
        name = safe(name)
        ending = PurePosixPath(name).suffix
        stem = name[: len(name) - len(ending)] if ending else name
        path, number = f"{folder}{name}", 1
        while path.casefold() in self.given:
            number += 1
            path = f"{folder}{stem}（{number}）{ending}"
        self.given.add(path.casefold())
        return path
