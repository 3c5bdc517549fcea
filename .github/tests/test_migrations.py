"""What a migration may do while pods of the version before still run."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from test_workflows import GITHUB, script

check = script("check-migrations")


class RefusalsTest(unittest.TestCase):
    def test_what_only_adds_is_taken(self):
        for sql in (
            "CREATE TABLE t (id bigint PRIMARY KEY, name text NOT NULL, UNIQUE (name));",
            "ALTER TABLE t ADD COLUMN note text;",
            "ALTER TABLE t ADD COLUMN kind text NOT NULL DEFAULT 'seat', ADD COLUMN n int;",
            "ALTER TABLE t ADD COLUMN price numeric(10, 2) NOT NULL DEFAULT 0;",
            "ALTER TABLE t ALTER COLUMN note DROP NOT NULL;",
            "CREATE TABLE n (id int); ALTER TABLE n ADD CONSTRAINT c CHECK (id > 0); CREATE UNIQUE INDEX i ON n (id);",
            "CREATE INDEX CONCURRENTLY t_by_note ON t (note);",
            "CREATE TABLE n (id int); ALTER TABLE n ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
            "CREATE TABLE n (id int); CREATE TRIGGER g BEFORE INSERT ON n FOR EACH ROW EXECUTE FUNCTION f();",
            "GRANT EXECUTE ON FUNCTION f TO pods;",
            "-- we never DROP TABLE here\nSELECT 'RENAME';",
            "/* DROP COLUMN\n x */ CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
        ):
            with self.subTest(sql):
                self.assertEqual(check.refusals(sql), [])

    def test_what_the_version_before_cannot_live_with_is_refused(self):
        for sql in (
            "DROP TABLE t;",
            "ALTER TABLE t DROP COLUMN note;",
            "alter table t\n  drop note;",
            "ALTER TABLE t RENAME COLUMN note TO remark;",
            "ALTER TABLE t RENAME TO u;",
            "ALTER TABLE t ADD COLUMN kind text NOT NULL;",
            "ALTER TABLE t ADD COLUMN a int DEFAULT 1, ADD COLUMN price numeric(10, 2) NOT NULL;",
            "ALTER TABLE t ALTER COLUMN note SET NOT NULL;",
            "ALTER TABLE t ALTER note TYPE varchar(10);",
            "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0);",
            "CREATE UNIQUE INDEX t_note ON t (note);",
            "REVOKE SELECT ON t FROM pods;",
            "TRUNCATE t;",
            "DO $$ BEGIN EXECUTE format('DROP TABLE %I', name); END $$;",
            "DROP MATERIALIZED VIEW v;",
            "ALTER TABLE t DROP CONSTRAINT t_key;",
            "DROP INDEX t_by_note;",
            "DROP POLICY p ON t;",
            "ALTER POLICY p ON t USING (tenant_id = 'x');",
            "ALTER TABLE t FORCE ROW LEVEL SECURITY;",
            "ALTER TABLE t DETACH PARTITION t_2026;",
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();",
            "CREATE TABLE n (id int); ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0);",
            "-- contracts: x\nDROP TABLE t;",
            "\n-- contracts: nothing has read it since v1.4.0\nDROP TABLE t;",
        ):
            with self.subTest(sql):
                self.assertNotEqual(check.refusals(sql), [])

    def test_contraction_that_says_why_is_taken(self):
        self.assertEqual(check.refusals("-- contracts: nothing has read t since v1.4.0\nDROP TABLE t;"), [])


class ReleaseTest(unittest.TestCase):
    """In a repository with one release that has one migration."""

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.folder = self.root / check.FOLDER
        self.folder.mkdir(parents=True)
        self.write("V1__first.sql", "CREATE TABLE t (id int);\n")
        self.git("init", "--quiet")
        self.git("add", ".")
        self.git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message=First")

    def test_without_a_release_anything_goes(self):
        self.write("V2__drop.sql", "DROP TABLE t;")
        self.assertIn("No release", self.run_check().stdout)

    def test_what_expands_is_taken(self):
        self.git("tag", "v1.0.0")
        self.write("V2__note.sql", "ALTER TABLE t ADD COLUMN note text;")
        self.assertIn("The version before, v1.0.0,", self.run_check().stdout)

    def test_what_contracts_is_refused(self):
        self.git("tag", "v1.0.0")
        self.write("V2__drop.sql", "DROP TABLE t;")
        self.assertRegex(self.run_check(1).stderr, "^V2__drop.sql: 'DROP TABLE' takes away")

    def test_released_migration_stays_as_it_was(self):
        self.git("tag", "v1.0.0")
        self.write("V1__first.sql", "CREATE TABLE t (id bigint);\n")
        self.assertIn("V1__first.sql: is another than in v1.0.0", self.run_check(1).stderr)

    def test_released_migration_stays(self):
        self.git("tag", "v1.0.0")
        (self.folder / "V1__first.sql").unlink()
        self.assertIn("V1__first.sql: is in v1.0.0, and no longer here", self.run_check(1).stderr)

    def test_release_that_is_not_there(self):
        self.assertIn("no release 'v9'", self.run_check(1, "v9").stderr)

    def write(self, name, sql):
        (self.folder / name).write_text(sql)

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.root, *arguments], check=True, capture_output=True)

    def run_check(self, status=0, *arguments):
        command = [GITHUB / "scripts/check-migrations", *arguments]
        result = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, status, result.stderr)
        return result


if __name__ == "__main__":
    unittest.main()
