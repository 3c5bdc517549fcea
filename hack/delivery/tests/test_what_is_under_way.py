"""What is looked at before anything is changed: what is under way, and what would be refused."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import images
import record
from outcome import Refused
from release import Delivery, Terms

NOW = images.Images("r/operator@sha256:" + "a" * 64, "r/api@sha256:" + "a" * 64)
NEXT = images.Images("r/operator@sha256:" + "b" * 64, "r/api@sha256:" + "b" * 64)


class Cluster:
    """One without tenants, whose release is at a stage; it must not be changed."""

    def __init__(self, stage=None):
        self.stage = stage

    def find(self, kind, name, namespace):
        if self.stage is None:
            return None
        state = record.State(self.stage, NOW, {"spec": {}}, NEXT, 0, ())
        return {"data": {"state": state.to_json(), "holder": "another", "beats": "1"}}

    def operator(self):
        return {"spec": {"template": {}}}

    def running(self, deployment):
        return NOW

    def tenants(self):
        return []


def delivery(stage, said):
    terms = Terms(canary="canaries", urls={}, steps=("100%",), timeout=1, watch=1, burn_rate=1)
    return Delivery(Cluster(stage), terms, said.append)


class UnfinishedTest(unittest.TestCase):
    def test_what_has_ended_is_not_taken_back(self):
        for stage in (None, record.RELEASED, record.WENT_BACK):
            with self.subTest(stage):
                said = []
                delivery(stage, said).roll_back(unfinished=True)
                self.assertEqual(said, ["No release is under way: nothing is taken back"])

    def test_what_is_under_way_is(self):
        for stage in (record.PAUSING, record.APPLYING, record.STEPPING, record.GOING_BACK):
            with self.subTest(stage), self.assertRaisesRegex(Refused, "no Tenant in namespace 'canaries'"):
                delivery(stage, []).roll_back(unfinished=True)


class DryRunTest(unittest.TestCase):
    def test_is_refused_where_the_release_would_be(self):
        with self.assertRaisesRegex(Refused, "no Tenant in namespace 'canaries'"):
            list(delivery(None, []).plan(NEXT))


if __name__ == "__main__":
    unittest.main()
