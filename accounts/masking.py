"""Telephone numbers as pages show them until somebody asks: the ends, enough to tell two numbers apart."""

import re

NUMBER = re.compile(r"\+?\d(?:[ \-—()（）]?\d){4,}")


def masked(text: str) -> str:
    """The text with the middle of every number of five digits or more hidden: 138****5678, 07****21."""
    return NUMBER.sub(_mask, text or "")


def _mask(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    before, after = (3, 4) if len(digits) >= 11 else (2, 2) if len(digits) >= 7 else (1, 1)
    return f"{digits[:before]}****{digits[-after:]}"
