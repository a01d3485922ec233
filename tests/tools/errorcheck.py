#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks diagnostics against the `// ERROR "regexp"` comments in files (Go's convention).

    errorcheck.py CHECK_FILES FILE…        every file: reported lines must be expected lines
    errorcheck.py CHECK_FILES --go DIR…    Go's own tests in DIR: errorcheck and run/compile

A comment is expected to be reported on its line (or, with ERRORAUTO, a line near); several
regexps on a line are alternatives for several errors.  Prints what differs and a count."""
import os
import re
import subprocess
import sys

PAT = re.compile(r'//\s*(GC_)?ERROR(AUTO|NEXT)?\s+((?:"(?:[^"\\]|\\.)*"|`[^`]*`|\s)+)')
DIAG = re.compile(r'^(.*?):(\d+):(\d+): error: (.*)$')


def expectations(path):
    exp = {}
    for i, line in enumerate(open(path, errors='replace'), 1):
        m = PAT.search(line)
        if m:
            pats = [p[1:-1].replace('\\"', '"') if p[0] == '"' else p[1:-1]
                    for p in re.findall(r'"(?:[^"\\]|\\.)*"|`[^`]*`', m.group(3))]
            exp[i + 1 if m.group(2) == 'NEXT' else i] = pats
    return exp


def run(tool, path):
    p = subprocess.run([tool, path], capture_output=True, text=True, errors='replace', timeout=60)
    got = {}
    last = None
    for line in p.stdout.split('\n'):
        m = DIAG.match(line)
        if m and m.group(1) == path:
            last = got.setdefault(int(m.group(2)), [])
            last.append(m.group(4))
        elif last and line.startswith('\t'):
            last[-1] += ' ' + line.strip()
    return p.returncode, got, p.stderr, p.stdout


def check(tool, path, verbose=True):
    exp = expectations(path)
    try:
        rc, got, err, out = run(tool, path)
    except subprocess.TimeoutExpired:
        return ['timeout']
    if rc < 0 or rc > 2:
        return ['crash rc=%d %s' % (rc, err.strip()[:300])]
    bad = []
    for line in sorted(set(exp) | set(got)):
        if line not in exp:
            bad += ['%s:%d: unexpected: %s' % (path, line, m) for m in got[line]]
        elif line not in got:
            bad.append('%s:%d: missing: %s' % (path, line, ' / '.join(exp[line])))
        else:
            for p in exp[line]:
                if not any(re.search(p, m) for m in got[line]):
                    bad.append('%s:%d: text: %s -- wanted %s' % (path, line, ' / '.join(got[line]), p))
    if not exp and rc != 0 and not got:
        bad.append('%s: fails: %s' % (path, out.strip()[:200]))
    return bad


def main():
    tool, args = sys.argv[1], sys.argv[2:]
    go = args and args[0] == '--go'
    kinds = {}
    files = []
    if go:
        for d in args[1:]:
            for root in ([d] if os.path.isdir(d) else []):
                for f in sorted(os.listdir(root)):
                    if f.endswith('.go'):
                        files.append(os.path.join(root, f))
            if os.path.isfile(d):
                files.append(d)
    else:
        files = args
    total, ok, lines_bad = {}, {}, {}
    for f in files:
        kind = 'file'
        if go:
            head = open(f, errors='replace').read(4000)
            m = re.search(r'^// (errorcheck|run|compile)[ \t]*$', head, re.M)
            if not m or re.search(r'^//go:build .*(ignore|cgo|js|wasm|!amd64|windows)', head, re.M):
                continue
            kind = m.group(1)
        bad = check(tool, f)
        total[kind] = total.get(kind, 0) + 1
        if not bad:
            ok[kind] = ok.get(kind, 0) + 1
        else:
            only_text = all(': text:' in b for b in bad)
            if only_text:
                lines_bad[kind] = lines_bad.get(kind, 0) + 1
            print('--- %s%s' % (f, ' (text only)' if only_text else ''))
            for b in bad[:6]:
                print('   ', b.replace(f + ':', ''))
    for k in total:
        print('%s: %d of %d right, %d more with the right lines' %
              (k, ok.get(k, 0), total[k], lines_bad.get(k, 0)))
    sys.exit(0 if total == ok else 1)


main()
