"""What the figures are made with: programs, devices, memory, and the table."""

import base64
import contextlib
import getpass
import hmac
import ipaddress
import json
import math
import operator
import os
import pathlib
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

FIRST = ipaddress.ip_address("127.2.0.1")
PORT = 2223
TELNET_PORT = 2323
COMMAND = "show clock"
CONFIGURATION = "show running-config"
TICKS = os.sysconf("SC_CLK_TCK")  # a second
QUIET_S = 1.5  # longer than netfan waits for a device that fell silent


def wrong(text):
    """A figure of a wrong answer is worth nothing."""
    sys.exit(f"bench: {text}")


# ---- programs


class Usage:
    """What a program and all it had waited for took."""

    def __init__(self, wall, rusage):
        self.wall = wall
        self.cpu = rusage.ru_utime + rusage.ru_stime


def start(argv, stdout, stderr):
    """posix_spawn: a fork of this process would be measured as well."""
    actions = [(os.POSIX_SPAWN_DUP2, stdout.fileno(), 1),
               (os.POSIX_SPAWN_DUP2, stderr.fileno(), 2)]
    return os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)


def wait_for(argv, stdout, stderr):
    """Run to the end: its Usage and exit status."""
    begin = time.monotonic()
    _, status, rusage = os.wait4(start(argv, stdout, stderr), 0)
    return (Usage(time.monotonic() - begin, rusage),
            os.waitstatus_to_exitcode(status))


def run(argv):
    """Run to the end: its Usage, what it wrote, its exit status, its errors."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        usage, status = wait_for([str(arg) for arg in argv], out, err)
        out.seek(0)
        err.seek(0)
        return (usage, out.read(), status,
                err.read().decode(errors="replace"))


def run_well(argv):
    usage, out, status, err = run(argv)
    if status != 0:
        wrong(f"{' '.join(map(str, argv))}: status {status}: {err.strip()}")
    return usage, out


class Programs:
    """Those of one build, and the files that they share."""

    def __init__(self, build, work):
        self.build = pathlib.Path(build)
        self.work = pathlib.Path(work)
        self.known_hosts = self.work / "known_hosts"
        self.devsim = None  # its process id, while there is one

    def pool(self, *args):
        return json.loads(run_well([self.build / "bench-pool", *args])[1])

    def pipes(self, *args):
        return json.loads(run_well([self.build / "bench-pipes", *args])[1])

    def content(self, platform):
        return json.loads(run_well([self.build / "bench-content", platform,
                                    1])[1])

    def check(self, path):
        """An inventory, read and checked."""
        return run_well([self.build / "netfan", "inventory", "--check", "-q",
                         "-i", path])[0]

    def peak_kib(self, path):
        """The same: the most memory that it had."""
        return json.loads(run_well(
            [self.build / "bench-peak", self.build / "netfan", "inventory",
             "--check", "-q", "-i", path])[1])["peak_kib"]

    def bare_yaml(self, path):
        return run_well([self.build / "bench-yaml", path])[0]

    def python_yaml(self, path):
        """By PyYAML's loader in C."""
        return run_well([sys.executable, "-c",
                         "import sys, yaml\n"
                         "with open(sys.argv[1]) as file:\n"
                         "    yaml.load(file, yaml.CSafeLoader)", path])[0]

    def python_pool(self, *args):
        script = pathlib.Path(__file__).with_name("pool.py")
        return json.loads(run_well([sys.executable, script, *args])[1])

    def bare(self, devices):
        return run_well([self.build / "bench-bare", FIRST, PORT, devices])[0]

    def devices_cpu(self):
        """Seconds that the simulated devices took so far."""
        return cpu_ticks(self.devsim) / TICKS

    def inventory(self, devices):
        path = self.work / f"{devices}.yaml"
        if not path.exists():
            path.write_text("".join(
                f"- {{name: R{i + 1}, device_type: cisco_ios, "
                f"ip: {FIRST + i}, port: {PORT}, username: cisco, "
                f"password: cisco, secret: cisco}}\n"
                for i in range(devices)))
        return path

    def poll_argv(self, devices, *options, command=COMMAND):
        return [self.build / "netfan", "poll", "-q", "-o", "ndjson", "-i",
                self.inventory(devices), "--known-hosts", self.known_hosts,
                *options, command]

    def answer(self, command):
        """Of one device: the answer's bytes, and the seconds it took."""
        out = run_well(self.poll_argv(1, command=command))[1]
        answer = json.loads(out)["commands"][0]
        return answer["bytes"], answer["seconds"]

    def poll(self, devices, *options):
        """Every device must have answered."""
        argv = self.poll_argv(devices, *options)
        usage, out, status, err = run(argv)
        results = [json.loads(line) for line in out.splitlines()]
        bad = [r for r in results if r["status"] != "ok"]
        if status != 0 or bad or len(results) != devices:
            wrong(f"{' '.join(map(str, argv))}: status {status}, "
                  f"{len(results)} of {devices} results, {len(bad)} failed, "
                  f"such as {bad[0]['error'] if bad else err.strip()}")
        return usage

    def poll_to_file(self, devices):
        """Configurations of all of them, to a file."""
        argv = map(str, self.poll_argv(devices, command=CONFIGURATION))
        with (self.work / "answers").open("wb") as out:
            usage, status = wait_for(list(argv), out, sys.stderr)
        if status != 0:
            wrong(f"the poll ended with status {status}")
        return usage

    def collect(self, devices):
        """The same, into a store."""
        return run_well([self.build / "netfan", "collect", "-i",
                         self.inventory(devices), "-d", self.work / "store",
                         "--known-hosts", self.known_hosts, CONFIGURATION])[0]

    def poll_far(self, link, telnet, *commands):
        """Of one device over a link: seconds, and round trips."""
        path = self.work / "far.yaml"
        address, port = link.address
        path.write_text(
            f"- {{name: R1, device_type: cisco_ios{'_telnet' * telnet}, "
            f"ip: {address}, port: {port}, username: cisco, "
            f"password: cisco, secret: cisco}}\n")
        usage, _ = run_well([self.build / "netfan", "poll", "-q", "-i", path,
                             "--known-hosts", self.known_hosts, *commands])
        return usage.wall, link.round_trips()

    def poll_unknown(self, devices, *options):
        """At first contact: each host key is written down."""
        path = self.work / "written_hosts"
        path.unlink(missing_ok=True)
        return self.poll(devices, "--known-hosts", path, *options)

    def poll_beside(self, devices, lines, *options):
        """With a known_hosts file of these lines."""
        path = self.work / "beside_hosts"
        path.write_text("\n".join(lines) + "\n")
        return self.poll(devices, "--known-hosts", path, *options)

    @contextlib.contextmanager
    def devices(self, count, *options):
        """Simulated devices, and nothing known about them."""
        self.known_hosts.unlink(missing_ok=True)
        argv = [self.build / "devsim", "--devices", count, "--base", FIRST,
                "--port", PORT, "--keys", "build/devsim-keys",
                "--die-with-parent", *options]
        devsim = subprocess.Popen([str(arg) for arg in argv],
                                  stdout=subprocess.PIPE)
        try:
            if b" devices at " not in devsim.stdout.readline():
                wrong("the simulated devices did not start")
            self.devsim = devsim.pid
            yield
        finally:
            devsim.terminate()
            devsim.communicate()


class JumpHost:
    """An sshd of loopback, to which who runs this has a key."""

    ADDRESS = "127.2.255.250"
    SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")

    def __init__(self, programs):
        self.work = programs.work
        self.known_hosts = programs.known_hosts
        self.key = self.work / "jump_key"
        self.log = self.work / "jump.log"
        self.user = getpass.getuser()

    def __enter__(self):
        for name in self.key, self.work / "jump_host_key":
            name.unlink(missing_ok=True)
            run_well([shutil.which("ssh-keygen"), "-q", "-t", "ed25519", "-N",
                      "", "-f", name])
        if os.getuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)  # root's sshd wants it
        config = self.work / "jump_sshd"
        config.write_text(
            f"ListenAddress {self.ADDRESS}\nPort {PORT}\nPidFile none\n"
            f"HostKey {self.work}/jump_host_key\nUsePAM no\n"
            f"AuthorizedKeysFile {self.key}.pub\nStrictModes no\n"
            f"MaxStartups 1000\n")
        with self.log.open("wb") as log:
            self.sshd = subprocess.Popen(
                [self.SSHD, "-D", "-e", "-f", config], stderr=log,
                stdin=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while b"listening" not in self.log.read_bytes():
            if self.sshd.poll() is not None or time.monotonic() > end:
                wrong(f"no sshd: {self.log.read_text()}")
            time.sleep(0.02)
        self.write_ssh_config()
        return self

    def __exit__(self, *_):
        self.sshd.terminate()
        self.sshd.wait()

    def logins(self):
        return self.log.read_bytes().count(b"Accepted publickey")

    def options(self):
        """Of netfan."""
        return "-I", self.key, "-J", f"{self.user}@{self.ADDRESS}:{PORT}"

    def write_ssh_config(self):
        """For ssh(1): the same proofs, host keys from the same file."""
        config = self.work / "jump_ssh"
        common = (f"UserKnownHostsFile {self.known_hosts}\n"
                  f"GlobalKnownHostsFile none\nPort {PORT}\nLogLevel ERROR\n")
        config.write_text(
            f"Host jump\nHostName {self.ADDRESS}\nUser {self.user}\n"
            f"IdentityFile {self.key}\nIdentitiesOnly yes\nBatchMode yes\n"
            f"{common}Host * !jump\nUser cisco\nProxyJump jump\n"
            f"PreferredAuthentications password\n{common}")
        ask = self.work / "jump_ask"
        ask.write_text("#!/bin/sh\necho cisco\n")
        ask.chmod(0o700)
        self.environment = {**os.environ, "SSH_ASKPASS": str(ask),
                            "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}
        self.config = config

    def ssh(self, devices, width):
        """ssh -J of each, by xargs: seconds."""
        hosts = "".join(f"{FIRST + i}\n" for i in range(devices))
        begin = time.monotonic()
        done = subprocess.run(
            ["xargs", "-P", str(width), "-I", "{}", "sh", "-c",
             # A device that closes first makes 255 of it, which ends xargs.
             'ssh -F "$0" {} "$1" || :', self.config, COMMAND],
            input=hosts.encode(), capture_output=True, env=self.environment)
        wall = time.monotonic() - begin
        answers = done.stdout.count(b" UTC ")
        if answers != devices:
            wrong(f"ssh: {answers} of {devices} answers: "
                  f"{done.stderr[-400:].decode(errors='replace')}")
        return wall


class Link:
    """A long way to a device of loopback: a link.py of its own."""

    SCRIPT = pathlib.Path(__file__).with_name("link.py")

    def __init__(self, port, delay_ms):
        self.program = subprocess.Popen(
            [sys.executable, self.SCRIPT, str(FIRST), str(port),
             str(delay_ms)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.address = self.program.stdout.readline().split()

    @classmethod
    def check(cls, delay_ms):
        """What a link of that delay measured of itself."""
        out = run_well([sys.executable, cls.SCRIPT, "--check", delay_ms])[1]
        return json.loads(out)["round_trip_ms"]

    def round_trips(self):
        """Of the session that has just ended."""
        return json.loads(self.program.stdout.readline())["round_trips"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.communicate()


def hashed(line):
    """A line of known_hosts with its name as ssh-keygen -H leaves it."""
    name, key = line.split(maxsplit=1)
    salt = random.randbytes(20)
    parts = salt, hmac.digest(salt, name.encode(), "sha1")
    return "|1|{}|{} {}".format(
        *(base64.b64encode(part).decode() for part in parts), key)


# ---- memory of a program that runs


def family(pid):
    """It and its children; netfan's workers have none."""
    children = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        children += (task / "children").read_text().split()
    return [pid, *map(int, children)]


def cpu_ticks(pid):
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def wait_until_quiet(pids, limit_s=120):
    """Until all of them, twice, together took less than a tenth of a core."""
    end = time.monotonic() + limit_s
    before, quiet = -math.inf, 0
    while time.monotonic() < end:
        ticks = sum(cpu_ticks(pid) for one in pids for pid in family(one))
        quiet = quiet + 1 if (ticks - before) / TICKS < QUIET_S / 10 else 0
        if quiet == 2:
            return
        before = ticks
        time.sleep(QUIET_S)
    wrong("netfan does not come to rest")


def memory_kib(pid):
    """Sums over it and its children of two lines of smaps_rollup."""
    sums = {"Private_Dirty": 0, "Pss": 0}
    for member in family(pid):
        text = pathlib.Path(f"/proc/{member}/smaps_rollup").read_text()
        for line in text.splitlines()[1:]:
            name, value = line.split()[:2]
            if name[:-1] in sums:
                sums[name[:-1]] += int(value)
    return sums


def stop(pid):
    """The second signal ends it at once, with what it has."""
    os.kill(pid, signal.SIGTERM)
    time.sleep(0.2)
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)


def hold(programs, devices, *options):
    """Memory while all devices are in a command, which never ends."""
    argv = programs.poll_argv(devices, "--timeout", 600, *options)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = start([str(arg) for arg in argv], out, err)
        try:
            wait_until_quiet([pid, programs.devsim])
            memory = memory_kib(pid)
        finally:
            stop(pid)
        out.seek(0)
        stages = [json.loads(line)["error"]["stage"] for line in out]
    if stages != ["command"] * devices:
        wrong(f"{stages.count('command')} of {devices} came to their command")
    return memory


# ---- figures


def in_turn(cases, rounds=3):
    """Results of each; in turn, so that a disturbance hits all alike."""
    samples = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            samples[name].append(case())
    return samples


class Target:
    """What a figure should come to, here or where that was set.

    The limit beside which it was set is measured here as well: a figure that
    does not reach the target may still be the same share of that limit.
    """

    def __init__(self, keeps, sign, wanted, limit=None, limit_here=None):
        self.keeps, self.sign, self.wanted = keeps, sign, wanted
        self.limit_here = limit_here
        self.share_wanted = wanted / limit if limit else None

    def verdict(self, value):
        if self.keeps(value, self.wanted):
            return "reached"
        if not self.limit_here:
            return "MISSED"
        share = value / self.limit_here
        kept = self.keeps(share, self.share_wanted)
        return (f"{'reached' if kept else 'MISSED'} as a share: "
                f"{share:.2f} {self.sign} {self.share_wanted:.2f}")

    def __str__(self):
        return f"{self.sign} {number(self.wanted)}"


def at_most(wanted, *limits):
    return Target(operator.le, "<=", wanted, *limits)


def at_least(wanted, *limits):
    return Target(operator.ge, ">=", wanted, *limits)


def number(value):
    if value is None:
        return ""
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


class Report:
    """Rows as they are printed, and as they are kept."""

    HEAD = ("", "value", "unit", "reference", "ratio", "target", "")
    FORMAT = "{:36} {:>10} {:10} {:>10} {:>6} {:>9}  {}"

    def __init__(self):
        self.rows = []
        self.section = None
        self.disturbance = {}

    def begin(self, section, text):
        self.section = section
        print(f"\n{section}: {text}")
        print(self.FORMAT.format(*self.HEAD).rstrip(), flush=True)

    def end(self, cores):
        self.disturbance[self.section] = round(cores, 2)
        if cores > 0.1:
            print(f"(other programs kept {cores:.1f} cores busy meanwhile)",
                  flush=True)

    def add(self, name, value, unit, reference=None, target=None, **more):
        row = {"section": self.section, "name": name, "value": value,
               "unit": unit, "reference": reference,
               "ratio": value / reference if reference else None,
               "target": str(target) if target else None,
               "verdict": target.verdict(value) if target else None, **more}
        self.rows.append(row)
        print(self.FORMAT.format(
            name, number(value), unit, number(reference),
            f"{row['ratio']:.2f}" if reference else "",
            row["target"] or "", row["verdict"] or "").rstrip(),
            flush=True)

    def missed(self):
        return sum("MISSED" in (row["verdict"] or "") for row in self.rows)


class Disturbance:
    """Cores that programs which are not ours keep busy."""

    def __init__(self):
        self.start = self.read()

    @staticmethod
    def read():
        line = pathlib.Path("/proc/stat").read_text().splitlines()[0]
        user, nice, system, _, _, irq, softirq, steal, *_ = map(
            int, line.split()[1:])
        ours = os.times()
        return (time.monotonic(),
                (user + nice + system + irq + softirq + steal) / TICKS -
                sum(ours[:4]))

    def cores(self):
        wall, busy = (new - old for new, old in zip(self.read(), self.start))
        return busy / wall


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def yardstick():
    """X25519 a second by openssl(1): what a login mostly is. None without."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return None
    out = subprocess.run([openssl, "speed", "-seconds", "1", "ecdhx25519"],
                         capture_output=True, check=True, text=True).stdout
    return float(out.split()[-1])


def machine(programs):
    versions = run_well([programs.build / "netfan", "--version"])[1]
    return {"cpu": cpu_model(), "cores": os.cpu_count(),
            "kernel": platform.release(), "x25519_per_s": yardstick(),
            "versions": [*versions.decode().splitlines(),
                         f"python3 {platform.python_version()}"]}
