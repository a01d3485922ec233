# SPDX-License-Identifier: GPL-3.0-or-later
"""Random expressions, and what all choose with."""
from kinds import INTS, T, BOOL, STR, IT, F32, F64, C64, C128, INT


class Expressions:
    # ---- choosing -------------------------------------------------------------------------------
    def p(self, x):
        return self.r.random() < x

    def pick(self, s):
        return self.r.choice(s)

    def name(self, stem):
        self.uid += 1
        return f"{stem}{self.uid}"

    def top(self, stem):
        """The package's name for what this program calls stem."""
        return f"{stem}_{self.seed}"

    def w(self, *s):
        self.out.extend(s)

    def basic(self):
        x = self.r.random()
        if x < 0.52:
            return self.pick(self.ints)
        if x < 0.68:
            return self.pick([F64, F64, F32] + self.floats)
        if x < 0.74:
            return self.pick([C64, C128])
        if x < 0.84:
            return BOOL
        return self.pick([STR, STR, STR] + self.strs)

    def any_type(self, d=2):
        x = self.r.random()
        if d == 0 or x < 0.55:
            return self.basic()
        if x < 0.68:
            return self.slice(self.any_type(d - 1))
        if x < 0.78:
            return self.array(self.any_type(d - 1))
        if x < 0.86:
            return self.map(self.any_type(d - 1))
        if x < 0.96 and self.structs:
            return self.pick(self.structs)
        e = self.basic()
        return T("ptr", "*" + e.name, elem=e)

    def slice(self, e):
        return T("slice", "[]" + e.name, elem=e)

    def array(self, e, n=None):
        n = n or self.r.randint(1, 5)
        return T("array", f"[{n}]{e.name}", elem=e, n=n)

    def map(self, e, k=None):
        k = k or self.pick([IT["int8"], INT, STR, IT["uint16"]])
        return T("map", f"map[{k.name}]{e.name}", key=k, elem=e)

    def vars(self, t=None, ro=True):
        for sc in self.scopes:
            for v in sc:
                if (t is None or v.t == t) and (ro or not v.ro):
                    yield v
        if not self.inpure:
            for v in getattr(self, "gvars", []):
                if t is None or v.t == t:
                    yield v

    def intlit(self, t):
        bits, signed = INTS[t.base]
        r = self.r
        lo, hi = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
        x = r.random()
        if x < 0.45:
            v = r.randint(0, 9)
        elif x < 0.6:
            v = r.randint(-9, 99)
        elif x < 0.75:
            v = self.pick([lo, hi, lo + 1, hi - 1, 1 << (bits - 2), -1])
        elif x < 0.85:
            v = 1 << r.randint(0, bits - 1)
        else:
            v = r.randint(lo, hi)
        return max(lo, min(hi, v))

    def strlit(self):
        r = self.r
        n = self.pick([0, 1, 1, 2, 3, 5, 8, 17])
        parts = [self.pick(["a", "b", "Z", "0", " ", "~", "é", "世", "\\x00", "\\xff", "\\xe4", "\\n", "\\u2028", "\\U0001F600", "q", "%"])
                 for _ in range(n)]
        return '"' + "".join(parts) + '"'

    def flit(self):
        r = self.r
        x = r.random()
        if x < 0.5:
            return str(r.randint(-40, 40) / 4)
        if x < 0.7:
            return repr(round(r.uniform(-1e3, 1e3), 3))
        if x < 0.8:
            return self.pick(["1e-40", "3.4e38", "1e20", "0x1p-20", "16777217", "0.1", "1e-7", "9007199254740993", "0.0"])
        return repr(r.uniform(-1, 1) * 10.0 ** r.randint(-9, 9))

    def lit(self, t):
        """A literal of type t; always a constant of exactly that type or a composite."""
        k = t.kind
        if k == "int":
            return f"{t.name}({self.intlit(t)})"
        if k == "float":
            return f"{t.name}({self.flit()})"
        if k == "complex":
            return f"{t.name}(complex({self.r.randint(-9, 9)}, {self.r.randint(-20, 20) / 4}))"
        if k == "bool":
            return self.pick(["true", "false"])
        if k == "string":
            return f"{t.name}({self.strlit()})"
        return self.composite(t, 0)

    def composite(self, t, d):
        r, k = self.r, t.kind
        d = max(d, 0)
        if k == "slice":
            if self.p(0.1):
                return f"{t.name}(nil)"
            n = r.randint(0, 4)
            if self.p(0.15):
                return f"{t.name}{{{r.randint(0, 3)}: {self.expr(t.elem, d)}, {self.expr(t.elem, d)}}}"
            return f"{t.name}{{{', '.join(self.expr(t.elem, d) for _ in range(n))}}}"
        if k == "array":
            n = r.randint(0, t.n)
            if self.p(0.2):
                return f"{t.name}{{{r.randint(0, t.n - 1)}: {self.expr(t.elem, d)}}}"
            return f"{t.name}{{{', '.join(self.expr(t.elem, d) for _ in range(n))}}}"
        if k == "map":
            used = set()
            items = []
            for _ in range(r.randint(0, 4)):
                key = str(self.intlit(t.key)) if t.key.kind == "int" else f'"{self.pick("abcdefgh")}"'
                if key not in used:
                    used.add(key)
                    items.append(f"{key}: {self.expr(t.elem, d)}")
            return f"{t.name}{{{', '.join(items)}}}"
        if k == "struct":
            if self.p(0.3):
                fs = [f for f in t.fields if self.p(0.6)]
                return f"{t.name}{{{', '.join(f'{n}: {self.expr(ft, d)}' for n, ft in fs)}}}"
            return f"{t.name}{{{', '.join(self.expr(ft, d) for _, ft in t.fields)}}}"
        if k == "ptr":
            return f"func() {t.name} {{ x := {self.expr(t.elem, d)}; return &x }}()" if self.p(0.3) else f"opq(new({t.elem.name}))"
        raise AssertionError(k)

    def cond(self, d):
        s = self.expr(BOOL, d)
        return f"({s})" if "{" in s else s

    def expr(self, t, d):
        """A parenthesised or primary expression of type t, not necessarily constant."""
        # Composite literals as operands in statement headers need parentheses; always give them.
        if d <= 0 or self.p(0.12):
            return self.leaf(t)
        k = t.kind
        for _ in range(4):
            s = getattr(self, "x_" + k)(t, d)
            if s:
                return s
        return self.leaf(t)

    def nonconst(self, t, d):
        """As expr, but never a constant, and an operand of a unary or postfix operator."""
        s = self.expr(t, d)
        if t.kind == "bool" or s[0] in "-+^!*&" or self.p(0.15):
            return f"opq({s})"
        return s

    def leaf(self, t):
        c = []
        for v in self.vars():
            self.reach(v.name, v.t, t, c, 2)
        if c and self.p(0.8):
            return self.pick(c)
        s = self.lit(t)
        if t.kind in ("slice", "array", "map", "struct"):
            return f"({s})"
        return f"opq({s})" if self.p(0.6) else s if t.kind == "bool" else f"opq({s})"

    def reach(self, s, vt, t, c, d):
        """Collects in c the ways to a value of type t that begin at s."""
        if vt == t:
            c.append(s)
        if d == 0:
            return
        if vt.kind == "struct":
            for n, ft in vt.fields:
                self.reach(f"{s}.{n}", ft, t, c, d - 1)
            for e in vt.embeds:  # promoted
                for n, ft in e.fields:
                    if ft == t:
                        c.append(f"{s}.{n}")
        elif vt.kind == "array":
            self.reach(f"{s}[{self.r.randint(0, vt.n - 1)}]", vt.elem, t, c, d - 1)
        elif vt.kind == "ptr" and vt.elem == t:
            c.append(f"*{s}")
        elif vt.kind == "map" and vt.elem == t:
            c.append(f"{s}[{self.mapkey(vt, 1.0)}]")

    def mapkey(self, vt, plain=0.7):
        """A key for a map of type vt; a literal in itself where plain is 1."""
        if vt.key.kind == "int":
            return str(self.r.randint(0, 9)) if self.p(plain) else f"{vt.key.name}(idx({self.expr(INT, 1)}, 10))"
        return f'"{self.pick("abcdefgh")}"'

    def call(self, t, d):
        c = [f for f in self.pure if f[2] == t]
        if not c:
            return None
        f = self.pick(c)
        return f"{f[0]}({', '.join(self.expr(a, d - 1) for a in f[1])})"

    def index(self, t, d):
        """An element of a slice or array of t, safe or (once a statement) not."""
        c = [v for v in self.vars() if v.t.kind in ("slice", "array") and v.t.elem == t]
        if not c:
            return None
        v = self.pick(c)
        i = self.expr(INT, d - 1)
        if self.risk > 0 and self.p(0.5):
            self.risk -= 1
            it = self.pick(list(IT.values()))
            return f"{v.name}[{self.conv(it, d - 1)}]" if self.p(0.4) else f"{v.name}[{i} & 7]"
        if v.t.kind == "slice":
            return f"append({v.name}[:len({v.name}):len({v.name})], {self.expr(t, d - 1)})[idx({i}, len({v.name}) + 1)]"
        return f"{v.name}[idx({i}, {v.t.n})]"

    def common(self, t, d):
        x = self.r.random()
        if x < 0.35:
            return self.index(t, d)
        if x < 0.7:
            return self.call(t, d)
        if x < 0.8:
            return f"func() {t.name} {{ if {self.cond(d - 1)} {{ return {self.expr(t, d - 1)} }}; return {self.expr(t, d - 1)} }}()"
        if x < 0.87:
            return f"[]{t.name}{{{self.expr(t, d - 1)}, {self.expr(t, d - 1)}}}[idx({self.expr(INT, d - 1)}, 2)]"
        if x < 0.93:
            return f"any({self.expr(t, d - 1)}).({t.name})"
        return f"func(p *{t.name}) {t.name} {{ return *p }}(&[]{t.name}{{{self.expr(t, d - 1)}}}[0])"

    def conv(self, t, d):
        """A number of type t made from another number type."""
        if t.kind == "int":
            if self.p(0.7):
                return f"{t.name}({self.nonconst(self.pick(self.ints), d)})"
            bits, signed = INTS[t.base]
            lo, hi = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
            if bits == 64:
                lo, hi = (-9.2e18, 9.2e18) if signed else (0, 1.8e19)
            f = self.pick([F32, F64] + self.floats)
            return f"{t.name}(cf(float64({self.nonconst(f, d)}), {lo}, {hi}))"
        if t.kind == "float":
            o = self.pick(self.ints) if self.p(0.5) else self.pick([F32, F64] + self.floats)
            return f"{t.name}({self.nonconst(o, d)})"
        o = C64 if t == C128 else C128
        return f"{t.name}({self.nonconst(o, d)})"

    def x_int(self, t, d):
        x = self.r.random()
        if x < 0.40:
            a, b = self.nonconst(t, d - 1) if self.p(0.5) else self.expr(t, d - 1), self.expr(t, d - 1)
            if self.p(0.3):
                b = str(self.intlit(t))
                a = self.nonconst(t, d - 1)
            return f"({a} {self.pick('+ - * & | ^ &^ + - *'.split())} {b})"
        if x < 0.50:
            op = self.pick("/%")
            y = self.r.random()
            if self.risk > 0 and y < 0.4:
                self.risk -= 1
                return f"({self.expr(t, d - 1)} {op} {self.nonconst(t, d - 1)})"
            if y < 0.7:
                v = self.intlit(t) or 3
                return f"({self.nonconst(t, d - 1)} {op} {v})"
            return f"({self.expr(t, d - 1)} {op} ({self.nonconst(t, d - 1)} | 1))"
        if x < 0.62:
            op = self.pick(["<<", ">>"])
            a = self.nonconst(t, d - 1)
            y = self.r.random()
            if y < 0.4:
                return f"({a} {op} {self.pick([0, 1, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 200, 300])})"
            if self.risk > 0 and y < 0.6:
                self.risk -= 1
                return f"({a} {op} {self.expr(self.pick([IT['int8'], INT, IT['int32']]), d - 1)})"
            if y < 0.75:
                return f"({a} {op} ({self.nonconst(INT, d - 1)} & 127))"
            return f"({a} {op} {self.nonconst(self.pick([u for u in self.ints if not INTS[u.base][1]]), d - 1)})"
        if x < 0.69:
            return f"{self.pick('-^+')}{self.nonconst(t, d - 1)}"
        if x < 0.80:
            return self.conv(t, d - 1)
        if x < 0.84:
            if t == INT:
                c = [v for v in self.vars() if v.t.kind in ("slice", "map", "string", "array")]
                if c:
                    v = self.pick(c)
                    return f"{'cap' if v.t.kind == 'array' or (v.t.kind == 'slice' and self.p(0.0)) else 'len'}({v.name})"
            elif t == IT["uint8"]:
                s = self.expr(STR, d - 1)
                if self.risk > 0:
                    self.risk -= 1
                    return f"opq({s})[{self.expr(INT, d - 1)}]"
                return f'({s} + "x")[idx({self.expr(INT, d - 1)}, len({s}) + 1)]'
            elif t == IT["int32"]:
                return f'([]rune({self.expr(STR, d - 1)} + "é"))[0]'
            return None
        if x < 0.87:
            return f"{self.pick(['min', 'max'])}({self.nonconst(t, d - 1)}, {self.expr(t, d - 1)})"
        if x < 0.89 and t.name in INTS and t.name != "uintptr":
            return f"total({', '.join(self.expr(t, d - 1) for _ in range(self.r.randint(1, 3)))})"
        if x < 0.91 and t == INT:
            c = [v for v in self.vars() if v.t.kind == "struct"]
            if c and not self.inpure:
                return f"{self.pick(c).name}.Area({self.expr(INT, d - 1)})"
        if x < 0.92 and t in (INT, IT["int64"]) and getattr(self, "consts", None):
            return f"opq({t.name}({self.pick(self.consts)}))" if not self.inpure else None
        return self.common(t, d)

    def x_float(self, t, d):
        x = self.r.random()
        if x < 0.5:
            return f"({self.nonconst(t, d - 1)} {self.pick('+-*/+-*')} {self.expr(t, d - 1)})"
        if x < 0.57:
            return f"-{self.nonconst(t, d - 1)}"
        if x < 0.72:
            return self.conv(t, d - 1)
        if x < 0.78 and t in (F32, F64):
            return f"{self.pick(['real', 'imag'])}({self.nonconst(C64 if t == F32 else C128, d - 1)})"
        if x < 0.84:
            return f"{self.pick(['min', 'max'])}({self.nonconst(t, d - 1)}, {self.expr(t, d - 1)})"
        if x < 0.87 and t == F64:
            return f"math.Float64frombits({self.nonconst(IT['uint64'], d - 1)} >> 3 | 1<<61)"
        if x < 0.90:
            return f"total({', '.join(self.expr(t, d - 1) for _ in range(self.r.randint(1, 3)))})"
        return self.common(t, d)

    def x_complex(self, t, d):
        x = self.r.random()
        if x < 0.5:
            return f"({self.nonconst(t, d - 1)} {self.pick('+-*/')} {self.expr(t, d - 1)})"
        if x < 0.7:
            f = F32 if t == C64 else F64
            return f"complex({self.nonconst(f, d - 1)}, {self.expr(f, d - 1)})"
        if x < 0.8:
            return self.conv(t, d - 1)
        return self.common(t, d)

    def x_bool(self, t, d):
        x = self.r.random()
        if x < 0.35:
            o = self.pick([self.basic, lambda: self.pick(self.ints)])()
            if o.kind in ("bool", "complex"):
                op = self.pick(["==", "!="])
            else:
                op = self.pick(["==", "!=", "<", "<=", ">", ">="])
            return f"({self.nonconst(o, d - 1)} {op} {self.expr(o, d - 1)})"
        if x < 0.45:
            o = self.any_type()
            if o.comparable() and o.kind in ("array", "struct"):
                return f"({self.expr(o, d - 1)} {self.pick(['==', '!='])} {self.expr(o, d - 1)})"
            return None
        if x < 0.52:
            a, b = self.basic(), self.basic()
            return f"(any({self.expr(a, d - 1)}) == any({self.expr(b, d - 1)}))"
        if x < 0.75:
            return f"({self.expr(BOOL, d - 1)} {self.pick(['&&', '||'])} {self.expr(BOOL, d - 1)})"
        if x < 0.85:
            return f"!{self.nonconst(BOOL, d - 1)}"
        if x < 0.9:
            c = [v for v in self.vars() if v.t.kind in ("slice", "map")]
            if c:
                return f"({self.pick(c).name} {self.pick(['==', '!='])} nil)"
        return self.common(t, d)

    def x_string(self, t, d):
        x = self.r.random()
        n = t.name
        w = (lambda s: s) if n == "string" else (lambda s: f"{n}({s})")
        if x < 0.35:
            k = self.r.randint(2, 4)
            return w(f"cut({' + '.join('string(' + self.expr(t, d - 1) + ')' for _ in range(k))})")
        if x < 0.5:
            s = self.nonconst(t, d - 1)
            if self.risk > 0:
                self.risk -= 1
                y = self.r.random()
                lo, hi = f"({self.expr(INT, d - 1)} & 7)", self.expr(INT, d - 1)
                return f"{s}[{lo}:]" if y < 0.3 else f"{s}[:{hi}]" if y < 0.6 else f"{s}[{lo}:{hi}]"
            c = [v for v in self.vars(t)]
            if c:
                v = self.pick(c).name
                if self.p(0.5):
                    return f"{v}[idx({self.expr(INT, d - 1)}, len({v}) + 1):]"
                return f"{v}[:idx({self.expr(INT, d - 1)}, len({v}) + 1)]"
            return None
        if x < 0.58:
            return f"{n}(rune({self.nonconst(self.pick(self.ints), d - 1)}))"
        if x < 0.64:
            return f"{n}([]byte({self.expr(t, d - 1)}))"
        if x < 0.7:
            return f"{n}([]rune({self.expr(t, d - 1)}))"
        if x < 0.76:
            f = self.pick(["%v", "%+v", "%#v", "%T", "%5v|", "%-6v|", "%d", "%x", "%q", "%08.3f", "%s", "%e", "%g", "%t", "%c", "%U", "%X", "%o", "%b", "%+d", "% x", "%6.2f", "%v %v"])
            o = self.fmtable()
            return w(f'cut(fmt.Sprintf("{f}", {self.expr(o, d - 1)}))')
        if x < 0.79:
            return f"{self.pick(['min', 'max'])}({self.nonconst(t, d - 1)}, {self.expr(t, d - 1)})"
        return self.common(t, d)

    def fmtable(self):
        t = self.any_type(1)
        return INT if t.kind == "ptr" or "*" in t.name else t

    def x_slice(self, t, d):
        x = self.r.random()
        c = list(self.vars(t))
        if x < 0.35 or not c:
            return f"({self.composite(t, d - 1)})"
        v = self.pick(c).name
        if x < 0.5:
            return f"append({t.name}(nil), {v}...)"
        if x < 0.62:
            return f"trim(append({v}[:len({v}):len({v})], {self.expr(t.elem, d - 1)}))"
        if x < 0.72:
            return f"{v}[:idx({self.expr(INT, d - 1)}, len({v}) + 1)]"
        if x < 0.82:
            return f"{v}[idx({self.expr(INT, d - 1)}, len({v}) + 1):]"
        if x < 0.9 and self.risk > 0:
            self.risk -= 1
            y = self.r.random()
            a, b, e = (f"({self.expr(INT, d - 1)} & {self.pick([3, 7])})" for _ in range(3))
            return f"{v}[{a}:{b}]" if y < 0.4 else f"{v}[{a}:{b}:{e}]" if y < 0.8 else f"{v}[{a}:]"
        if t.elem.name == "uint8":
            return f"{t.name}({self.expr(STR, d - 1)})"
        return self.common(t, d) if t.name.count("[") < 2 else None

    def x_array(self, t, d):
        if self.p(0.6):
            return f"({self.composite(t, d - 1)})"
        c = [v for v in self.vars() if v.t.kind == "slice" and v.t.elem == t.elem]
        if c and self.risk > 0 and self.p(0.7):
            self.risk -= 1
            return f"{t.name}({self.pick(c).name})"
        return self.common(t, d)

    def x_map(self, t, d):
        return f"({self.composite(t, d - 1)})"

    def x_struct(self, t, d):
        if self.p(0.7):
            return f"({self.composite(t, d - 1)})"
        return self.common(t, d)

    def x_ptr(self, t, d):
        return self.composite(t, d - 1)
