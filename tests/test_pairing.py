"""Letting a phone in: each code counts once, for a short time, and cannot be guessed."""

from __future__ import annotations

import pytest

from headshot_web.errors import (
    InvitationOver,
    InvitationUsed,
    NotFound,
    PairingDeclined,
    PairingRefused,
    TooManyTries,
    WrongCode,
)
from headshot_web.model import HeadshotId, Role, Session
from headshot_web.pairing import Grant, Pairing


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pairing(clock: Clock) -> Pairing:
    return Pairing(clock)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_an_invitation_lets_one_phone_in_and_says_as_who(pairing: Pairing) -> None:
    plain = pairing.invite()
    booth = pairing.invite(Role.GUEST, Session("anna"), HeadshotId("hers"))
    assert pairing.redeem(plain.token) == Grant(role=Role.GUEST)
    assert pairing.redeem(booth.token) == Grant(session=Session("anna"), only=HeadshotId("hers"))
    for token in (plain.token, booth.token):
        with pytest.raises(InvitationUsed):
            pairing.redeem(token)


def test_it_counts_for_two_minutes_even_when_a_newer_one_is_shown(pairing: Pairing, clock: Clock) -> None:
    first = pairing.invite()
    clock.now += 119
    second = pairing.invite()
    assert pairing.redeem(first.token)
    clock.now += 2
    with pytest.raises(InvitationUsed):
        pairing.redeem(first.token)
    clock.now += 118
    with pytest.raises(InvitationOver):
        pairing.redeem(second.token)


def test_what_was_never_an_invitation_opens_nothing(pairing: Pairing) -> None:
    token = pairing.invite().token
    assert len(token) >= 43, "32 random bytes"
    for guess in ("", token[:-1], token + "A", token.swapcase(), "x" * 43):
        with pytest.raises(PairingRefused):
            pairing.redeem(guess)
    assert token not in repr(pairing.invite())
    assert pairing.redeem(token)


def test_digits_let_one_phone_in_while_they_are_shown(pairing: Pairing) -> None:
    with pytest.raises(PairingRefused):
        pairing.redeem_code("12345678")
    code = pairing.open_code()
    assert len(code) == 8
    assert code.isdigit()
    assert pairing.redeem_code(f" {code[:4]} {code[4:]} ") == Grant()
    with pytest.raises(PairingRefused):
        pairing.redeem_code(code)
    shut = pairing.open_code()
    pairing.close_code()
    with pytest.raises(PairingRefused):
        pairing.redeem_code(shut)


def test_digits_cannot_be_guessed(pairing: Pairing, clock: Clock) -> None:
    code = pairing.open_code()
    for _ in range(4):
        with pytest.raises(WrongCode):
            pairing.redeem_code(wrong(code))
    with pytest.raises(TooManyTries):
        pairing.redeem_code(wrong(code))
    assert pairing.code is None, "five wrong ones, and the digits are gone"
    with pytest.raises(PairingRefused):
        pairing.redeem_code(code)
    tries = 6
    while tries < 20:
        code = pairing.open_code()
        with pytest.raises(PairingRefused):
            pairing.redeem_code(wrong(code))
        tries += 1
    with pytest.raises(TooManyTries):
        pairing.open_code()
    with pytest.raises(TooManyTries):
        pairing.redeem_code(code)
    clock.now += 3601
    assert pairing.redeem_code(pairing.open_code())


def test_the_owner_may_be_asked_about_each_phone(pairing: Pairing) -> None:
    changes: list[int] = []
    pairing.subscribe(lambda: changes.append(len(pairing.waiting())))
    granted = pairing.redeem(pairing.invite().token)
    ticket, other = pairing.ask(granted, "iPhone"), pairing.ask(granted, "Android phone")
    assert [one.name for one in pairing.waiting()] == ["iPhone", "Android phone"]
    assert pairing.answered(ticket) is None
    first, second = pairing.waiting()
    pairing.approve(first.id)
    pairing.decline(second.id)
    assert not pairing.waiting()
    assert pairing.answered(ticket) == (Grant(), "iPhone")
    with pytest.raises(PairingDeclined):
        pairing.answered(other)
    for gone in (ticket, other, "guess"):
        with pytest.raises(InvitationOver):
            pairing.answered(gone)
    with pytest.raises(NotFound):
        pairing.approve(first.id)
    assert 2 in changes
    assert changes[-1] == 0


def test_a_phone_that_nobody_answers_does_not_wait_for_ever(pairing: Pairing, clock: Clock) -> None:
    ticket = pairing.ask(Grant(), "iPhone")
    clock.now += 121
    with pytest.raises(InvitationOver):
        pairing.answered(ticket)
    for _ in range(20):
        pairing.ask(Grant(), "Android phone")
    with pytest.raises(TooManyTries):
        pairing.ask(Grant(), "Android phone")


def test_all_can_be_taken_back(pairing: Pairing) -> None:
    token, code, ticket = pairing.invite().token, pairing.open_code(), pairing.ask(Grant(), "iPhone")
    pairing.revoke()
    for take in (
        lambda: pairing.redeem(token),
        lambda: pairing.redeem_code(code),
        lambda: pairing.answered(ticket),
    ):
        with pytest.raises(PairingRefused):
            take()
