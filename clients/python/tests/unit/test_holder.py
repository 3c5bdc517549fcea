"""Who asks for a seat, and what is sent of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coditect_license_client import ConfigurationError
from coditect_license_client._holder import Holder, holder_of
from coditect_license_client._jws import encode
from coditect_license_client._settings import resolve
from coditect_license_client._wire import Request

POD = {
    "namespace": "farm",
    "pod": {"name": "renderer-0", "uid": "uid-1"},
    "serviceaccount": {"name": "renderer", "uid": "u"},
}


def token(claims: Any) -> str:
    return f"header.{encode(json.dumps(claims).encode())}.signature"


@pytest.fixture
def pod_token(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(token({"kubernetes.io": POD}) + "\n")
    return file


def holder(**arguments: Any) -> Holder:
    return holder_of(resolve({"url": "https://x.example", **arguments}, {"HOME": "/nowhere"}))


def body(request: Request) -> dict[str, str]:
    assert request.body is not None
    return dict(json.loads(request.body))


def test_machine_sends_its_key_and_its_name() -> None:
    request = holder(license_key="lk_x", hardware_id="machine", instance="2").request("key-1")
    assert body(request) == {"license_key": "lk_x", "hardware_id": "machine", "instance": "2"}
    assert request.headers["Idempotency-Key"] == "key-1"
    assert "Authorization" not in request.headers


def test_pod_sends_its_token_and_neither_key_nor_name(pod_token: Path) -> None:
    pod = holder(token_file=pod_token, pool="cad")
    request = pod.request("key-1")
    assert body(request) == {"pool": "cad"}
    assert request.headers["Authorization"] == f"Bearer {pod_token.read_text().strip()}"
    assert pod.hardware_id == "kubernetes:farm:renderer:uid-1"
    assert str(pod_token) in pod.source


def test_pods_token_is_read_anew_each_time(pod_token: Path) -> None:
    pod = holder(token_file=pod_token, pool="cad")
    renewed = token({"kubernetes.io": POD, "exp": 2})
    pod_token.write_text(renewed)
    assert pod.request("key-2").headers["Authorization"] == f"Bearer {renewed}"


@pytest.mark.parametrize("override", [{"license_key": "lk_x"}, {"hardware_id": "machine", "license_key": "lk_x"}])
def test_licence_key_or_hardware_id_overrides_the_pod(pod_token: Path, override: dict[str, str]) -> None:
    machine = holder(token_file=pod_token, **override)
    assert not machine.is_pod
    assert "Authorization" not in machine.request("key-1").headers


def test_bearer_token_goes_with_the_licence_key() -> None:
    request = holder(license_key="lk_x", hardware_id="machine", bearer_token="of-a-user").request("key-1")
    assert request.headers["Authorization"] == "Bearer of-a-user"


def test_pod_without_a_pool_is_told(pod_token: Path) -> None:
    with pytest.raises(ConfigurationError, match="CODITECT_LICENSE_POOL"):
        holder(token_file=pod_token).request("key-1")


def test_token_file_that_was_named_must_be_there() -> None:
    with pytest.raises(ConfigurationError, match="is not there"):
        holder(token_file="/nowhere/token")


@pytest.mark.parametrize(
    "text",
    ["", "nothing", "a.b.c", "two\nlines", token({}), token([]), token({"kubernetes.io": {"namespace": "x"}}), "é.é.é"],
)
def test_token_that_is_no_pods_is_told(pod_token: Path, text: str) -> None:
    pod_token.write_text(text)
    with pytest.raises(ConfigurationError, match="token_file"):
        holder(token_file=pod_token, pool="cad")


def test_identity_differs_by_machine_instance_and_key_and_gives_none_away(pod_token: Path) -> None:
    holders = [
        holder(license_key="lk_x", hardware_id="machine"),
        holder(license_key="lk_x", hardware_id="machine", instance="2"),
        holder(license_key="lk_y", hardware_id="machine"),
        holder(license_key="lk_x", hardware_id="other"),
        holder(token_file=pod_token, pool="cad"),
        holder(token_file=pod_token, pool="render"),
    ]
    identities = [each.identity for each in holders]
    assert len(set(identities)) == len(identities)
    assert not [identity for identity in identities if "lk_" in identity]
