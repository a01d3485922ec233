# SPDX-License-Identifier: GPL-3.0-or-later
"""Random declarations: types, methods, package variables, constants, small functions."""
from kinds import T, BOOL, IT, INT, Var


class Declarations:
    def types(self):
        self.ints, self.floats, self.strs, self.structs = list(IT.values()), [], [], []
        decl = []
        for i in range(self.r.randint(1, 2)):
            b = self.pick(list(IT))
            n = self.top(f"N{i}")
            self.ints.append(T("int", n, base=b))
            decl.append(f"type {n} {b}")
            if self.p(0.3):
                decl += [f"func (n {n}) String() string {{", f'return fmt.Sprintf("N{i}(%d)", {b}(n))', "}"]
        if self.p(0.5):
            f, n = self.pick(["float32", "float64"]), self.top("NF")
            self.floats.append(T("float", n, base=f))
            decl.append(f"type {n} {f}")
        if self.p(0.5):
            self.strs.append(T("string", self.top("NS"), base="string"))
            decl.append(f"type {self.strs[0].name} string")
        self.decl = decl
        for i in range(self.r.choice([1, 1, 1, 2, 3])):
            t = T("struct", self.top(f"S{i}"))
            lines = [f"type {t.name} struct {{"]
            if i > 0 and self.p(0.5):
                e = self.structs[i - 1]
                lines.append(e.name)
                t.fields.append((e.name, e))
                t.embeds.append(e)
            for j in range(self.r.randint(1, 4)):
                if i != 1 or j:
                    ft = self.any_type(1) if self.p(0.3) else self.basic()
                    if ft.kind == "ptr":
                        ft = self.basic()
                else:
                    ft = self.array(self.basic())
                fn = f"F{i}{'abcd'[j]}"
                lines.append(f"{fn} {ft.name}")
                t.fields.append((fn, ft))
            lines.append("}")
            self.decl += lines
            self.structs.append(t)

    def methods(self):
        """Shape is met by every struct's value, Mover by every pointer to one."""
        for s in self.structs:
            self.scopes = [[Var("s", s, ro=True), Var("k", INT)]]
            self.inpure = True
            if not s.embeds or self.p(0.5):
                self.w(f"func (s {s.name}) Area(k int) int {{")
                self.w(f"return {self.expr(INT, 3)}", "}")
            if not s.embeds or self.p(0.5):
                self.w(f"func (s {s.name}) Name() string {{")
                k = self.scopes[0].pop()
                self.w(f'return "{s.name}" + fmt.Sprint({self.expr(self.basic(), 2)})', "}")
                self.scopes[0].append(k)
            if not s.embeds or self.p(0.5):
                self.w(f"func (s *{s.name}) Move(k int) {{")
                self.scopes[0][0] = Var("(*s)", s)
                for _ in range(self.r.randint(1, 2)):
                    self.assign(self.path_of(Var("(*s)", s)) if self.p(0.2) else self.field_of(s))
                self.w("}")
            self.inpure = False
        self.scopes = []

    def globals(self):
        """Their declarations stand in any order: what depends on what tells the initialisation's."""
        self.gvars = []
        decl = []
        for i in range(self.r.randint(0, 4)):
            t = self.any_type(1)
            if t.kind == "ptr":
                t = self.basic()
            self.scopes = [[]]
            v = Var(self.top(f"g{i}"), t)
            decl.append(f"var {v.name} {t.name} = {self.expr(t, 2)}")
            self.gvars.append(v)
        self.r.shuffle(decl)
        self.w(*decl)
        self.scopes = []

    def constants(self):
        r = self.r
        self.consts = []
        if self.p(0.7):
            return
        self.w("const (")
        for i in range(r.randint(2, 5)):
            n = self.top(f"K{i}")
            if i == 0:
                e = self.pick(["iota", "1 << iota", "iota * iota - 7", "1 << (iota * 3)", "3 - iota"])
                self.w(f"{n} = {e}")
            elif self.p(0.2):
                self.w("_")
                continue
            elif self.p(0.3):
                self.w(f"{n} = {self.big()} >> {r.randint(90, 120)} & (1<<62 - 1)")
            else:
                self.w(n)
            self.consts.append(n)
        f, b, c, k, z = (self.top(x) for x in ("KF", "KB", "KR", "KS", "KC"))
        self.w(f"{f} = {r.randint(1, 99)}.{r.randint(0, 999)} / {r.randint(1, 9)}.0 * (1 << {r.randint(0, 40)})",
               f"{b} = {self.big()}", f"{c} = {b} >> {r.randint(100, 125)} + '{self.pick('azé世')}'",
               f'{k} = "k{r.randint(0, 99)}\\u00e9\\xff" + "\\n"', f"{self.top('KL')} = len({k}) + {self.top('K0')}",
               f"{z} = {r.randint(-5, 5)} + {r.randint(1, 9)}i*{r.randint(1, 4)}", ")")
        self.consts += [self.top("KL"), f"{c} >> 20"]
        self.shown_consts = f"pr({f}*1.0, int64({c} & 0xffff), {k}, {self.top('KL')}, {z})"

    def big(self):
        r = self.r
        return f"({r.randint(1, 1 << 60)}<<{r.randint(50, 90)} {self.pick(['+', '-', '|', '^', '*'])} {r.randint(1, 1 << 20)})"

    def pures(self):
        for i in range(self.r.randint(0, 2)):
            fn = self.top(f"f{i}")
            ps = [(f"a{j}", self.basic() if self.p(0.7) else self.any_type(1)) for j in range(self.r.randint(1, 3))]
            ps = [(n, t if t.kind != "ptr" else INT) for n, t in ps]
            rt = self.basic()
            self.w(f"func {fn}({', '.join(n + ' ' + t.name for n, t in ps)}) {rt.name} {{")
            self.scopes = [[Var(n, t) for n, t in ps]]
            self.inpure, self.risk = True, 0
            if self.p(0.5):
                v = self.name("v")
                t = self.basic()
                e = self.expr(t, 2)
                self.w(f"{v} := {e}" if t.kind == "bool" else f"{v} := {t.name}({e})", f"_ = {v}")
                self.scopes[0].append(Var(v, t))
                self.w(f"for i := 0; i < {self.r.randint(1, 5)}; i++ {{")
                self.scopes.append([Var("i", INT, ro=True)])
                for _ in range(self.r.randint(1, 2)):
                    c = [x for x in self.scopes[0] if x.t.kind != "map" and x.t.kind != "slice"]
                    if c:
                        self.assign(self.path_of(self.pick(c)))
                self.scopes.pop()
                self.w("}")
            if self.p(0.5):
                self.w(f"if {self.expr(BOOL, 2)} {{", f"return {self.expr(rt, 2)}", "}")
            self.w(f"return {self.expr(rt, 3)}", "}")
            self.pure.append((fn, [t for _, t in ps], rt))
            self.inpure = False
        self.scopes = []
