# SPDX-License-Identifier: GPL-3.0-or-later
"""Types and variables of random programs."""

INTS = {"int8": (8, 1), "int16": (16, 1), "int32": (32, 1), "int64": (64, 1), "int": (64, 1),
        "uint8": (8, 0), "uint16": (16, 0), "uint32": (32, 0), "uint64": (64, 0), "uint": (64, 0),
        "uintptr": (64, 0)}


class T:
    """A type.  kind: int float complex bool string slice array map struct ptr; base is the predeclared one."""

    def __init__(self, kind, name, **kw):
        self.kind, self.name = kind, name
        self.base = kw.get("base", name)
        self.elem, self.key, self.n = kw.get("elem"), kw.get("key"), kw.get("n")
        self.fields = kw.get("fields", [])
        self.vmeths, self.pmeths = [], []
        self.embeds = []

    def __eq__(self, o):
        return self.name == o.name

    def __hash__(self):
        return hash(self.name)

    def comparable(self):
        if self.kind in ("slice", "map"):
            return False
        if self.kind == "array":
            return self.elem.comparable()
        if self.kind == "struct":
            return all(t.comparable() for _, t in self.fields)
        return True


BOOL, STR = T("bool", "bool"), T("string", "string")
IT = {n: T("int", n) for n in INTS}
F32, F64 = T("float", "float32"), T("float", "float64")
C64, C128 = T("complex", "complex64"), T("complex", "complex128")
INT = IT["int"]


class Var:
    def __init__(self, name, t, ro=False):
        self.name, self.t, self.ro = name, t, ro
