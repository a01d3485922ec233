#!/bin/sh
# panics.sh BINARY: the program's last words, for each way to die of t_panic.c, are Go's.
# (Frames have no names there: only what golc makes has a line table.)
bin=$1
fail=0
want() { # way, exit status, the beginning of standard error
    out=$("$bin" "$1" 2>&1 >/dev/null)
    rc=$?
    case $out in
    "$3"*) ok=1 ;;
    *) ok=0 ;;
    esac
    if [ $rc -ne "$2" ] || [ $ok = 0 ]; then
        echo "$1: exit $rc"
        echo "$out"
        fail=1
    fi
}
nl='
'
want panic 2 "panic: 42$nl${nl}goroutine 1 [running]:"
want index 2 "panic: runtime error: index out of range [5] with length 3$nl${nl}goroutine 1 [running]:"
want nested 2 "panic: 1$nl	panic: 2$nl	panic: 3$nl${nl}goroutine 1 [running]:"
want recovered 2 "panic: 1 [recovered]$nl	panic: 6$nl$nl"
want repanicked 2 "panic: 1 [recovered, repanicked]$nl$nl"
want fault 2 "panic: runtime error: invalid memory address or nil pointer dereference$nl[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x"
want overflow 2 "runtime: goroutine stack exceeds 1000000000-byte limit${nl}fatal error: stack overflow$nl"
want deadlock 2 "fatal error: all goroutines are asleep - deadlock!$nl${nl}goroutine 1 [chan receive]:"
want goexit 2 "fatal error: no goroutines (main called runtime.Goexit) - deadlock!"
want sendclosed 2 "panic: send on closed channel$nl$nl"
want closeclosed 2 "panic: close of closed channel$nl$nl"
exit $fail
