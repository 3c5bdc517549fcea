"""What a release decides, on plain values."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import burn
import images
import rollout
from cluster import Tenant
from outcome import Failed, Refused
from release import targets

DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64


class StepsTest(unittest.TestCase):
    def test_each_step_has_more_and_the_last_all(self):
        self.assertEqual(targets(("1", "5", "25%", "100%"), 100), [1, 5, 25, 100])

    def test_steps_that_bring_nothing_are_left_out(self):
        self.assertEqual(targets(("1", "5", "25%", "100%"), 8), [1, 2, 5, 8])
        self.assertEqual(targets(("1", "5", "25%"), 1), [1])

    def test_shares_are_rounded_up(self):
        self.assertEqual(targets(("10%",), 11), [2, 11])

    def test_without_others_there_is_no_step(self):
        self.assertEqual(targets(("1", "100%"), 0), [])


class DigestTest(unittest.TestCase):
    def test_digest_is_taken(self):
        self.assertEqual(images.digest(DIGEST), DIGEST)

    def test_what_is_none_is_refused_with_what_it_is(self):
        for text, why in {
            "v1.2.3": "a tag",
            "latest": "a tag",
            "sha256:abc": "no digest",
            DIGEST.upper(): "a tag",
            DIGEST + "0": "no digest",
            "example.com/api@" + DIGEST: "a tag or a name",
            images.NOT_YET: "zeros",
        }.items():
            with self.subTest(text), self.assertRaisesRegex(Refused, why):
                images.digest(text)

    def test_repository_is_all_before_tag_and_digest(self):
        for image in ("example.com:5000/a/api", "example.com:5000/a/api:1.0", f"example.com:5000/a/api@{DIGEST}"):
            self.assertEqual(images.repository(image), "example.com:5000/a/api")

    def test_other_digest_of_the_same_repository(self):
        now = images.Images(f"r/operator@{DIGEST}", f"r/api@{DIGEST}")
        self.assertEqual(now.at(api=OTHER), images.Images(f"r/operator@{DIGEST}", f"r/api@{OTHER}"))


class RenderedTest(unittest.TestCase):
    TEXT = f"""\
apiVersion: v1
data:
  licensing-operator.api.image: r/api@{DIGEST}
kind: ConfigMap
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: another
spec:
      containers:
        image: r/another:1
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: licensing-operator
spec:
      containers:
        image: r/operator@{OTHER}
"""

    def test_images_are_those_of_the_operator(self):
        self.assertEqual(images.of_rendered(self.TEXT), images.Images(f"r/operator@{OTHER}", f"r/api@{DIGEST}"))

    def test_overlay_of_something_else(self):
        with self.assertRaisesRegex(Refused, "no Deployment licensing-operator"):
            images.of_rendered(self.TEXT.replace("licensing-operator", "x"))

    def test_tag_in_an_overlay(self):
        with self.assertRaisesRegex(Refused, "r/api:1 by a tag"):
            images.require_digests(images.Images(f"r/operator@{DIGEST}", "r/api:1"))


def sample(route, status, count):
    return f'http_server_requests_seconds_count{{method="POST",route="/api/v1/licenses/{route}",status="{status}"}} {count}\n'


class BurnTest(unittest.TestCase):
    def test_answers_are_those_of_acquires_and_heartbeats(self):
        text = (
            "# HELP http_server_requests_seconds HTTP requests\n"
            + sample("acquire", 200, 10)
            + sample("heartbeat", 200, "1.0E3")
            + sample("heartbeats", 503, 2)
            + sample("heartbeat", 500, 1)
            + sample("heartbeat", 404, 9600)
            + sample("acquire", 409, 70)
            + sample("release", 503, 50)
            + 'http_server_requests_seconds_sum{method="POST",route="/api/v1/licenses/acquire",status="500"} 9\n'
        )
        self.assertEqual(burn.parse(text), burn.Answers(served=1010, errors=3))

    def test_rate_is_how_many_times_more_than_the_budget(self):
        self.assertAlmostEqual(burn.Answers(served=999, errors=1).burn_rate, 1)
        self.assertEqual(burn.Answers().burn_rate, 0)

    def test_few_errors_say_nothing(self):
        self.assertFalse(burn.burns(burn.Answers(served=0, errors=4), 14.4))

    def test_burns_above_the_highest_rate_only(self):
        self.assertFalse(burn.burns(burn.Answers(served=990, errors=10), 14.4))
        self.assertTrue(burn.burns(burn.Answers(served=980, errors=20), 14.4))


class Pods:
    """Answers with what each pod has counted."""

    def __init__(self):
        self.texts = {}

    def metrics(self, pod):
        return self.texts[pod["metadata"]["uid"]]


class WatchTest(unittest.TestCase):
    def setUp(self):
        self.pods = Pods()
        self.watch = burn.Watch(self.pods)

    def look(self, **errors):
        self.pods.texts = {uid: sample("heartbeat", 500, count) for uid, count in errors.items()}
        return self.watch.look([{"metadata": {"uid": uid}} for uid in errors]).errors

    def test_counts_from_the_first_look_on(self):
        self.assertEqual(self.look(a=100), 0)
        self.assertEqual(self.look(a=103, b=50), 3)
        self.assertEqual(self.look(a=103, b=52), 5)

    def test_pod_that_is_gone_has_counted(self):
        self.look(a=0)
        self.look(a=7)
        self.assertEqual(self.look(b=0), 7)

    def test_process_that_was_started_anew_counts_from_nothing(self):
        self.look(a=100)
        self.assertEqual(self.look(a=2), 0)
        self.assertEqual(self.look(a=5), 3)


def deployment(image="i", wished=2, **status):
    return {
        "metadata": {"generation": 4},
        "spec": {"replicas": wished, "template": {"spec": {"containers": [{"image": image}]}}},
        "status": {"observedGeneration": 4, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, **status},
    }


class RolloutTest(unittest.TestCase):
    def test_nothing_lacks_where_all_run_the_image(self):
        self.assertIsNone(rollout.lacks(deployment(), "i"))

    def test_what_lacks(self):
        for lacking in (
            deployment(image="other"),
            deployment(observedGeneration=3),
            deployment(updatedReplicas=1),
            deployment(availableReplicas=1),
            deployment(replicas=3),
            deployment(unavailableReplicas=1),
        ):
            self.assertIsNotNone(rollout.lacks(lacking, "i"))

    def test_kubernetes_gives_up(self):
        stuck = {"type": "Progressing", "status": "False", "message": "exceeded its progress deadline"}
        self.assertEqual(rollout.gave_up(deployment(conditions=[stuck])), "exceeded its progress deadline")
        self.assertIsNone(rollout.gave_up(deployment(conditions=[stuck], observedGeneration=3)))
        self.assertIsNone(rollout.gave_up(deployment()))

    def test_process_that_ends_again_and_again(self):
        with self.assertRaisesRegex(Failed, "n/p does not start: its process has ended 2 times"):
            rollout.Trouble().look([pod("i", restartCount=2, ready=False)], "i")

    def test_trouble_of_a_moment_is_none(self):
        trouble, waiting = rollout.Trouble(), pod("i", state={"waiting": {"reason": "ErrImagePull"}})
        trouble.look([waiting], "i")
        trouble.look([waiting], "i")
        trouble.since = {uid: since - rollout.PATIENCE_SECONDS for uid, since in trouble.since.items()}
        trouble.look([pod("i", state={"running": {}}, ready=True)], "i")
        trouble.look([waiting], "i")

    def test_trouble_that_lasts(self):
        trouble, waiting = rollout.Trouble(), pod("i", state={"waiting": {"reason": "ErrImagePull"}})
        trouble.look([waiting], "i")
        trouble.since = {uid: since - rollout.PATIENCE_SECONDS for uid, since in trouble.since.items()}
        with self.assertRaisesRegex(Failed, "ErrImagePull"):
            trouble.look([waiting], "i")

    def test_trouble_of_another_image_is_none_of_ours(self):
        rollout.Trouble().look([pod("other", restartCount=9)], "i")


def pod(image, **status):
    return {
        "metadata": {"namespace": "n", "name": "p", "uid": "u"},
        "spec": {"containers": [{"image": image}]},
        "status": {"containerStatuses": [status]},
    }


class TenantTest(unittest.TestCase):
    def of(self, annotations=None, ready="True", stalled="False", observed=3, reason="Serving"):
        conditions = [
            {"type": "Ready", "status": ready, "reason": reason, "message": "m"},
            {"type": "Stalled", "status": stalled, "reason": "S", "message": "s"},
        ]
        metadata = {"namespace": "n", "name": "t", "uid": "u", "generation": 3, "annotations": annotations or {}}
        status = {"observedGeneration": observed, "conditions": conditions}
        return Tenant.of({"metadata": metadata, "spec": {}, "status": status})

    def test_pause_of_ours_is_told_from_others(self):
        ours = self.of({"licensing.coditect.ai/paused": "true", "licensing.coditect.ai/paused-by": "release"})
        theirs = self.of({"licensing.coditect.ai/paused": "true"})
        left = self.of({"licensing.coditect.ai/paused-by": "release"})
        self.assertEqual([each.paused for each in (ours, theirs, left)], [True, True, False])
        self.assertEqual([each.paused_by_us for each in (ours, theirs, left)], [True, False, False])

    def test_tenant_is_served_where_nothing_lacks(self):
        self.assertIsNone(rollout.of_tenant(self.of(), deployment(), "i"))
        for tenant in (self.of(ready="False"), self.of(stalled="True"), self.of(observed=2)):
            self.assertIsNotNone(rollout.of_tenant(tenant, deployment(), "i"))

    def test_what_was_said_before_a_pause_does_not_count(self):
        self.assertIn("not taken it up", rollout.of_tenant(self.of(reason="Paused"), deployment(), "i"))

    def test_tenant_that_the_operator_has_not_seen(self):
        metadata = {"namespace": "n", "name": "t", "uid": "u", "generation": 1}
        self.assertFalse(Tenant.of({"metadata": metadata, "spec": {}}).healthy)


if __name__ == "__main__":
    unittest.main()
