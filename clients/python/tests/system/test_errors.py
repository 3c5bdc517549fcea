"""Bad input and bad luck, each with an error of its own that says what to do."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from pathlib import Path
from typing import Callable

import pytest

from coditect_license_client import (
    AuthenticationError,
    ConfigurationError,
    LicenseClient,
    LicenseExpiredError,
    LicenseNotYetValidError,
    PoolExhaustedError,
    ServerUnreachableError,
    UnknownKeyError,
    WrongProductError,
    WrongServerError,
    WrongTenantError,
)
from harness.devstack import ROOT, Devstack
from harness.faulty_link import FaultyLink

ClientMaker = Callable[..., LicenseClient]

# A pod may say for half a second that a pool is full from which a seat was just given back.
WAIT = 20.0


def test_wrong_key(make_client: ClientMaker) -> None:
    with pytest.raises(UnknownKeyError, match="check the licence key"):
        make_client(license_key="lk_wrong").seat()


def test_no_key(make_client: ClientMaker, devstack: Devstack) -> None:
    with pytest.raises(ConfigurationError, match="CODITECT_LICENSE_KEY"):
        LicenseClient(devstack.url, hardware_id="x").seat()


@pytest.mark.xdist_group("single seat")
def test_full_pool(make_client: ClientMaker) -> None:
    with (
        make_client("single", hardware_id="the one who has it").seat(wait=WAIT),
        pytest.raises(PoolExhaustedError) as raised,
    ):
        make_client("single").seat()
    assert raised.value.earliest_free_in is not None
    assert 0 < raised.value.earliest_free_in <= 60


def test_ended_licence(make_client: ClientMaker) -> None:
    with pytest.raises(LicenseExpiredError, match="renew"):
        make_client("ended").seat()


def test_licence_that_has_not_begun(make_client: ClientMaker) -> None:
    with pytest.raises(LicenseNotYetValidError) as raised:
        make_client("early").seat()
    assert raised.value.retry_after is not None
    assert raised.value.retry_after > 86400


@pytest.mark.xdist_group("single seat")
def test_wrong_product_gives_the_seat_back(make_client: ClientMaker, devstack: Devstack) -> None:
    client = make_client("single", product="acme-cad")
    with pytest.raises(WrongProductError, match="'acme-single'"):
        client.seat(wait=WAIT)
    with make_client("single", hardware_id="another machine").seat(wait=WAIT) as seat:
        assert seat.held


@pytest.mark.xdist_group("single seat")
def test_wrong_tenant_gives_the_seat_back(make_client: ClientMaker, tmp_path: Path) -> None:
    case = ROOT / "clients" / "vectors" / "cases" / "valid-depth-8.json"
    roots = tmp_path / "roots.pem"
    roots.write_text(json.loads(case.read_text())["roots"][0])
    with pytest.raises(WrongTenantError, match="not pinned"):
        make_client("single", roots_file=roots).seat(wait=WAIT)
    with make_client("single", hardware_id="another machine").seat(wait=WAIT) as seat:
        assert seat.held


def test_tenant_that_the_roots_do_not_speak_for(make_client: ClientMaker, devstack: Devstack) -> None:
    with pytest.raises(WrongTenantError, match="another tenant"):
        make_client(roots_file=devstack.roots_file, tenant="globex").seat()


def test_bearer_token_that_is_missing_and_one_that_is_there(make_client: ClientMaker, devstack: Devstack) -> None:
    with pytest.raises(AuthenticationError, match="bearer_token"):
        make_client("globex-cad", url=devstack.globex_url).seat()
    token = devstack.bearer_token("holder")
    with make_client("globex-cad", url=devstack.globex_url, bearer_token=token).seat() as seat:
        assert seat.product == "globex-cad"


def test_port_where_nobody_listens(make_client: ClientMaker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ServerUnreachableError, match="cannot be reached"):
        make_client(url=f"http://127.0.0.1:{port}").seat(retry_for=0)


def test_name_that_is_not_found(make_client: ClientMaker) -> None:
    with pytest.raises(ServerUnreachableError, match="name service"):
        make_client(url="https://licences.invalid").seat(retry_for=0)


def test_url_of_something_else(make_client: ClientMaker, devstack: Devstack) -> None:
    with pytest.raises(WrongServerError, match="check url"):
        make_client(url=devstack.url + "/elsewhere").seat()
    with pytest.raises((WrongServerError, UnknownKeyError)):
        make_client(url=devstack.issuer).seat()


def test_port_that_does_not_speak_http(make_client: ClientMaker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        greeter = threading.Thread(target=greet)
        greeter.start()
        with pytest.raises(ServerUnreachableError, match="does not speak HTTP"):
            make_client(url=f"http://127.0.0.1:{server.getsockname()[1]}").seat(retry_for=0)
        greeter.join()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost that nobody's authority signed, with its key."""
    file = tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", file, "-out", tmp_path / "c"],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + (tmp_path / "c").read_text())
    return file


def test_server_that_nobody_vouches_for(make_client: ClientMaker, devstack: Devstack, certificate: Path) -> None:
    with FaultyLink(devstack.url, certificate) as secured:
        with pytest.raises(ServerUnreachableError, match="ca_file"):
            make_client(url=f"https://localhost:{secured.port}").seat(retry_for=0)
        with make_client(url=f"https://localhost:{secured.port}", ca_file=certificate).seat() as seat:
            assert seat.held
        with pytest.raises(ServerUnreachableError, match="not who it says"):
            make_client(url=f"https://127.0.0.1:{secured.port}", ca_file=certificate).seat(retry_for=0)


def test_file_of_authorities_that_is_none(make_client: ClientMaker, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for file in ("ca.pem", "absent.pem"):
        with pytest.raises(ConfigurationError, match="ca_file"):
            make_client(url="https://localhost:1", ca_file=tmp_path / file).seat()
