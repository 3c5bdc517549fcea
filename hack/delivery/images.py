"""Which images a release is of: always by digest."""

import contextlib
import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile

from outcome import Refused

SETTING = "licensing-operator.api.image"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
NOT_YET = "sha256:" + "0" * 64


@dataclasses.dataclass(frozen=True)
class Images:
    """Both by their full names, REPOSITORY@sha256:…"""

    operator: str
    api: str

    def at(self, operator=None, api=None):
        """The same repositories at other digests; None leaves one as it is."""
        return Images(operator=at(self.operator, operator), api=at(self.api, api))

    def __str__(self):
        return f"operator {short(self.operator)}, API {short(self.api)}"


def digest(text):
    """Takes what somebody wrote as a digest.

    Raises Refused where it is none, with what it is instead.
    """
    if not DIGEST.fullmatch(text):
        wanted = "an image is named by its digest, sha256: and 64 digits of 0-9a-f"
        if text.startswith("sha256:"):
            raise Refused(f"'{text}' is no digest: {wanted}")
        raise Refused(f"'{text}' is a tag or a name, which may be another image tomorrow: {wanted}")
    if text == NOT_YET:
        raise Refused("the digest of zeros stands for an image that was not made yet")
    return text


def at(image, wanted):
    return image if wanted is None else f"{repository(image)}@{wanted}"


def repository(image):
    name = image.partition("@")[0]
    return name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name


def short(image):
    """The image's last name and as much of its digest as tells it from others."""
    name, _, end = image.rpartition("/")[2].partition("@")
    return f"{name}@{end[:19]}" if end else name


def of_rendered(text):
    """The images in what an overlay renders.

    Raises Refused where it has not both, by digest.
    """
    operator = next((part for part in text.split("\n---\n") if is_operator(part)), "")
    image = re.search(r"^ +image: (\S+)$", operator, re.MULTILINE)
    setting = re.search(rf"^ +{re.escape(SETTING)}: (\S+)$", text, re.MULTILINE)
    if not image or not setting:
        raise Refused(f"the overlay has no Deployment licensing-operator with an image, or no setting {SETTING}")
    return Images(image[1], setting[1])


def is_operator(document):
    return re.search(r"^kind: Deployment$", document, re.MULTILINE) and re.search(
        r"^  name: licensing-operator$", document, re.MULTILINE
    )


def require_digests(images):
    for image in (images.operator, images.api):
        if "@" not in image:
            raise Refused(
                f"the overlay names {image} by a tag: name its digest in release.env, or with --operator and --api"
            )
        digest(image.partition("@")[2])


def render(program, overlay):
    """What an overlay applies."""
    result = subprocess.run([program, "kustomize", overlay], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Refused(f"{overlay} cannot be rendered: {result.stderr.strip()}")
    return result.stdout


@contextlib.contextmanager
def overlay_of(program, overlay, operator=None, api=None):
    """The folder to apply, and its images: the overlay itself, or one on top of it that has other digests."""
    if not pathlib.Path(overlay, "kustomization.yaml").is_file():
        raise Refused(f"{overlay} is no overlay: it has no kustomization.yaml")
    images = of_rendered(render(program, overlay)).at(operator, api)
    require_digests(images)
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        top = pathlib.Path(folder, "kustomization.yaml")
        top.write_text(on_top_of(os.path.relpath(overlay, os.path.realpath(folder)), images))
        yield folder, images


def on_top_of(overlay, images):
    name, end = repository(images.operator), images.operator.partition("@")[2]
    return f"""\
resources: ["{overlay}"]
images: [{{name: "{name}", digest: "{end}"}}]
configMapGenerator:
  - name: licensing-operator
    namespace: licensing-system
    behavior: merge
    literals: ["{SETTING}={images.api}"]
"""
