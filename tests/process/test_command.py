"""
A command prints what it runs, runs it without a shell, keeps its output without secrets, and leaves no process behind.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from processes import is_alive, soon

from contd_release.errors import FailedCommand, Interrupted, Unanswered, Unwritable, Usage
from contd_release.process.action import Call, Running
from contd_release.process.command import Command, environment
from contd_release.process.redaction import MASK, Redactor, Secret


@pytest.fixture
def running(tmp_path: Path) -> Running:
    """Surroundings with a log in a folder that is not there yet."""
    return Running(tmp_path / "logs" / "step.log")


def python(code: str, *arguments: str) -> tuple[str, ...]:
    """The argv that runs a few lines of Python, from one line."""
    return (sys.executable, "-c", f"exec({textwrap.dedent(code)!r})", *arguments)


# What is printed is what is run.


def test_it_prints_what_it_runs() -> None:
    """The printed line can be pasted into a shell, and secrets in it are masked."""
    command = Command(
        ("git", "commit", "-m", "it's done; rm -rf $HOME"),
        env={"DATE": "a b", "TOKEN": Secret("CANARY-7")},
        stdout=Path("out file"),
    )

    assert f"DATE='a b' TOKEN={MASK} git commit -m 'it'\"'\"'s done; rm -rf $HOME' > 'out file'" == str(command)
    assert shlex.split(str(command))[2:-2] == ["git", "commit", "-m", "it's done; rm -rf $HOME"]


@pytest.mark.parametrize(
    "word", ["$(touch ran)", "; touch ran", "`touch ran`", "| touch ran", "*", "a b", "", "'", "ü"]
)
def test_no_shell_reads_an_argument(running: Running, tmp_path: Path, word: str) -> None:
    """Whatever an argument holds, the program gets exactly that, and nothing else runs."""
    command = Command(python("import sys; print(ascii(sys.argv[1:]))", word), cwd=tmp_path)

    command.run(running)

    assert ascii([word]) == running.log.read_text().splitlines()[-1]
    assert f"{[word]!a}\n" == command.ask().out
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("argv", [(), ("echo", "a\nb"), ("echo", "a\rb"), ("echo", "a\0b"), ("ec\0ho",)])
def test_what_no_argv_can_carry_is_refused(argv: tuple[str, ...]) -> None:
    """NUL, line breaks and nothing at all are refused when the command is written down, before a plan could show it."""
    with pytest.raises(Usage) as caught:
        Command(argv)

    assert f"{argv!r} cannot be run" == caught.value.what_is
    assert (
        caught.value.expected
    ) == "a program and its arguments, none with a line break or a NUL; text goes to standard input"


@pytest.mark.parametrize("env", [{"A=B": "x"}, {"": "x"}, {"A": "x\0y"}, {"A\0": "x"}, {"A": Secret("CANARY\0")}])
def test_what_no_environment_can_carry_is_refused(env: dict[str, str | Secret]) -> None:
    """A broken variable is named, its value is not shown."""
    with pytest.raises(Usage, match="cannot be set for env") as caught:
        Command(("env",), env=env)
    assert "CANARY" not in str(caught.value)


# How it ends.


def test_success_is_silent_and_logged(running: Running) -> None:
    """Exit code 0 raises nothing; the log has the command and what it printed, on both channels."""
    command = Command(("sh", "-c", "echo one; echo two >&2"))

    command.run(running)

    assert running.log.read_text() == "$ sh -c 'echo one; echo two >&2'\none\ntwo\n"


def test_commands_of_one_step_share_its_log(running: Running) -> None:
    """What ran before stays in the log."""
    Command(("echo", "one")).run(running)
    Command(("echo", "two")).run(running)

    assert running.log.read_text() == "$ echo one\none\n$ echo two\ntwo\n"


def test_failure_shows_the_tail_of_the_log(running: Running) -> None:
    """Another exit code than 0 names the command, the code, the last fifteen lines, and the log to read."""
    with pytest.raises(FailedCommand) as caught:
        Command(("sh", "-c", "seq 1 20; exit 3")).run(running)

    shown = "\n".join(f"  | {number}" for number in range(6, 21))
    assert f"sh -c 'seq 1 20; exit 3' ended with 3\n{shown}" == caught.value.what_is
    assert ("exit code 0", f"less {running.log}") == (caught.value.expected, caught.value.type_next)


def test_a_signal_is_a_failure(running: Running) -> None:
    """A program that was killed did not succeed."""
    with pytest.raises(FailedCommand, match="ended with -9"):
        Command(("sh", "-c", "kill -9 $$")).run(running)


@pytest.mark.parametrize(
    "code", ["import time; time.sleep(60)", "import os, time; os.close(1); os.close(2); time.sleep(60)"]
)
def test_the_time_limit_ends_it(running: Running, code: str) -> None:
    """A program that does not end is ended, also when it closed its output, and the log says why."""
    began = time.monotonic()

    with pytest.raises(FailedCommand, match=r"ended with 124\n(.*\n)*  \| ended after 0.3 s: the time limit"):
        Command(python(code), timeout=0.3).run(running)
    assert time.monotonic() - began < 4


def test_a_missing_program_is_named(running: Running) -> None:
    """For a command it is a requirement that is not met; a question stays unanswered."""
    command = Command(("no-such-program", "x"))

    with pytest.raises(Usage) as caught:
        command.run(running)
    with pytest.raises(Unanswered) as unanswered:
        command.ask()

    assert (
        str(caught.value)
        == str(unanswered.value)
        == (
            "no-such-program is not there, which no-such-program x needs\n"
            "  expected: a program on PATH and a folder that exists\n  type:     command -v no-such-program"
        )
    )


def test_a_missing_folder_is_named(running: Running, tmp_path: Path) -> None:
    """It is the folder that is missing, and the message says so."""
    with pytest.raises(Usage, match=f"{tmp_path}/gone is not there, which echo needs"):
        Command(("echo",), cwd=tmp_path / "gone").run(running)


def test_what_cannot_be_started_is_told(running: Running, tmp_path: Path) -> None:
    """A file that is no program, a folder that is a file and arguments that are too long are no tracebacks."""
    plain = tmp_path / "plain"
    plain.write_text("no program")

    for command in (Command((str(plain),)), Command(("echo",), cwd=plain), Command(("echo", "x" * (1 << 22)))):
        with pytest.raises(Usage, match=r"^\S+ cannot be started: \w+"):
            command.run(running)


def test_a_question_gives_code_and_both_channels() -> None:
    """A question reads an exit code as an answer."""
    answer = Command(("sh", "-c", "echo out; echo err >&2; exit 7")).ask()

    assert (answer.code, answer.out, answer.err) == (7, "out\n", "err\n")


def test_a_question_that_takes_too_long_is_unanswered() -> None:
    """No answer in time is never "no", and the program is ended."""
    with pytest.raises(Unanswered) as caught:
        Command(("sleep", "60"), timeout=0.2).ask()

    assert (
        str(caught.value) == "sleep 60 did not end within 0.2 s\n  expected: an answer\n"
        "  type:     the same command again   (when the network and the other side are well)"
    )


# Input and output.

ECHO = """
import sys
sys.stdout.write("x" * 300_000)
sys.stdout.flush()
text = sys.stdin.read()
sys.stdout.write(f"\\nread {len(text)}\\n")
"""


def test_large_input_and_large_output_do_not_wait_for_each_other(running: Running) -> None:
    """A program may print more than a pipe holds before it reads more than a pipe holds."""
    command = Command(python(ECHO), stdin="y" * 300_000, timeout=10)

    command.run(running)

    assert running.log.read_text().splitlines()[-1] == "read 300000"
    assert command.ask().out.endswith("\nread 300000\n")


def test_input_that_is_not_read_does_no_harm(running: Running) -> None:
    """A program that ends without reading all of its input is judged by its exit code."""
    command = Command(("true",), stdin="y" * 300_000, timeout=10)

    command.run(running)

    assert command.ask().code == 0


def test_without_input_there_is_none(running: Running) -> None:
    """No program can wait for a person's keyboard."""
    assert Command(("cat",), timeout=5).ask().out == ""


def test_input_may_be_a_secret(running: Running) -> None:
    """A secret on standard input arrives, and when the program prints it, the log does not have it."""
    command = Command(("cat",), stdin=Secret("CANARY-7-CANARY"))

    command.run(running)

    assert f"$ cat\n{MASK}" == running.log.read_text()
    assert command.ask().out == "CANARY-7-CANARY"


def test_output_may_go_to_a_file(running: Running, tmp_path: Path) -> None:
    """The bytes go to the file as they are, and what is said on standard error goes to the log."""
    out = tmp_path / "folder" / "out"

    Command(("sh", "-c", r"printf '\377\000'; echo said >&2"), stdout=out).run(running)

    assert out.read_bytes() == b"\xff\x00"
    assert running.log.read_text().endswith(f"> {out}\nsaid\n")


def test_a_file_gets_the_whole_output_or_none(running: Running, tmp_path: Path) -> None:
    """A command that fails half way leaves the file as it was."""
    out = tmp_path / "out"
    out.write_text("before")

    with pytest.raises(FailedCommand):
        Command(("sh", "-c", "echo half; exit 1"), stdout=out).run(running)

    assert out.read_text() == "before"


def test_characters_that_come_in_halves_are_whole_in_the_log(running: Running) -> None:
    """A pipe may cut a character anywhere."""
    code = """
    import os, time
    for byte in "größe ✓".encode():
        os.write(1, bytes([byte]))
        time.sleep(0.01)
    """

    Command(python(code)).run(running)

    assert running.log.read_text().splitlines()[-1] == "größe ✓"


def test_bytes_that_are_no_text_are_replaced(running: Running) -> None:
    """Output in another encoding, or cut within a character at the end, is no reason to stop."""
    command = Command(("printf", r"a\377b\303"))

    command.run(running)

    assert "a�b�" == running.log.read_text().splitlines()[-1] == command.ask().out


def test_arguments_that_are_no_text_are_logged(running: Running) -> None:
    """File names may hold bytes that are not UTF-8."""
    Command(("true", "a\udcff")).run(running)

    assert running.log.read_text().splitlines()[0] == r"$ true 'a\udcff'"


# What is kept.


def test_the_log_is_private_and_redacted(tmp_path: Path) -> None:
    """Only its owner reads the log, and no secret is in it: neither of the environment nor of the command itself."""
    running = Running(tmp_path / "a.log", Redactor.of(["CANARY-OF-ENVIRONMENT"]))
    env = {"OWN": Secret("CANARY-OF-COMMAND")}

    with pytest.raises(FailedCommand) as caught:
        Command(("sh", "-c", "echo $OWN; echo CANARY-OF-ENVIRONMENT; exit 1"), env=env).run(running)

    assert running.log.stat().st_mode & 0o777 == 0o600
    assert "CANARY-OF" not in running.log.read_text() + str(caught.value)
    assert running.log.read_text().splitlines()[1:] == [MASK, MASK]


def test_a_question_does_not_repeat_secrets_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What a tool complains about ends up in our messages, so its complaint is redacted; its answer is data and is not.
    """
    monkeypatch.setenv("PIP_INDEX_URL", "https://user:CANARY-7-CANARY@mirror.example/")

    answer = Command(("sh", "-c", "echo $PIP_INDEX_URL >&2; echo $OWN >&2"), env={"OWN": Secret("CANARY-8")}).ask()

    assert answer.err == f"https://{MASK}@mirror.example/\n{MASK}\n"


def test_a_full_disk_stops_it_before_it_begins(tmp_path: Path) -> None:
    """A log that cannot be written stops the command before it begins, and is no traceback."""
    ran = tmp_path / "ran"

    with pytest.raises(Unwritable) as caught:
        Command(("touch", str(ran))).run(Running(Path("/dev/full")))

    assert caught.value.what_is == "/dev/full cannot be written: No space left on device"
    assert caught.value.type_next == "df -h /dev"
    assert not ran.exists()


def test_a_log_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """The same for a folder that is a file."""
    (tmp_path / "logs").write_text("a file")

    with pytest.raises(Unwritable, match="File exists"):
        Command(("true",)).run(Running(tmp_path / "logs" / "a.log"))


# What a program is given.


def test_a_program_gets_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of our environment a program gets what it needs to run, and what the command itself adds."""
    for name in "GITHUB_TOKEN TWINE_PASSWORD UV_PUBLISH_TOKEN DOCKER_PASSWORD PIP_SECRET SOMETHING GIT_TOKEN".split():
        monkeypatch.setenv(name, f"CANARY-{name}")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    out = Command(("env",), env={"TWINE_PASSWORD": Secret("given")}).ask().out

    assert "CANARY" not in out
    assert {"LC_ALL=C.UTF-8", "TWINE_PASSWORD=given"} <= set(out.splitlines())
    assert {"PATH"} <= environment().keys()


def test_a_hook_of_git_does_not_lead_us_into_its_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Started from a git hook, our git commands work where they are told to, not in the hook's index and tree."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_AUTHOR_NAME"):
        monkeypatch.setenv(name, "x")

    assert {"GIT_AUTHOR_NAME"} == {name for name in environment() if name.startswith("GIT_")} & {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_AUTHOR_NAME",
    }


# What is left behind: nothing.

FAMILY = """
trap '' TERM
(trap '' TERM; echo child $BASHPID; while :; do sleep 0.1; done) &
echo leader $$
wait
"""


@pytest.mark.parametrize("how", ["stop", "time limit", "question"])
def test_the_whole_group_is_ended(running: Running, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its children die with it, even those that do not listen to SIGTERM."""
    monkeypatch.setattr("contd_release.process.running._GRACE", 0.2)
    pids = tmp_path / "pids"
    script = tmp_path / "family.sh"
    script.write_text(FAMILY.replace("child $BASHPID", f"$BASHPID >> {pids}").replace("leader $$", f"$$ >> {pids}"))
    command = Command(("bash", str(script)), timeout=0.5 if how != "stop" else 60)

    if how == "stop":
        threading.Timer(0.3, running.stop.set).start()
    with pytest.raises({"stop": Interrupted, "time limit": FailedCommand, "question": Unanswered}[how]):
        command.ask() if how == "question" else command.run(running)

    family = [int(line) for line in pids.read_text().split()]
    assert len(family) == 2
    assert soon(lambda: not any(map(is_alive, family)))


@pytest.mark.parametrize("is_question", [False, True])
def test_ctrl_c_ends_the_group(running: Running, tmp_path: Path, *, is_question: bool) -> None:
    """Its process group is its own, so Ctrl-C does not reach it by itself: we end it."""
    pid = tmp_path / "pid"
    command = Command(("sh", "-c", f"echo $$ > {pid}; exec sleep 60"))
    interrupt = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    interrupt.start()

    with pytest.raises(KeyboardInterrupt):
        command.ask() if is_question else command.run(running)
    assert not is_alive(int(pid.read_text()))


def test_a_child_left_behind_does_not_hold_us(running: Running) -> None:
    """A program that ended is over, even when a child of its own keeps its output open; that child is ended."""
    command = Command(("sh", "-c", "sleep 60 & echo $!"), timeout=30)
    began = time.monotonic()

    pid = int(command.ask().out)

    assert time.monotonic() - began < 5
    assert soon(lambda: not is_alive(pid))


def test_nothing_starts_after_a_stop(running: Running, tmp_path: Path) -> None:
    """Once the walk was stopped, no command and no call begins."""
    running.stop.set()
    ran = tmp_path / "ran"

    with pytest.raises(Interrupted, match="was not started"):
        Command(("touch", str(ran))).run(running)
    with pytest.raises(Interrupted, match=r"^touch was not started\n"):
        Call("touch", ran.touch).run(running)
    assert not ran.exists()


def test_a_build_makes_files_of_the_same_modes_everywhere(running: Running) -> None:
    """
    Whatever the habits of this machine are, a reproducible command has the usual ones; any other command has ours.
    """
    command = Command(("sh", "-c", "umask"))
    before = os.umask(0o077)
    try:
        told = command.ask().out.strip(), command.reproducible().ask().out.strip()
        command.reproducible().run(running)
    finally:
        os.umask(before)
    assert told == ("0077", "0022")
    assert "\n0022\n" in running.log.read_text(encoding="utf-8")


def test_a_call_is_made() -> None:
    """A call prints its title and calls its function."""
    calls: list[str] = []
    call = Call("write the seal", lambda: calls.append("called"))

    call.run(Running(Path("unused")))

    assert (str(call), calls) == ("write the seal", ["called"])


def test_a_child_keeps_the_lock_of_a_killed_walk(tmp_path: Path) -> None:
    """When a walk is killed, the lock stays with the command it was running, so the next walk waits for that."""
    lock, ready = tmp_path / "lock", tmp_path / "ready"
    walk = f"""
    import fcntl, os
    from pathlib import Path
    from contd_release.process.action import Running
    from contd_release.process.command import Command
    descriptor = os.open({str(lock)!r}, os.O_RDWR | os.O_CREAT)
    os.set_inheritable(descriptor, True)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    Command(("sh", "-c", "echo $$ > {ready}.half; mv {ready}.half {ready}; exec sleep 60")).run(
        Running(Path({str(tmp_path / "log")!r}))
    )
    """
    with subprocess.Popen(python(walk)) as parent:
        assert soon(ready.exists, 20)
        child = int(ready.read_text())
        parent.kill()
    with open(lock) as descriptor:
        try:
            with pytest.raises(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.kill(child, signal.SIGKILL)

        def is_free() -> bool:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        assert soon(is_free)
