# SPDX-License-Identifier: GPL-3.0-or-later
"""Random statements."""
from kinds import INTS, T, BOOL, STR, IT, F32, F64, INT, Var


class Statements:
    # ---- places ---------------------------------------------------------------------------------
    def path_of(self, v):
        """(text, type) of v or of a part of it that can be assigned to."""
        s, t = v.name, v.t
        while True:
            if t.kind == "struct" and self.p(0.8):
                n, t = self.pick(t.fields)
                s += "." + n
            elif t.kind == "array" and self.p(0.7):
                s += f"[{self.r.randint(0, t.n - 1)}]" if self.p(0.5) else f"[idx({self.expr(INT, 1)}, {t.n})]"
                t = t.elem
            elif t.kind == "map" and self.p(0.8) and not self.inpure:
                return f"{s}[{self.mapkey(t)}]", t.elem
            elif t.kind == "slice" and self.p(0.3) and self.risk > 0:
                self.risk -= 1
                s += f"[{self.expr(INT, 1)}]"
                t = t.elem
            elif t.kind == "ptr" and self.p(0.9):
                s, t = f"(*{s})", t.elem
            else:
                return s, t

    def field_of(self, s):
        n, t = self.pick(s.fields)
        return self.path_of(Var("s." + n, t))

    def place(self):
        c = [v for v in self.vars(ro=False)]
        if not c:
            return None
        return self.path_of(self.pick(c))

    def assign(self, pl):
        s, t = pl
        k = t.kind
        if k in ("int", "float", "complex") and self.p(0.45):
            ops = {"int": ["+=", "-=", "*=", "&=", "|=", "^=", "&^=", "<<=", ">>=", "/=", "%="],
                   "float": ["+=", "-=", "*=", "/="], "complex": ["+=", "-=", "*="]}[k]
            op = self.pick(ops)
            if op in ("<<=", ">>="):
                e = self.nonconst(self.pick([IT["uint8"], IT["uint"], IT["uint64"]]), 1)
            elif op in ("/=", "%=") and k == "int":
                e = f"({self.nonconst(t, 2)} | 1)"
            else:
                e = self.expr(t, 2)
            self.w(f"{s} {op} {e}")
        elif k == "int" and self.p(0.2):
            self.w(s + self.pick(["++", "--"]))
        elif k == "string" and self.p(0.3):
            self.w(f"{s} += {self.expr(t, 2)}", f"{s} = {t.name}(cut(string({s})))")
        else:
            self.w(f"{s} = {self.expr(t, 3)}")

    # ---- statements -----------------------------------------------------------------------------
    def new_var(self, t=None, d=3):
        t = t or self.any_type()
        v = self.name("v")
        if t.kind == "ptr" and self.p(0.7):
            c = [x for x in self.vars(t.elem, ro=False)]
            if c:
                self.w(f"{v} := &{self.pick(c).name}")
                self.scopes[-1].append(Var(v, t))
                self.w(f"_ = {v}")
                return v
        e = self.expr(t, d)
        x = self.r.random()
        if x < 0.25:
            self.w(f"var {v} {t.name} = {e}")
        elif x < 0.32 and t.kind != "map" and t.kind != "ptr":
            self.w(f"var {v} {t.name}")
        else:
            self.w(f"{v} := {t.name}({e})" if t.kind in ("int", "float", "complex", "string") else f"{v} := {e}")
        self.w(f"_ = {v}")
        self.scopes[-1].append(Var(v, t))
        return v

    def show_some(self):
        vs = [v for v in self.vars() if v.t.kind != "ptr" and "*" not in v.t.name]
        if vs:
            c = self.r.sample(vs, min(len(vs), self.r.randint(1, 3)))
            self.w(f"pr({', '.join(v.name for v in c)})")

    def block(self, n, d):
        self.scopes.append([])
        nc = len(self.closures)
        for _ in range(n):
            self.stmt(d)
        if self.p(0.3):
            self.show_some()
        del self.closures[nc:]
        self.scopes.pop()

    def stmt(self, d):
        self.risk = 1 if self.p(self.riskp) else 0
        kinds = [(self.s_var, 16), (self.s_assign, 26), (self.s_show, 8), (self.s_if, 8), (self.s_for, 9),
                 (self.s_range, 9), (self.s_switch, 5), (self.s_closure, 5), (self.s_callclosure, 7),
                 (self.s_multi, 5), (self.s_try, 5), (self.s_defer, 3), (self.s_append, 6), (self.s_map, 4),
                 (self.s_typeswitch, 4), (self.s_loopctl, 4), (self.s_method, 4), (self.s_iface, 3),
                 (self.s_order, 4), (self.s_named, 3), (self.s_goto, 2), (self.s_chan, 4), (self.s_generic, 3),
                 (self.s_loopvar, 2), (self.s_funcs, 2), (self.s_mixed, 3), (self.s_labels, 2), (self.s_panics, 3),
                 (self.s_embed, 3), (self.s_keys, 3), (self.s_variadic, 3), (self.s_rows, 2), (self.s_view, 2),
                 (self.s_anonymous, 2), (self.s_constants, 3), (self.s_bytes, 3), (self.s_iterators, 3),
                 (self.s_select, 2), (self.s_exit, 2), (self.s_defers, 3), (self.s_kinds, 3), (self.s_nan, 2),
                 (self.s_arrays, 2), (self.s_local_type, 2), (self.s_limits, 3), (self.s_pipeline, 2)]
        if d <= 0:
            kinds = kinds[:3] + [(self.s_append, 4), (self.s_callclosure, 4), (self.s_order, 2), (self.s_multi, 3), (self.s_loopctl, 3)]
        f = self.r.choices([k for k, _ in kinds], [x * self.bias(k) for k, x in kinds])[0]
        f(d)
        self.risk = 0

    def bias(self, f):
        """Each program likes some kinds of statements more than others."""
        n = f.__name__
        if n not in self.likes:
            self.likes[n] = self.pick([0.3, 1, 1, 1, 4])
        return self.likes[n]

    def s_var(self, d):
        self.new_var()

    def s_assign(self, d):
        pl = self.place()
        if pl:
            self.assign(pl)

    def s_show(self, d):
        if self.p(0.5):
            self.show_some()
        else:
            self.w(f"pr({self.expr(self.fmtable(), 3)})")

    def s_if(self, d):
        if self.p(0.25):
            v, t = self.name("v"), self.basic()
            self.w(f"if {v} := {self.leaf(t)}; {self.nonconst(t, 1)} == {v} || {self.cond(2)} {{")
            self.scopes.append([Var(v, t)])
            self.block(self.r.randint(1, 2), d - 1)
            self.w("} else {")
            self.block(self.r.randint(1, 2), d - 1)
            self.scopes.pop()
            self.w("}")
            return
        self.w(f"if {self.cond(3)} {{")
        self.block(self.r.randint(1, 3), d - 1)
        if self.p(0.3):
            self.w(f"}} else if {self.cond(2)} {{")
            self.block(1, d - 1)
        if self.p(0.5):
            self.w("} else {")
            self.block(self.r.randint(1, 2), d - 1)
        self.w("}")

    def loop_body(self, d, vs):
        self.w("if burn() {", "break", "}")
        self.scopes.append(vs)
        self.loops.append("")
        self.block(self.r.randint(1, 3), d - 1)
        self.loops.pop()
        self.scopes.pop()
        self.w("}")

    def s_for(self, d):
        i = self.name("i")
        x = self.r.random()
        t = self.pick([INT, INT, IT["int8"], IT["uint8"], IT["uint32"], IT["int64"]])
        n = self.r.randint(0, 6)
        if x < 0.4:
            self.w(f"for {i} := {t.name}(0); {i} < {n}; {i}++ {{")
            vs = [Var(i, t, ro=self.p(0.8))]
        elif x < 0.6:
            self.w(f"for {i} := {t.name}({n}); {i} > 0; {i} -= {self.r.randint(1, 2) if INTS[t.base][1] else 1} {{")
            vs = [Var(i, t, ro=True)]
        elif x < 0.8:
            self.w(f"for {i} := range {t.name}({n}) {{" if self.p(0.5) else f"for {i} := range idx({self.expr(INT, 1)}, 5) {{")
            if "idx(" in self.out[-1]:
                t = INT
            self.w(f"_ = {i}")
            vs = [Var(i, t)]
        else:
            self.w(f"for {i} := {n}; {self.cond(2)} && {i} > -2; {{", f"{i}--")
            vs = [Var(i, INT)]
        self.loop_body(d, vs)

    def s_range(self, d):
        c = [v for v in self.vars() if v.t.kind in ("slice", "array", "string")]
        i, x = self.name("i"), self.name("x")
        if not c or self.p(0.2):
            t = self.pick([self.slice(self.basic()), self.array(self.basic()), STR])
            src = self.expr(t, 2)
            src = f"({src})" if "{" in src else src
        else:
            v = self.pick(c)
            src, t = v.name, v.t
            if t.kind == "array" and self.p(0.2) and not v.ro:
                src = "&" + src
        el = IT["int32"] if t.kind == "string" else t.elem
        if t.kind == "slice" and self.p(0.15):
            src = f"seq({src})"
        form = self.r.random()
        if form < 0.6:
            self.w(f"for {i}, {x} := range {src} {{", f"_, _ = {i}, {x}")
            vs = [Var(i, INT), Var(x, el)]
        elif form < 0.8:
            self.w(f"for _, {x} := range {src} {{", f"_ = {x}")
            vs = [Var(x, el)]
        else:
            if src.startswith("seq("):
                src = src[4:-1]
            self.w(f"for {i} := range {src} {{", f"_ = {i}")
            vs = [Var(i, INT)]
        self.loop_body(d, vs)

    def s_switch(self, d):
        t = self.pick(self.ints) if self.p(0.7) else STR
        if self.p(0.3):
            self.w("switch {")
            heads = [f"case {self.expr(BOOL, 2)}, {self.nonconst(BOOL, 1)}:" if self.p(0.2) else f"case {self.nonconst(BOOL, 2)}:"
                     for _ in range(self.r.randint(1, 3))]
        else:
            if self.p(0.3):
                v = self.name("v")
                self.w(f"switch {v} := {self.expr(t, 2)}; {v} {{")
            else:
                s = self.expr(t, 2)
                self.w(f"switch {'(' + s + ')' if '{' in s else s} {{")
            used, heads = set(), []
            for _ in range(self.r.randint(1, 5)):
                ls = []
                for _ in range(self.r.randint(1, 3)):
                    z = self.intlit(t) if t.kind == "int" else self.strlit()
                    if self.p(0.6) and t.kind == "int":
                        z = self.r.randint(0, 9)
                    if z not in used:
                        used.add(z)
                        ls.append(str(z))
                if self.p(0.15):
                    s = self.leaf(t)
                    if not s.startswith("opq") or True:
                        ls.append(f"opq({s})")
                if ls:
                    heads.append(f"case {', '.join(ls)}:")
        if self.p(0.6):
            heads.insert(self.r.randint(0, len(heads)), "default:")
        for k, h in enumerate(heads):
            self.w(h)
            self.block(self.r.randint(0, 2), d - 1)
            if k + 1 < len(heads) and self.p(0.2):
                self.w("fallthrough")
            elif self.p(0.1):
                self.w(f"if {self.cond(1)} {{", "break", "}", "pr(1)")
        self.w("}")

    def s_closure(self, d):
        f = self.name("fn")
        ps = [(self.name("a"), self.basic()) for _ in range(self.r.randint(0, 2))]
        rt = self.basic()
        self.w(f"{f} := func({', '.join(n + ' ' + t.name for n, t in ps)}) {rt.name} {{")
        self.w("if burn() {", f"return {self.lit(rt)}", "}")
        loops, self.loops = self.loops, []
        infn, self.infn = self.infn, rt
        self.scopes.append([Var(n, t) for n, t in ps])
        self.block(self.r.randint(1, 3), d - 1)
        self.w(f"return {self.expr(rt, 2)}", "}")
        self.scopes.pop()
        self.loops, self.infn = loops, infn
        self.w(f"_ = {f}")
        self.closures.append((f, [t for _, t in ps], rt))

    def s_callclosure(self, d):
        if not self.closures:
            return self.s_assign(d)
        f, ps, rt = self.pick(self.closures)
        call = f"{f}({', '.join(self.leaf(t) for t in ps)})"
        c = [v for v in self.vars(rt, ro=False)]
        x = self.r.random()
        if c and x < 0.4:
            self.w(f"{self.pick(c).name} = {call}")
        elif x < 0.8:
            self.w(f"pr({call})")
        elif x < 0.9:
            self.w(call)
        else:
            self.w(f"defer {call}" if not self.loops else call)

    def s_multi(self, d):
        vs = [v for v in self.vars(ro=False)]
        if not vs:
            return
        v = self.pick(vs)
        same = [u for u in self.vars(v.t, ro=False) if u.name != v.name]
        if same and self.p(0.5):
            u = self.pick(same)
            self.w(f"{v.name}, {u.name} = {u.name}, {v.name}")
        elif self.p(0.4):
            ar = [u for u in vs if u.t.kind == "array"]
            ii = [u for u in vs if u.t == INT]
            if ar and ii:
                a, i = self.pick(ar), self.pick(ii)
                self.w(f"{i.name} = idx({i.name}, {a.t.n})",
                       f"{i.name}, {a.name}[{i.name}] = {self.expr(INT, 2)}, {self.expr(a.t.elem, 2)}")
                if a.t.n > 1:
                    self.w(f"{a.name}[0], {a.name}[1] = {a.name}[1], {a.name}[0]")
        else:
            us = self.r.sample(vs, min(len(vs), 3))
            self.w(f"{', '.join(u.name for u in us)} = {', '.join(self.expr(u.t, 2) for u in us)}")

    def s_try(self, d):
        r = self.name("r")
        self.w("func() {", "defer func() {", f"if {r} := recover(); {r} != nil {{", f"pr({self.uid}, {r})")
        loops, self.loops = self.loops, []
        infn, self.infn = self.infn, ""
        self.block(self.r.randint(0, 1), 0)
        self.w("}", "}()")
        rp, self.riskp = self.riskp, 0.8
        self.block(self.r.randint(2, 4), d - 1)
        self.riskp = rp
        self.loops, self.infn = loops, infn
        self.w("}()")

    def s_defer(self, d):
        if self.loops and self.p(0.6):
            return self.s_assign(d)
        t = self.basic()
        if self.p(0.4):
            self.w(f"defer pr({self.uid}, {self.expr(t, 2)})")
            return
        a = self.name("a")
        self.w(f"defer func({a} {t.name}) {{")
        loops, self.loops = self.loops, []
        infn, self.infn = self.infn, ""
        self.scopes.append([Var(a, t)])
        self.block(self.r.randint(1, 2), d - 1)
        self.scopes.pop()
        self.loops, self.infn = loops, infn
        self.w(f"pr({self.uid}, {a})", f"}}({self.expr(t, 2)})")

    def s_append(self, d):
        c = [v for v in self.vars(ro=False) if v.t.kind == "slice"]
        if not c:
            self.new_var(self.slice(self.basic()))
            return
        v = self.pick(c)
        e, n = v.t.elem, v.name
        x = self.r.random()
        if x < 0.4:
            self.w(f"{n} = trim(append({n}, {', '.join(self.expr(e, 2) for _ in range(self.r.randint(1, 3)))}))")
        elif x < 0.5:
            self.w(f"{n} = trim(append({n}, {n}...))")
        elif x < 0.6:
            self.w(f"pr(copy({n}, {self.expr(v.t, 2)}))")
        elif x < 0.7:
            self.w(f"if len({n}) > 2 {{", f"pr(copy({n}[1:], {n}), cap({n}[:1:2]))", "}")
        elif x < 0.8:
            a = self.name("v")
            self.w(f"{a} := {n}[:len({n}) / 2]", f"{a} = append({a}[:len({a}):len({a})], {self.expr(e, 1)})", f"{a}[0] = {self.expr(e, 1)}", f"pr(len({a}))")
            self.scopes[-1].append(Var(a, v.t))
        elif x < 0.85:
            a = self.name("v")
            k = self.r.randint(1, 6)
            self.w(f"{a} := make({v.t.name}, {k}, {k + self.r.randint(0, 6)})", f"pr(len({a}), cap({a}))")
            self.scopes[-1].append(Var(a, v.t))
        elif x < 0.9:
            self.w(f"clear({n})" if self.p(0.5) else f"{n} = nil")
        else:
            a = self.name("v")
            self.w(f"{a} := append({n}, {self.expr(e, 1)})", f"{a}[len({a}) - 1] = {self.expr(e, 1)}", f"pr(len({n}), len({a}))")
            self.scopes[-1].append(Var(a, v.t))

    def s_map(self, d):
        c = [v for v in self.vars(ro=False) if v.t.kind == "map"]
        if not c:
            self.new_var(self.map(self.basic()))
            return
        v = self.pick(c)
        n, t = v.name, v.t
        x = self.r.random()
        k = self.mapkey(t)
        if x < 0.25:
            a, ok = self.name("v"), self.name("ok")
            self.w(f"{a}, {ok} := {n}[{k}]", f"_ = {a}", f"pr({ok}, len({n}))")
            self.scopes[-1].append(Var(a, t.elem))
            self.scopes[-1].append(Var(ok, BOOL))
        elif x < 0.4:
            self.w(f"delete({n}, {k})")
        elif x < 0.6 and t.elem.kind == "int":
            self.w(f"for _, k := range keys({n}) {{", f"{n}[k] {self.pick(['+=', '*=', '^='])} {self.expr(t.elem, 2)}", f"pr(k, {n}[k])", "}")
        elif x < 0.8:
            s = self.name("v")
            e = "k" if t.key.kind == "int" else "len(k)"
            # decided before: a condition that looks into the map would depend on the order
            self.w(f"{s}, all := uint64(0), {self.cond(1)}", f"for k := range {n} {{", f"{s} += uint64({e}) * 2654435761", "if all {", f"delete({n}, k)", "}", "}", f"pr({s}, len({n}))")
            self.scopes[-1].append(Var(s, IT["uint64"]))
        elif x < 0.9 and "*" not in t.name:
            self.w(f"pr({n})")
        else:
            self.w(f"for _, k := range keys({n}) {{", f"{n}[k] = {self.expr(t.elem, 1)}", "}")

    def s_typeswitch(self, d):
        a, x = self.name("v"), self.name("x")
        ts = [self.any_type(1) for _ in range(4)] + [self.basic() for _ in range(3)]
        seen = []
        for t in ts:
            if t not in seen and "*" not in t.name:
                seen.append(t)
        src = self.pick(seen)
        if self.p(0.3):
            self.w(f"var {a} any")
            self.w(f"if {self.cond(2)} {{", f"{a} = {self.expr(src, 2)}", "}")
        else:
            self.w(f"var {a} any = {self.expr(src, 2)}")
        self.w(f"switch {x} := {a}.(type) {{")
        stringer = False
        for t in self.r.sample(seen, max(1, len(seen) - 1)):
            if not stringer and self.p(0.1):
                stringer = True
                self.w("case fmt.Stringer:", f'pr("stringer", {x}.String())')
            self.w(f"case {t.name}:", f"_ = {x}")
            self.scopes.append([Var(x, t)])
            self.block(self.r.randint(0, 2), d - 1)
            self.w(f"pr({x})")
            self.scopes.pop()
        if self.p(0.5):
            self.w("case nil:", "pr(0)")
        if self.p(0.5):
            self.w("default:", f"pr({x})")
        self.w("}")
        if self.p(0.5):
            t = self.pick(seen)
            y, ok = self.name("v"), self.name("ok")
            self.w(f"{y}, {ok} := {a}.({t.name})", f"pr({y}, {ok})")
            self.scopes[-1].append(Var(y, t))
        if self.risk > 0 and self.p(0.5):
            self.w(f"pr({a}.({self.pick(seen).name}))")

    def s_loopctl(self, d):
        if self.loops:
            lab = self.pick(self.loops)
            self.w(f"if {self.cond(2)} {{", f"{self.pick(['break', 'continue'])} {lab}".strip(), "}")
        elif self.p(0.2) and self.infn is not None:
            self.w(f"if {self.cond(2)} {{", f"return {self.expr(self.infn, 2) if self.infn else ''}", "}")
        else:
            self.s_assign(d)

    def s_labels(self, d):
        lab, i, j = self.name("L"), self.name("i"), self.name("j")
        self.w(f"{lab}:", f"for {i} := 0; {i} < {self.r.randint(1, 4)}; {i}++ {{", "if burn() {", "break", "}",
               f"for {j} := range {self.r.randint(1, 4)} {{", f"_ = {j}", "if burn() {", f"break {lab}", "}")
        self.scopes.append([Var(i, INT, ro=True), Var(j, INT)])
        self.loops.append(lab)
        self.block(self.r.randint(1, 3), d - 1)
        self.w(f"switch {self.nonconst(INT, 1)} & 3 {{", "case 0:", f"continue {lab}", "case 1:", "break", "case 2:", f"break {lab}", "}")
        self.loops.pop()
        self.scopes.pop()
        self.w("}", f"pr({i})", "}")

    def s_method(self, d):
        c = [v for v in self.vars(ro=False) if v.t.kind == "struct"]
        if not c:
            self.new_var(self.pick(self.structs))
            return
        v = self.pick(c)
        n = v.name
        x = self.r.random()
        k = self.expr(INT, 1)
        if x < 0.3:
            self.w(f"{n}.Move({k})")
        elif x < 0.5:
            f = self.name("m")
            self.w(f"{f} := {n}.Area", f"{n}.Move({k})", f"pr({f}({k}), {n}.Area(2))")
        elif x < 0.65:
            f = self.name("m")
            self.w(f"{f} := (*{v.t.name}).Move", f"{f}(&{n}, {k})", f"pr({v.t.name}.Area({n}, 3))")
        elif x < 0.8:
            f = self.name("m")
            self.w(f"{f} := {n}.Move", f"{f}({k})", f"{f}({k})")
        else:
            self.w(f"pr({n}.Name(), {n}.Area({k}))")

    def s_iface(self, d):
        c = [v for v in self.vars(ro=False) if v.t.kind == "struct"]
        if not c:
            self.new_var(self.pick(self.structs))
            return
        s, x, i = self.name("v"), self.name("x"), self.name("i")
        items = []
        for _ in range(self.r.randint(1, 4)):
            v = self.pick(c)
            items.append(v.name if self.p(0.5) else "&" + v.name)
        if self.p(0.3):
            items.append("nil")
        self.w(f"{s} := []Shape{{{', '.join(items)}}}", f"for {i}, {x} := range {s} {{")
        self.w(f"if {x} == nil {{", "pr(\"nil\")", "continue", "}") if not (self.risk > 0) else None
        self.w(f"pr({i}, {x}.Name(), {x}.Area({i}))", f"if m, ok := {x}.(Mover); ok {{", f"m.Move({i})", "pr(m.Area(1))", "}")
        st = self.pick(self.structs).name
        self.w(f"switch t := {x}.(type) {{", f"case {st}:", "pr(t.Name())", f"case *{st}:", "t.Move(3)", "pr(t.Area(2))", "case interface{ Bad() }:", "t.Bad()", "}")
        self.w("}")
        if all(t.comparable() for _, t in []) and items[0] != "nil" and items[0].startswith("&"):
            self.w(f"pr({s}[0] == Shape({items[0]}))")

    def s_order(self, d):
        t = self.pick(self.ints)
        k = self.r.randint(1, 4)
        a = [f"tr({self.uid + j}, {self.leaf(t)})" for j in range(4)]
        x = self.r.random()
        if x < 0.3:
            self.w(f"pr({a[0]} {self.pick('+-*')} {a[1]} {self.pick('*&|^+')} {a[2]})")
        elif x < 0.45:
            self.w(f"pr([]{t.name}{{{', '.join(a[:k])}}})")
        elif x < 0.6:
            m = self.name("m")
            self.w(f"{m} := map[int]{t.name}{{}}", f"{m}[tr(1, 1)], {m}[tr(2, 2)] = {a[0]}, {a[1]}", f"pr({m})")
        elif x < 0.75:
            b = [f"tr({j}, {self.leaf(BOOL)})" for j in range(4)]
            self.w(f"pr({b[0]} {self.pick(['&&', '||'])} {b[1]} {self.pick(['&&', '||'])} ({b[2]} {self.pick(['&&', '||'])} !{b[3]}))")
        elif x < 0.9:
            v = self.name("v")
            self.w(f"var {v} [4]{t.name}", f"{v}[tr(1, {self.r.randint(0, 3)})], {v}[tr(2, {self.r.randint(0, 3)})], {v}[tr(0, 3)] = {a[0]}, {a[1]}, {a[2]}", f"pr({v})")
            self.scopes[-1].append(Var(v, self.array(t, 4)))
        else:
            self.w(f"defer pr({a[0]}, {a[1]})" if not self.loops else f"pr({a[0]}, {a[1]})")

    def s_named(self, d):
        f = self.name("fn")
        t, u = self.basic(), self.basic()
        r, s, a = self.name("r"), self.name("r"), self.name("a")
        self.w(f"{f} := func({a} int) ({r} {t.name}, {s} {u.name}) {{")
        loops, self.loops = self.loops, []
        infn, self.infn = self.infn, None
        self.scopes.append([Var(r, t), Var(s, u), Var(a, INT)])
        self.w("defer func() {")
        self.assign((r, t))
        if self.p(0.6):
            self.w("if x := recover(); x != nil {", f"pr({self.uid}, x)")
            self.assign((s, u))
            self.w("}")
        self.w("}()")
        rp, self.riskp = self.riskp, 0.5
        self.block(self.r.randint(1, 3), d - 1)
        self.riskp = rp
        if self.p(0.3):
            self.w(f"if {self.cond(1)} {{", "return", "}")
        if self.p(0.3):
            self.w(f"if {self.cond(1)} {{", f"panic({self.expr(self.basic(), 1)})", "}")
        self.w(f"return {self.expr(t, 2)}, {self.expr(u, 2)}", "}")
        self.scopes.pop()
        self.loops, self.infn = loops, infn
        self.w("if !burn() {", f"pr({f}({self.expr(INT, 1)}))", "}")

    def s_goto(self, d):
        lab, n = self.name("G"), self.name("n")
        # A function literal gives the label a scope of its own, with no declarations to jump over.
        pl = self.place()
        if not pl:
            return
        self.w("func() {", f"{n} := 0", f"{lab}:")
        self.assign(pl)
        self.w(f"{n}++", f"if {n} < {self.r.randint(2, 5)} && {self.cond(2)} {{", f"goto {lab}", "}",
               f"if {n} > 2 {{", f"goto {lab}end", "}", f"pr({n})", f"{lab}end:", f"pr(-{n})", "}()")

    def s_chan(self, d):
        t = self.basic()
        c, q, w = self.name("c"), self.name("c"), self.name("wg")
        n, b = self.r.randint(1, 8), self.r.randint(0, 3)
        save, self.scopes = self.scopes, [[]]
        gv, self.inpure = self.inpure, True
        self.risk = 0  # a panic of a goroutine ends the program
        x = self.r.random()
        i = "i"
        if x < 0.4:
            self.scopes[-1] = [Var(i, INT, ro=True)]
            e1 = self.expr(t, 2)
            self.scopes[-1] = [Var("x", t)]
            u = self.basic()
            e2 = self.expr(u, 2)
            self.w(f"{c} := make(chan {t.name}, {b})", f"{q} := make(chan {u.name}, {self.r.randint(0, 2)})",
                   "go func() {", f"for i := 0; i < {n}; i++ {{", f"{c} <- {e1}", "}", f"close({c})", "}()",
                   "go func() {", f"defer close({q})", f"for x := range {c} {{", "_ = x", f"{q} <- {e2}", "}", "}()",
                   f"for y := range {q} {{", "pr(y)", "}")
        elif x < 0.6:
            k = self.pick([x for x in self.ints if x.base != "uintptr"])
            self.scopes[-1] = [Var(i, INT)]
            e = self.expr(k, 3)
            self.w(f"var {w} sync.WaitGroup", f"var {c} {k.name}", f"for i := range {n} {{", "_ = i", f"{w}.Add(1)", "go func() {",
                   f"defer {w}.Done()", f"v := {e}", "mu.Lock()", f"{c} += v", "mu.Unlock()", "}()", "}", f"{w}.Wait()", f"pr({c})")
        elif x < 0.8:
            self.w(f"{c} := make(chan {t.name}, 1)", f"var {q} chan {t.name}", "select {", f"case v := <-{c}:", "pr(v)",
                   f"case {q} <- {self.lit(t)}:", "pr(1)", "default:", "pr(2)", "}", "select {",
                   f"case {c} <- {self.expr(t, 2)}:", "pr(3)", f"case v, ok := <-{q}:", "pr(v, ok)", "}",
                   f"close({c})", f"for k := 0; k < 2; k++ {{", "select {", f"case v, ok := <-{c}:", "pr(v, ok)", "}", "}")
        else:
            self.w(f"{c} := make(chan {t.name})", f"{q} := make(chan struct{{}})", "go func() {", "defer func() {", "pr(recover())",
                   f"close({q})", "}()", f"var a []int", f"{c} <- {self.expr(t, 2)}", "pr(a[len(a)])", "}()", f"{w} := <-{c}", f"<-{q}",
                   f"pr({w}, len({c}), cap({c}))")
        self.scopes, self.inpure = save, gv

    def s_generic(self, d):
        t, u = self.basic(), self.basic()
        x = self.r.random()
        save = self.inpure
        if x < 0.3:
            s = self.expr(self.slice(t), 2)
            self.scopes.append([Var("x", t, ro=True)])
            e = self.expr(u, 2)
            self.scopes[-1] = [Var("a", u, ro=True), Var("x", u, ro=True)]
            e2 = self.expr(u, 2)
            self.scopes.pop()
            v = self.name("v")
            self.w(f"{v} := mapped({s}, func(x {t.name}) {u.name} {{ return {e} }})",
                   f"pr({v}, fold({v}, {self.lit(u)}, func(a, x {u.name}) {u.name} {{ return {e2} }}))")
            self.scopes[-1].append(Var(v, self.slice(u)))
        elif x < 0.55:
            s = self.name("st")
            self.w(f"var {s} Stack[{t.name}]")
            for _ in range(self.r.randint(1, 3)):
                self.w(f"{s}.Push({self.expr(t, 2)})")
            self.w(f"pr({s}.Pop())", f"pr({s}.items)", f"pr({s}.Pop())")
        elif x < 0.75:
            s = self.name("pa")
            self.w(f"{s} := Pair[{t.name}, {u.name}]{{{self.expr(t, 2)}, {self.expr(u, 2)}}}",
                   f"pr({s}, {s}.Is({self.expr(t, 1)}))", f'note(fmt.Sprintf("%T %+v", {s}, {s}))')
        else:
            k = self.pick([INT, STR, IT["int8"], IT["uint16"]])
            self.w(f"pr(count({self.expr(self.slice(k), 2)}))")
        self.inpure = save

    def s_loopvar(self, d):
        fs, i, f = self.name("fs"), self.name("i"), self.name("f")
        pl = self.place()
        self.w(f"var {fs} []func() int", f"for {i} := 0; {i} < {self.r.randint(2, 4)}; {i}++ {{", f"{fs} = append({fs}, func() int {{",
               f"{i} += {self.r.randint(1, 3)}")
        if pl:
            loops, self.loops = self.loops, []
            self.assign(pl)
            self.loops = loops
        self.w(f"return {i} * 2", "})")
        if self.p(0.4):
            self.w(f"{fs}[len({fs}) - 1]()")
        self.w("}", f"for _, {f} := range {fs} {{", f"pr({f}(), {f}())", "}")

    def s_funcs(self, d):
        t = self.basic()
        mk, a = self.name("mk"), self.name("a")
        self.scopes.append([Var("x", t), Var(a, t)])
        e1, e2 = self.expr(t, 2), self.expr(t, 2)
        self.scopes.pop()
        self.w(f"{mk} := func(x {t.name}) (func({t.name}) {t.name}, func() {t.name}) {{",
               f"return func({a} {t.name}) {t.name} {{ x = {e1}; {a} = x; return {e2} }}, func() {t.name} {{ return x }}", "}")
        f, g = self.name("fn"), self.name("fn")
        self.w(f"{f}, {g} := {mk}({self.expr(t, 1)})")
        for _ in range(self.r.randint(1, 3)):
            self.w(f"pr({f}({self.leaf(t)}), {g}())")
        if self.p(0.4):
            rec = self.name("rec")
            self.w(f"var {rec} func(n int, x {t.name}) {t.name}", f"{rec} = func(n int, x {t.name}) {t.name} {{", "if n <= 0 {", "return x", "}",
                   "defer burn()", f"return {rec}(n - 1, {rec}(n - 2, x))", "}", f"pr({rec}({self.r.randint(1, 6)}, {self.expr(t, 1)}))")

    def s_mixed(self, d):
        """Values copied while their source changes."""
        t = self.pick([self.array(self.basic()), self.pick(self.structs)])
        a, b, p = self.new_var(t), self.name("v"), self.name("p")
        self.w(f"{b} := {a}", f"{p} := &{a}")
        pl = self.path_of(Var(f"(*{p})", t))
        self.assign(pl)
        self.scopes[-1].append(Var(b, t))
        self.w(f"pr({a}, {b})", f"*{p}, {b} = {b}, *{p}")
        if t.comparable():
            self.w(f"pr({a} == {b}, *{p} == {a}, any({a}) == any({b}))")
            if self.p(0.5):
                m = self.name("m")
                self.w(f"{m} := map[{t.name}]int{{{a}: 1}}", f"{m}[{b}] += 2", f"pr({m}[{a}], len({m}))")

    def s_panics(self, d):
        """Panics that nest, are replaced and are thrown again."""
        e = [self.pick(['"text"', "errPlain", "custom{3, \"c\"}", "fmt.Errorf(\"wrapped %w\", errPlain)", f"{self.lit(self.basic())}",
                        "any([]int{1, 2})", "&custom{1, \"p\"}"]) for _ in range(3)]
        e = [x if x[0] != "&" else '"ptr"' for x in e]
        x = self.r.random()
        self.w("func() {", "defer func() {", f"r := recover()", "pr(1, r)", 'if err, ok := r.(error); ok {', "pr(errors.Is(err, errPlain))", "var c custom", "pr(errors.As(err, &c), c.Code)", "}", "}()")
        if x < 0.4:
            self.w("defer func() {", f"defer func() {{ pr(2, recover()) }}()", f"panic({e[1]})", "}()", f"panic({e[0]})")
        elif x < 0.7:
            self.w("defer func() {", "if r := recover(); r != nil {", f"panic({self.pick(['r', e[1]])})", "}", "}()",
                   "for i := range 3 {", "defer pr(\"d\", i)", "}", f"panic({e[0]})")
        else:
            k = self.pick(["var m map[string]int; m[\"a\"] = 1", "var p *custom; pr(p.Code)", "var f func(); f()", "var s Shape; s.Name()",
                           "var a any = \"s\"; pr(a.(int))", "var a any; pr(a.(Shape))", "var a any = 3; pr(a.(Shape))",
                           "close((chan int)(nil))", "c := make(chan int); close(c); close(c)", "c := make(chan int, 1); close(c); c <- 1",
                           "n := opq(-1); pr(make([]int, n))", "n := opq(5); pr([4]int{}[n])", "s := []int{1, 2, 3}; n := opq(4); pr(s[n:])",
                           "s := []int{1, 2, 3}; n := opq(2); pr(s[n:1])", "s := \"abc\"; n := opq(5); pr(s[:n])", "s := []int{1}; pr([2]int(s))",
                           "m := map[any]int{}; m[[]int{1}] = 2", "var a, b any = []int{1}, []int{1}; pr(a == b)",
                           "n := opq(0); pr(1 / n)", "n := opq(-1); pr(1 << n)", "s := []int{1, 2, 3}; n := opq(9); pr(s[:2:n])", "panic(nil)",
                           "s := []int{1}; n := opq(uint64(1) << 63); pr(s[n])", "s := []int{1}; n := opq(int8(-3)); pr(s[n])"])
            self.w(k)
        self.w("}()")

    def plain(self, t):
        """t's values can be shown: there are no pointers in them."""
        return "*" not in t.name

    def key_type(self):
        t = self.any_type(1)
        return t if t.comparable() and self.plain(t) else self.basic()

    def s_embed(self, d):
        """Methods promoted through embedded pointers and interfaces, some of them nil."""
        st, n, v, w = self.pick(self.structs), self.name("L"), self.name("v"), self.name("v")
        x = self.r.random()
        if x < 0.6:
            inner = f"&{st.name}{{}}" if self.p(0.5) else f"func() *{st.name} {{ x := {self.expr(st, 2)}; return &x }}()"
            self.w(f"type {n} struct {{", f"*{st.name}" if x < 0.3 else f"X int\n*{st.name}", "Y string", "}",
                   f"{v} := {n}{{{st.name}: {inner}, Y: {self.strlit()}}}", f"{w} := {v}", f"{v}.Move({self.expr(INT, 1)})",
                   f"pr({v}.Area(1), {w}.Area(1), {w}.Name(), {v} == {w}, {v}.Y)")
            if self.p(0.5):
                self.w(f"for i, s := range []Shape{{{v}, &{w}, {v}.{st.name}, *{v}.{st.name}}} {{", "_, ok := s.(Mover)",
                       "pr(i, ok, s.Area(i))", "}", "{", f"f, g := {n}.Area, (*{n}).Name", f"pr(f({v}, 2), g(&{w}))", "}")
        else:
            self.w(f"type {n} struct {{", "Shape", "n int", "}", f"{v} := {n}{{{self.pick(['&', ''])}{st.name}{{}}, {self.expr(INT, 1)}}}")
            if self.p(0.7):
                self.w(f"var {w} Shape = &{v}", f"_, ok{w} := {self.pick([w, v + '.Shape'])}.(Mover)", f"pr({v}.Area({v}.n), {w}.Name(), ok{w})")
            else:
                self.w(f"{w} := {v}.Area", f"{v}.Shape = nil", f"pr({w}(2))")
        if self.p(0.4):
            self.w("func() {", "defer func() { pr(recover()) }()", f"var z {n}",
                   self.pick(["pr(z.Name())", "pr(z.Area(1))", "var s Shape = z\npr(s.Name())", "var s Shape = &z\npr(s.Area(2))",
                              "f := z.Name\npr(f())"]), "}()")

    def s_keys(self, d):
        t = self.key_type()
        m, a, b = self.name("m"), self.name("v"), self.name("v")
        self.w(f"{m} := map[{t.name}]int{{}}", f"{a}, {b} := {self.typed(t, 2)}, {self.typed(t, 2)}", f"{m}[{a}]++", f"{m}[{b}] += 2",
               f"delete({m}, {self.expr(t, 1)})", f"pr(len({m}), {m}[{a}], {m}[{b}], {a} == {b})")
        if self.p(0.6):
            u = self.key_type()
            self.w("{", f"m := map[any]int{{{a}: 1, {self.expr(u, 1)}: 2}}" if t.kind != "bool" and u.kind != "bool" else "m := map[any]int{}",
                   f"m[{b}] -= 5", f"m[{self.typed(u, 1)}]++", f"_, ok := m[{self.expr(u, 1)}]", f"pr(len(m), m[{a}], ok)", "}")
        if self.p(0.3):
            self.w("func() {", "defer func() { pr(recover()) }()", "m := map[any]string{}",
                   f"m[{self.pick(['[]int{1}', 'map[string]bool{}', 'func() {}', 'struct{ a any }{[]int{2}}', '[1]any{func() {}}', '[0][]int{}'])}] = \"x\"", "}()")
        if self.p(0.4):
            e = self.pick(self.structs)
            self.w("{", f"m := map[{t.name}]{e.name}{{{a}: {self.expr(e, 2)}}}" if t.kind != "bool" else f"m := map[bool]{e.name}{{}}",
                   f"x := m[{a}]", f"x.Move({self.expr(INT, 1)})", f"pr(x.Area(1), m[{a}].Area(1))", f"m[{a}] = x", f"pr(m[{a}].Name())", "}")

    def typed(self, t, d):
        """An expression that has the type t where := takes it."""
        e = self.expr(t, d)
        return f"{t.name}({e})" if t.kind in ("int", "float", "complex", "string", "bool") else e

    def s_variadic(self, d):
        f, t = self.name("fn"), self.basic()
        x = self.r.random()
        if x < 0.5:
            self.w(f"{f} := func(k int, x ...{t.name}) (int, []{t.name}) {{", "if len(x) > k && k >= 0 {", f"x[k] = {self.expr(t, 1)}", "}",
                   "return len(x) * 100 + cap(x), x", "}", f"pr({f}({self.r.randint(0, 3)}))",
                   f"pr({f}(1, {self.expr(t, 2)}, {self.expr(t, 2)}))")
            c = list(self.vars(self.slice(t)))
            if c:
                v = self.pick(c).name
                self.w(f"pr({f}({self.expr(INT, 1)}, {v}...))", f"pr({v})")
            self.w(f"pr({f}(0, []{t.name}(nil)...))")
        else:
            u = self.any_type(1)
            u = u if self.plain(u) else INT
            g = self.name("fn")
            self.scopes.append([Var("a", t), Var("b", u)])
            r = self.basic()
            e = self.expr(r, 2)
            self.scopes.pop()
            self.w(f"{g} := func() ({t.name}, {u.name}) {{ return {self.expr(t, 2)}, {self.expr(u, 2)} }}",
                   f"{f} := func(a {t.name}, b {u.name}) {r.name} {{ return {e} }}", f"pr({f}({g}()))",
                   f"pr({g}())", f"func(x ...any) {{ pr(len(x)); pr(x...) }}({g}())")

    def s_rows(self, d):
        """Slices of slices, of maps and of functions, whose parts are shared."""
        t, a, r = self.basic(), self.name("v"), self.name("r")
        self.w(f"{a} := make([][]{t.name}, {self.r.randint(2, 4)})", f"for i := range {a} {{", f"{a}[i] = make([]{t.name}, i + 1, 4)", "}",
               f"{r} := {a}[1]", f"{r}[0] = {self.expr(t, 2)}", f"{a}[0] = append({r}[:1], {self.expr(t, 1)})", f"{r} = append({r}, {self.expr(t, 1)}, {self.expr(t, 1)})",
               f"{a}[1][1] = {self.expr(t, 1)}", f"pr({a}, {r})", f"{a}[0], {a}[1] = {a}[1][1:], {a}[0]", f"pr({a}, len({a}[0]), cap({a}[0]))")
        self.scopes[-1].append(Var(r, self.slice(t)))

    def s_view(self, d):
        """A slice seen as an array, and an array's parts as slices."""
        t, s, p, q, k = self.basic(), self.name("v"), self.name("p"), self.name("v"), self.r.randint(1, 3)
        self.w(f"{s} := []{t.name}{{{', '.join(self.expr(t, 1) for _ in range(4))}}}", f"{p} := (*[{k}]{t.name})({s}[1:])", f"{q} := [{k}]{t.name}({s})",
               f"{p}[{k - 1}] = {self.expr(t, 1)}", f"for i, x := range {p} {{", f"{s}[i] = x", "}", f"pr({s}, {q}, *{p}, len({p}), cap({p}[:{k - 1}]))")
        if self.p(0.4):
            self.w("func() {", "defer func() { pr(recover()) }()", f"n := idx({self.expr(INT, 1)}, 5)", f"pr([{k}]{t.name}({s}[:n]))", "}()")
        self.scopes[-1].append(Var(q, self.array(t, k)))

    def s_anonymous(self, d):
        t, u = self.key_type(), self.basic()
        v, w = self.name("v"), self.name("v")
        self.w(f"{v} := struct {{", f"A {t.name} `tag:\"x\"`", f"b {u.name}", f"}}{{{self.expr(t, 2)}, {self.expr(u, 2)}}}",
               f"{w} := struct {{", f"A {t.name}", f"b {u.name}", f"}}({v})", f"{w}.b = {self.expr(u, 1)}",
               f"pr({v}, {w}, {v}.A == {w}.A, any({v}) == any({w}))")
        if self.p(0.5):
            self.w(f"for _, c := range []struct {{ k int; v {u.name} }}{{{{1, {w}.b}}, {{k: {self.expr(INT, 1)}}}, {{}}}} {{", "pr(c.k, c.v)", "}")

    def s_constants(self, d):
        """Untyped constants in the contexts that give them types."""
        r = self.r
        t = self.pick(list(IT.values()))
        bits, signed = INTS[t.name]
        k, n, v = self.name("k"), r.randint(1, 200), self.name("v")
        self.w(f"const {k} = {r.randint(1, 1 << 40)} << {n} >> {n + r.randint(0, 30)} % 1000003")
        if self.p(0.5):
            self.w(f"var {v} {t.name} = {k} & {min((1 << (bits - signed)) - 1, 0xffff)}")
        else:
            self.w(f"s{v} := opq(uint({r.randint(0, 70)}))", f"var {v} {t.name} = 1 << s{v} + {r.randint(0, 9)}",
                   f"pr(1.0 << s{v} == {v}, {t.name}(3) << s{v} | 1 << s{v})" if self.p(0.5) else f"pr({v} - 1 << s{v})")
        f = f"{r.randint(1, 999)}.{r.randint(0, 99)}"
        self.w(f"pr({v}, float32({k}) / 3, {k} / {f}, {f}e{r.randint(-20, 20)} * {k}, complex({k}, {f}) * 2i, {k} % 7 == 3, '{self.pick('aZ9é')}' + {k}%100)")
        self.w(f"pr(len([...]int{{{r.randint(0, 9)}: 1, 2}}), {r.randint(-99, 99)} / {r.choice([-7, -3, 2, 5])}, {r.randint(-99, 99)} % {r.choice([-7, -3, 2, 5])}, ^{r.randint(0, 99)}, {r.randint(1, 255)} &^ {r.randint(0, 255)})")
        self.scopes[-1].append(Var(v, t))

    def s_bytes(self, d):
        b, s, m = self.name("v"), self.name("v"), self.name("m")
        self.w(f"{s} := string({self.expr(STR, 2)})", f"{b} := []byte({s} + {self.strlit()})", f"if len({b}) > 0 {{",
               f"{b}[idx({self.expr(INT, 1)}, len({b}))] {self.pick(['^=', '=', '+='])} {self.expr(IT['uint8'], 1)}", "}",
               f"{m} := map[string]int{{{s}: 1, {s} + \"x\": 2}}", f"{m}[string({b})]++",
               f"pr({s}, string({b}), {m}[string({b})], len({m}), string({b}) {self.pick(['==', '<', '>=', '!='])} {s})",
               f"switch string({b}) {{", f"case {s}:", "pr(1)", 'case "", "a":', "pr(2)", "}")
        x = self.r.random()
        if x < 0.3:
            self.w(f"for i, r := range {s} {{", f"{b} = append({b}, byte(i), byte(r))", "}", f"pr({b}, copy({b}, {s}))")
        elif x < 0.6:
            self.w(f"for i, c := range []byte({s}) {{", f"if i < len({b}) {{", f"{b}[i] = c", "}", "}", f"pr(append({b}[:len({b})/2], {s}...))")
        else:
            self.w(f"rs{b} := []rune({s})", f"for i, j := 0, len(rs{b})-1; i < j; i, j = i+1, j-1 {{", f"rs{b}[i], rs{b}[j] = rs{b}[j], rs{b}[i]", "}", f"pr(string(rs{b}), len(rs{b}))")
        self.scopes[-1] += [Var(s, STR), Var(b, self.slice(IT["uint8"]))]

    def s_iterators(self, d):
        """Loops over functions that are left in every way."""
        f, lab, g = self.name("fn"), self.name("L"), self.name("fn")
        t = self.basic()
        n, k = self.r.randint(2, 5), self.r.randint(0, 4)
        src = self.pick([f"seq([]int{{{', '.join(str(self.r.randint(-5, 5)) for _ in range(n))}}})", f"{g}"])
        self.w(f"{g} := func(yield func(int, int) bool) {{", f"defer pr(\"done\")", f"for i := range {n} {{", f"if !yield(i, i * {self.r.randint(-3, 3)}) {{", "return", "}", "}", "}", f"_ = {g}",
               f"{f} := func(k int) (r {t.name}, n int) {{", "defer func() {", "n += 1000", "}()", f"{lab}:", f"for i, x := range {src} {{", f"for j := range seq([]string{{\"a\", \"b\", \"c\"}}) {{",
               "n += x + j", f"defer func() {{ n++ }}()" if self.p(0.5) else "n--", "switch (i + j + k) % 6 {", "case 0:", f"continue {lab}", "case 1:", "break",
               "case 2:", f"return {self.expr(t, 1)}, n", "case 3:", f"break {lab}", "case 4:", "continue", "default:")
        self.w(self.pick(["n *= 2", "panic(errPlain)", f"r = {self.expr(t, 1)}\nreturn", "func() { n = -n }()"]), "}", "}", "}", f"r = {self.expr(t, 1)}", "return", "}")
        self.w("func() {", "defer func() {", "if x := recover(); x != nil {", "pr(x)", "}", "}()", f"for k := range {k + 1} {{", f"pr({f}(k))", "}", "}()")

    def s_select(self, d):
        """Several senders and a select that takes what comes until all have closed."""
        a, b, n = self.name("c"), self.name("c"), self.name("n")
        k, l = self.r.randint(0, 6), self.r.randint(0, 6)
        self.w(f"{a}, {b} := make(chan int, {self.r.randint(0, 3)}), make(chan uint16, {self.r.randint(0, 3)})", f"{n} := 0",
               f"go func() {{ defer close({a}); for i := range {k} {{ {a} <- i * {self.r.randint(-9, 9)} }} }}()",
               f"go func() {{ for i := range uint16({l}) {{ {b} <- i * {self.r.randint(1, 30000)} }}; close({b}) }}()",
               f"for {a} != nil || {b} != nil {{", "select {", f"case x, ok := <-{a}:", "if !ok {", f"{a} = nil", "break", "}", f"{n} += x",
               f"case x, ok := <-{b}:", "if !ok {", f"{b} = nil", "continue", "}", f"{n} += int(x)", "}", "}", f"pr({n})")
        self.scopes[-1].append(Var(n, INT))

    def s_exit(self, d):
        """A goroutine that ends by return, by Goexit or by a panic that it catches."""
        c, t = self.name("c"), self.basic()
        how = self.pick(["return", "runtime.Goexit()", f"panic({self.expr(t, 1)})", "panic(errPlain)", "func() { defer func() { recover() }(); runtime.Goexit() }()"])
        save, self.risk = self.risk, 0
        self.w(f"{c} := make(chan string, 8)", "go func() {", f"defer close({c})", f"defer func() {{ {c} <- fmt.Sprint(\"last \", recover()) }}()",
               f"for i := range 4 {{", f"defer func() {{ {c} <- fmt.Sprint(i) }}()", f"if i == {self.r.randint(0, 4)} {{", how, "}", "}", f"{c} <- \"end\"", "}()",
               f"for s := range {c} {{", "pr(s)", "}")
        self.risk = save

    def s_defers(self, d):
        """Deferred calls that see and change results, in loops, some of them methods."""
        f, t = self.name("fn"), self.basic()
        self.w(f"{f} := func(n int) (r []string, x {t.name}) {{", "add := func(s string) { r = append(r, s) }", "_ = add")
        v = self.pick(self.structs)
        for _ in range(self.r.randint(2, 4)):
            y = self.r.random()
            if y < 0.25:
                self.w("for i := range n {", "defer func() { add(fmt.Sprint(i)) }()", "}")
            elif y < 0.4:
                self.w(f"defer add(fmt.Sprint(show(x), n))")
            elif y < 0.55:
                self.w("{", f"var s {v.name}", "defer s.Move(n)", "defer func() { add(s.Name()) }()", "s.Move(2)", "}")
            elif y < 0.7:
                self.w("defer func() {", "if e := recover(); e != nil {", "add(show(e))", f"x = {self.expr(t, 1)}", "}", "}()")
            elif y < 0.8:
                self.w("defer func(k int) {", "if k > 2 {", 'panic(fmt.Sprint("again ", recover()))', "}", "}(n)")
            elif y < 0.9:
                self.w("if n == 3 {", f"defer func() {{ x = {self.expr(t, 1)} }}()", "}")
            else:
                self.w(f"switch n {{", "case 0:", f"return r, {self.expr(t, 1)}", "case 2:", f"panic({self.expr(t, 1)})", "case 4:", "var m map[int]int", "m[n] = n", "}")
        self.w(f"return append(r, \"ret\"), {self.expr(t, 1)}", "}")
        self.w(f"for n := range 5 {{", "func() {", "defer func() {", "if x := recover(); x != nil {", "pr(\"out\", x)", "}", "}()", f"pr({f}(n))", "}()", "}")

    def s_kinds(self, d):
        """A generic function that looks at what it was made for."""
        t, u = self.basic(), self.any_type(1)
        u = u if self.plain(u) else STR
        st = self.pick(self.structs)
        self.w(f"pr(kind({self.typed(t, 2)}), kind({self.typed(u, 1)}), kind([]{t.name}{{{self.expr(t, 1)}}}), kind({st.name}{{}}), kind(&{st.name}{{}} != nil))",
               f"pr(zero[{t.name}](), zero[{u.name}](), same({self.typed(t, 1)}, {self.expr(t, 1)}))", f"pr(sized([]{t.name}{{{self.expr(t, 1)}}}))")
        if self.p(0.6):
            n = self.pick([self.pick(list(IT.values())), F32, F64])
            self.w(f"pr(largest({', '.join(self.typed(n, 2) for _ in range(self.r.randint(1, 3)))}))",
                   f"pr(convert[{self.pick(list(IT)[:-1])}](cf(float64({self.nonconst(n, 1)}), 0, 100)), convert[float32]({self.typed(self.pick(list(IT.values())), 2)}))")
        if self.p(0.4):
            q = self.name("v")
            self.w(f"var {q} List[{u.name}]", f"{q}.Add({self.expr(u, 1)}).Add({self.expr(u, 1)})", f"for i, x := range {q}.All() {{", "pr(i, x)",
                   f"if {self.cond(1)} {{", "break", "}", "}", f"pr({q}.Len(), Map(&{q}, func(x {u.name}) int {{ return len(show(x)) }}).Len())")

    def s_nan(self, d):
        t = self.pick([F64, F32] + self.floats)
        z, m = self.name("v"), self.name("m")
        self.w(f"{z} := opq({t.name}(0))", f"{m} := map[{t.name}]int{{{z}: 1, -{z}: 2}}", f"{m}[{z} / {z}]++", f"{m}[{z} / {z}]++", f"delete({m}, {z} / {z})",
               f"pr(len({m}), {m}[{z} / {z}], {m}[-{z}], {z} / {z} == {z} / {z}, 1 / {z} > {t.name}({self.flit()}), -1 / -{z}, min({z}, -{z}), max(-{z}, {z}))",
               f"pr({z} / {z} {self.pick(['<', '<=', '>', '>=', '=='])} {self.expr(t, 1)}, !({self.expr(t, 1)} {self.pick(['<', '<=', '>', '>=', '=='])} {z} / {z}), min({self.expr(t, 1)}, {z} / {z}), any({z}) == any(-{z}))")

    def s_arrays(self, d):
        """Arrays of arrays are values: ranges and calls work on copies."""
        t, a, b = self.basic(), self.name("v"), self.name("v")
        n, k = self.r.randint(2, 3), self.r.randint(1, 3)
        self.w(f"var {a} [{n}][{k}]{t.name}", f"for i, x := range {a} {{", f"{a}[{n} - 1 - i][i % {k}] = {self.expr(t, 2)}", "x[0] = " + self.expr(t, 1), f"pr(x, {a}[i] == x)", "}",
               f"{b} := {a}", f"{b}[0], {b}[1] = {b}[1], {b}[0]", f"p{a} := &{a}[1]", f"p{a}[0] = {self.expr(t, 1)}",
               f"for i := range p{a} {{", f"{a}[1][i], {a}[0] = {self.expr(t, 1)}, *p{a}", "}", f"pr({a}, {b}, {a} == {b}, func(x [{n}][{k}]{t.name}) [{k}]{t.name} {{ x[0] = x[1]; return x[0] }}({a}), {a}[0])")

    def s_local_type(self, d):
        t, n, v, w = self.basic(), self.name("L"), self.name("v"), self.name("w")
        if self.p(0.5):
            self.w(f"type {n} {t.name}", f"{v} := {n}({self.expr(t, 2)})", f"var {w} any = {v}", f"_, a{w} := {w}.({t.name})", f"b{w}, c{w} := {w}.({n})",
                   f"pr(a{w}, {t.name}(b{w}), c{w}, {w} == any({n}({self.expr(t, 1)})))")
        else:
            self.w(f"type {n} struct {{", f"v {t.name}", f"next *{n}", "}", f"var {v} *{n}", f"for range {self.r.randint(0, 4)} {{", f"{v} = &{n}{{{self.expr(t, 2)}, {v}}}", "}",
                   f"for {w} := {v}; {w} != nil; {w} = {w}.next {{", f"pr({w}.v)", f"if {self.cond(2)} && {w}.next != nil {{", f"{w}.next = {w}.next.next", "}", "}")

    def s_limits(self, d):
        """Integers about their ends, by operations that wrap."""
        t = self.pick(self.ints)
        bits, signed = INTS[t.base]
        lo, hi = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
        a, b = self.name("v"), self.name("v")
        self.w(f"{a}, {b} := opq({t.name}({self.pick([lo, hi, lo + 1, hi - 1])})), opq({t.name}({self.pick([lo, hi, 1, 2, 3, hi // 2] + [-1] * signed)}))")
        e = [f"{a} + {b}", f"{a} - {b}", f"{a} * {b}", f"-{a}", f"^{a}", f"{a} / ({b} | 1)", f"{a} % ({b} | 1)", f"{a} << ({b} & 15)", f"{a} >> ({b} & 31)", f"{a} &^ {b}",
             f"{a} * {a} / 3", f"{a}/7*7 + {a}%7", f"{a} + 1 > {a}", f"{a} - {b} < 0", f"-{a} / 2", f"{a} / -1" if signed else f"{a} / 255", f"{a} % 16", f"{a} / 8", f"{a} % -16" if signed else f"{a} % 10",
             f"int8({a})", f"uint8({a} >> 3)", f"uint16({b} - {a})", f"int32({a} * {b})", f"uint32({a})", f"int64({a})", f"uint64({a})", f"float32({a})", f"float64({a} + {b})", f"uint64({a}) >> 1 == uint64({b})"]
        self.w(f"pr({', '.join(self.r.sample(e, 6))})", f"{a} {self.pick(['+=', '-=', '*=', '^=', '|=', '&^='])} {b}", f"{a}{self.pick(['++', '--'])}", f"pr({a}, {', '.join(self.r.sample(e, 3))})")
        self.scopes[-1] += [Var(a, t), Var(b, t)]

    def s_pipeline(self, d):
        """Goroutines in a row; the values pass through them in order."""
        t, c = self.basic(), self.name("c")
        save, self.scopes, gv, self.inpure, self.risk = self.scopes, [[Var("x", t), Var("i", INT)]], self.inpure, True, 0
        e = self.expr(t, 2)
        self.scopes, self.inpure = save, gv
        self.w(f"{c} := make(chan {t.name})", f"go func(c chan<- {t.name}) {{", "defer close(c)", f"for i := range {self.r.randint(1, 5)} {{", "_ = i", f"c <- {self.lit(t)}", "}", f"}}({c})",
               f"for i := range {self.r.randint(1, 4)} {{", "_ = i", f"c := make(chan {t.name}, {self.pick(['0', '1', 'i'])})", f"go func(in <-chan {t.name}) {{", "for x := range in {", "_ = x", f"c <- {e}", "}", "close(c)", f"}}({c})", f"{c} = c", "}",
               f"for x := range {c} {{", "pr(x)", "}")
