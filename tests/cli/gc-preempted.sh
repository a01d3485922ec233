# Goroutines that a signal stops between a store and the record of what it overwrote lose nothing
# when marking ends before they go on.  One processor, so that others end it; chance decides, so
# some seeds.
"$GOLC" build -o barrier "$(dirname "$0")/../run/gc-barrier-preempted.gol" || exit 1
for seed in 5 8 11 14; do
    out=$(GOMAXPROCS=1 GOGC=20 GOLDEBUG=chaos=$seed ./barrier 2>&1)
    [ "$out" = ok ] || { echo "chaos=$seed: $out"; exit 1; }
done
