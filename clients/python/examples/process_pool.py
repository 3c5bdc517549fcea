"""A pool of forked workers, each with a seat of its own: a forked process never has its parent's seat."""

import multiprocessing
import os

from coditect_license_client import LicenseClient, Seat

seat: Seat


def begin() -> None:
    global seat  # noqa: PLW0603 - one per process
    # Workers run on one machine: the instance tells them apart.
    seat = LicenseClient().seat(instance=f"worker-{os.getpid()}")


def render(frame: int) -> str:
    seat.require()
    return f"frame {frame} by {seat.instance}"


if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2, begin) as pool:
        for line in pool.map(render, range(4), chunksize=1):
            print(line)
        pool.close()
        pool.join()  # lets the workers give their seats back
