"""A command-line tool that needs a seat while it works.

Its settings come from the environment (CODITECT_LICENSE_URL, CODITECT_LICENSE_KEY, …) or from the settings file.
"""

import argparse

from coditect_license_client import LicenseClient, startup_check


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--licence", choices=("require", "warn", "off"), default="require")
    arguments = parser.parse_args()

    # Ends the program with a line and an exit code of its own where there is no seat and one is required.
    seat = startup_check(LicenseClient(), arguments.licence)

    features = sorted(seat.entitlements) if seat else []
    print(f"converting {arguments.file} with {', '.join(features) or 'no features'}")
    return 0  # the seat is given back at the program's end


if __name__ == "__main__":
    raise SystemExit(main())
