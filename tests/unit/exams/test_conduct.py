"""What a reported event comes to, and who may come in: without a database."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.exams.conduct.rules import (
    Action,
    ConductPolicy,
    EventKind,
    is_inside,
    is_right_code,
    judge_event,
    policy_faults,
    read_networks,
)

POLICY = ConductPolicy(
    actions={
        EventKind.PAGE_LEFT: Action.HAND_IN,
        EventKind.COPIED: Action.WARN,
        EventKind.SECOND_SIGN_IN: Action.FLAG,
    },
    tolerated=timedelta(seconds=15),
    hand_in_after=3,
)
policies = st.builds(
    ConductPolicy,
    actions=st.dictionaries(st.sampled_from(list(EventKind)), st.sampled_from(list(Action))),
    tolerated=st.integers(0, 600).map(lambda seconds: timedelta(seconds=seconds)),
    hand_in_after=st.integers(1, 100),
)


@pytest.mark.parametrize(
    ("kind", "seconds", "before", "violation", "ends"),
    [
        (EventKind.PAGE_LEFT, 14, 9, False, False),
        (EventKind.PAGE_LEFT, 15, 0, True, False),
        (EventKind.PAGE_LEFT, 15, 1, True, False),
        (EventKind.PAGE_LEFT, 15, 2, True, True),
        (EventKind.COPIED, 0, 9, True, False),
        (EventKind.PASTED, 0, 9, False, False),
        (EventKind.SECOND_SIGN_IN, 0, 9, True, False),
    ],
)
def test_event_is_judged_by_its_kind_length_and_count(
    kind: EventKind, seconds: int, before: int, violation: bool, ends: bool
) -> None:
    judged = judge_event(POLICY, kind, lasted=timedelta(seconds=seconds), grave_before=before)
    assert (judged.violation, judged.ends_attempt) == (violation, ends)


@given(policy=policies)
def test_policy_survives_storage_and_only_hand_in_ends(policy: ConductPolicy) -> None:
    assert ConductPolicy.from_json(policy.to_json()) == policy
    assert policy_faults(policy) == []
    for kind in EventKind:
        judged = judge_event(policy, kind, lasted=timedelta(hours=1), grave_before=1000)
        assert judged.ends_attempt == (policy.action(kind) is Action.HAND_IN)


def test_exam_without_rules_ignores_everything() -> None:
    policy = ConductPolicy.from_json({})
    for kind in EventKind:
        judged = judge_event(policy, kind, lasted=timedelta(hours=1), grave_before=9)
        assert not judged.violation


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.8.3.4", True),
        ("::ffff:10.8.3.4", True),
        ("10.9.0.1", False),
        ("192.168.7.7", True),
        ("fd00::1", True),
        ("", False),
        ("unix", False),
    ],
)
def test_address_ranges(address: str, inside: bool) -> None:
    networks = read_networks("10.8.0.0/16\n192.168.7.7, fd00::/8")
    assert is_inside(address, networks) is inside


def test_no_range_lets_everybody_in_and_nonsense_is_named() -> None:
    assert is_inside("", read_networks(" \n"))
    with pytest.raises(ValueError, match=r"10\.8"):
        read_networks("10.8")


def test_access_code_forgives_spaces_and_case() -> None:
    assert is_right_code("Ab 12", " aB12 ")
    assert not is_right_code("Ab12", "")
    assert is_right_code("", "whatever")
