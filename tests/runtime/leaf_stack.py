#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of a goroutine's stack the functions take that do not look at its limit.

    leaf_stack.py LEAVES OBJECT…

LEAVES is the program leaves.c: it prints the room and the names.  The functions' assembly is
followed along all branches, tail calls and calls; what pushes and subtractions add up to, with the
return addresses, must not exceed the room.  Whatever this cannot follow is an error.
"""
import re
import subprocess
import sys

# Functions of libc that are known to be leaves with a few registers saved at most.
LIBC = {"memcpy": 64, "memmove": 64, "memset": 64, "memcmp": 64, "memchr": 64, "memrchr": 64}
# Where other rules hold: they never come back, and what they end is a goroutine.
NEVER_BACK = {"abort", "__assert_fail"}


def read(objects):
    """name → [(address, instruction, target or None)]"""
    functions, places = {}, {}
    text = subprocess.run(["objdump", "-dr", "--no-show-raw-insn", "-w", *objects],
                          capture_output=True, text=True, check=True).stdout
    body = None
    for line in text.splitlines():
        m = re.match(r"[0-9a-f]+ <(.*)>:$", line)
        if m:
            body = functions.setdefault(m[1], [])
            continue
        m = re.match(r" *([0-9a-f]+):\t(.*)$", line)
        if not m or body is None:
            continue
        r = re.search(r"R_X86_64_(?:PLT32|PC32)\s+([\w.$]+?)(-0x4)?$", m[2])
        target = r[1].removeprefix(".text.") if r else None
        body.append((int(m[1], 16), re.sub(r"\t.*| *#.*", "", m[2]).strip(), target))
    return functions


class Unknown(Exception):
    pass


def signed(text):
    n = int(text, 16)
    return n - 2**64 if n >= 2**63 else n


def use(name, functions, known, generated):
    """Bytes that a call of the function takes, with its return address.  Those in generated call code that
    is compiled from Gol."""
    if name in known:
        if known[name] is None:
            raise Unknown(f"{name} calls itself")
        return known[name]
    if name in LIBC:
        return LIBC[name]
    if name in NEVER_BACK:
        return 8
    if name not in functions:
        raise Unknown(f"nothing is known of {name}")
    known[name] = None
    body = functions[name]
    at = {a: i for i, (a, _, _) in enumerate(body)}
    seen, todo, most = {}, [(0, 8, None)], 8
    while todo:
        i, depth, frame = todo.pop()
        while True:
            if i >= len(body):
                raise Unknown(f"{name} runs on beyond its end")
            if seen.get(i, -1) >= depth:
                break
            if depth > 1 << 16:
                raise Unknown(f"{name} pushes in a loop")
            seen[i] = depth
            most = max(most, depth)
            _, ins, target = body[i]
            ins = re.sub(r"^(notrack|bnd|repz?) ", "", ins)
            op, _, args = ins.partition(" ")
            args = args.strip()
            if "%fs:0x70" in ins:  # looks at the limit itself
                known[name] = 8
                return 8
            if op.startswith("push"):
                depth += 8
            elif op.startswith("pop"):
                depth -= 8
            elif op == "leave":
                depth = frame - 8
            elif op.startswith("ret") or op in ("ud2", "hlt"):
                break
            elif op.startswith("call"):
                if target:
                    most = max(most, depth + use(target, functions, known, generated))
                elif args.startswith("*") and name in generated:
                    most = max(most, depth + 8)  # which looks at the limit itself
                else:
                    raise Unknown(f"{name} calls {args}")
                if target in NEVER_BACK:
                    break
            elif op.startswith("j"):
                m = re.match(r"([0-9a-f]+) <", args)
                if target:
                    most = max(most, depth - 8 + use(target, functions, known, generated))
                elif m and int(m[1], 16) in at:
                    todo.append((at[int(m[1], 16)], depth, frame))
                elif args.startswith("*") and name in generated:
                    most = max(most, depth)
                else:
                    raise Unknown(f"{name} jumps to {args}")
                if op == "jmp":
                    break
            elif re.search(r",%[re]sp$", args):
                n = re.match(r"\$(0x[0-9a-f]+),%rsp", args)
                l = re.match(r"(-?0x[0-9a-f]+|)\((%\w+)\),%rsp", args)
                if op.startswith("sub") and n:
                    depth += signed(n[1])
                elif op.startswith("add") and n:
                    depth -= signed(n[1])
                elif op.startswith("and") and n:  # aligns it
                    depth += 2**64 - int(n[1], 16) - 1
                elif op.startswith("lea") and l and l[2] == "%rbp" and frame:
                    depth = frame - int(l[1] or "0", 16)
                elif op.startswith("lea") and l and l[2] == "%rsp":
                    depth -= int(l[1] or "0", 16)
                elif op == "mov" and args == "%rbp,%rsp" and frame:
                    depth = frame
                elif op == "mov" and args.startswith("%fs:"):
                    break  # a stub: on from here it is the thread's stack
                else:
                    raise Unknown(f"{name} sets the stack pointer: {ins}")
            elif ins.replace(" ", "").startswith("mov%rsp,%rbp"):
                frame = depth
            i += 1
    known[name] = most
    return most


def main():
    lines = subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout.split("\n")
    room = int(lines[0].split()[1])
    functions, known = read(sys.argv[2:]), {}
    names = [n.split()[0] for n in lines[1:] if n]
    generated = {n.split()[0] for n in lines[1:] if n.endswith(" G")}
    bad, most = 0, (0, "")
    for n in names:
        try:
            took = use(n, functions, known, generated)
            most = max(most, (took, n))
        except Unknown as e:
            print(f"{n}: {e}")
            bad += 1
            continue
        if took > room:
            print(f"{n} takes {took} bytes of stack; there are {room}")
            bad += 1
    print(f"{len(names)} functions; at most {most[0]} of {room} bytes of stack ({most[1]})")
    sys.exit(bad != 0)


if __name__ == "__main__":
    main()
