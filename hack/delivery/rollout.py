"""What still lacks until pods run an image, as sentences, and what shows that they never will."""

import time

from cluster import image_of
from outcome import Failed

# What a kubelet says of a container that it cannot run; a registry may be away for a moment.
TROUBLE = {
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "RunContainerError",
}
PATIENCE_SECONDS = 15
RESTARTS = 2


class Trouble:
    """Remembers how long pods have been in trouble."""

    def __init__(self):
        self.since = {}

    def look(self, pods, image):
        """Raises Failed where a pod of this image was in trouble for a while, or its process ends again and again."""
        now = time.monotonic()
        found = {
            pod["metadata"]["uid"]: (pod, of_pod(pod)) for pod in pods if image_of_pod(pod) == image and of_pod(pod)
        }
        self.since = {uid: self.since.get(uid, now) for uid in found}
        for uid, (pod, what) in found.items():
            if now - self.since[uid] >= PATIENCE_SECONDS or restarts(pod) >= RESTARTS:
                metadata = pod["metadata"]
                raise Failed(f"pod {metadata['namespace']}/{metadata['name']} does not start: {what}")


def of_pod(pod):
    for status in pod.get("status", {}).get("containerStatuses", []):
        waiting = status.get("state", {}).get("waiting", {})
        if waiting.get("reason") in TROUBLE:
            return f"{waiting['reason']}: {waiting.get('message', '')}"
        if status.get("restartCount", 0) >= RESTARTS and not status.get("ready"):
            return f"its process has ended {status['restartCount']} times"
    return None


def restarts(pod):
    return max((each.get("restartCount", 0) for each in pod.get("status", {}).get("containerStatuses", [])), default=0)


def image_of_pod(pod):
    return pod["spec"]["containers"][0]["image"]


def lacks(deployment, image):
    """What lacks until a Deployment's pods all run an image and are there; None where nothing does."""
    wished, status = deployment["spec"].get("replicas", 1), deployment.get("status", {})
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if image_of(deployment) != image:
        return "its pods are still to run another image"
    if status.get("observedGeneration", 0) < deployment["metadata"]["generation"]:
        return "Kubernetes has not taken it up yet"
    if updated < wished or available < wished:
        return f"{min(updated, available)} of {wished} pods run the image and are there"
    if status.get("unavailableReplicas", 0):
        return f"{status['unavailableReplicas']} of {status['replicas']} pods are not ready"
    if status.get("replicas", 0) > updated:
        return "a pod of another image is still there"
    return None


def gave_up(deployment):
    """Why Kubernetes says that a roll-out gets no further; None where it does not say so."""
    conditions = {each["type"]: each for each in deployment.get("status", {}).get("conditions", [])}
    progressing = conditions.get("Progressing", {})
    taken_up = deployment.get("status", {}).get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    return progressing["message"] if taken_up and progressing.get("status") == "False" else None


def of_tenant(tenant, deployment, image):
    """What lacks until a Tenant is served by an image."""
    if deployment is None:
        return "it has no Deployment"
    lacking = lacks(deployment, image)
    if lacking:
        return lacking
    # What Ready says of a paused one was said before.
    if tenant.paused or tenant.reason == "Paused" or not tenant.up_to_date:
        return "the operator has not taken it up yet"
    return None if tenant.healthy else tenant.says


def others(pods, image):
    """Whether pods of another image are still there, if only to end."""
    left = [pod["metadata"]["name"] for pod in pods if image_of_pod(pod) != image]
    return f"pod {left[0]} of another image has not ended yet" if left else None
