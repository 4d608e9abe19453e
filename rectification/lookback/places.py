"""Finding a grassroots organization by its code or by a path of names, as offices write it: 柳溪镇/石桥村."""

import re
from collections import defaultdict

from organizations.models import Organization

SEPARATORS = re.compile(r"[/／›>\\]+")


class Places:
    """The grassroots organizations under a unit, by code and by names; two queries, however many are looked up."""

    def __init__(self, unit: Organization) -> None:
        self.unit = unit
        above = Organization.objects.under(unit).exclude(level="grassroots")
        self.above = {one.path: {one.name, one.short_name} for one in above}
        self.codes: dict[str, Organization] = {}
        self.names: dict[str, list[Organization]] = defaultdict(list)
        for one in Organization.objects.under(unit).grassroots():
            if one.code:
                self.codes[one.code] = one
            for name in {one.name, one.short_name}:
                self.names[name].append(one)

    def find(self, code: str, path: str) -> tuple[Organization | None, str, str]:
        """The organization, or None with what was wrong ("code" or "name") and why; a code goes before the name."""
        parts = [part.strip() for part in SEPARATORS.split(path) if part.strip()]
        if code:
            found = self.codes.get(code)
            if found is None:
                return None, "code", f"代码“{code}”不是{self.unit.short_name}的基层党组织"
            if parts and parts[-1] not in (found.name, found.short_name):
                return None, "name", f"代码 {code} 是“{found.name}”，与名称不符，请核对是否错行"
            return self._open(found, "code")
        if not parts:
            return None, "name", "请填写代码，或“乡镇/村”形式的名称"
        fits = [one for one in self.names.get(parts[-1], []) if self._lies(one, parts[:-1])]
        standing = [one for one in fits if one.is_open] or fits
        if not standing:
            return None, "name", f"在{self.unit.short_name}没有找到“{path}”"
        if len(standing) > 1:
            return None, "name", f"有 {len(standing)} 个“{parts[-1]}”，请写成“乡镇/村”，或填代码"
        return self._open(standing[0], "name")

    @staticmethod
    def _open(found: Organization, header: str) -> tuple[Organization | None, str, str]:
        if not found.is_open:
            return None, header, f"{found.name}已撤销，不能再开展回头看"
        return found, header, ""

    def _lies(self, one: Organization, names: list[str]) -> bool:
        """Whether each of the names is one of the units above, within the unit."""
        above = [words for path, words in self.above.items() if one.path.startswith(path)]
        return all(any(name in words for words in above) for name in names)
