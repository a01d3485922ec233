# What the system refuses: threads, memory, standard streams; and signals from outside.
fail() { echo "$1"; exit 1; }
build() { "$GOLC" build -o "$1" "$1.gol" || fail "build $1"; }
status() { status=0; "$@" || status=$?; }

# Threads: fewer of them, as long as anything can go on; else Go's fatal error.
cat >work.gol <<'G'
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

type list struct {
	next *list
	v    [6]int
}

func main() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	sum := 0
	for i := range 200 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var l *list
			for k := range 5000 {
				l = &list{l, [6]int{k}}
			}
			n := 0
			for ; l != nil; l = l.next {
				n += l.v[0]
			}
			time.Sleep(time.Millisecond)
			if _, err := os.ReadFile("work.gol"); err != nil {
				panic(err)
			}
			mu.Lock()
			sum += n / 1000 * i
			mu.Unlock()
		}()
	}
	wg.Wait()
	fmt.Println(sum)
}
G
build work
for procs in 1 2 8; do
    for n in 1 2 3 5; do
        out=$(GOMAXPROCS=$procs GOLDEBUG=failclone=$n timeout 60 ./work 2>&1) || fail "$n threads: $out"
        [ "$out" = 248690300 ] || fail "$n threads: $out"
    done
done
status env GOLDEBUG=failclone=0 ./work 2>err
[ $status = 2 ] && grep -q '^fatal error: newosproc$' err || fail "no thread: $status $(cat err)"
cat >stuck.gol <<'G'
package main

import "os"

func main() {
	done := make(chan bool)
	go func() {
		os.Stdin.Read(make([]byte, 1))
		done <- true
	}()
	go func() {
		os.Stdin.Stat()
		for {
			println("runs")
			<-done
		}
	}()
	<-done
}
G
build stuck
mkfifo pipe
sleep 20 >pipe &
holder=$!
status env GOMAXPROCS=1 GOLDEBUG=failclone=1 timeout 15 ./stuck <pipe 2>err
kill $holder
[ $status = 2 ] && grep -q '^fatal error: newosproc$' err || grep -q '^runs$' err || fail "stuck: $status $(cat err)"

# Memory.
cat >eat.gol <<'G'
package main

var keep [][]byte

func main() {
	for {
		b := make([]byte, 1<<20)
		for i := range b {
			b[i] = 1
		}
		keep = append(keep, b)
	}
}
G
build eat
for kb in 200000 600000; do
    (ulimit -v $kb && timeout 60 ./eat) 2>err && fail "eat: no error"
    grep -q '^fatal error: .*out of memory' err || fail "eat $kb: $(head -5 err)"
done
cat >spawn.gol <<'G'
package main

func main() {
	for {
		go func() { select {} }()
	}
}
G
build spawn
(ulimit -v 300000 && timeout 60 ./spawn) 2>err && fail "spawn: no error"
grep -q '^fatal error: out of memory' err || fail "spawn: $(head -5 err)"

# Closed standard streams; a reader that goes away.
cat >streams.gol <<'G'
package main

import (
	"fmt"
	"os"
)

func main() {
	f, err := os.Create("file")
	if err != nil || f.Fd() < 3 {
		os.Exit(3)
	}
	fmt.Println("lost")
	println("lost")
	n, err := os.Stdin.Read(make([]byte, 1))
	fmt.Fprintln(f, n, err)
}
G
build streams
./streams <&- >&- 2>&- || fail "closed streams: $?"
[ "$(cat file)" = "0 EOF" ] || fail "file: $(cat file)"
cat >yes.gol <<'G'
package main

import (
	"fmt"
	"os"
)

func main() {
	r, w, _ := os.Pipe()
	r.Close()
	if _, err := w.Write([]byte("x")); err == nil {
		os.Exit(3)
	}
	for {
		if _, err := fmt.Println("y"); err != nil {
			os.Exit(4)
		}
	}
}
G
build yes
set +o pipefail
timeout 20 ./yes | head -1 >out
[ ${PIPESTATUS[0]} = 141 ] || fail "broken pipe: ${PIPESTATUS[0]}"
[ "$(cat out)" = y ] || fail "head"

# Signals: some end it, some are caught and nothing comes of it.
cat >wait.gol <<'G'
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	println("ready")
	b := make([]byte, 10)
	n, err := os.Stdin.Read(b)
	time.Sleep(100 * time.Millisecond)
	fmt.Println(string(b[:n]), err)
}
G
build wait
start() {
    rm -f pipe && mkfifo pipe
    # a hang-up that is ignored stays so, as under nohup: not here
    env --default-signal=HUP ./wait <pipe >out 2>err &
    pid=$!
    exec 7>pipe
    for i in $(seq 200); do grep -q ready err && break; sleep 0.05; done
}
start
for sig in USR1 USR2 ALRM VTALRM IO PWR URG WINCH CHLD PIPE CONT XCPU RTMIN; do kill -$sig $pid; sleep 0.02; done
echo -n data >&7
for i in 1 2 3; do sleep 0.02; kill -USR1 $pid 2>/dev/null || true; done # it may have ended
status wait $pid
[ $status = 0 ] && [ "$(cat out)" = "data <nil>" ] || fail "signals: $status $(cat out err)"
for want in TERM:143 HUP:129 QUIT:2 ABRT:2 SEGV:2 TRAP:2 SYS:2 ILL:2 BUS:2 FPE:2; do
    start
    kill -${want%:*} $pid
    status wait $pid
    [ $status = ${want#*:} ] || fail "$want: $status $(cat err)"
    [ $status != 2 ] || grep -q "^goroutine 1 \[syscall\]:" err || fail "$want: $(cat err)"
done
exec 7>&-

# On a thread that the monitor has started, while the others were in system calls, a fault is a panic
# and a loop gives way, as elsewhere; also where the signals were blocked when the program began.
cat >threads.gol <<'END'
package main

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

func fault(p *int) (err any) {
	defer func() { err = recover() }()
	return *p
}

func main() {
	done := make(chan bool)
	go func() {
		os.Stdin.Read(make([]byte, 1))
		close(done)
	}()
	time.Sleep(20 * time.Millisecond)
	fmt.Println(fault(nil))
	var stop atomic.Bool
	go func() {
		time.Sleep(time.Millisecond)
		stop.Store(true)
	}()
	for !stop.Load() {
	}
	fmt.Println("stopped")
	<-done
}
END
"$GOLC" build threads.gol || fail "threads.gol"
want="runtime error: invalid memory address or nil pointer dereference
stopped"
for procs in 1 2; do
    got=$(sleep 0.3 | GOMAXPROCS=$procs timeout 20 ./threads 2>&1)
    [ "$got" = "$want" ] || fail "on $procs processors: $got"
    got=$(sleep 0.3 | GOMAXPROCS=$procs timeout 20 env --block-signal=URG --block-signal=SEGV ./threads 2>&1)
    [ "$got" = "$want" ] || fail "on $procs processors, signals blocked: $got"
done
