"""Pinyin of place names, quick enough to spell a whole country's tree while it is loaded.

pypinyin cuts each text into phrases first, which costs ten times the look-up. A name that contains no phrase whose
reading differs from its characters' own readings is spelt character by character, with the same result: by tables
for str.translate, which takes a name at once.
"""

import re
from functools import cache
from operator import add

from pypinyin import lazy_pinyin

_OTHER_READINGS = {
    "长": "chang",
    "朝": "chao",
    "都": "du",
    "重": "chong",
    "乐": "yue",
    "单": "shan",
    "柏": "bo",
    "行": "hang",
    "咀": "zui",
    "畈": "ban",
}
"""Readings common in place names beside the one pypinyin guesses; both are searchable."""

_other_reading = re.compile(f"[{''.join(_OTHER_READINGS)}]")


class _Readings(dict[int, str]):
    """A code point's own reading without tone; what is no Chinese character stays itself."""

    def __missing__(self, point: int) -> str:
        reading = self[point] = "".join(lazy_pinyin(chr(point))).lower()
        return reading


class _Initials(dict[int, str]):
    """The first letter of a code point's own reading."""

    def __missing__(self, point: int) -> str:
        letter = self[point] = _readings[point][:1]
        return letter


_readings = _Readings()
_initials = _Initials()


def syllables(name: str) -> list[str]:
    """The readings of a name's characters without tones, lower case, ü as v: 七家沟 → qi, jia, gou."""
    if _has_own_reading(name):
        words = [word.lower() for word in lazy_pinyin(name)]
        # A stretch without Chinese comes back as one word; otherwise it is a word for each character
        if len(words) == len(name):
            return words
    return _own_readings(name)


def _own_readings(text: str) -> list[str]:
    return [_readings[point] for point in map(ord, text)]


def search_text(name: str, length: int = 200) -> str:
    """One text to search: "initials full", and both once more where a character has another place-name reading.

    长冲村 → "zcc zhangchongcun ccc changchongcun".
    """
    name = name.strip()
    if _has_own_reading(name):
        own = syllables(name)
        text = "".join([word[:1] for word in own]) + " " + "".join(own)
    else:
        text = f"{name.translate(_initials)} {name.translate(_readings)}"
    if _other_reading.search(name):
        other = [_OTHER_READINGS.get(char) or _readings[ord(char)] for char in name]
        words = [*text.split(" "), "".join([word[:1] for word in other]), "".join(other)]
        text = " ".join(dict.fromkeys(words))
    return text[:length]


_SURNAMES = {
    "曾": "zeng",
    "单": "shan",
    "仇": "qiu",
    "解": "xie",
    "区": "ou",
    "查": "zha",
    "盖": "ge",
    "朴": "piao",
    "翟": "zhai",
    "缪": "miao",
    "折": "she",
    "乐": "yue",
    "员": "yun",
    "覃": "qin",
    "种": "chong",
    "召": "shao",
    "繁": "po",
    "黑": "he",
}
"""How a first character is read as a surname, where that is not its usual reading."""


def person_text(name: str, length: int = 200) -> str:
    """A person's name to search for, "initials full": the surname as surnames are read, the usual reading beside it.

    单小平 → "sxp shanxiaoping dxp danxiaoping".
    """
    name = name.strip()
    if not name:
        return ""
    rest = syllables(name[1:])
    usual = _readings[ord(name[0])]
    spellings = dict.fromkeys([_SURNAMES.get(name[0], usual), usual])
    texts = [text for first in spellings for text in _both([first, *rest])]
    return " ".join(dict.fromkeys(texts))[:length]


def _both(words: list[str]) -> tuple[str, str]:
    return "".join([word[:1] for word in words]), "".join(words)


def _has_own_reading(name: str) -> bool:
    """Whether some phrase in the name is read otherwise than its characters one by one."""
    phrases = _odd_phrases()
    if phrases.keys().isdisjoint(map(add, name, name[1:])):  # nearly all names, at the speed of C
        return False
    for start in range(len(name) - 1):
        for phrase in phrases.get(name[start : start + 2], ()):
            if name.startswith(phrase, start):
                return True
    return False


_TONES = str.maketrans("āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹḿ", "aaaaooooeeeeiiiiuuuuvvvvvnnnm")


@cache
def _odd_phrases() -> dict[str, list[str]]:
    """Phrases whose reading is not that of their characters, by their first two characters."""
    from pypinyin.constants import PHRASES_DICT

    found: dict[str, list[str]] = {}
    for phrase, readings in PHRASES_DICT.items():
        own = _own_readings(phrase)
        if len(readings) != len(own) or any(
            reading[0].translate(_TONES) != word for reading, word in zip(readings, own, strict=True)
        ):
            found.setdefault(phrase[:2], []).append(phrase)
    return found
