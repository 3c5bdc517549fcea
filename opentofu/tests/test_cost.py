"""hack/cost: by hand computed sums, on the two real plans."""

import copy
import importlib.machinery
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from tree import PRODUCTION, ROOT, STAGING, planned, side_by_side


def load():
    loader = importlib.machinery.SourceFileLoader("cost", str(ROOT / "hack/cost"))
    spec = importlib.util.spec_from_loader("cost", loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules["cost"] = module
    loader.exec_module(module)
    return module


cost = load()
PRICES = json.loads((ROOT / "hack/cost-prices.json").read_text())


class CostTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plans = side_by_side(planned, [STAGING, PRODUCTION])
        cls.prices = cost.Prices(PRICES)

    def lines(self, environment):
        return {line.what: line.month for line in cost.environment(cost.Shape.of(self.plans[environment]), self.prices)}

    def test_staging_is_what_was_asked_for(self):
        lines = self.lines(STAGING)
        self.assertAlmostEqual(lines["2 × n1-standard-2, preemptible"], 2 * 0.02 * 730)
        self.assertAlmostEqual(lines["2 cores, 8 GB, zonal"], (2 * 0.0413 + 8 * 0.007) * 730)
        self.assertAlmostEqual(lines["1 GB, basic"], 0.049 * 730)

    def test_production_pays_for_its_standby_twice(self):
        lines = self.lines(PRODUCTION)
        self.assertAlmostEqual(lines["3 × n1-standard-2"], 3 * 0.095 * 730)
        self.assertAlmostEqual(lines["4 cores, 16 GB, regional"], 2 * (4 * 0.0413 + 16 * 0.007) * 730)
        self.assertAlmostEqual(lines["6 GB, standard"], 6 * 0.054 * 730)

    def test_a_tenant_of_ten_thousand_seats_pays_by_its_heartbeats(self):
        shape = cost.Shape.of(self.plans[PRODUCTION])
        lines = {line.what: line.month for line in cost.tenant(10_000, shape, self.prices)}
        self.assertAlmostEqual(lines["Cloud Armor, 219.0 million requests"], 219 * 0.75)

    def test_a_tenant_costs_more_the_more_seats_it_has(self):
        shape = cost.Shape.of(self.plans[STAGING])
        idle, small, large = (cost.total(cost.tenant(seats, shape, self.prices)) for seats in cost.TENANTS.values())
        self.assertLess(0, idle)
        self.assertLess(idle, small)
        self.assertLess(small, large)

    def test_the_report_stands_beside_the_first_estimate(self):
        report = "\n".join(
            cost.report(
                {"backend-staging": self.plans[STAGING], "backend-production": self.plans[PRODUCTION]}, self.prices
            )
        )
        self.assertIn("the first estimate was 60.00", report)
        self.assertIn("the first estimate was 530.00", report)
        self.assertEqual(report.count("  why: "), 2)
        self.assertNotRegex(report, r"(?m)^ +-[0-9]", "what is dearer is no option")

    def test_every_option_that_is_told_saves(self):
        for environment in (STAGING, PRODUCTION):
            shape = cost.Shape.of(self.plans[environment])
            month = cost.total(cost.environment(shape, self.prices))
            for what, saving, _ in cost.options(shape, self.prices, production=environment == PRODUCTION):
                self.assertLess(saving, month, what)

    def test_each_price_says_whence_and_when(self):
        for name, entry in PRICES["prices"].items():
            with self.subTest(name):
                self.assertRegex(entry["date"], r"^20\d\d-\d\d$")
                self.assertEqual("from memory" in entry["source"], not entry["checked"])

    def test_each_price_is_used(self):
        code = (ROOT / "hack/cost").read_text()
        for name in PRICES["prices"]:
            with self.subTest(name):
                # The name of a machine or a tier is put together from the plan.
                self.assertTrue(name in code or name.startswith(("gke.node.", "redis.")))

    def test_a_machine_without_price_is_refused_by_name(self):
        plan = copy.deepcopy(self.plans[STAGING])
        text = json.dumps(plan).replace("n1-standard-2", "c4-standard-96")
        with tempfile.TemporaryDirectory() as scratch:
            file = pathlib.Path(scratch) / "plan.json"
            file.write_text(text)
            run = subprocess.run(
                [ROOT / "hack/cost", "--staging", file, "--production", file], capture_output=True, text=True
            )
        self.assertEqual(run.returncode, 1)
        self.assertIn("there is no price of gke.node.c4-standard-96.preemptible.hour in", run.stderr)

    def test_a_file_that_is_no_plan_is_refused(self):
        run = subprocess.run(
            [
                ROOT / "hack/cost",
                "--staging",
                ROOT / "hack/cost-prices.json",
                "--production",
                ROOT / "hack/cost-prices.json",
            ],
            capture_output=True,
            text=True,
        )
        self.assertEqual(run.returncode, 1)
        self.assertIn("hack/cost: ", run.stderr)
        self.assertNotIn("Traceback", run.stderr)


if __name__ == "__main__":
    unittest.main()
