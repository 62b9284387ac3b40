"""Who is who in a world."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from contd_release.sandbox.accounts import ANONYMOUS, Accounts


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """The accounts of a new world."""
    return Accounts.of(tmp_path)


def basic(user: str, password: str) -> str:
    """The header that a browser sends."""
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def test_every_way_to_show_a_password(accounts: Accounts) -> None:
    """Name and password, a token as package indexes and as forges take it."""
    for account in accounts.all:
        password = account.password.reveal()
        ways = (basic(account.user, password), basic("__token__", password), f"Bearer {password}", f"token {password}")
        assert [account] * 4 == [accounts.who(one) for one in ways]


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic !", "Basic bm9jb2xvbg==", "Digest x", "Basic", "x" * 9])
def test_what_is_wrong_is_nobody(accounts: Accounts, header: str) -> None:
    """A wrong header is not the same as none."""
    assert accounts.who(header) is None
    assert ANONYMOUS is accounts.who(None)
    assert accounts.who(basic("reader", accounts.publisher.password.reveal())) is None


def test_what_each_may_do(accounts: Accounts) -> None:
    """The publisher everything, the reader read, the narrow one write elsewhere."""
    asked = (("read", "contd"), ("write", "contd"), ("write", "elsewhere"), ("delete", "contd"))
    may = {one.user: [one.may("registry", *question) for question in asked] for one in (*accounts.all, ANONYMOUS)}
    assert may == {
        "publisher": [True, True, True, True],
        "reader": [True, False, False, False],
        "narrow": [True, False, True, False],
        "": [False, False, False, False],
    }


def test_worlds_do_not_share_passwords(tmp_path: Path, accounts: Accounts) -> None:
    """Each world makes its own, keeps them, and shows them nowhere."""
    assert accounts == Accounts.of(tmp_path)
    assert accounts != Accounts.of(tmp_path / "other")
    assert accounts.publisher.password.reveal() not in repr(accounts)
