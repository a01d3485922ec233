#!/bin/sh
# check.sh MODEL.pml [-DX=…]: every state of the model is sound, none is a dead end.
command -v spin >/tmp/null.$$ 2>&1 || { rm -f /tmp/null.$$; echo "spin is not installed: skipped"; exit 77; }
rm -f /tmp/null.$$
model=$(realpath "$1")
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
spin "$@" -a "$model" && cc -O2 -DSAFETY -DCOLLAPSE -DMEMLIM=2000 -w -o pan pan.c && ./pan -m200000 >out || exit 1
cat out
grep -q 'errors: 0' out && ! grep -q 'max search depth too small' out
