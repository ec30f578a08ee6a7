#!/usr/bin/env python3
"""pool.py KIND WORKERS TASKS: empty tasks a second in one of Python's pools."""

import concurrent.futures
import json
import multiprocessing
import sys
import time


def empty(index):
    return index


def count(results):
    return sum(1 for _ in results)


def imap_unordered(workers, tasks):
    with multiprocessing.Pool(workers) as pool:
        return timed(
            lambda n: pool.imap_unordered(empty, range(n), chunksize=1),
            workers, tasks)


def process_map(workers, tasks):
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        return timed(lambda n: pool.map(empty, range(n), chunksize=1),
                     workers, tasks)


def thread_map(workers, tasks):
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return timed(lambda n: pool.map(empty, range(n)), workers, tasks)


KINDS = {f.__name__: f for f in (imap_unordered, process_map, thread_map)}


def timed(results, workers, tasks):
    """The first tasks find workers that are still starting: not counted."""
    count(results(workers * 4))
    start = time.monotonic()
    if count(results(tasks)) != tasks:
        sys.exit("pool.py: results are missing")
    return tasks / (time.monotonic() - start)


if __name__ == "__main__":
    rate = KINDS[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps({"tasks_per_s": round(rate)}))
