"""What a reported event means under an exam's rules of conduct: pure.

The page measures how long it was left; whether that is a violation is judged here. A page can
be made to lie, so an event is evidence for a person, and only the exam's own rule acts on it.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from lianbing.kernel.errors import N_

MOST_NETWORKS = 50
LONGEST_CODE = 32


class EventKind(StrEnum):
    """What can be noticed: the first four by the page, the others by the server at entry."""

    PAGE_LEFT = "page_left"
    FULL_SCREEN_LEFT = "full_screen_left"
    COPIED = "copied"
    PASTED = "pasted"
    ADDRESS_CHANGED = "address_changed"
    DEVICE_CHANGED = "device_changed"
    SECOND_SIGN_IN = "second_sign_in"


REPORTED = frozenset(
    {EventKind.PAGE_LEFT, EventKind.FULL_SCREEN_LEFT, EventKind.COPIED, EventKind.PASTED}
)
LASTING = frozenset({EventKind.PAGE_LEFT, EventKind.FULL_SCREEN_LEFT})


class Action(StrEnum):
    """What follows from a violation; each includes the one before."""

    IGNORE = "ignore"
    WARN = "warn"
    FLAG = "flag"
    HAND_IN = "hand_in"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConductPolicy:
    """An exam's rules of conduct; what is not named is ignored.

    Something left for less than ``tolerated`` is no violation: a call, a screen that locks.
    ``hand_in_after`` counts the violations whose action is HAND_IN.
    """

    actions: Mapping[EventKind, Action] = field(default_factory=dict)
    tolerated: timedelta = timedelta(seconds=15)
    hand_in_after: int = 3

    def action(self, kind: EventKind) -> Action:
        """What follows from a violation of this kind."""
        return self.actions.get(kind, Action.IGNORE)

    def to_json(self) -> dict[str, Any]:
        """The policy as stored."""
        return {
            "actions": {kind.value: action.value for kind, action in self.actions.items()},
            "tolerated": int(self.tolerated.total_seconds()),
            "hand_in_after": self.hand_in_after,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ConductPolicy":
        """The policy again; the default for an exam that has none."""
        default = cls()
        seconds = stored.get("tolerated", int(default.tolerated.total_seconds()))
        return cls(
            actions={
                EventKind(kind): Action(action)
                for kind, action in stored.get("actions", {}).items()
            },
            tolerated=timedelta(seconds=seconds),
            hand_in_after=stored.get("hand_in_after", default.hand_in_after),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What one event comes to."""

    violation: bool
    action: Action = Action.IGNORE
    ends_attempt: bool = False


def judge_event(
    policy: ConductPolicy, kind: EventKind, *, lasted: timedelta, grave_before: int
) -> Judgement:
    """Judge an event; ``grave_before`` counts earlier violations whose action is HAND_IN."""
    action = policy.action(kind)
    tolerated = kind in LASTING and lasted < policy.tolerated
    if action is Action.IGNORE or tolerated:
        return Judgement(violation=False)
    ends = action is Action.HAND_IN and grave_before + 1 >= policy.hand_in_after
    return Judgement(violation=True, action=action, ends_attempt=ends)


def policy_faults(policy: ConductPolicy) -> list[str]:
    """Why rules of conduct cannot be stored, as English msgids; empty when they can."""
    faults = []
    if not timedelta(0) <= policy.tolerated <= timedelta(minutes=10):
        faults.append(N_("what is tolerated must lie between 0 and 600 seconds"))
    if not 1 <= policy.hand_in_after <= 100:
        faults.append(N_("a hand-in must follow after 1 to 100 violations"))
    return faults


def read_networks(text: str) -> tuple[str, ...]:
    """Address ranges (CIDR or single addresses), one a line; ValueError names the first bad one."""
    networks = []
    for line in text.replace(",", "\n").split():
        try:
            networks.append(str(ipaddress.ip_network(line, strict=False)))
        except ValueError as error:
            raise ValueError(line) from error
    if len(networks) > MOST_NETWORKS:
        raise ValueError(str(len(networks)))
    return tuple(networks)


def is_inside(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of the ranges; no ranges let everybody in."""
    ranges = [ipaddress.ip_network(network) for network in networks]
    if not ranges:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return any((mapped or found) in network for network in ranges)


def is_right_code(wanted: str, given: str) -> bool:
    """Whether an access code fits: spaces and case do not matter; none wanted fits all."""
    return not wanted or _plain(wanted) == _plain(given)


def _plain(code: str) -> str:
    return "".join(code.split()).casefold()
