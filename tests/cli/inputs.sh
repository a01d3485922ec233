# Inputs that are no programs: one clear line, status 1, nothing left behind.
expect() { # status, pattern, words…
	local want=$1 pattern=$2 got=0
	shift 2
	out=$("$GOLC" "$@" 2>&1 </dev/null) || got=$?
	[ "$got" = "$want" ] || { echo "golc $*: status $got, expected $want: $out"; exit 1; }
	grep -qE -- "$pattern" <<<"$out" || { echo "golc $*: no '$pattern' in: $out"; exit 1; }
}
mkdir in empty
cd in
expect 1 'nothere.gol: No such file' run nothere.gol
expect 1 'nothere.gol: No such file' build nothere.gol
expect 1 'no Gol files' build ../empty
expect 1 'no Gol files' run ../empty
: >empty.gol
expect 1 'empty.gol:1:1: error: .*package' build empty.gol
head -c 4096 /bin/true >binary.gol
expect 1 'binary.gol: is a binary file' build binary.gol
expect 1 'binary.gol: is a binary file' run binary.gol
echo hello >text.txt
expect 1 'sources end in .gol or .go' build text.txt
printf 'package lib\n' >lib.gol
expect 0 '^$' build lib.gol # only checked, as go build does
expect 1 'package lib is not a program' build -o lib lib.gol
expect 1 'package lib is not a program' run lib.gol
printf 'package main\nfunc main() {}\n' >ok.gol
expect 1 'named twice' build ok.gol ok.gol
mkdir sub && cp ok.gol sub/
expect 1 'all be in one directory' build ok.gol sub/ok.gol
expect 1 'is a directory' build ok.gol sub
printf 'package main\nimport "nosuch/pkg"\nfunc main() {}\n' >imp.gol
expect 1 'imp.gol:2:8: error: package nosuch/pkg is not in std' build imp.gol
printf 'package main\nimport "C"\nfunc main() {}\n' >cgo.gol
expect 1 'cgo is not part of Gol' build cgo.gol
printf 'package main\nimport "example.com/x"\nfunc main() {}\n' >net.gol
expect 1 'fetches no modules' build net.gol
printf 'package main\nfunc main() { x := 1 }\n' >bad.gol
expect 1 'bad.gol:2:15: error: declared and not used: x' build bad.gol
# nothing was made
[ "$(ls | tr '\n' ' ')" = "bad.gol binary.gol cgo.gol empty.gol imp.gol lib.gol net.gol ok.gol sub text.txt " ] || { ls; exit 1; }
