#!/usr/bin/env python3
"""memory.py TEXT PID...: look for a text in the memory of processes.

Prints "PID in MAPPING" for each mapping that a core file would have, and "PID
out" for one that is kept out of it (VM_DONTDUMP), which has the text. Exit 1
when a process cannot be read.
"""
import re
import sys


def mappings(pid):
    """(from, to, name, whether a core file would have it), of what is mapped."""
    found = []
    with open(f"/proc/{pid}/smaps", encoding="utf-8") as smaps:
        for line in smaps:
            head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)",
                            line)
            if head:
                found.append([int(head[1], 16), int(head[2], 16),
                              head[4] or "anonymous", True])
            elif line.startswith("VmFlags:") and " dd" in line:
                found[-1][3] = False
    return found


def main():
    text = sys.argv[1].encode()
    for pid in sys.argv[2:]:
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for begin, end, name, dumped in mappings(pid):
                if name in ("[vvar]", "[vsyscall]"):
                    continue
                try:
                    memory.seek(begin)
                    image = memory.read(end - begin)
                except (OSError, ValueError, OverflowError):
                    continue  # it has no pages
                if text in image:
                    print(pid, f"in {name}" if dumped else "out")


try:
    main()
except OSError as why:
    sys.exit(f"{why}")
