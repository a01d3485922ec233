#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one family of file-based tests against golc and prints TAP.

    run_tests.py FAMILY --golc PATH [--jobs N] [--match TEXT] [--update] [--stress GOLDEBUG]

    run      tests/run/NAME.gol      output equals NAME.out, exit status 0 (or NAME.status);
                                     NAME.in is standard input, NAME.args one argument a line;
                                     a directory NAME/ is a program of several files
    panics   tests/panics/NAME.gol   standard error begins with NAME.err; status 2 or NAME.status;
                                     the lines of NAME.report follow in it in this order, others
                                     between them, addresses written 0x?, paths from the root on
    errors   tests/errors/NAME.gol   each line marked // ERROR "regexp" has such an error, and no
                                     other line has one
    golden   tests/golden/STAGE/NAME.gol   golc build --emit=STAGE prints NAME.out
    samples  samples/NAME.gol        output equals samples/expected/NAME.out
    cli      tests/cli/NAME.sh       exits 0; GOLC is golc, in a fresh directory

Programs of run and samples that contain the word `go` followed by a call run with
GOMAXPROCS 1, 2 and 8.  Where a `go` toolchain is at hand and --oracle is given, the expected
outputs themselves are checked against it.  With --stress, for instance gcstress=50,chaos=7, all
programs run with that in GOLDEBUG, on 1, 2 and 8 processors, and may take long.
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

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 120
STRESS = {}  # what --stress adds to a program's environment


def run(cmd, **kw):
    env = dict(os.environ, **kw.pop("env", {}))
    try:
        return subprocess.run(cmd, capture_output=True, timeout=LIMIT, env=env, **kw)
    except subprocess.TimeoutExpired as e:
        return subprocess.CompletedProcess(cmd, 124, e.stdout or b"", (e.stderr or b"") + b"\ntimeout\n")


def beside(path, suffix, default=None):
    p = path.with_suffix(suffix) if path.suffix else pathlib.Path(str(path) + suffix)
    return p.read_bytes() if p.exists() else default


def diff(want, got):
    w, g = want.decode(errors="replace").splitlines(), got.decode(errors="replace").splitlines()
    for i in range(max(len(w), len(g))):
        a = w[i] if i < len(w) else "<end>"
        b = g[i] if i < len(g) else "<end>"
        if a != b:
            return f"line {i + 1}: expected {a!r}, got {b!r}"
    return "they differ in their line ends"


def programs(folder):
    for p in sorted((ROOT / folder).iterdir()):
        if p.suffix in (".gol", ".go") or (p.is_dir() and any(p.glob("*.gol"))):
            yield p


def is_concurrent(path):
    files = path.glob("**/*.gol") if path.is_dir() else [path]
    return any(re.search(rb"^\s*go\s+\w", f.read_bytes(), re.M) for f in files)


def build(golc, path, tmp, opts=()):
    exe = os.path.join(tmp, "program")
    return exe, run([golc, "build", *opts, "-o", exe, str(path)])


def check_program(golc, path, want_out, level):
    args = (beside(path, ".args", b"").decode().splitlines())
    stdin = beside(path, ".in", b"")
    status = int(beside(path, ".status", b"0"))
    with tempfile.TemporaryDirectory() as tmp:
        exe, r = build(golc, path, tmp, [level])
        if r.returncode != 0:
            return "does not build: " + r.stderr.decode(errors="replace")[:2000]
        for procs in ("1", "2", "8") if STRESS or is_concurrent(path) else ("2",):
            work = os.path.join(tmp, "work" + procs)
            os.mkdir(work)
            r = run([exe, *args], input=stdin, cwd=work, env={"GOMAXPROCS": procs, **STRESS})
            if r.returncode != status:
                return (f"GOMAXPROCS={procs}: exit status {r.returncode}, expected {status}: "
                        + r.stderr.decode(errors="replace")[:2000])
            if r.stdout != want_out:
                return f"GOMAXPROCS={procs}: output: " + diff(want_out, r.stdout)
    return None


def test_run(golc, path):
    want = beside(path, ".out")
    if want is None:
        return "no .out file"
    for level in ("-O1", "-O2"):  # as golc run and as golc build have it
        why = check_program(golc, path, want, level)
        if why:
            return level + ": " + why
    return None


def test_samples(golc, path):
    want = ROOT / "samples" / "expected" / (path.stem + ".out")
    if not want.exists():
        return "no expected output"
    return check_program(golc, path, want.read_bytes(), "-O2")


def test_panics(golc, path):
    want = beside(path, ".err")
    if want is None:
        return "no .err file"
    status = int(beside(path, ".status", b"2"))
    with tempfile.TemporaryDirectory() as tmp:
        exe, r = build(golc, path, tmp, ["-O1"])
        if r.returncode != 0:
            return "does not build: " + r.stderr.decode(errors="replace")[:2000]
        report = beside(path, ".report", b"").decode()
        # on one processor goroutines are numbered as they are started
        r = run([exe], input=b"", env={"GOMAXPROCS": "1", **STRESS} if report else STRESS)
        if r.returncode != status:
            return f"exit status {r.returncode}, expected {status}: {r.stderr.decode(errors='replace')[:1000]}"
        if not r.stderr.startswith(want):
            return "standard error: " + diff(want, r.stderr)
        out = beside(path, ".out")
        if out is not None and r.stdout != out:
            return "output: " + diff(out, r.stdout)
        return lacks(report, r.stderr.decode(errors="replace"))
    return None


def lacks(report, text):
    text = re.sub(r"0x[0-9a-f]+", "0x?", text).replace(str(ROOT) + "/", "")
    lines = iter(text.splitlines())
    for want in report.splitlines():
        if want and want not in lines:
            return f"standard error lacks (at its place) {want!r}: {text}"
    return None


ERROR_RE = re.compile(r'//\s*ERROR\s+(.*)$')


def test_errors(golc, path):
    files = sorted(path.glob("*.gol")) if path.is_dir() else [path]
    want = {}
    for f in files:
        for i, line in enumerate(f.read_text(errors="replace").splitlines(), 1):
            m = ERROR_RE.search(line)
            if m:
                pats = re.findall(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`', m.group(1))
                want[(f.name, i)] = [a.replace('\\"', '"') or b for a, b in pats]
    with tempfile.TemporaryDirectory() as tmp:
        exe, r = build(golc, path, tmp)
        if os.path.exists(exe):
            return "a program was built"
    err = r.stderr.decode(errors="replace")
    if r.returncode != 1:
        return f"exit status {r.returncode}, expected 1: {err[:1000]}"
    seen = {}
    for line in err.splitlines():
        m = re.match(r'([^:\s][^:]*):(\d+):(\d+): error: (.*)', line)
        if m:
            seen.setdefault((os.path.basename(m.group(1)), int(m.group(2))), []).append(m.group(4))
    for key, pats in want.items():
        if key not in seen:
            return f"{key[0]}:{key[1]}: no error reported"
        for pat in pats:
            if not any(re.search(pat, s) for s in seen[key]):
                return f"{key[0]}:{key[1]}: expected {pat!r}, got {seen[key]!r}"
    for key in seen:
        if key not in want:
            return f"{key[0]}:{key[1]}: unexpected error {seen[key]!r}"
    return None if want else "no ERROR comment in it"


def test_golden(golc, path):
    want = beside(path, ".out")
    if want is None:
        return "no .out file"
    r = run([golc, "build", "--emit=" + path.parent.name, path.name], cwd=path.parent)
    got = r.stdout + r.stderr
    return None if got == want else "output: " + diff(want, got)


def test_cli(golc, path):
    with tempfile.TemporaryDirectory() as tmp:
        r = run(["bash", "-eu", str(path)], cwd=tmp, env={"GOLC": golc, "ROOT": str(ROOT)}, input=b"")
    if r.returncode != 0:
        return (r.stdout + r.stderr).decode(errors="replace")[-2000:] or f"status {r.returncode}"
    return None


def collect(family):
    if family == "golden":
        return sorted(p for p in (ROOT / "tests/golden").glob("*/*") if p.suffix in (".gol", ".go"))
    if family == "cli":
        return sorted((ROOT / "tests/cli").glob("*.sh"))
    return list(programs("samples" if family == "samples" else "tests/" + family))


def oracle(path):
    """What the Go toolchain prints for the same source."""
    with tempfile.TemporaryDirectory() as tmp:
        files = sorted(path.glob("*.gol")) if path.is_dir() else [path]
        names = []
        for f in files:
            names.append(os.path.join(tmp, f.stem + "_.go"))
            shutil.copy(f, names[-1])
        r = run(["go", "build", "-o", "p", *names], cwd=tmp)
        if r.returncode != 0:
            return None, r.stderr
        os.mkdir(os.path.join(tmp, "work"))
        args = beside(path, ".args", b"").decode().splitlines()
        r = run([os.path.join(tmp, "p"), *args], input=beside(path, ".in", b""),
                cwd=os.path.join(tmp, "work"))
        return r, r.stderr


def test_oracle(golc, path):
    want = (ROOT / "samples/expected" / (path.stem + ".out")).read_bytes() \
        if path.parent.name == "samples" else beside(path, ".out")
    r, err = oracle(path)
    if r is None:
        return "go does not build it: " + err.decode(errors="replace")[:1000]
    if want is not None and r.stdout != want:
        return "go's output: " + diff(want, r.stdout)
    return None


TESTS = {"run": test_run, "panics": test_panics, "errors": test_errors, "golden": test_golden,
         "samples": test_samples, "cli": test_cli}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("family", choices=[*TESTS, "oracle"])
    ap.add_argument("--golc", default=str(ROOT / "build/golc"))
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--match", default="")
    ap.add_argument("--update", action="store_true", help="write golden outputs anew")
    ap.add_argument("--stress", metavar="GOLDEBUG", help="for every program; and ten times the time")
    a = ap.parse_args()
    if a.stress:
        global LIMIT
        LIMIT *= 10
        STRESS["GOLDEBUG"] = a.stress
    golc = os.path.abspath(a.golc)
    if a.family == "oracle":
        if shutil.which("go") is None:
            print("1..0 # SKIP no go toolchain")
            return 0
        paths, fn = collect("run") + collect("samples"), test_oracle
    else:
        paths, fn = collect(a.family), TESTS[a.family]
    paths = [p for p in paths if a.match in str(p)]
    if a.update and a.family == "golden":
        for p in paths:
            r = run([golc, "build", "--emit=" + p.parent.name, p.name], cwd=p.parent)
            p.with_suffix(".out").write_bytes(r.stdout + r.stderr)
        return 0
    if not paths:
        print("1..0 # SKIP no tests")
        return 0
    print(f"1..{len(paths)}", flush=True)
    failed = 0
    cache = tempfile.mkdtemp(prefix="golc-tests-")
    os.environ["XDG_CACHE_HOME"] = cache
    try:
        with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
            for i, (p, why) in enumerate(zip(paths, pool.map(lambda p: fn(golc, p), paths)), 1):
                name = p.relative_to(ROOT)
                print(("not ok" if why else "ok"), i, "-", name, flush=True)
                if why:
                    failed += 1
                    for line in why.splitlines():
                        print("#   " + line, flush=True)
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
