"""The report of what has drifted, on plans as OpenTofu writes them."""

import json
import subprocess
import unittest

from tree import OPENTOFU, STAGING, planned


def report(plan):
    return subprocess.run(
        [OPENTOFU / "drift-report"],
        input=plan if isinstance(plan, str) else json.dumps(plan),
        capture_output=True,
        text=True,
    )


def change(address, actions, before=None, after=None, **marks):
    return {
        "address": address,
        "mode": "managed",
        "type": "t",
        "change": {"actions": actions, "before": before, "after": after, **marks},
    }


def plan(*changes):
    return {"format_version": "1.2", "resource_changes": list(changes)}


class DriftReportTest(unittest.TestCase):
    def test_nothing_has_drifted(self):
        run = report(plan(change("a", ["no-op"], {"x": 1}, {"x": 1})))
        self.assertEqual(
            (run.returncode, run.stdout.splitlines()[0]), (0, "Nothing has drifted: what is there is what is written.")
        )

    def test_what_was_changed_by_hand_is_told_value_by_value(self):
        run = report(
            plan(
                change(
                    "module.postgres.google_sql_database_instance.this",
                    ["update"],
                    {"settings": [{"tier": "db-custom-4-16384", "flags": ["a"]}], "name": "licensing"},
                    {"settings": [{"tier": "db-custom-2-8192", "flags": ["a"]}], "name": "licensing"},
                ),
                change("b", ["no-op"], {}, {}),
            )
        )
        self.assertEqual(run.returncode, 2)
        self.assertIn("1 of 2 resources differ.", run.stdout)
        self.assertIn("### `module.postgres.google_sql_database_instance.this`: changed", run.stdout)
        self.assertIn('| `settings[0].tier` | `"db-custom-4-16384"` | `"db-custom-2-8192"` |', run.stdout)
        self.assertNotIn("flags", run.stdout)
        self.assertNotIn("`name`", run.stdout)

    def test_what_is_missing_or_would_be_destroyed_is_told_first_by_kind(self):
        run = report(
            plan(change("gone", ["create"], None, {"x": 1}), change("new", ["delete", "create"], {"x": 1}, {"x": 2}))
        )
        self.assertIn("### `gone`: missing", run.stdout)
        self.assertIn("### `new`: would be destroyed and made anew", run.stdout)

    def test_a_secret_is_not_told(self):
        run = report(
            plan(
                change(
                    "redis",
                    ["update"],
                    {"auth": "hunter2", "x": 1},
                    {"auth": "hunter3", "x": 2},
                    before_sensitive={"auth": True},
                    after_sensitive={},
                )
            )
        )
        self.assertNotIn("hunter", run.stdout)
        self.assertIn("| `auth` | secret | another secret |", run.stdout)
        self.assertIn("| `x` | `1` | `2` |", run.stdout)

    def test_a_secret_inside_a_list_is_not_told(self):
        run = report(
            plan(
                change(
                    "r",
                    ["update"],
                    {"l": [{"p": "hunter2"}]},
                    {"l": [{"p": "hunter3"}]},
                    before_sensitive={"l": [{"p": True}]},
                )
            )
        )
        self.assertNotIn("hunter", run.stdout)

    def test_what_is_known_only_after_apply_does_not_differ(self):
        run = report(plan(change("r", ["update"], {"etag": "1", "x": 1}, {"x": 2}, after_unknown={"etag": True})))
        self.assertNotIn("etag", run.stdout)

    def test_a_cell_of_the_table_stays_a_cell(self):
        run = report(plan(change("r", ["update"], {"filter": "a|b`c"}, {"filter": "x" * 500})))
        row = next(line for line in run.stdout.splitlines() if line.startswith("| `filter`"))
        self.assertEqual(row.replace("\\|", "").count("|"), 4)
        self.assertLess(len(row), 300)

    def test_a_real_plan_can_be_read(self):
        run = report(planned(STAGING))
        self.assertEqual(run.returncode, 2)
        self.assertIn("google_sql_database_instance.this`: missing", run.stdout)

    def test_what_is_no_plan_is_refused(self):
        for text in ("", "{}", "[]", "nonsense"):
            with self.subTest(text):
                run = report(text)
                self.assertEqual(run.returncode, 1)
                self.assertIn("drift-report: this is no plan as 'tofu show -json' writes it", run.stderr)


if __name__ == "__main__":
    unittest.main()
