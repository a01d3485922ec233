# print takes no structs and arrays, which only the instances of a generic function may show; so it
# is lowering that finds out, and says so like any other error.
program="$(dirname "$0")/print-instances.gol"
status=0
"$GOLC" build -o out "$program" 2> err || status=$?
[ $status -eq 1 ] || { echo "exit status"; exit 1; }
[ ! -e out ] || { echo "a program was built"; exit 1; }
want="7:7: error: illegal types for operand: print
7:7: error: illegal types for operand: print
12:9: error: illegal types for operand: print"
got=$(sed -n 's/^.*print-instances.gol:\([0-9]*:[0-9]*: error: .*\)/\1/p' err | sort)
[ "$got" = "$(echo "$want" | sort)" ] || { echo "reported:"; cat err; exit 1; }
