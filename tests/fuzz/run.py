#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs random programs (gen.py) through golc at two levels and through Go, and compares them.

    run.py --seeds A-B [--batch N] [--golc PATH] [--jobs N] [--patience N] [--no-go] [--no-shrink] [--keep DIR]
    run.py --tap ...        the same as a TAP test, one line a batch

The programs of N seeds are compiled as one file that prints each one's checksum; what differs, is
refused or dies is narrowed down to the seeds it comes from, and each of these is run again alone.
Outputs and exit statuses must agree; that golc refuses a program, crashes or takes minutes is a
difference too.  Without a Go toolchain (or with --no-go) -O0 is compared with -O2 alone.  Each
difference is saved under --keep (default: fuzz-found) as the program and a smaller one that shows
the same.  `run.py --seeds N` tries one program, `gen.py N` prints it.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import gen  # noqa: E402

LIMIT_BUILD, LIMIT_RUN = 300, 60  # seconds, of an idle machine


def run(cmd, limit, cwd=None):
    try:
        return subprocess.run(cmd, capture_output=True, timeout=limit, stdin=subprocess.DEVNULL, cwd=cwd)
    except subprocess.TimeoutExpired as e:
        return subprocess.CompletedProcess(cmd, 124, e.stdout or b"", b"timeout")


def outcome(exe, limit):
    r = run([exe], limit)
    # An uncaught panic's traces and a fatal signal's report are each toolchain's own.
    return r.returncode, r.stdout, b"" if r.returncode == 0 else r.stderr.splitlines()[:1]


def sections(out):
    """The line of each program in a batch's output, by seed."""
    return {int(m.group(1)): m.group(0) for m in re.finditer(rb"^-- (\d+) .*$", out, re.M)}


class Lab:
    """Builds and runs source texts with every compiler there is."""

    def __init__(self, golc, use_go, levels, patience):
        self.golc, self.use_go, self.levels = golc, use_go, levels
        self.limit_build, self.limit_run = LIMIT_BUILD * patience, LIMIT_RUN * patience

    def go(self, src, tmp):
        p = os.path.join(tmp, "p.go")
        pathlib.Path(p).write_text(src)
        exe = os.path.join(tmp, "go.exe")
        r = run(["go", "build", "-o", exe, p], self.limit_build)
        if r.returncode != 0:
            return None, r.stderr
        return outcome(exe, self.limit_run), b""

    def gol(self, src, tmp, level):
        p = os.path.join(tmp, "p.gol")
        pathlib.Path(p).write_text(src)
        exe = os.path.join(tmp, "gol" + level)
        r = run([self.golc, "build", level, "-o", exe, p], self.limit_build)
        if r.returncode != 0:
            return ("build", r.returncode, r.stderr)
        return outcome(exe, self.limit_run)

    def build_failure(self, level, got):
        msg = got[2].decode(errors="replace")
        m = re.search(r"error: (.*)|internal error.*|assert.*|timeout", msg)
        what = re.sub(r"\b[a-zA-Z]+\d+\b|\d+", "X", m.group(0)) if m else str(got[1])
        return f"build {level} {got[1]} {what}", msg

    def difference(self, src):
        """None, or (kind, text); kind "generator" is a program that Go refuses."""
        with tempfile.TemporaryDirectory(prefix="gol-fuzz-") as tmp:
            want = None
            if self.use_go:
                want, err = self.go(src, tmp)
                if want is None:
                    return "generator", err.decode(errors="replace")
                if want[0] == 124:
                    return "generator", "Go's program does not end"
            for level in self.levels:
                got = self.gol(src, tmp, level)
                if got[0] == "build":
                    return self.build_failure(level, got)
                if want is None:
                    want = got
                elif got != want:
                    return f"differs {level}", explain(want, got)
        return None

    def outcomes(self, src):
        """What each compiler's program did, or None if one of them did not build it."""
        all_ = []
        with tempfile.TemporaryDirectory(prefix="gol-fuzz-") as tmp:
            if self.use_go:
                all_.append(self.go(src, tmp)[0])
            for level in self.levels:
                if None not in all_:
                    got = self.gol(src, tmp, level)
                    all_.append(None if got[0] == "build" else got)
        return None if None in all_ else all_

    def batch(self, seeds):
        """The differences [(seed, kind, text)] among the programs of these seeds."""
        if len(seeds) == 1:
            d = self.difference(gen.generate(seeds))
            return [(seeds[0], *d)] if d else []
        all_ = self.outcomes(gen.generate(seeds))
        if all_ is None:  # somebody in there does not build
            half = len(seeds) // 2
            return self.batch(seeds[:half]) + self.batch(seeds[half:])
        lines = [sections(o[1]) for o in all_]
        suspects = [s for s in seeds if len({x.get(s, b"") for x in lines}) > 1]
        # After a program that ended the process nothing is known about those behind it.
        dead = [next((i for i, s in enumerate(seeds) if s not in x), len(seeds)) for x in lines]
        first = min(dead)
        rest = seeds[first + 1:]
        found = []
        for s in suspects if first == len(seeds) else [x for x in suspects if x not in rest]:
            d = self.difference(gen.generate([s])) or self.difference(gen.generate([s], verbose=False))
            found.append((s, *(d or ("in company", f"differs only among the programs of {seeds[0]}-{seeds[-1]}"))))
        if not suspects and len({(o[0], o[2] and tuple(o[2])) for o in all_}) > 1:
            found.append((seeds[0], "in company", f"statuses {[o[0] for o in all_]} of {seeds[0]}-{seeds[-1]}"))
        return found + (self.batch(rest) if rest else [])


def explain(want, got):
    w, g = (x[1].decode(errors="replace").splitlines() for x in (want, got))
    name = ""
    for i in range(max(len(w), len(g))):
        a = w[i] if i < len(w) else "<end>"
        b = g[i] if i < len(g) else "<end>"
        if a.startswith("=="):
            name = a
        if a != b:
            return f"{name}: line {i + 1}: expected {a!r}, got {b!r}; statuses {want[0]}, {got[0]} {got[2]}"
    return f"statuses {want[0]} {want[2]}, {got[0]} {got[2]}"


def balanced(lines, i):
    """The end of the statement that begins at line i, or None."""
    depth = 0
    for j in range(i, len(lines)):
        t = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', "", lines[j])
        depth += t.count("{") + t.count("(") + t.count("[") - t.count("}") - t.count(")") - t.count("]")
        if depth < 0:
            return None
        if depth == 0:
            return j + 1
    return None


def shrink(lab, src, kind, budget=150):
    """Drops functions, then statements, while the same kind of difference stays."""

    def same(text):
        nonlocal budget
        budget -= 1
        if budget < 0:
            return False
        d = lab.difference(text)
        return d is not None and d[0] == kind

    calls = re.findall(r'^guard\("(p\w+)", \1\)$', src, re.M)
    n = max(1, len(calls) // 2)
    while calls:  # halves, quarters, … of the functions
        k, before = 0, len(calls)
        while k < len(calls):
            rest = calls[:k] + calls[k + n:]
            text = re.sub(r'^guard\("(p\w+)", \1\)\n', lambda m: m.group(0) if m.group(1) in rest else "", src, flags=re.M)
            text = re.sub(r"^func (p\d+_\d+)\(\) \{\n(.*\n)*?(?=func )", lambda m: m.group(0) if m.group(1) in rest else "", text, flags=re.M)
            if same(text):
                src, calls = text, rest
            else:
                k += n
        if n == 1 and len(calls) == before:
            break
        n = max(1, n // 2)
        if budget < 0:
            break
    lines = src.split("\n")
    start = next((i for i, s in enumerate(lines) if s.startswith("var mu ")), 0)
    size, changed = 16, True
    while budget > 0 and (size > 1 or changed):
        changed = False
        i = start
        while i < len(lines) and budget > 0:
            e = balanced(lines, i)
            for _ in range(size - 1):
                f = balanced(lines, e) if e is not None and e < len(lines) else None
                e = f if f is not None else e
            if e is not None and (lines[i].strip() or e > i + 1) and same("\n".join(lines[:i] + lines[e:])):
                del lines[i:e]
                changed = True
            else:
                i += size if e is not None and size > 1 else 1
        size = max(1, size // 2)
    return "\n".join(lines)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--seeds", default="1-20")
    ap.add_argument("--batch", type=int, default=50)
    ap.add_argument("--golc", default=str(pathlib.Path(__file__).resolve().parents[2] / "build/golc"))
    ap.add_argument("--levels", default="-O0,-O2")
    ap.add_argument("--patience", type=int, default=1, help="time limits are multiplied by it")
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--no-go", action="store_true")
    ap.add_argument("--no-shrink", action="store_true")
    ap.add_argument("--shrink-steps", type=int, default=150)
    ap.add_argument("--keep", default="fuzz-found")
    ap.add_argument("--tap", action="store_true")
    a = ap.parse_args()
    first, _, last = a.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    use_go = not a.no_go and shutil.which("go") is not None
    lab = Lab(os.path.abspath(a.golc), use_go, a.levels.split(","), a.patience)
    batches = [list(seeds[i:i + a.batch]) for i in range(0, len(seeds), a.batch)]
    if a.tap:
        print(f"1..{len(batches)}")
        if not use_go:
            print("# no go toolchain: -O0 is compared with -O2 alone")

    cache = tempfile.mkdtemp(prefix="golc-fuzz-cache-")
    if use_go:  # its compiled library is where it was
        os.environ["GOCACHE"] = run(["go", "env", "GOCACHE"], 60).stdout.decode().strip()
    os.environ["XDG_CACHE_HOME"] = cache
    found = done = 0
    try:
        with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
            for k, (batch, ds) in enumerate(zip(batches, pool.map(lab.batch, batches)), 1):
                done += len(batch)
                found += len(ds)
                if a.tap:
                    print(f"{'not ok' if ds else 'ok'} {k} - seeds {batch[0]}-{batch[-1]}", flush=True)
                else:
                    print(f"{done} programs, up to seed {batch[-1]}, {found} differ", flush=True)
                for seed, kind, text in ds:
                    print(f"# seed {seed}: {kind}: " + text[:600].replace("\n", "\n#   "), flush=True)
                    if a.tap:
                        continue
                    os.makedirs(a.keep, exist_ok=True)
                    src = gen.generate([seed])
                    pathlib.Path(a.keep, f"{seed}.gol").write_text(src)
                    if not a.no_shrink and kind not in ("generator", "in company"):
                        small = shrink(lab, src, kind, a.shrink_steps)
                        pathlib.Path(a.keep, f"{seed}.small.gol").write_text(small)
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    if not a.tap:
        print(f"{len(seeds)} programs, {found} differ" + ("" if use_go else " (no Go)"))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
