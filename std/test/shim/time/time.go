package time

import (
	gotime "time"
	"unsafe"
)

var goStart = gotime.Now()

func walltime() (sec int64, nsec int64) {
	n := gotime.Now()
	return n.Unix(), int64(n.Nanosecond())
}
func runtimeNano() int64 { return int64(gotime.Since(goStart)) + 1 }
func startNano() int64   { return 0 }
func Sleep(d Duration)   { gotime.Sleep(gotime.Duration(d)) }

func startTimer(t unsafe.Pointer)                            { panic("timers need Gol's scheduler") }
func stopTimer(t unsafe.Pointer) bool                        { panic("timers need Gol's scheduler") }
func resetTimer(t unsafe.Pointer, when, period int64) bool   { panic("timers need Gol's scheduler") }
