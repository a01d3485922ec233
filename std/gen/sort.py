#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Generates the sorting algorithm over Interface and over functions (std/sort/sorting.gol),
and over slices of ordered elements and by a comparison (std/slices/sorting.gol).

    std/gen/sort.py sort | gofmt > std/sort/sorting.gol
    std/gen/sort.py slices | gofmt > std/slices/sorting.gol
"""
import re
import sys

TEMPLATE = '''
// insertion@ sorts data[a:b] by insertion.
func insertion@(data T, a, b int) {
	for i := a + 1; i < b; i++ {
		for j := i; j > a && data.Less(j, j-1); j-- {
			data.Swap(j, j-1)
		}
	}
}

// siftDown@ restores the heap property of data[lo:hi], whose root is at first.
func siftDown@(data T, lo, hi, first int) {
	root := lo
	for {
		child := 2*root + 1
		if child >= hi {
			return
		}
		if child+1 < hi && data.Less(first+child, first+child+1) {
			child++
		}
		if !data.Less(first+root, first+child) {
			return
		}
		data.Swap(first+root, first+child)
		root = child
	}
}

// heap@ sorts data[a:b] by a heap: the fallback that bounds the time.
func heap@(data T, a, b int) {
	n := b - a
	for i := (n - 1) / 2; i >= 0; i-- {
		siftDown@(data, i, n, a)
	}
	for i := n - 1; i >= 0; i-- {
		data.Swap(a, a+i)
		siftDown@(data, 0, i, a)
	}
}

// pdq@ is pattern-defeating quicksort; limit: bad pivots allowed before the heap sort.
func pdq@(data T, a, b, limit int) {
	balanced, partitioned := true, true
	for {
		length := b - a
		if length <= 12 {
			insertion@(data, a, b)
			return
		}
		if limit == 0 {
			heap@(data, a, b)
			return
		}
		if !balanced {
			breakPatterns@(data, a, b)
			limit--
		}
		pivot, hint := choosePivot@(data, a, b)
		if hint == decreasing {
			reverse@(data, a, b)
			pivot = b - 1 - (pivot - a)
			hint = increasing
		}
		if balanced && partitioned && hint == increasing && partialInsertion@(data, a, b) {
			return
		}
		// All that is equal to the element before a comes first: skip it.
		if a > 0 && !data.Less(a-1, pivot) {
			a = partitionEqual@(data, a, b, pivot)
			continue
		}
		mid, already := partition@(data, a, b, pivot)
		partitioned = already
		left, right := mid-a, b-mid
		threshold := length / 8
		if left < right {
			balanced = left >= threshold
			pdq@(data, a, mid, limit)
			a = mid + 1
		} else {
			balanced = right >= threshold
			pdq@(data, mid+1, b, limit)
			b = mid
		}
	}
}

// partition@ moves what is less than data[pivot] before it; already: nothing had to move.
func partition@(data T, a, b, pivot int) (mid int, already bool) {
	data.Swap(a, pivot)
	i, j := a+1, b-1
	for i <= j && data.Less(i, a) {
		i++
	}
	for i <= j && !data.Less(j, a) {
		j--
	}
	if i > j {
		data.Swap(j, a)
		return j, true
	}
	data.Swap(i, j)
	i++
	j--
	for {
		for i <= j && data.Less(i, a) {
			i++
		}
		for i <= j && !data.Less(j, a) {
			j--
		}
		if i > j {
			break
		}
		data.Swap(i, j)
		i++
		j--
	}
	data.Swap(j, a)
	return j, false
}

// partitionEqual@ moves what is equal to data[pivot], the least, to the front.
func partitionEqual@(data T, a, b, pivot int) int {
	data.Swap(a, pivot)
	i, j := a+1, b-1
	for {
		for i <= j && !data.Less(a, i) {
			i++
		}
		for i <= j && data.Less(a, j) {
			j--
		}
		if i > j {
			return i
		}
		data.Swap(i, j)
		i++
		j--
	}
}

// partialInsertion@ tries to sort what is nearly sorted; true if it is sorted then.
func partialInsertion@(data T, a, b int) bool {
	const maxSteps, shortest = 5, 50
	i := a + 1
	for step := 0; step < maxSteps; step++ {
		for i < b && !data.Less(i, i-1) {
			i++
		}
		if i == b {
			return true
		}
		if b-a < shortest {
			return false
		}
		data.Swap(i, i-1)
		if i-a >= 2 {
			for j := i - 1; j >= 1; j-- {
				if !data.Less(j, j-1) {
					break
				}
				data.Swap(j, j-1)
			}
		}
		if b-i >= 2 {
			for j := i + 1; j < b; j++ {
				if !data.Less(j, j-1) {
					break
				}
				data.Swap(j, j-1)
			}
		}
	}
	return false
}

// breakPatterns@ scatters some elements.
func breakPatterns@(data T, a, b int) {
	length := b - a
	if length < 8 {
		return
	}
	random := uint64(length)
	modulus := uint(1)
	for modulus <= uint(length) {
		modulus <<= 1
	}
	at := a + length/4*2 - 1
	for i := 0; i < 3; i++ {
		random ^= random << 13
		random ^= random >> 7
		random ^= random << 17
		other := int(uint(random) & (modulus - 1))
		if other >= length {
			other -= length
		}
		data.Swap(at+i, a+other)
	}
}

// choosePivot@ picks a pivot, and tells whether the samples were in order or reversed.
func choosePivot@(data T, a, b int) (pivot, hint int) {
	const ninther, maxSwaps = 50, 4 * 3
	l := b - a
	swaps := 0
	i, j, k := a+l/4*1, a+l/4*2, a+l/4*3
	if l >= 8 {
		if l >= ninther {
			i = medianAdjacent@(data, i, &swaps)
			j = medianAdjacent@(data, j, &swaps)
			k = medianAdjacent@(data, k, &swaps)
		}
		j = median@(data, i, j, k, &swaps)
	}
	switch swaps {
	case 0:
		return j, increasing
	case maxSwaps:
		return j, decreasing
	}
	return j, unknown
}

// order2@ returns a and b in the order of their elements.
func order2@(data T, a, b int, swaps *int) (int, int) {
	if data.Less(b, a) {
		*swaps++
		return b, a
	}
	return a, b
}

func median@(data T, a, b, c int, swaps *int) int {
	a, b = order2@(data, a, b, swaps)
	b, c = order2@(data, b, c, swaps)
	a, b = order2@(data, a, b, swaps)
	return b
}

func medianAdjacent@(data T, a int, swaps *int) int { return median@(data, a-1, a, a+1, swaps) }

func reverse@(data T, a, b int) {
	for i, j := a, b-1; i < j; i, j = i+1, j-1 {
		data.Swap(i, j)
	}
}

// stable@ sorts data[:n] keeping the order of equal elements: blocks by insertion, merged
// in place.
func stable@(data T, n int) {
	size := 20
	a, b := 0, size
	for b <= n {
		insertion@(data, a, b)
		a = b
		b += size
	}
	insertion@(data, a, n)
	for size < n {
		a, b = 0, 2*size
		for b <= n {
			symMerge@(data, a, a+size, b)
			a = b
			b += 2 * size
		}
		if m := a + size; m < n {
			symMerge@(data, a, m, n)
		}
		size *= 2
	}
}

// symMerge@ merges the sorted data[a:m] and data[m:b] by rotations (Kim and Kutzner,
// "Stable minimum storage merging by symmetric comparisons").
func symMerge@(data T, a, m, b int) {
	if m-a == 1 {
		i, j := m, b
		for i < j {
			h := int(uint(i+j) >> 1)
			if data.Less(h, a) {
				i = h + 1
			} else {
				j = h
			}
		}
		for k := a; k < i-1; k++ {
			data.Swap(k, k+1)
		}
		return
	}
	if b-m == 1 {
		i, j := a, m
		for i < j {
			h := int(uint(i+j) >> 1)
			if !data.Less(m, h) {
				i = h + 1
			} else {
				j = h
			}
		}
		for k := m; k > i; k-- {
			data.Swap(k, k-1)
		}
		return
	}
	mid := int(uint(a+b) >> 1)
	n := mid + m
	var start, r int
	if m > mid {
		start = n - b
		r = mid
	} else {
		start = a
		r = m
	}
	p := n - 1
	for start < r {
		c := int(uint(start+r) >> 1)
		if !data.Less(p-c, c) {
			start = c + 1
		} else {
			r = c
		}
	}
	end := n - start
	if start < m && m < end {
		rotate@(data, start, m, end)
	}
	if a < start && start < mid {
		symMerge@(data, a, start, mid)
	}
	if mid < end && end < b {
		symMerge@(data, mid, end, b)
	}
}

func swapRange@(data T, a, b, n int) {
	for i := 0; i < n; i++ {
		data.Swap(a+i, b+i)
	}
}

// rotate@ exchanges data[a:m] and data[m:b].
func rotate@(data T, a, m, b int) {
	i, j := m-a, b-m
	for i != j {
		if i > j {
			swapRange@(data, m-i, m, j)
			i -= j
		} else {
			swapRange@(data, m-i, m+j-i, i)
			j -= i
		}
	}
	swapRange@(data, m-i, m, i)
}
'''


HEAD = '''// SPDX-License-Identifier: MIT

// Generated by std/gen/sort.py; do not edit.

package '''


def of_interface(suffix, typ):
    return TEMPLATE.replace("@", suffix).replace("data T", "data " + typ).rstrip()


def of_slice(suffix, params, less, extra):
    # every function takes the comparison as its last parameter, where there is one
    t = TEMPLATE.replace("data T", "data []E")
    t = re.sub(r"^func (\w+)@\((.*?)\)", lambda m: "func %s%s[%s](%s%s)" % (
        m[1], suffix, params, m[2], extra), t, flags=re.M)
    if extra:
        t = re.sub(r"(\w+)@\((data[^{}\n]*?)\)(?=$| \{| \}| &&|\n)", r"\1@(\2, cmp)", t, flags=re.M)
    t = t.replace("@", suffix)
    t = re.sub(r"data\.Swap\((.*?), (.*?)\)$", r"data[\1], data[\2] = data[\2], data[\1]", t,
               flags=re.M)
    return re.sub(r"data\.Less\(([^,()]*), ([^,()]*)\)", less, t).rstrip()


if sys.argv[1] == "sort":
    print(HEAD + "sort")
    print(of_interface("", "Interface"))
    print(of_interface("Func", "lessSwap"))
else:
    print(HEAD + 'slices\n\nimport "cmp"')
    print('''
// Hints of choosePivot.
const (
	unknown = iota
	increasing
	decreasing
)''')
    t = of_slice("Ordered", "E cmp.Ordered", r"cmp.Less(data[\1], data[\2])", "")
    print(t[:t.index("// stableOrdered")].rstrip())
    print(of_slice("Cmp", "E any", r"(cmp(data[\1], data[\2]) < 0)", ", cmp func(a, b E) int"))
