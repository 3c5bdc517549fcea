"""A hundred programs that take a seat, keep it for a while and give it back.

Run by ``hack/bench locust``. Every request's name is its call; a refusal that was asked for counts as a success.
"""

import random
import uuid

from locust import FastHttpUser, between, task

LICENSE_KEY = "lk_cad"
PATH = "/api/v1/licenses/"
REFUSED = "urn:coditect:licensing:problem:"


class Program(FastHttpUser):
    """One program on one machine."""

    wait_time = between(0.05, 0.25)

    def on_start(self):
        self.machine = f"locust-{uuid.uuid4()}"

    @task(20)
    def use_a_seat(self):
        """Acquire, a few heartbeats, now and then a validation, release."""
        seat = self.call("acquire", {"license_key": LICENSE_KEY, "hardware_id": self.machine})
        if seat is None:
            return
        session = {"session_id": seat["session_id"]}
        for _ in range(random.randint(2, 6)):
            self.wait()
            self.call("heartbeat", session)
        if random.random() < 0.2:
            self.call("validate", {"signed_token": seat["signed_token"]})
        self.wait()
        self.call("release", session)

    @task(1)
    def be_refused(self):
        """A key that opens nothing."""
        self.call(
            "acquire", {"license_key": "lk_of_nobody", "hardware_id": self.machine}, name="acquire-refused", refusal="unknown-key"
        )

    def call(self, call, body, name=None, refusal=None):
        """The answer's members; None where it was a refusal."""
        with self.client.post(PATH + call, json=body, name=name or call, catch_response=True) as answer:
            members = self.members(answer)
            if refusal is not None:
                if members.get("type") == REFUSED + refusal:
                    answer.success()
                else:
                    answer.failure(f"{answer.status_code} instead of {refusal}")
                return None
            if answer.status_code == 200:
                answer.success()
                return members
            answer.failure(f"{answer.status_code} {members.get('type', '')}")
            return None

    @staticmethod
    def members(answer):
        try:
            return answer.json() or {}
        except ValueError:
            return {}
