"""How fast a release uses up the budget of errors, by the metrics of its pods.

They are asked of the pods themselves, by way of the API server: that goes wherever kubectl goes, on any cluster and before
anything collects metrics, tells each pod's image, and is of this moment. A Prometheus would know them a scrape or two later,
and which pod runs which release not at all.
"""

import concurrent.futures
import dataclasses
import re

from cluster import KubectlFailed

# Of the answers that count, as many may be errors: 99.9 % are not.
BUDGET = 0.001
# Uses up 2 % of a 30 days' budget in an hour: https://sre.google/workbook/alerting-on-slos/, table 5-2.
HIGHEST_BURN_RATE = 14.4
# Fewer than these say nothing of a release.
LEAST_ERRORS = 5
AT_A_TIME = 8

SAMPLE = re.compile(r"^http_server_requests_seconds_count\{([^}]*)\} (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="([^"]*)"')
ROUTES = {f"/api/v1/licenses/{verb}" for verb in ("acquire", "heartbeat", "heartbeats")}


@dataclasses.dataclass(frozen=True)
class Answers:
    """Of acquires and heartbeats. What was refused (4xx) is neither: a full pool and an ended seat are no errors."""

    served: float = 0
    errors: float = 0

    def __add__(self, other):
        return Answers(self.served + other.served, self.errors + other.errors)

    def since(self, before):
        return Answers(self.served - before.served, self.errors - before.errors)

    @property
    def burn_rate(self):
        """How many times faster than allowed; 1 uses up the budget exactly."""
        counted = self.served + self.errors
        return self.errors / counted / BUDGET if counted else 0

    def __str__(self):
        return f"{self.errors:.0f} of {self.served + self.errors:.0f} acquires and heartbeats failed, burn rate {self.burn_rate:.1f}"


def parse(text):
    """The answers since a pod's start, of what it tells Prometheus."""
    total = Answers()
    for sample in SAMPLE.finditer(text):
        labels = dict(LABEL.findall(sample[1]))
        if labels.get("route") in ROUTES:
            count, status = float(sample[2]), labels.get("status", "")
            total += Answers(served=count * status.startswith("2"), errors=count * status.startswith("5"))
    return total


def burns(answers, highest):
    """Whether a release is to be taken back for it."""
    return answers.errors >= LEAST_ERRORS and answers.burn_rate > highest


class Watch:
    """Counts what pods answer from when it first sees them ready: what they answered themselves to warm up does not count."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.first = {}
        self.last = {}
        self.problem = None

    def look(self, pods):
        """The answers of all pods so far. One that cannot be asked now is asked the next time."""
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            for pod, text in zip(pods, pool.map(self._metrics, pods), strict=True):
                if text is not None:
                    self._note(pod["metadata"]["uid"], parse(text))
        return sum((self.last[uid].since(first) for uid, first in self.first.items()), Answers())

    def saw_nothing(self):
        """Why, where no pod could be asked at all."""
        return None if self.first else self.problem

    def _note(self, uid, answers):
        begins = (
            uid not in self.first or answers.served < self.last[uid].served or answers.errors < self.last[uid].errors
        )
        if begins:
            # New, or its process was started anew and counts from nothing.
            self.first[uid] = answers
        self.last[uid] = answers

    def _metrics(self, pod):
        try:
            return self.cluster.metrics(pod)
        except KubectlFailed as e:
            self.problem = str(e)
            return None


def ready_pods(pods, image):
    """Those that run an image and are ready."""
    return [pod for pod in pods if pod["spec"]["containers"][0]["image"] == image and is_ready(pod)]


def is_ready(pod):
    conditions = pod.get("status", {}).get("conditions", [])
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]
