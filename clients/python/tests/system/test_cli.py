"""The command line, as people and scripts use it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

from coditect_license_client import LicenseClient, read_bundle
from harness.devstack import Devstack
from harness.faulty_link import FaultyLink, Trouble
from harness.programs import environment, running
from harness.terminal import COMMAND, Terminal
from harness.waiting import wait_until

ClientMaker = Callable[..., LicenseClient]

# A pod may say for half a second that a pool is full from which a seat was just given back.
WAIT = 20.0


@pytest.fixture
def terminal(devstack: Devstack, hardware: str, tmp_path: Path) -> Terminal:
    return Terminal(
        {
            "CODITECT_LICENSE_URL": devstack.url,
            "CODITECT_LICENSE_KEY": devstack.license_key("desk"),
            "CODITECT_LICENSE_HARDWARE_ID": hardware,
            "CODITECT_LICENSE_STATE_DIR": str(tmp_path / "state"),
            "CODITECT_LICENSE_ROOTS_FILE": str(devstack.roots_file),
            "HOME": str(tmp_path),
        }
    )


@pytest.fixture
def looks_on(make_client: ClientMaker) -> LicenseClient:
    return make_client(hardware_id="looks on")


def test_from_acquire_to_release(terminal: Terminal, looks_on: LicenseClient) -> None:
    told = terminal("acquire")
    assert "of pool desk, product acme-desk, until 20" in told
    shown = json.loads(terminal("status", "--json"))
    (seat,) = shown["seats"]
    assert (seat["product"], seat["held"], seat["proved"], seat["problem"]) == ("acme-desk", True, "online", None)
    assert 300 < seat["seconds_left"] <= 360
    assert seat["days_left"] == 0
    table = terminal("status").splitlines()
    assert table[0].split() == ["PRODUCT", "POOL", "SEAT", "HOLDER", "HELD", "PROVED", "LEFT", "EXPIRES", "LICENCE"]
    assert table[1].split()[:2] == ["acme-desk", "desk"]
    assert table[1].split()[-1] == "-"
    assert terminal("release") == "released the seat of pool desk\n"
    assert not looks_on.validate(seat["session_id"]).valid
    assert "no seat is stored" in terminal("status", code=34)
    assert "no seat is stored" in terminal("release", code=34)


def test_status_offline_and_of_a_server_that_is_away(terminal: Terminal, link: FaultyLink) -> None:
    terminal("acquire", CODITECT_LICENSE_URL=link.url)
    (seat,) = json.loads(terminal("status", "--json", "--offline"))["seats"]
    assert (seat["held"], seat["proved"]) == (True, "offline")
    link.trouble = Trouble.CUT
    (seat,) = json.loads(terminal("status", "--json", CODITECT_LICENSE_URL=link.url))["seats"]
    assert (seat["held"], seat["proved"]) == (True, "offline")
    assert seat["problem"].startswith(link.url)
    assert "offline: seat" in terminal("acquire", "--offline", CODITECT_LICENSE_URL=link.url)


def test_status_of_a_seat_that_was_taken_away(terminal: Terminal, looks_on: LicenseClient, tmp_path: Path) -> None:
    terminal("acquire")
    (seat,) = json.loads(terminal("status", "--json"))["seats"]
    (file,) = (tmp_path / "state").glob("*.seat.json")
    token = read_bundle(file).signed_token
    from coditect_license_client import _calls

    _calls.drive(_calls.release(seat["session_id"], token), looks_on._transport)
    assert "desk: released" in terminal("status", code=23)


def test_verify(terminal: Terminal, devstack: Devstack, tmp_path: Path) -> None:
    terminal("acquire")
    (file,) = (tmp_path / "state").glob("*.seat.json")
    told = terminal("verify", str(file), CODITECT_LICENSE_URL="")
    assert told.startswith("valid: seat ")
    assert json.loads(told.partition("\n")[2])["tenant"] == "acme"
    assert "another machine" in terminal("verify", str(file), "--hardware-id", "another", code=32)
    assert "another product" in terminal("verify", str(file), "--product", "acme-cad", code=18)
    members = json.loads(file.read_text())
    (tmp_path / "forged.json").write_text(
        json.dumps({**members, "signed_token": members["signed_token"][:-4] + "AAAA"})
    )
    assert "signature does not match" in terminal("verify", str(tmp_path / "forged.json"), code=30)
    (tmp_path / "none.json").write_text("nothing")
    assert "not JSON" in terminal("verify", str(tmp_path / "none.json"), code=30)
    assert "No such file" in terminal("verify", str(tmp_path / "absent.json"), code=2)
    assert "roots_file is missing" in terminal("verify", str(file), code=2, CODITECT_LICENSE_ROOTS_FILE="")


@pytest.mark.parametrize(
    ("variables", "code", "told"),
    [
        ({"CODITECT_LICENSE_URL": ""}, 2, "url is missing"),
        ({"CODITECT_LICENSE_URL": "nonsense"}, 2, "must be a URL"),
        ({"CODITECT_LICENSE_KEY": ""}, 2, "license_key is missing"),
        ({"CODITECT_LICENSE_KEY": "lk_wrong"}, 12, "check the licence key"),
        ({"CODITECT_LICENSE_URL": "http://licences.invalid"}, 10, "name service"),
        ({"CODITECT_LICENSE_PRODUCT": "other"}, 18, "'acme-desk'"),
        ({"CODITECT_LICENSE_TENANT": "globex"}, 17, "another tenant"),
        ({"CODITECT_LICENSE_OFFLINE": "true"}, 34, "acquire one online first"),
        ({"CODITECT_LICENSE_STATE_DIR": "/proc/nowhere"}, 36, "CODITECT_LICENSE_STATE_DIR"),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_exit_code_and_message(terminal: Terminal, variables: dict[str, str], code: int, told: str) -> None:
    assert told in terminal("acquire", code=code, **variables)


@pytest.mark.parametrize(("pool", "code"), [("ended", 14), ("early", 15)])
def test_exit_code_of_a_licence_that_does_not_hold(
    terminal: Terminal, devstack: Devstack, pool: str, code: int
) -> None:
    terminal("acquire", code=code, CODITECT_LICENSE_KEY=devstack.license_key(pool))


@pytest.mark.xdist_group("single seat")
def test_exit_code_of_a_full_pool(terminal: Terminal, devstack: Devstack, make_client: ClientMaker) -> None:
    with make_client("single", hardware_id="the one who has it").seat(wait=WAIT):
        terminal("run", "--", "true", code=13, CODITECT_LICENSE_KEY=devstack.license_key("single"))


def test_wrong_use(terminal: Terminal) -> None:
    for arguments in ([], ["nonsense"], ["acquire", "--nonsense"], ["acquire", "--wait", "-1"], ["run"]):
        terminal(*arguments, code=2)


def test_no_option_takes_a_secret(terminal: Terminal) -> None:
    told = terminal("acquire", "--help")
    assert "--license-key-file" in told
    assert "--license-key " not in told
    assert "--bearer-token " not in told


def test_run_passes_the_exit_code_on_and_holds_a_seat_meanwhile(
    terminal: Terminal, looks_on: LicenseClient, tmp_path: Path
) -> None:
    script = (
        "import glob, json, sys\n"
        "print(json.load(open(glob.glob(sys.argv[1] + '/*.seat.json')[0]))['session_id'])\n"
        "sys.exit(9)"
    )
    told = terminal("run", "--", sys.executable, "-c", script, str(tmp_path / "state"), code=9)
    assert looks_on.validate(told.strip()).reason == "released"


def test_run_of_what_cannot_be_run(terminal: Terminal, tmp_path: Path) -> None:
    assert "no such program" in terminal("run", "--", "/nowhere/program", code=127)
    (tmp_path / "text").write_text("")
    assert "cannot run" in terminal("run", "--", str(tmp_path / "text"), code=126)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_run_passes_signals_on(terminal: Terminal, number: int) -> None:
    script = (
        "import signal, sys, time\n"
        "for n in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):\n"
        "    signal.signal(n, lambda n, _: sys.exit(100 + n))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)"
    )
    command = [*COMMAND, "run", "--", sys.executable, "-c", script]
    with running(command, terminal.variables) as program:
        assert program.line() == "ready"
        program.signal(number)
        assert program.end() == 100 + number


def test_run_ends_as_shells_do_where_the_program_was_killed(terminal: Terminal) -> None:
    terminal("run", "--", "sh", "-c", "kill -9 $$", code=137)


def test_run_stops_the_program_where_the_seat_is_lost(terminal: Terminal, devstack: Devstack, link: FaultyLink) -> None:
    variables = {
        **terminal.variables,
        "CODITECT_LICENSE_URL": link.url,
        "CODITECT_LICENSE_KEY": devstack.license_key("short"),
        "CODITECT_LICENSE_TIMEOUT": "1",
    }
    command = [*COMMAND, "run", "--on-lost", "stop", "--", "sh", "-c", "echo ready; exec sleep 60"]
    with running(command, variables) as program:
        assert program.line() == "ready"
        link.trouble = Trouble.CUT
        assert program.end() == 128 + signal.SIGTERM
        assert "is lost" in program.rest()


def test_settings_say_where_each_came_from(terminal: Terminal, tmp_path: Path, devstack: Devstack) -> None:
    file = tmp_path / "my.ini"
    file.write_text("[license]\ninstance = of-file\n")
    told = terminal("settings", "--product", "acme-desk", "--settings-file", str(file))
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in told.splitlines()}
    assert rows["product"] == "acme-desk argument product"
    assert rows["instance"] == f"of-file file {file}"
    assert rows["license_key"] == "(set) environment CODITECT_LICENSE_KEY"
    assert devstack.license_key("desk") not in told


def verdicts(told: str) -> dict[str, str]:
    """By what was looked at: ok, warn, FAIL or skip."""
    lines = [line.split(maxsplit=1) for line in told.splitlines() if line[:4] in ("ok  ", "warn", "FAIL", "skip")]
    return {rest.partition(":")[0]: verdict for verdict, rest in lines}


def test_doctor_finds_all_well(terminal: Terminal) -> None:
    found = verdicts(terminal("doctor", NO_PROXY="*"))
    assert set(found.values()) == {"ok"}
    assert set(found) == {
        "settings", "machine", "storage", "pinned roots", "proxy", "name service", "connection", "licence API", "clock",
        "tenant", "licence key",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("variables", "code", "failed"),
    [
        ({"CODITECT_LICENSE_URL": ""}, 2, {"settings"}),
        ({"CODITECT_LICENSE_URL": "http://licences.invalid"}, 10, {"name service"}),
        ({"CODITECT_LICENSE_URL": "http://127.0.0.1:1"}, 10, {"connection"}),
        ({"CODITECT_LICENSE_KEY": "lk_wrong"}, 12, {"licence key"}),
        ({"CODITECT_LICENSE_STATE_DIR": "/proc/nowhere"}, 36, {"storage"}),
        ({"CODITECT_LICENSE_ROOTS_FILE": "/dev/null"}, 2, {"pinned roots", "tenant"}),
        ({"CODITECT_LICENSE_TENANT": "globex"}, 17, {"licence key"}),
    ],
    ids=["no url", "no name", "no server", "wrong key", "read-only", "no roots", "tenant"],
)
def test_doctor_finds_what_is_wrong(terminal: Terminal, variables: dict[str, str], code: int, failed: set[str]) -> None:
    told = terminal("doctor", code=code, **{"NO_PROXY": "*", **variables})
    assert {name for name, verdict in verdicts(told).items() if verdict == "FAIL"} == failed, told


def test_doctor_finds_the_proxy(terminal: Terminal, link: FaultyLink) -> None:
    told = terminal("doctor", HTTP_PROXY=link.url, http_proxy=link.url, NO_PROXY="", no_proxy="")
    assert f"proxy: {link.url}" in told
    assert "connection" not in verdicts(told)


def test_doctor_does_not_disturb_who_holds_a_seat(terminal: Terminal, make_client: ClientMaker) -> None:
    with make_client("desk").seat() as seat:
        terminal("doctor", NO_PROXY="*")
        first = seat.signed_token
        assert seat._client.validate(seat.session_id).valid
        assert first


def test_letters_that_the_terminal_has_not_end_no_command(terminal: Terminal, tmp_path: Path) -> None:
    told = terminal("settings", "--instance", "b\u00fcro", code=0, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert r"b\xfcro" in told


def test_output_that_nobody_reads_ends_the_command(terminal: Terminal) -> None:
    command = " ".join([*COMMAND, "settings"]) + " | true"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=environment(**terminal.variables),
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def startup(variables: dict[str, str], enforcement: str) -> tuple[int, str]:
    program = (
        "import sys\n"
        "from coditect_license_client import LicenseClient, startup_check\n"
        f"seat = startup_check(LicenseClient(), {enforcement!r})\n"
        "print('goes on', seat.state if seat else 'without a seat')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_startup_check(terminal: Terminal) -> None:
    wrong = {**terminal.variables, "CODITECT_LICENSE_KEY": "lk_wrong"}
    assert startup(terminal.variables, "require") == (0, "goes on held\n")
    code, told = startup(wrong, "require")
    assert (code, told.count("\n")) == (12, 1)
    assert told.startswith("licence: ")
    code, told = startup(wrong, "warn")
    assert (code, told.splitlines()[-1]) == (0, "goes on without a seat")
    assert startup(wrong, "off") == (0, "goes on without a seat\n")


def test_startup_check_says_that_a_stored_seat_ends_soon(terminal: Terminal) -> None:
    terminal("acquire")
    code, told = startup({**terminal.variables, "CODITECT_LICENSE_OFFLINE": "true"}, "require")
    assert code == 0
    assert told.startswith("licence: runs offline, and ends in 0.1 hours")


def test_startup_check_says_that_the_licence_ends_soon(terminal: Terminal, devstack: Devstack) -> None:
    variables = {**terminal.variables, "CODITECT_LICENSE_KEY": devstack.license_key("ending")}
    code, told = startup(variables, "require")
    assert code == 0
    assert told.splitlines()[-1] == "goes on held"
    assert told.startswith("licence: the licence ends in 5 days, on 20"), told
    assert told.count("\n") == 2


def test_startup_check_says_that_the_licence_has_ended_and_runs_on(terminal: Terminal, devstack: Devstack) -> None:
    variables = {**terminal.variables, "CODITECT_LICENSE_KEY": devstack.license_key("graced")}
    code, told = startup(variables, "require")
    assert code == 0
    assert told.startswith("licence: the licence ended on 20"), told
    assert "days of grace" in told


def test_status_tells_the_end_of_the_licence_online_and_offline(terminal: Terminal, devstack: Devstack) -> None:
    key = {"CODITECT_LICENSE_KEY": devstack.license_key("ending")}
    for options in ([], ["--offline"]):
        terminal("acquire", code=0, **key)
        (row,) = json.loads(terminal("status", "--json", *options, code=0, **key))["seats"]
        assert 5 < row["license_days_left"] < 5.2
        assert row["license_expires_at"][10] == "T"
        assert row["warning"].startswith("the licence ends in 5 days")
        assert "ending: the licence ends in 5 days" in terminal("status", *options, code=0, **key)
    terminal("release", code=0, **key)


@pytest.mark.xdist_group("single seat")
def test_waits_for_a_seat(terminal: Terminal, devstack: Devstack, make_client: ClientMaker, link: FaultyLink) -> None:
    holder = make_client("single", hardware_id="the one who has it").seat(wait=WAIT)
    variables = {
        **terminal.variables,
        "CODITECT_LICENSE_KEY": devstack.license_key("single"),
        "CODITECT_LICENSE_URL": link.url,
    }
    with running([*COMMAND, "run", "--wait", "60", "--", "echo", "got it"], variables) as program:
        wait_until(lambda: link.count("/licenses/acquire "))
        holder.release()
        assert program.line() == "got it"
        assert program.end() == 0


def test_from_borrow_to_return(terminal: Terminal, looks_on: LicenseClient) -> None:
    assert "of pool desk, product acme-desk, until 20" in terminal("borrow", "--days", "2")
    (row,) = json.loads(terminal("status", "--json"))["seats"]
    assert (row["held"], row["borrowed"], row["proved"]) == (True, True, "online")
    assert 1.9 < row["days_left"] <= 2
    assert terminal("acquire").startswith("borrowed: seat")
    assert looks_on.validate(row["session_id"]).valid
    assert terminal("return") == "returned the borrowed seat of pool desk\n"
    assert looks_on.validate(row["session_id"]).reason == "released"
    terminal("status", code=34)


def test_terms_of_borrowing_have_exit_codes(terminal: Terminal, devstack: Devstack) -> None:
    assert "fewer days" in terminal("borrow", "--days", "15", code=26)
    assert "no spec.borrow" in terminal("borrow", code=25, CODITECT_LICENSE_KEY=devstack.license_key("short"))
    terminal("borrow", "--days", "0", code=22)
    terminal("return", code=34)
    terminal("return", "--offline", code=2)
    assert "roots_file" in terminal("borrow", code=2, CODITECT_LICENSE_ROOTS_FILE="")


def test_borrowed_answer_is_verified_by_the_roots_alone(terminal: Terminal, tmp_path: Path) -> None:
    terminal("borrow", "--days", "1")
    (file,) = (tmp_path / "state").glob("*.borrowed.seat.json")
    assert terminal("verify", str(file)).startswith("valid: seat")
    terminal("return")
