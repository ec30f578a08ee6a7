#!/usr/bin/env python3
"""record.py BUILD_DIR [FILES [PAIRS]]: recording changed files, beside git's
own add and commit with its syncing switched on.

Files of 200 KB in 20 families: a third of each is its own. All lie in the page
cache, and nothing is dirty when the clock starts. Of each pair one begins, then
the other. With fewer files than 5000 the start of programs weighs more.
"""

import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
from statistics import median

sys.dont_write_bytecode = True

import tools

FILES = 5000
FILE_BYTES = 200 * 1000
FAMILIES = 20
FEW = 100  # files, of which one changes in the small run
WALL, CPU, FEW_WALL = 0.75, 1.15, 0.05  # what was set to be reached

SYNCED = ("-c", "core.fsync=loose-object,reference", "-c", "gc.auto=0")


def git_env(home):
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_{what}": "bench@example.net"
               for who in ("AUTHOR", "COMMITTER")
               for what in ("NAME", "EMAIL")}}


def interface(dice, n):
    return (f"interface GigabitEthernet0/0/{n}\n"
            f" description to {dice.getrandbits(40):010x} "
            f"port {dice.getrandbits(8)}\n"
            f" ip address 10.{dice.getrandbits(8)}.{dice.getrandbits(8)}."
            f"{dice.getrandbits(8)} 255.255.255.0\n"
            f" ip ospf cost {dice.getrandbits(12)}\n no shutdown\n!\n")


def text(dice, size):
    parts, length, n = [], 0, 0
    while length < size:
        parts.append(interface(dice, n))
        length += len(parts[-1])
        n += 1
    return "".join(parts)


class Files:
    """The same files below two directories."""

    def __init__(self, work, count):
        self.dirs = work / "git", work / "netfan"
        self.paths = [f"R{i:05}/show_running-config" for i in range(count)]
        self.shared = [text(random.Random(f"family {i}"), FILE_BYTES * 2 // 3)
                       for i in range(FAMILIES)]
        for path in self.paths:
            for below in self.dirs:
                (below / path).parent.mkdir(mode=0o700, parents=True)
        for below in self.dirs:
            below.chmod(0o700)

    def write(self, version, which=None):
        """Change some, with another line at three places of each."""
        for path in which or self.paths:
            i = int(path[1:6])
            own = text(random.Random(path), FILE_BYTES // 3)
            change = f"! changed {version} {random.getrandbits(64):016x}\n"
            content = change + own + change + self.shared[i % FAMILIES] + change
            for below in self.dirs:
                aside = below / path.replace("show", "aside")
                aside.write_text(content)
                aside.rename(below / path)
        os.sync()
        return which or self.paths


def run(argv, stdin, env):
    """As it is measured by tools.run(), which has no standard input."""
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
        file.write(stdin)
        file.flush()
        script = 'exec "$@" <"$0"'
        argv = ["/usr/bin/env", "-i", *(f"{k}={v}" for k, v in env.items()),
                "/bin/sh", "-c", script, file.name, *map(str, argv)]
        usage, _ = tools.run_well(argv)
    return usage


def git_records(files, env):
    git = " ".join(("git", "-C", str(files.dirs[0]), *SYNCED))
    return run(("/bin/sh", "-c", f"{git} add -A && {git} commit -q -m bench"),
               "", env)


def netfan_records(files, build, which, env):
    return run((build / "bench-record", files.dirs[1]),
               "".join(f"{path}\n" for path in which), env)


def packed_bytes(directory, env):
    subprocess.run(("git", "-C", directory, "-c", "pack.threads=1", "gc", "-q"),
                   env=env, check=True)
    return sum(file.stat().st_size
               for file in (directory / ".git").rglob("*") if file.is_file())


def measure(build, work, count, pairs):
    """Samples by name: ratios of netfan's to git's."""
    env = git_env(work)
    files = Files(work, count)
    few = files.paths[::FEW] if count >= FEW else files.paths[:1]
    git = "git", "-C", files.dirs[0]
    subprocess.run((*git, "init", "-q", "-b", "main"), env=env, check=True)
    ratios = {name: [] for name in ("wall", "cpu", "few")}
    seconds = {name: [] for name in ("git", "netfan", "few")}
    for pair in range(-1, pairs):  # the first, of all new files, is not counted
        all_paths = files.write(pair)
        sides = [("git", lambda: git_records(files, env)),
                 ("netfan", lambda: netfan_records(files, build, all_paths,
                                                   env))]
        took = {}
        for name, record in sides[::-1] if pair % 2 else sides:
            took[name] = record()
            os.sync()
        files.write(f"few {pair}", few)
        git_records(files, env)
        took["few"] = netfan_records(files, build, few, env)
        if pair == -1:
            continue
        for name, usage in took.items():
            seconds[name].append(usage)
        ratios["wall"].append(took["netfan"].wall / took["git"].wall)
        ratios["cpu"].append(took["netfan"].cpu / took["git"].cpu)
        ratios["few"].append(took["few"].wall / took["git"].wall)
    sizes = [packed_bytes(directory, env) for directory in files.dirs]
    return ratios, seconds, sizes[1] / sizes[0]


def main(build, count=FILES, pairs=3):
    work = pathlib.Path(tempfile.mkdtemp(prefix="netfan-record-"))
    try:
        ratios, seconds, size = measure(pathlib.Path(build).resolve(), work,
                                        int(count), int(pairs))
    finally:
        shutil.rmtree(work)
    for name, usages in seconds.items():
        print(f"{name:8} wall {median(u.wall for u in usages):7.2f} s  "
              f"CPU {median(u.cpu for u in usages):7.2f} s")
    for name, what, most in (("wall", "wall", WALL), ("cpu", "CPU", CPU),
                             ("few", "wall of one in a hundred", FEW_WALL)):
        values = ", ".join(f"{ratio:.3f}" for ratio in ratios[name])
        print(f"{what}: {median(ratios[name]):.3f} of git's (at most {most}): "
              f"{values}")
    # The objects are the same; which deltas gc tries first depends on more.
    print(f"size after gc: {size:.3f} of git's (at most 1.00)")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
