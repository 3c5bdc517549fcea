"""Every example is run."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Callable

import pytest

from coditect_license_client import LicenseClient
from harness.devstack import ROOT, Devstack
from harness.faulty_link import FaultyLink, Trouble
from harness.programs import environment, running
from harness.waiting import wait_until

ClientMaker = Callable[..., LicenseClient]

# A pod may say for half a second that a pool is full from which a seat was just given back.
WAIT = 20.0
EXAMPLES = ROOT / "clients" / "python" / "examples"


@pytest.fixture
def variables(devstack: Devstack, hardware: str, tmp_path: Path) -> dict[str, str]:
    return {
        "HOME": str(tmp_path),
        "CODITECT_LICENSE_URL": devstack.url,
        "CODITECT_LICENSE_KEY": devstack.license_key("desk"),
        "CODITECT_LICENSE_HARDWARE_ID": hardware,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
    }


def test_every_example_is_tried() -> None:
    tried = Path(__file__).read_text(encoding="utf-8")
    for example in EXAMPLES.rglob("*.*"):
        if "__pycache__" not in example.parts:
            assert f'"{example.name}"' in tried


def run(name: str, variables: dict[str, str], *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_command_line_tool(variables: dict[str, str]) -> None:
    assert run("cli_tool.py", variables, "house.dwg") == "converting house.dwg with drawing, export\n"
    without = {**variables, "CODITECT_LICENSE_KEY": "lk_wrong"}
    assert run("cli_tool.py", without, "house.dwg", code=12).startswith("licence: ")
    assert "with no features" in run("cli_tool.py", without, "house.dwg", "--licence", "warn")


def test_process_pool(variables: dict[str, str]) -> None:
    lines = run("process_pool.py", variables).splitlines()
    assert [line.split(" by ")[0] for line in lines] == [f"frame {n}" for n in range(4)]
    assert all("worker-" in line for line in lines)


@pytest.mark.xdist_group("single seat")
def test_ci_job_waits_for_a_seat(
    variables: dict[str, str], devstack: Devstack, make_client: ClientMaker, link: FaultyLink, tmp_path: Path
) -> None:
    command = tmp_path / "coditect-license"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m coditect_license_client._cli.main "$@"\n')
    command.chmod(0o755)
    waits = {
        **variables,
        "CODITECT_LICENSE_URL": link.url,
        "CODITECT_LICENSE_KEY": devstack.license_key("single"),
        "CI_JOB_ID": "42",
    }
    holder = make_client("single", hardware_id="the one who has it").seat(wait=WAIT)
    with running([str(EXAMPLES / "ci_job.sh"), "echo", "built"], waits) as job:
        wait_until(lambda: link.count('"instance": "ci-42"'))
        holder.release()
        assert job.line() == "built"
        assert job.end() == 0


def test_fastapi_service(variables: dict[str, str], devstack: Devstack, link: FaultyLink) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        **variables,
        "CODITECT_LICENSE_URL": link.url,
        "CODITECT_LICENSE_KEY": devstack.license_key("short"),
        "CODITECT_LICENSE_TIMEOUT": "1",
    }
    example = "fastapi_service.py"
    command = [sys.executable, "-m", "uvicorn", f"{Path(example).stem}:app", "--port", str(port)]

    def get(path: str) -> dict[str, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return dict(json.load(answer))

    def is_up() -> bool:
        try:
            return get("/health") == {"seat": "held"}
        except urllib.error.URLError:
            return False

    def status() -> int:
        try:
            get("/work")
        except urllib.error.HTTPError as e:
            with e:
                return e.code
        return 200

    with running(command, settings, EXAMPLES) as service:
        wait_until(is_up)
        assert get("/work")["product"] == "acme-short"
        link.trouble = Trouble.CUT
        wait_until(lambda: status() == 503)
        link.trouble = Trouble.NONE
        wait_until(lambda: status() == 200)
        service.process.terminate()
        service.end()
    assert link.count("/licenses/release ") == 1


def test_deployment_without_a_key(devstack: Devstack, tmp_path: Path) -> None:
    manifest = EXAMPLES / "kubernetes" / "deployment.yaml"
    devstack.kubectl("patch", "tenant", "acme", "--type=merge", "-p", '{"spec": {"auth": {"podIdentity": "Allowed"}}}')
    accounts = '{"spec": {"serviceAccounts": [{"namespace": "default", "name": "renderer"}]}}'
    devstack.kubectl("patch", "lpool", "render", "--type=merge", "-p", accounts)
    devstack.kubectl("apply", "-f", str(manifest))
    try:
        pods = ("get", "pods", "-l", "app.kubernetes.io/name=renderer", "-o", "jsonpath={.items[*].metadata.name}")
        wait_until(lambda: devstack.kubectl(*pods))
        container = "jsonpath={.spec.template.spec.containers[0]}"
        spec = json.loads(devstack.kubectl("get", "deployment", "renderer", "-o", container))
        # What the kubelet, the name service and the image would do.
        (tmp_path / "token").write_text(devstack.pod_token("acme", devstack.kubectl(*pods).split()[0]))
        variables = {each["name"]: each["value"] for each in spec["env"]}
        variables["CODITECT_LICENSE_URL"] = devstack.url
        variables["CODITECT_LICENSE_TOKEN_FILE"] = str(tmp_path / "token")
        name, *options, _ = spec["command"]
        assert name == "coditect-license"
        command = [sys.executable, "-m", "coditect_license_client._cli.main", *options, "echo", "renders"]

        def renders() -> bool:
            # What the resources allow acts within ten seconds.
            with running(command, {**variables, "HOME": str(tmp_path)}) as pod:
                return pod.rest() == "renders\n"

        wait_until(renders)
    finally:
        devstack.kubectl("delete", "deployment", "renderer", "--wait=false")
