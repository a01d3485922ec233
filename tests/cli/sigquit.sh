# A live program that gets SIGQUIT says what its goroutines do, and ends.
fail() { echo "$1"; exit 1; }
cat >live.gol <<'G'
package main

import (
	"sync"
	"time"
)

func spin() {
	for i := 0; ; i++ {
	}
}

func lock(a, b *sync.Mutex, ready *sync.WaitGroup) {
	a.Lock()
	ready.Done()
	ready.Wait()
	b.Lock()
}

func main() {
	var a, b sync.Mutex
	var ready sync.WaitGroup
	ready.Add(2)
	c := make(chan int, 3)
	c <- 1
	<-c
	go func() { println(<-c) }()
	go lock(&a, &b, &ready)
	go lock(&b, &a, &ready)
	if len(c) == 0 {
		go spin()
	}
	time.Sleep(50 * time.Millisecond)
	println("ready")
	time.Sleep(time.Hour)
}
G
"$GOLC" build -o live live.gol || fail "build"
for procs in 1 2 8; do
    GOMAXPROCS=$procs ./live 2>err &
    pid=$!
    for i in $(seq 100); do grep -q ready err 2>/dev/null && break; sleep 0.1; done
    sleep 1.5
    kill -QUIT $pid
    status=0
    wait $pid || status=$?
    [ $status = 2 ] || fail "procs $procs: status: $(cat err)"
    for want in '^SIGQUIT: quit$' '^goroutine 1 \[sleep\]:$' '\[chan receive\]:$' \
        'waits to receive from chan int (0 of 3 buffered), made in main.main at .*live.gol:24, for [0-9]* s$' \
        '^main.spin' '^2 goroutines wait in a circle:$' \
        'goroutine [0-9]* waits to lock the sync.Mutex at 0x[0-9a-f]*, which goroutine [0-9]* has locked$' \
        '^created by main.main in goroutine 1$'; do
        grep -q "$want" err || fail "procs $procs: no $want in: $(cat err)"
    done
done
