"""sign-in-providers against a server that plays Identity Platform over real HTTP."""

import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

from tree import OPENTOFU


class IdentityPlatform(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append((self.command, self.path, body, self.headers["Authorization"]))
        status = self.server.statuses.get((self.command, self.path.split("?")[0].rsplit("/", 1)[-1]), 200)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps({"error": {"message": "API key not valid"}} if status >= 400 else {}).encode())

    do_PATCH = do_POST = answer

    def log_message(self, *_):
        pass


class SignInProvidersTest(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), IdentityPlatform)
        self.server.calls, self.server.statuses = [], {}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.bin = pathlib.Path(scratch.name)
        self.gcloud(
            'case "$*" in *google-client-secret*) echo s3cret-google ;; *github-client-secret*) echo s3cret-github ;; *) echo t0ken ;; esac'
        )

    def gcloud(self, script):
        program = self.bin / "gcloud"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def run_it(self, *words):
        return subprocess.run(
            [OPENTOFU / "sign-in-providers", "p-1", *words],
            capture_output=True,
            text=True,
            env={
                **os.environ,
                "PATH": f"{self.bin}:{os.environ['PATH']}",
                "IDENTITY_TOOLKIT_ENDPOINT": f"http://127.0.0.1:{self.server.server_port}",
            },
        )

    def test_both_are_switched_on_for_the_project_and_its_tenants(self):
        run = self.run_it("--google=g-id", "--github=h-id", "--tenant=acme-x1")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(
            [(method, path, body["clientId"], body["clientSecret"]) for method, path, body, _ in self.server.calls],
            [
                (
                    "PATCH",
                    f"/admin/v2/{parent}/defaultSupportedIdpConfigs/{provider}?updateMask=enabled,clientId,clientSecret",
                    client_id,
                    secret,
                )
                for parent in ("projects/p-1", "projects/p-1/tenants/acme-x1")
                for provider, client_id, secret in (
                    ("google.com", "g-id", "s3cret-google"),
                    ("github.com", "h-id", "s3cret-github"),
                )
            ],
        )
        self.assertEqual({token for *_, token in self.server.calls}, {"Bearer t0ken"})

    def test_what_is_not_there_yet_is_made(self):
        self.server.statuses[("PATCH", "github.com")] = 404
        run = self.run_it("--github=h-id")
        self.assertEqual(run.stdout, "projects/p-1: github.com made\n")
        self.assertEqual(
            self.server.calls[-1][:2], ("POST", "/admin/v2/projects/p-1/defaultSupportedIdpConfigs?idpId=github.com")
        )

    def test_no_secret_is_told(self):
        run = self.run_it("--google=g-id")
        self.assertNotIn("s3cret", run.stdout + run.stderr)

    def test_a_missing_secret_changes_nothing(self):
        self.gcloud('case "$*" in *github-client-secret*) echo NOT_FOUND >&2; exit 1 ;; *) echo s3cret ;; esac')
        run = self.run_it("--google=g-id", "--github=h-id")
        self.assertEqual(run.returncode, 1)
        self.assertIn("sign-in-providers: gcloud secrets versions access failed: NOT_FOUND", run.stderr)
        self.assertEqual(self.server.calls, [])

    def test_a_refusal_is_told_in_googles_words(self):
        self.server.statuses[("PATCH", "google.com")] = 403
        run = self.run_it("--google=g-id")
        self.assertEqual(
            (run.returncode, run.stderr),
            (1, "sign-in-providers: Identity Platform refused with 403: API key not valid\n"),
        )

    def test_nothing_to_switch_on_is_refused(self):
        run = self.run_it()
        self.assertEqual(run.returncode, 2)
        self.assertIn("name a client id with --google, --github or both", run.stderr)


if __name__ == "__main__":
    unittest.main()
