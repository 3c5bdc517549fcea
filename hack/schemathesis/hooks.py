"""Lets the generated acquires open a real pool now and then, so that grants are tested and not only refusals."""

import os

import schemathesis

LICENCE_KEY = os.environ["LICENCE_KEY"]


@schemathesis.hook
def map_body(context, body):
    # Every other text: the same text is treated alike each time, so that a seed stays a seed.
    if isinstance(body, dict) and isinstance(body.get("license_key"), str) and len(body["license_key"]) % 2:
        return {**body, "license_key": LICENCE_KEY}
    return body
