#!/usr/bin/env python3
"""Writes a header with the hash of what decides the code made from a given IR: the code
generator's sources and the ABI.  Objects are cached under IR text plus this, so that a change
elsewhere in golc makes nothing to be generated anew."""
import hashlib
import pathlib
import sys

out, *inputs = sys.argv[1:]
h = hashlib.sha256()
for p in sorted(inputs):
    h.update(pathlib.Path(p).name.encode() + b"\0" + pathlib.Path(p).read_bytes())
pathlib.Path(out).write_text(f'#define CODEGEN_ID "{h.hexdigest()[:32]}"\n')
