# Where programs are written, and what is never overwritten.
fail() { echo "$1"; exit 1; }
printf 'package main\n\nfunc main() { println("hi") }\n' >p.gol
"$GOLC" build p.gol
[ "$(./p 2>&1)" = hi ] || fail "default output"
"$GOLC" build -o q p.gol && [ "$(./q 2>&1)" = hi ] || fail "-o"
"$GOLC" build -o q p.gol || fail "a program is overwritten by its new self"
mkdir d && "$GOLC" build -o d p.gol && [ "$(d/p 2>&1)" = hi ] || fail "-o directory"
echo precious >notes
! out=$("$GOLC" build -o notes p.gol 2>&1) || fail "overwrote notes"
grep -q 'notes exists and is not a program' <<<"$out" || fail "$out"
[ "$(cat notes)" = precious ] || fail "notes changed"
! out=$("$GOLC" build -o p.gol p.gol 2>&1) || fail "overwrote the source"
grep -q 'func main' p.gol || fail "source lost"
! out=$("$GOLC" build -o nodir/x p.gol 2>&1) || fail "nodir"
grep -q 'cannot write nodir/x' <<<"$out" || fail "$out"
"$GOLC" build -o /dev/null p.gol || fail "/dev/null"
[ -c /dev/null ] || fail "/dev/null is gone"
mkdir prog && cp p.gol prog/main.gol && cd prog && "$GOLC" build && [ "$(./prog 2>&1)" = hi ] || fail "directory"
cd ..
printf 'package main\nfunc main() { y := 2 }\n' >bad.gol
cp q before
! "$GOLC" build -o q bad.gol 2>/dev/null || fail "bad built"
cmp -s q before || fail "a failed build touched its output"
rm -rf prog d; rm before
[ "$(ls | tr '\n' ' ')" = "bad.gol notes p p.gol q " ] || { ls; exit 1; }
