"""The whole platform on this machine, started once for all tests, with pools of the tests' own.

As a program, ``python -m harness.devstack COMMAND...``, it starts the platform, runs the command on it and stops it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from harness.waiting import wait_until

ROOT = Path(__file__).parents[4]
# With a build before, on a machine that is busy elsewhere.
START_SECONDS = 900
# Where a devstack is up that the tests shall use: its data folder.
RUNNING_VARIABLE = "CODITECT_TEST_DEVSTACK"

RESOURCES = """
apiVersion: licensing.coditect.ai/v1alpha1
kind: LicensePool
metadata: {name: short}
spec: {tenantRef: {name: acme}, product: acme-short, seats: 200, lease: {durationSeconds: 10}, entitlements: [export]}
---
apiVersion: licensing.coditect.ai/v1alpha1
kind: LicensePool
metadata: {name: desk}
spec:
  tenantRef: {name: acme}
  product: acme-desk
  seats: 500
  entitlements: [drawing, export]
  borrow: {maxSeats: 400, maxDays: 14}
---
apiVersion: licensing.coditect.ai/v1alpha1
kind: LicensePool
metadata: {name: single}
spec: {tenantRef: {name: acme}, product: acme-single, seats: 1, lease: {durationSeconds: 60}}
---
apiVersion: licensing.coditect.ai/v1alpha1
kind: LicensePool
metadata: {name: lender}
spec: {tenantRef: {name: acme}, product: acme-lender, seats: 3, borrow: {maxSeats: 2, maxDays: 3, lowWaterMark: 2}}
---
apiVersion: licensing.coditect.ai/v1alpha1
kind: LicensePool
metadata: {name: ended}
spec: {tenantRef: {name: acme}, product: acme-ended, seats: 5, validity: {notAfter: "2020-01-01T00:00:00Z"}}
---
apiVersion: licensing.coditect.ai/v1alpha1
kind: LicensePool
metadata: {name: early}
spec: {tenantRef: {name: acme}, product: acme-early, seats: 5, validity: {notBefore: "2090-01-01T00:00:00Z"}}
---
apiVersion: licensing.coditect.ai/v1alpha1
kind: LicensePool
metadata: {name: ending}
spec:
  tenantRef: {name: acme}
  product: acme-ending
  seats: 50
  lease: {durationSeconds: 30}
  validity: {notAfter: IN_FIVE_DAYS}
  borrow: {maxSeats: 50, maxDays: 3}
---
apiVersion: licensing.coditect.ai/v1alpha1
kind: LicensePool
metadata: {name: graced}
spec: {tenantRef: {name: acme}, product: acme-graced, seats: 50, validity: {notAfter: A_DAY_AGO, graceDays: 30}}
---
apiVersion: licensing.coditect.ai/v1alpha1
kind: Tenant
metadata: {name: globex}
spec:
  tenantId: globex
  api: {replicas: {min: 1}}
  auth:
    bareLicenseKey: Denied
    podIdentity: Allowed
    issuers:
      - issuer: ISSUER
        audience: globex
        roles:
          - {role: Holder, claim: sub, values: [holder]}
          - {role: Viewer, claim: sub, values: [viewer]}
          - {role: Admin, claim: sub, values: [admin]}
---
apiVersion: licensing.coditect.ai/v1alpha1
kind: LicensePool
metadata: {name: globex-cad}
spec:
  tenantRef: {name: globex}
  product: globex-cad
  seats: 20
  lease: {durationSeconds: 10}
  serviceAccounts: [{namespace: default, name: renderer}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: renderer}
---
apiVersion: v1
kind: Pod
metadata: {name: renderer-of-the-tests}
spec: {serviceAccountName: renderer, containers: [{name: renderer, image: registry.example/renderer:1.0}]}
"""
POOLS = ("short", "desk", "single", "lender", "ended", "early", "ending", "graced", "globex-cad")


class Devstack:
    """Where everything is; read as its users read it, by kubectl."""

    def __init__(self, data: Path, folder: Path) -> None:
        addresses = json.loads((data / "addresses.json").read_text(encoding="utf-8"))
        self.data = data
        self.url: str = addresses["api"]
        self.issuer: str = addresses["issuer"]
        self._kubectl = addresses["kubectl"]
        self._kubeconfig = addresses["kubeconfig"]
        self._folder = folder
        self._keys: dict[str, str] = {}
        self.roots_file = folder / "acme-roots.pem"

    def prepare(self) -> None:
        """Applies the tests' own pools and waits until they are served."""
        file = self._folder / "resources.yaml"
        file.write_text(_filled_in(RESOURCES, self.issuer), encoding="utf-8")
        self.kubectl("apply", "-f", str(file))
        self.kubectl("wait", "--for=condition=Ready", "tenant/globex", "--timeout=180s")
        self.kubectl("wait", "--for=condition=Ready", *(f"lpool/{pool}" for pool in POOLS), "--timeout=60s")
        self.roots_file.write_text(
            self.kubectl("get", "configmap", "acme-root", "-o", r"jsonpath={.data.roots\.pem}"), encoding="ascii"
        )

    @property
    def globex_url(self) -> str:
        """Where the tenant is that asks for a bearer token."""
        address = self.kubectl(
            "get",
            "service",
            "globex-license-api",
            "-o",
            r"jsonpath={.metadata.annotations.devstack\.coditect\.ai/address}",
        )
        return f"http://{address}"

    def license_key(self, pool: str) -> str:
        """The pool's licence key."""
        if pool not in self._keys:
            encoded = self.kubectl("get", "secret", f"{pool}-license-key", "-o", "jsonpath={.data.license-key}")
            self._keys[pool] = base64.b64decode(encoded).decode("ascii")
        return self._keys[pool]

    def bearer_token(self, subject: str) -> str:
        """A token of the issuer that the tenant globex believes: of a holder, a viewer or an admin."""
        form = f"grant_type=client_credentials&client_id={subject}&client_secret=any&scope=globex"
        with urllib.request.urlopen(f"{self.issuer}/token", form.encode("ascii")) as answer:
            return str(json.load(answer)["access_token"])

    def pod_token(self, tenant: str, pod: str = "renderer-of-the-tests") -> str:
        """A token as a kubelet projects it into a pod of the service account renderer."""
        uid = self.kubectl("get", "pod", pod, "-o", "jsonpath={.metadata.uid}")
        audience = f"urn:coditect:tenant:{tenant}"
        bound = ("--bound-object-kind", "Pod", "--bound-object-name", pod, "--bound-object-uid", uid)
        return self.kubectl("create", "token", "renderer", "--audience", audience, *bound).strip()

    def kubectl(self, *arguments: str) -> str:
        """Runs kubectl and answers its output."""
        done = subprocess.run(
            [self._kubectl, *arguments],
            env={**os.environ, "KUBECONFIG": self._kubeconfig, "KUBECACHEDIR": str(self._folder / "kubectl")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"kubectl {arguments}: {done.stderr}"
        return done.stdout


def _filled_in(resources: str, issuer: str) -> str:
    for name, days in (("IN_FIVE_DAYS", 5.1), ("A_DAY_AGO", -1)):
        instant = datetime.now(timezone.utc) + timedelta(days=days)
        resources = resources.replace(name, instant.strftime('"%Y-%m-%dT%H:%M:%SZ"'))
    return resources.replace("ISSUER", issuer)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Devstack]:
    """One that is up already, or one of its own."""
    with _data(folder) as data:
        devstack = Devstack(data, folder)
        devstack.prepare()
        yield devstack


@contextlib.contextmanager
def _data(folder: Path) -> Iterator[Path]:
    given = os.environ.get(RUNNING_VARIABLE)
    with contextlib.nullcontext(Path(given)) if given else _started(folder) as data:
        yield data


@contextlib.contextmanager
def _started(folder: Path) -> Iterator[Path]:
    data, log = folder / "devstack", folder / "quickstart.log"
    sys.stderr.write(f"starting hack/quickstart: a minute, or several where it must be built; its output is in {log}\n")
    with log.open("w") as out:
        process = subprocess.Popen(
            [str(ROOT / "hack" / "quickstart"), "--no-story", "--data", str(data)],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )

    def is_up() -> bool:
        assert process.poll() is None, f"hack/quickstart ended:\n{log.read_text()}"
        return (data / "addresses.json").exists()

    try:
        wait_until(is_up, START_SECONDS, lambda: f"the devstack to be up:\n{log.read_text()}")
        yield data
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=120)


def main() -> int:
    """Runs a command on a devstack, which several processes of tests then share; answers its exit code."""
    # Whoever stops it stops the devstack as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as devstack:
        variables = {**os.environ, RUNNING_VARIABLE: str(devstack.data)}
        return subprocess.run(sys.argv[1:], env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
