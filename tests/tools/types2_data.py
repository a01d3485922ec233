#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks diagnostics against the test data of Go's own type checker.

    types2_data.py CHECK_FILES DIR|FILE…    DIR: for instance $GOROOT/src/internal/types/testdata

There a comment /* ERROR "text" */ or /* ERRORx "regexp" */ (also with //) follows the token at
which an error is reported.  Compared is by line: what is reported where nothing is expected,
what is not reported, and, with -t, whose words differ.  Files with flags for the checker on
their first line are left out, for they are of other language versions."""
import os
import re
import subprocess
import sys
import tempfile

MARK = re.compile(r'(?:/\*|//) (ERRORx?) ((?:"(?:[^"\\]|\\.)*"|`[^`]*`))')
DIAG = re.compile(r'^(.*?):(\d+):(\d+): error: (.*)$')
# A string, a rune, a comment, or anything else but space.
TOKEN = re.compile(r'`[^`]*`|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)+\'|//[^\n]*|/\*.*?\*/|\S', re.S)


def expectations(text):
    want = []
    line = 1
    at = 0
    last = 1  # the line of the last token
    for m in TOKEN.finditer(text):
        line += text.count("\n", at, m.start())
        at = m.start()
        tok = m.group()
        if tok.startswith(("//", "/*")):
            e = MARK.match(tok)
            if e:
                pat = e.group(2)
                pat = pat[1:-1] if pat[0] == "`" else pat[1:-1].replace('\\"', '"').replace("\\\\", "\\")
                want.append((last, e.group(1) == "ERRORx", pat))
        else:
            last = line
    return want


def without_assert(text):
    """assert is a built-in of these tests.  As a statement it becomes what complains if its
    constant operand is false, elsewhere just its operand."""
    at = 0
    while True:
        m = re.compile(r"(^[ \t]*)?\bassert\(", re.M).search(text, at)
        if not m:
            return text
        depth, i = 1, m.end()
        while depth and i < len(text):
            depth += (text[i] == "(") - (text[i] == ")")
            i += 1
        x = text[m.end() : i - 1]
        at = i
        if x and "ERROR" not in x and "," not in x:
            new = f"{m.group(1)}_ = map[bool]int{{false: 0, {x}: 1}}" if m.group(1) is not None else f"({x})"
            text = text[: m.start()] + new + text[i:]
            at = m.start() + len(new)


# What Go's compiler says after the type checker, and golc with it.
LATER = ("anonymous interface refers to itself", "missing function body", "undefined: assert")


def check(tool, names, texts):
    with tempfile.TemporaryDirectory() as tmp:
        files = []
        for name, text in zip(names, texts):
            files.append(os.path.join(tmp, os.path.basename(name)))
            with open(files[-1], "w", errors="surrogateescape") as f:
                f.write(without_assert(text))
        return compare(tool, files, texts)


def compare(tool, files, texts):
    r = subprocess.run([tool, *files], capture_output=True, text=True, errors="replace", timeout=60)
    if r.returncode not in (0, 1, 2):
        return [f"crash: status {r.returncode}: {r.stderr.strip()[-300:]}"], [], []
    want = {}
    for f, text in zip(files, texts):
        for line, rx, pat in expectations(text):
            want.setdefault((f, line), []).append((rx, pat))
    got = {}
    last = None
    for line in r.stdout.splitlines():
        m = DIAG.match(line)
        if m and not any(w in m.group(4) for w in LATER):
            last = got.setdefault((m.group(1), int(m.group(2))), [])
            last.append(m.group(4))
        elif last and line.startswith("\t"):
            last[-1] += "\n" + line
    extra, missing, text = [], [], []
    for key in sorted(set(want) | set(got)):
        where = f"{key[0]}:{key[1]}"
        if key not in want:
            extra += [f"{where}: unexpected: {m}" for m in got[key]]
        elif key not in got:
            missing += [f"{where}: missing: {p}" for _, p in want[key]]
        else:
            for rx, p in want[key]:
                if not any(re.search(p, m) if rx else p in m for m in got[key]):
                    text.append(f"{where}: text: {got[key]} -- wanted {p}")
    return extra, missing, text


def packages(args):
    for a in args:
        if os.path.isfile(a):
            yield [a]
            continue
        for root, dirs, files in sorted(os.walk(a)):
            go = [os.path.join(root, f) for f in sorted(files) if f.endswith(".go")]
            if os.path.basename(root) in ("check", "examples", "fixedbugs", "spec"):
                yield from ([f] for f in go)
            elif go:
                yield go


def main():
    args = sys.argv[1:]
    words = "-t" in args
    args = [a for a in args if a != "-t"]
    total = right = 0
    for files in packages(args[1:]):
        texts = [open(f, errors="surrogateescape").read() for f in files]
        if any(re.match(r"//\s*-", t) for t in texts):
            continue
        total += 1
        extra, missing, text = check(args[0], files, texts)
        right += not extra and not missing
        if extra or missing or (words and text):
            print("---", " ".join(files))
            for line in extra + missing + (text if words else []):
                print("   ", line.split("/", 3)[-1] if line.startswith("/") else line)
    print(f"{right} of {total} right by line")


if __name__ == "__main__":
    main()
