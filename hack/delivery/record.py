"""What is under way, kept in the cluster, so that whoever comes after a killed run knows what it was at.

One ConfigMap. Whoever works on it counts on in it every few seconds: one in which nothing counts was left behind.
"""

import dataclasses
import json
import os
import socket
import threading
import time
import uuid

from cluster import NAMESPACE, KubectlFailed
from images import Images
from outcome import Overtaken

NAME = "licensing-release"
BEAT_SECONDS = 3
# A run that is alive counts three times in it.
SILENCE_SECONDS = 10

PAUSING = "pausing"
APPLYING = "applying"
STEPPING = "stepping"
GOING_BACK = "going back"
RELEASED = "released"
WENT_BACK = "went back"
ENDED = (RELEASED, WENT_BACK)


@dataclasses.dataclass(frozen=True)
class State:
    """What a run is at, and what it needs to go on or back.

    Attributes:
        stage: What is done now: of one that was killed, perhaps in part.
        before: What ran before.
        template: Of the operator's pods before.
        wanted: What is to run.
        others: How many Tenants were paused at the beginning.
        unwell: Tenants that were not Ready before: nobody waits for them.
    """

    stage: str
    before: Images
    template: dict
    wanted: Images
    others: int
    unwell: tuple

    @property
    def ended(self):
        return self.stage in ENDED

    def to_json(self):
        return json.dumps(dataclasses.asdict(self))

    @staticmethod
    def from_json(text):
        read = json.loads(text)
        images = {name: Images(**read[name]) for name in ("before", "wanted")}
        return State(**{**read, **images, "unwell": tuple(read["unwell"])})


class Record:
    """Written by one run at a time; a run that finds another's name in it does nothing more."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.holder = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self.lock = threading.Lock()
        self.closed = threading.Event()
        self.overtaken = None
        self.beats = 0
        self.state = None

    def read(self):
        """The state that is kept, and who wrote it; (None, None) where there is none."""
        found = self.cluster.find("configmap", NAME, f"--namespace={NAMESPACE}")
        return (State.from_json(found["data"]["state"]), found["data"]["holder"]) if found else (None, None)

    def is_being_written(self):
        """Whether somebody works on it; it takes ten seconds to see that nobody does."""
        first = self._count()
        deadline = time.monotonic() + SILENCE_SECONDS
        while time.monotonic() < deadline:
            time.sleep(1)
            if self._count() != first:
                return True
        return False

    def take(self, state):
        """Makes it this run's, whoever's it was, and counts on in it until it is closed."""
        self.write(state, taking=True)
        threading.Thread(target=self._keep, daemon=True).start()

    def stage(self, stage):
        self.write(dataclasses.replace(self.state, stage=stage))

    def write(self, state, taking=False):
        with self.lock:
            if not taking:
                self._require_ours()
            self.state = state
            self._put()

    def require_ours(self):
        """Raises Overtaken where another run has taken it."""
        if self.overtaken:
            raise Overtaken(f"{self.overtaken} has taken over: see what it does. This run does nothing more")

    def close(self):
        self.closed.set()

    def _require_ours(self):
        _, holder = self.read()
        if holder not in (None, self.holder):
            self.overtaken = holder
        self.require_ours()

    def _put(self):
        self.beats += 1
        data = {"holder": self.holder, "beats": str(self.beats), "state": self.state.to_json()}
        metadata = {"name": NAME, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/part-of": "coditect-licensing"}}
        self.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})

    def _keep(self):
        while not self.closed.wait(BEAT_SECONDS):
            try:
                with self.lock:
                    if not self.closed.is_set():
                        self._require_ours()
                        self._put()
            except Overtaken:
                return
            except KubectlFailed:
                # Counted the next time.
                continue

    def _count(self):
        found = self.cluster.find("configmap", NAME, f"--namespace={NAMESPACE}")
        return (found["data"]["holder"], found["data"]["beats"]) if found else None
