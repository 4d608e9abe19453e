"""The boxes of an approval form: what one body says, with room for its signature, seal and date."""

from datetime import date
from typing import NamedTuple

from accounts.tables import show
from reports.papers.form import Line, passage

BLANK_DATE = "　　年　　月　　日"


class Box(NamedTuple):
    """What one body says: the heading, its words, and when; who signs, where that is known."""

    name: str
    words: str = ""
    on: date | None = None
    signer: str = ""


def drawn(box: Box, height: float = 17) -> Line:
    """The box on paper: what was recorded stands in it, the rest stays free to be signed by hand."""
    on = show(box.on) if box.on else BLANK_DATE
    return passage(
        box.name, box.words, foot=f"负责人签字：{box.signer or '　　　　　'}　（盖章）　　{on}", height=height
    )


def heading(name: str) -> str:
    """A step's name as the heading of its box."""
    return name if name.endswith("意见") else f"{name}意见"


def decided(step: object) -> str:
    """Where it was decided, as far as that was recorded: 青禾县委常委会2026年3月20日研究，纪要号：…."""
    if not step.body:
        return ""
    document = f"，纪要（文）号：{step.document}" if step.document else ""
    return f"{step.body}{show(step.decided_on)}研究决定{document}"
