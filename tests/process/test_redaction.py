"""A secret shows itself to nobody, and is taken out of every text in each spelling that tools print."""

from __future__ import annotations

import base64
import copy
import html
import itertools
import json
import pickle
import shlex
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.process.redaction import MASK, Redactor, Secret

# Every canary holds a word that no other text of these tests does, so that even a piece of it would be seen.
canaries = st.builds(
    lambda before, after: f"{before}CaNaRy7{after}",
    st.text(st.characters(min_codepoint=33, exclude_categories=["Cs"]), max_size=12),
    st.text(st.characters(min_codepoint=33, exclude_categories=["Cs"]), max_size=12),
).filter(lambda text: text == text.strip() and MASK not in text)

ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "URL": quote,
    "URL component": lambda text: quote(text, safe=""),
    "URL component, small letters": lambda text: quote(text, safe="").replace("%2F", "%2f").replace("%3A", "%3a"),
    "form": quote_plus,
    "JSON": json.dumps,
    "JSON in Unicode": lambda text: json.dumps(text, ensure_ascii=False),
    "HTML": html.escape,
    "HTML without quotes": lambda text: html.escape(text, quote=False),
    "Python": repr,
    "Python bytes": lambda text: repr(text.encode()),
    "shell": shlex.quote,
    "shell, within a word": lambda text: shlex.quote(f"https://user:{text}@host"),
    "hex": lambda text: text.encode().hex(),
    "hex in capitals": lambda text: text.encode().hex().upper(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "basic auth": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "basic auth, other alignment": lambda text: base64.b64encode(f"users:{text}".encode()).decode(),
    "basic auth, third alignment": lambda text: base64.b64encode(f"user1s:{text}".encode()).decode(),
    "base64 in the middle": lambda text: base64.urlsafe_b64encode(f"ab{text}cde".encode()).decode(),
}


def _chunks(text: str, cuts: Sequence[int]) -> list[str]:
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[start:stop] for start, stop in itertools.pairwise(edges)]


def _streamed(redact: Redactor, chunks: Sequence[str]) -> str:
    stream = redact.stream()
    return "".join([*(stream.feed(chunk) for chunk in chunks), stream.close()])


def _survives(secret: str, text: str) -> bool:
    """Whether the canary's word, in any of its spellings, is in the text."""
    word = "CaNaRy7"
    inner = {base64.b64encode(b"\0" * offset + word.encode()).decode()[(0, 2, 3)[offset] :][:6] for offset in range(3)}
    return any(form.lower() in text.lower() for form in {word, word.encode().hex(), secret} | inner)


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(secret=canaries, before=st.text("ab \n:/=", max_size=8), cuts=st.lists(st.integers(0, 200), max_size=6))
def test_no_spelling_survives(encoding: str, secret: str, before: str, cuts: list[int]) -> None:
    """However a tool encodes a secret, and wherever its output is cut into chunks, nothing of the secret is left."""
    redact = Redactor.of([secret])
    text = f"{before}{ENCODINGS[encoding](secret)}{before[::-1]} end"

    shown = redact(text)

    assert not _survives(secret, shown)
    assert shown == _streamed(redact, _chunks(text, cuts))


@given(st.lists(st.text("abAB", min_size=5, max_size=9), max_size=4), st.text("abAB", max_size=60), st.data())
def test_a_stream_gives_what_the_whole_text_gives(secrets: list[str], text: str, data: st.DataObject) -> None:
    """Secrets that begin alike or overlap make no difference: chunks are redacted as the whole text is."""
    redact = Redactor.of(secrets)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8))

    assert redact(text) == _streamed(redact, _chunks(text, cuts))


def test_a_secret_that_begins_another_does_not_uncover_it() -> None:
    """With the shorter of two secrets complete, the rest of the longer one may still follow."""
    stream = Redactor.of(["hunter2", "hunter2-and-more"]).stream()

    shown = stream.feed("see hunter2") + stream.feed("-and-more, then") + stream.close()

    assert f"see {MASK}, then" == shown


@given(st.lists(st.text("iıİkKsſ", min_size=5, max_size=7), max_size=3), st.text("iıİkKsſ", max_size=40), st.data())
def test_a_stream_knows_every_letter_that_is_the_same(secrets: list[str], text: str, data: st.DataObject) -> None:
    """Letters of other alphabets that are an i, a k or an s where case makes no difference are redacted in chunks."""
    redact = Redactor.of(secrets)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8))

    assert redact(text) == _streamed(redact, _chunks(text, cuts))


@given(st.text("abcdefgh .,\n-", max_size=300), st.lists(st.integers(0, 300), max_size=6))
def test_ordinary_text_is_unharmed(text: str, cuts: list[int]) -> None:
    """Text without a secret comes out as it went in, all of it."""
    redact = Redactor.of(["CANARY-7-CANARY", "x", "true"])

    assert text == redact(text) == _streamed(redact, _chunks(text, cuts))


@given(
    login=st.from_regex(r"[^\s/?#\"'<>\\@:]{0,9}:CaNaRy7[^\s/?#\"'<>\\]{0,9}", fullmatch=True),
    before=st.sampled_from(["", "see ", "x=", "'", "fatal: ", "a://b c://d:e "]),
    cuts=st.lists(st.integers(0, 80), max_size=6),
)
def test_the_login_in_any_url_is_masked(login: str, before: str, cuts: list[int]) -> None:
    """Also one that no variable holds: git and others print the URLs that they were configured with."""
    redact = Redactor.of([])
    text = f"{before}https://{login}@host.example/a@b.git' refused"

    shown = redact(text)

    assert shown.endswith(f"https://{MASK}@host.example/a@b.git' refused")
    assert "canary7" not in shown.lower()
    assert shown == _streamed(redact, _chunks(text, cuts))


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/@user:x@y",
        "git@github.com:owner/name.git",
        '{"url":"https://example.com","mail":"a@b"}',
        "ssh://git@github.com/x, ada: a@b",
        "see http://127.0.0.1:8080/ and ada@example.com",
    ],
)
def test_a_url_without_a_password_is_unharmed(text: str) -> None:
    """What merely has a colon or an at sign somewhere is no login."""
    assert text == Redactor.of([])(text)


def test_a_stream_holds_back_no_more_than_it_must() -> None:
    """Long output is shown while it comes."""
    stream = Redactor.of(["CANARY-7-CANARY"]).stream()

    assert len(stream.feed("x" * 10_000)) > 9_900
    assert Redactor(None).stream().feed("plain") == "plain"


def test_a_stream_shows_a_line_that_begins_no_secret_at_once() -> None:
    """The last line of a log is complete, however long the secrets are."""
    stream = Redactor.of(["CANARY-7-CANARY" * 9]).stream()

    assert stream.feed("test_ledger passed\n") == "test_ledger passed\n"
    assert stream.feed("user cana") == "user "
    assert stream.feed("l\n") == "canal\n"


def test_short_values_and_flags_do_not_blot_out_text() -> None:
    """`SECRET_SCANNING=false` does not make every "false" of a log unreadable."""
    redact = Redactor.of_environment({"SECRET_SCANNING": "false", "A_TOKEN": "1"})

    assert redact("false 1 true") == "false 1 true"


@pytest.mark.parametrize(
    "name",
    "GITHUB_TOKEN TWINE_PASSWORD twine_password MY_SECRET DISCORD_WEBHOOK AWS_SECRET_ACCESS_KEY ACCESSKEY CREDENTIALS "
    "SIGNING_PRIVATE_KEY GPG_PASSPHRASE DOCKER_AUTH_CONFIG SERVICE_API_KEY GH_PAT".split(),
)
def test_variables_whose_names_say_so_are_secret(name: str) -> None:
    """What the environment calls a token or a password is redacted without anyone naming it."""
    assert Redactor.of_environment({name: "CANARY-7-CANARY"})("CANARY-7-CANARY") == MASK


def test_named_variables_are_secret() -> None:
    """
    The variables that the configuration names (`env:CONTD_DISCORD`) are redacted, and so is each long part of a URL.
    """
    hook = "https://discord.example/api/webhooks/1234567890123456789/CANARY-CANARY-CANARY"
    redact = Redactor.of_environment({"CONTD_DISCORD": hook}, named=["CONTD_DISCORD"])

    assert f"{MASK} and {MASK}" == redact(f"{hook} and CANARY-CANARY-CANARY")


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ("https://user:CANARY-7@mirror.example/simple", "CANARY-7"),
        ("https://user:CA%2FNARY@mirror.example/simple", "CA/NARY"),
        ("https://user:CA%2FNARY@mirror.example/simple", "CA%2fNARY"),
        ("https://CANARY-7@github.com/owner/name", "CANARY-7"),
        ("https://CANARY-7:x-oauth-basic@github.com/owner/name", "CANARY-7"),
        ("http://a:CANARY-7@one.example http://b:CANARY-8@two.example", "CANARY-8"),
        ("http://a:CAN@RY-7@one.example", "CAN@RY-7"),
        ("postgresql://user:CANARY-7@db/x", "CANARY-7"),
        ("AUTHORIZATION: basic Q0FOQVJZLTc=", "Q0FOQVJZLTc="),
        ("http://user:CANARY-7@[broken", "CANARY-7"),
    ],
)
def test_passwords_in_urls_are_secret(value: str, secret: str) -> None:
    """A proxy, an index or a remote with a password in it gives that password away in no log."""
    redact = Redactor.of_environment({"SOME_URL": value})

    assert secret.lower() not in redact(f"tool says {value} and {secret}").lower()


def test_user_names_of_ssh_are_no_secret() -> None:
    """`ssh://deploy@host` names a user, not a password."""
    assert Redactor.of_environment({"REMOTE": "ssh://deploy@host/repo"})("deploy") == "deploy"


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    """A variable with bytes that are not UTF-8 is redacted like any other."""
    assert Redactor.of_environment({"A_TOKEN": "CANARY\udcff7"})("CANARY\udcff7") == MASK


def test_also_adds_secrets() -> None:
    """A redactor can learn more, and keeps what it knew."""
    redact = Redactor.of(["first-secret"]).also(["second-secret"])

    assert f"{MASK} {MASK}" == redact("first-secret second-secret")
    assert redact is redact.also(["first-secret"])
    assert Redactor(None).also([])("plain") == "plain"


@dataclass(frozen=True)
class Holder:
    """Something that holds a secret."""

    secret: Secret
    redact: Redactor


def test_a_secret_shows_itself_to_nobody() -> None:
    """
    Neither `repr`, `str`, formatting, a data class around it, `asdict`, a copy nor a traceback's locals tell the value.
    """
    secret = Secret("CANARY-7")
    holder = Holder(secret, Redactor.of(["CANARY-7"]))
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        "%s" % secret,  # noqa: UP031
        repr(holder),
        repr(asdict(holder)["secret"]),
        repr([copy.copy(secret), copy.deepcopy(secret)]),
        str(Command(("env",), env={"TOKEN": secret}, stdin=secret)),
        repr(Command(("env",), env={"TOKEN": secret}, stdin=secret)),
        repr(Redactor.of(["CANARY-7"]).stream()),
        repr(Running(Path("log"), Redactor.of(["CANARY-7"]))),
    ]

    assert not [text for text in shown if "CANARY" in text]
    assert "CANARY-7" == secret.reveal() == copy.deepcopy(secret).reveal()


def test_a_secret_is_not_pickled() -> None:
    """Pickle and JSON refuse it, and their errors do not show it."""
    for dump in (pickle.dumps, json.dumps):
        with pytest.raises(TypeError) as caught:
            dump(Secret("CANARY-7"))
        assert "CANARY" not in str(caught.value)


def test_secrets_compare_by_value() -> None:
    """Equal values are equal secrets, and no secret equals its plain value."""
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
