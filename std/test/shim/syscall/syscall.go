package syscall

import (
	gosyscall "syscall"
	"unsafe"
)

func call(nr int, a, b, c, d, e uintptr) int {
	r, _, err := gosyscall.Syscall6(uintptr(nr), a, b, c, d, e, 0)
	if err != 0 {
		return -int(err)
	}
	return int(r)
}

func callblock(nr int, a, b, c, d, e uintptr) int { return call(nr, a, b, c, d, e) }

var noStrings [1]*byte

func args() unsafe.Pointer    { return unsafe.Pointer(&noStrings) }
func environ() unsafe.Pointer { return unsafe.Pointer(&noStrings) }
