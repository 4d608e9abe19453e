"""Who the parties of a lookback are: the scheme's chain says it, step by level.

A grassroots step is 自查, a township step 上级检查, a step at the county or above 考核验收;
the deciding step concludes.
Without a chain it is as S0 has it: the organization itself, the township above it, the county's department.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.roles import Role
from organizations.models import Appointment
from organizations.rules import Level
from rectification.lookback.rules import Party
from rectification.schemes.chain_rules import deciding_step
from rectification.schemes.models import ChainStep, Process, Scheme

OF_LEVEL = {Level.GRASSROOTS: Party.SELF, Level.TOWNSHIP: Party.SUPERIOR}
USUAL = {
    Party.SELF: frozenset({Role.VILLAGE_REPORTER}),
    Party.SUPERIOR: frozenset({Role.TOWNSHIP_OFFICER}),
    Party.DEPARTMENT: frozenset({Role.COUNTY_OFFICER}),
}


@dataclass(frozen=True)
class Parties:
    """The parties in their order, which roles enter each one's part, who concludes, and what the chain calls them."""

    roles: dict[Party, frozenset[Role]]
    decides: frozenset[Role]
    names: dict[Party, str]

    @property
    def order(self) -> tuple[Party, ...]:
        """The parties, the organization itself first."""
        return tuple(party for party in Party if party in self.roles)

    @property
    def judging(self) -> Party:
        """Whose part a conclusion needs."""
        return Party.DEPARTMENT if Party.DEPARTMENT in self.roles else Party.SUPERIOR

    def title(self, party: Party) -> str:
        """What the sheet calls a party; where they are fewer than three, as the scheme says it."""
        return party.label if len(self.roles) == len(Party) else self.names.get(party) or party.label

    def own(self, post: Appointment | None, *, township: bool) -> list[Party]:
        """The columns a post fills in, its own first.

        A village needs no account, so its superior enters its part for it (代录); township: whether one stands
        between the organization and the county, which otherwise acts as the superior too.
        """
        if post is None:
            return []
        role = Role(post.role)
        mine = [party for party in self.order if role in self.roles[party]]
        if role is Role.TOWNSHIP_OFFICER:
            below = [Party.SELF]
        elif role is Role.COUNTY_OFFICER and not township:
            below = [Party.SUPERIOR, Party.SELF]
        else:
            below = []
        mine.reverse()
        return mine + [party for party in below if party in self.roles and party not in mine]

    @property
    def concludes_in_township(self) -> bool:
        """Whether nobody above the township has a part in it."""
        return self.decides == frozenset({Role.TOWNSHIP_OFFICER})


def parties_of_steps(steps: Iterable[ChainStep]) -> Parties:
    """The parties of a chain; as usual where it has nobody above the organization itself."""
    roles: dict[Party, frozenset[Role]] = {}
    names: dict[Party, str] = {}
    chain = sorted(steps, key=lambda step: step.order)
    for step in chain:
        party = OF_LEVEL.get(Level(step.level), Party.DEPARTMENT)
        roles[party] = roles.get(party, frozenset()) | {Role(step.role)}
        names.setdefault(party, step.name)
    if not set(roles) - {Party.SELF}:
        return Parties(USUAL, USUAL[Party.DEPARTMENT], {})
    deciding = deciding_step(chain)
    return Parties(roles, frozenset({Role(deciding.role)}) if deciding else USUAL[Party.DEPARTMENT], names)


def parties_in(scheme: Scheme) -> Parties:
    """The parties of a scheme's lookbacks; one query, none when its chain is prefetched."""
    return parties_of_steps(step for step in scheme.chain.all() if step.process == Process.LOOKBACK)
