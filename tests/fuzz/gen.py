#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes random well-typed Gol programs whose output is determined: gen.py SEED or gen.py FIRST-LAST.

The same seed gives the same program: some types, constants, variables and small functions, each
run under a guard that traces what it panicked with.  All its names end in the seed, so that many
programs fit in one file, which costs one start of the compilers and one link; such a file prints
the checksum of each program's trace, a single program prints the trace itself.  What the language leaves
open is kept out: a statement has at most one operation that can panic, calls with side effects
stand alone, maps are ranged over only to sum, floats become integers only in range, and NaNs are
printed but not taken apart.  The library's part is small: fmt, sort, sync, errors, math's bits.
"""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from declarations import Declarations  # noqa: E402
from expressions import Expressions  # noqa: E402
from prelude import PRELUDE  # noqa: E402
from statements import Statements  # noqa: E402


class Gen(Declarations, Expressions, Statements):
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.seed = seed
        self.count = self.r.choice([1, 1, 1, 2])
        self.out = []
        self.uid = 0
        self.scopes = []
        self.closures = []
        self.pure = []
        self.risk = 0
        self.loops = []
        self.inpure = False
        self.likes = {}
        self.types()

    def function(self, k):
        self.closures, self.loops, self.risk = [], [], 0
        self.infn = ""
        self.riskp = self.pick([0.0, 0.05, 0.15])
        self.w(f"func {self.top(f'p{k}')}() {{")
        self.scopes = [[]]
        for _ in range(self.r.randint(1, 2)):
            self.new_var()
        depth = self.pick([1, 1, 2])
        for _ in range(self.r.randint(1, 3)):
            self.stmt(depth)
        for v in self.scopes[0]:
            if "*" not in v.t.name:
                self.w(f"pr({v.name})")
        self.scopes = []
        self.w("}")

    def program(self):
        """The declarations of one program; run_SEED is its main function."""
        self.w(*self.decl)
        self.constants()
        self.methods()
        self.pures()
        self.globals()
        for k in range(self.count):
            self.function(k)
        self.w(f"func {self.top('run')}() {{")
        if self.consts:
            self.w(self.shown_consts)
        for k in range(self.count):
            n = self.top(f"p{k}")
            self.w(f'guard("{n}", {n})')
        self.w("}")
        return "\n".join(self.out) + "\n"


def generate(seeds, verbose=None):
    """One file with the programs of all the seeds; it traces (verbose) if there is only one."""
    seeds = list(seeds)
    verbose = len(seeds) == 1 if verbose is None else verbose
    text = [PRELUDE, f"const verbose = {'true' if verbose else 'false'}\n"]
    text += [Gen(seed).program() for seed in seeds]
    text += ["func main() {"] + [f"program({seed}, run_{seed})" for seed in seeds] + ["}", ""]
    return "\n".join(text)


def main():
    first, _, last = sys.argv[1].partition("-")
    sys.stdout.write(generate(range(int(first), int(last or first) + 1)))


if __name__ == "__main__":
    main()
