# Wrong words on the command line: one clear line, status 2.
expect() { # status, pattern, words…
	local want=$1 pattern=$2 got=0
	shift 2
	out=$("$GOLC" "$@" 2>&1 </dev/null) || got=$?
	[ "$got" = "$want" ] || { echo "golc $*: status $got, expected $want: $out"; exit 1; }
	grep -qE -- "$pattern" <<<"$out" || { echo "golc $*: no '$pattern' in: $out"; exit 1; }
	[ "$(wc -l <<<"$out")" -le "${lines:-1}" ] || { echo "golc $*: too many lines: $out"; exit 1; }
}
expect 2 'unknown command frobnicate' frobnicate
expect 2 'unknown option -x' build -x
expect 2 'unknown option --frob' run --frob a.gol
expect 2 'levels are' build -O7
expect 2 'not a stage' build --emit=nothing
expect 2 '-o wants a file name' build -o
expect 2 'run takes no -o' run -o x a.gol
expect 2 'wants a program' run
expect 2 'no help on frob' help frob
expect 2 'takes no arguments' version now
expect 2 'to run a program: golc run' hello.gol
expect 0 'golc version [0-9]' version
lines=40
expect 0 'golc run FILE' help
expect 0 'usage: golc build' help build
expect 0 'usage: golc run' help run
expect 2 'golc run FILE'
