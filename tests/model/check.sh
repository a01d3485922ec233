#!/bin/sh
# check.sh MODEL.pml [-DX=…]: every state of the model is sound, none is a dead end.
# check.sh broken MODEL.pml -DX: with the known mistake X the check finds one that is not.
command -v spin >/tmp/null.$$ 2>&1 || { rm -f /tmp/null.$$; echo "spin is not installed: skipped"; exit 77; }
rm -f /tmp/null.$$
broken=false
[ "$1" = broken ] && { broken=true; shift; }
model=$(realpath "$1")
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
spin "$@" -a "$model" && cc -O2 -DSAFETY -DCOLLAPSE -DMEMLIM=2000 -w -o pan pan.c && ./pan -m200000 >out || exit 1
cat out
$broken && { grep -q 'assertion violated' out; exit; }
grep -q 'errors: 0' out && ! grep -q 'max search depth too small' out
