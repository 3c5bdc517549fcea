"""What a program does, done once: acquires a seat, keeps it, proves it without a network, and gives it back."""

import base64
import contextlib
import json
import pathlib
import sys
import time
import urllib.error
import urllib.request
import uuid

from outcome import Failed

CLIENT = pathlib.Path(__file__).resolve().parents[2] / "clients/python/src"
ANSWER_SECONDS = 10
# A balancer may need as long to send to pods that have just become ready.
REACHED_SECONDS = 60
BETWEEN_ATTEMPTS = 1


def smoke(cluster, tenant, url, tell):
    """Raises Failed with the first thing that is not as it should be.

    Args:
        cluster: Where the tenant's licence key and its pinned root are.
        tenant: One with a LicensePool that has a free seat, and which lets a bare licence key acquire.
        url: Of its API.
        tell: Told what was done.
    """
    pool = pool_of(cluster, tenant)
    name = pool["metadata"]["name"]
    key = base64.b64decode(
        cluster.read("secret", f"{name}-license-key", f"--namespace={tenant.namespace}")["data"]["license-key"]
    ).decode()
    roots = cluster.read("configmap", f"{tenant.name}-root", f"--namespace={tenant.namespace}")["data"]["roots.pem"]
    await_reached(tenant, url)
    hardware = f"smoke-{uuid.uuid4()}"
    held = call(tenant, url, "acquire", {"license_key": key, "hardware_id": hardware})
    session = {"session_id": held["session_id"], "signed_token": held["signed_token"]}
    try:
        kept = call(tenant, url, "heartbeat", session)
        proof = prove(tenant, held | kept, roots, pool["spec"]["product"], hardware)
    except Failed:
        with contextlib.suppress(Failed):
            call(tenant, url, "release", session)
        raise
    call(tenant, url, "release", session)
    tell(f"{tenant.key}: a seat of {name} was acquired, kept and given back; {proof}")


def pool_of(cluster, tenant):
    pools = cluster.read("licensepools", f"--namespace={tenant.namespace}")["items"]
    found = [each for each in pools if each["spec"]["tenantRef"]["name"] == tenant.name]
    if not found:
        raise Failed(f"{tenant.key} has no LicensePool to take a seat of")
    return found[0]


def prove(tenant, answer, roots, product, hardware):
    """Says whether the token was verified; the client's package needs 'cryptography' for that."""
    sys.path.insert(0, str(CLIENT))
    try:
        import cryptography  # noqa: F401
        from coditect_license_client import LicenseError, SeatVerifier
    except ImportError:
        return "its token was not verified, for want of the Python package 'cryptography'"
    finally:
        sys.path.remove(str(CLIENT))
    try:
        seat = SeatVerifier(roots, product=product, hardware_id=hardware).verify(
            answer["signed_token"], answer.get("key_statement")
        )
    except LicenseError as e:
        raise Failed(f"the smoke test of {tenant.key}: its token does not hold against the pinned root: {e}") from None
    return f"its token holds against the pinned root for {seat.expires_at - time.time():.0f} s"


def await_reached(tenant, url):
    deadline = time.monotonic() + REACHED_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health/", timeout=ANSWER_SECONDS):
                return
        except OSError as e:
            if time.monotonic() > deadline:
                raise Failed(f"the smoke test of {tenant.key}: {url}/health/ does not answer: {e}") from None
        time.sleep(BETWEEN_ATTEMPTS)


def call(tenant, url, verb, body):
    headers = {"Content-Type": "application/json", "User-Agent": "licensing-deploy"}
    request = urllib.request.Request(f"{url}/api/v1/licenses/{verb}", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as e:
        said = e.read().decode(errors="replace")[:500]
        raise Failed(f"the smoke test of {tenant.key}: {verb} was answered {e.code}: {said}") from None
    except (OSError, ValueError) as e:
        raise Failed(f"the smoke test of {tenant.key}: {verb} was not answered: {e}") from None
