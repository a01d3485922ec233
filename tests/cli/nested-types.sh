# Types that are nested very deep are an error at once, not after hours of gcc's.
{
    echo 'package main'
    echo 'type T0 struct{ a int }'
    i=1
    while [ $i -lt 5200 ]; do
        echo "type T$i struct{ f T$((i - 1)) }"
        i=$((i + 1))
    done
    echo 'var v T5199'
    echo 'func main() { _ = v }'
} >nested.gol
status=0
"$GOLC" build -o nested nested.gol 2>err || status=$?
[ $status -eq 1 ] || { echo "status $status"; exit 1; }
grep -q 'nested.gol:5002:6: error: gol: type T5000 is nested more than 5000 types deep' err || { cat err; exit 1; }
[ "$(grep -c error: err)" -eq 1 ]
