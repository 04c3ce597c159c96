"""How a province is divided: groups of sites, their people, phases, and how many heads each place has in each phase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

FROM = date(2024, 11, 7)
SITE_PEOPLE = 87
GROUP_SITES = 4
OWN_SHARE = 0.75
PHASES = ("campaign", "quiet", "voting", "recapitulation")
HEADS = {"campaign": 0.240, "quiet": 0.245, "voting": 0.295, "recapitulation": 0.275}
"""Heads in one shift per person of the group: what working time allows, less an eighth."""
SIZES = (1.3, 1.0, 0.9, 0.8)
"""How large the sites of a group are in turn."""
SMALLEST_WITH_CONTROL, SMALLEST_WITH_PATROL = 6, 9
CREW = 2

Heads = Mapping[str, Mapping[str, int]]
"""By post and phase, people at one time."""


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring sites under one padal, with their own people and those attached to them."""

    number: int
    sites: tuple[int, ...]
    own: int
    attached: int

    @property
    def name(self) -> str:
        """As in the operation file."""
        return f"group-{self.number}"

    @property
    def command(self) -> str:
        """The site of the padal."""
        return f"command-{self.number}"

    @property
    def mobile(self) -> str:
        """The patrols between the sites of this group and the next."""
        return f"mobile-{self.number}"

    @property
    def site_names(self) -> tuple[str, ...]:
        """Guarded sites."""
        return tuple(f"site-{site + 1}" for site in self.sites)


@dataclass(frozen=True, slots=True)
class Layout:
    """A province of so many people, sites and days."""

    people: int
    sites: int
    days: int

    @property
    def groups(self) -> tuple[Group, ...]:
        """Groups of about `GROUP_SITES` sites; people are dealt by the sizes of the sites."""
        number = -(-self.sites // GROUP_SITES)
        members = [[site for site in range(self.sites) if site * number // self.sites == one] for one in range(number)]
        ends, dealt, found = 0.0, 0, []
        whole = sum(self.size(site) for site in range(self.sites))
        for one, sites in enumerate(members):
            ends += sum(self.size(site) for site in sites)
            people = round(self.people * ends / whole) - dealt
            dealt += people
            own = round(people * OWN_SHARE)
            found.append(Group(one + 1, tuple(sites), own, people - own))
        return tuple(found)

    @staticmethod
    def size(site: int) -> float:
        """Size of a site against the others."""
        return SIZES[site % len(SIZES)]

    def sites_of_members(self, group: Group) -> tuple[str, ...]:
        """Where the people of a group serve: their own sites, and patrols that they share with their neighbours."""
        groups = self.groups
        before = groups[group.number - 2]
        return tuple(dict.fromkeys((*group.site_names, group.command, group.mobile, before.mobile)))

    def first_day(self, phase: str) -> int:
        """Days from the start of the operation to that of a phase."""
        quiet = min(round(self.days * 0.6), self.days - 6)
        return {"campaign": 0, "quiet": quiet, "voting": quiet + 3, "recapitulation": quiet + 4}[phase]

    def date_of(self, phase: str) -> date:
        """First date of a phase."""
        return FROM + timedelta(days=self.first_day(phase))

    def phases(self) -> Iterator[tuple[str, dict[str, str]]]:
        """As in the operation file."""
        for phase, following in zip(PHASES, (*PHASES[1:], ""), strict=True):
            since = {} if phase == PHASES[0] else {"from": str(self.date_of(phase))}
            yield phase, {**since, **({"until": str(self.date_of(following))} if following else {})}

    def heads(self, group: Group) -> dict[str, dict[str, int]]:
        """Heads by place (the sites, command and mobile of a group) and phase."""
        found: dict[str, dict[str, int]] = {}
        for phase in PHASES:
            people = group.own + (0 if phase == "campaign" else group.attached)
            left = int(HEADS[phase] * people)
            padal = 2 if phase == "voting" and len(group.sites) > 1 else 1
            crews = max(1, len(group.sites) // 2) * (1 if phase == "campaign" or len(group.sites) == 1 else 2)
            found.setdefault(group.command, {})[phase] = padal
            found.setdefault(group.mobile, {})[phase] = crews * CREW
            left -= padal + crews * CREW
            whole = sum(self.size(site) for site in group.sites)
            ends, dealt = 0.0, 0
            for name, site in zip(group.site_names, group.sites, strict=True):
                ends += self.size(site)
                mine = int(left * ends / whole + 1e-9) - dealt
                dealt += mine
                found.setdefault(name, {})[phase] = mine
        return found


def posts_of_site(heads: int) -> dict[str, int]:
    """Heads of a site by post: what every site has first, the rest in turn to gate, perimeter and lobby."""
    found = {"danru": 1, "gate": 1, "lobby": 1}
    if heads >= SMALLEST_WITH_CONTROL:
        found["control-room"] = 1
    if heads >= SMALLEST_WITH_PATROL:
        found["patrol"] = 2
    order = ("gate", "perimeter", "lobby", "perimeter")
    for place in range(heads - sum(found.values())):
        post = order[place % len(order)]
        found[post] = found.get(post, 0) + 1
    return found
