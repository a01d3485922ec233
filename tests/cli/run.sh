# golc run: arguments, standard input and exit status pass through; scripts; the cache.
fail() { echo "$1"; exit 1; }
cat >args.gol <<'G'
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(len(os.Args)-1, os.Args[1:])
	os.Exit(7)
}
G
status=0
out=$("$GOLC" run args.gol -v one 'two three' --emit=x) || status=$?
[ "$status" = 7 ] || fail "status $status"
[ "$out" = "4 [-v one two three --emit=x]" ] || fail "$out"
status=0
out=$("$GOLC" run args.gol) || status=$?
[ "$status $out" = "7 0 []" ] || fail "warm: $status $out"
{ echo "#!/usr/bin/env -S $GOLC run"; printf 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("script") }\n'; } >script
chmod +x script
[ "$(./script)" = script ] || fail "script"
cat >cat.gol <<'G'
package main

import (
	"io"
	"os"
)

func main() {
	if _, err := io.Copy(os.Stdout, os.Stdin); err != nil {
		os.Exit(1)
	}
}
G
[ "$(echo through | "$GOLC" run cat.gol)" = through ] || fail "standard input"
# a changed source is built anew, a local package's change too
mkdir -p m/util && cd m
echo 'module example.com/m' >go.mod
printf 'package util\n\nfunc Name() string { return "one" }\n' >util/util.gol
printf 'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/m/util"\n)\n\nfunc main() { fmt.Println(util.Name()) }\n' >main.gol
[ "$("$GOLC" run main.gol)" = one ] || fail "local package"
[ "$("$GOLC" run main.gol)" = one ] || fail "local package, warm"
sed -i s/one/two/ util/util.gol
[ "$("$GOLC" run main.gol)" = two ] || fail "local package, changed"
[ "$("$GOLC" run .)" = two ] || fail "directory"
cd ..
# without a place for the cache
printf 'package main\nfunc main() { println("no cache") }\n' >nc.gol
[ "$(env -u HOME -u XDG_CACHE_HOME "$GOLC" run nc.gol 2>&1)" = "no cache" ] || fail "no cache"
