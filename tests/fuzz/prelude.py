# SPDX-License-Identifier: GPL-3.0-or-later
"""What every file of random programs begins with."""

PRELUDE = r'''package main

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sort"
	"sync"
)

var lines, fuel int
var sum uint64

func note(s string) {
	if verbose && lines < 400 {
		fmt.Println(s)
	}
	lines++
	for i := 0; i < len(s); i++ {
		sum = (sum ^ uint64(s[i])) * 1099511628211
	}
}

func pr(a ...any) {
	s := ""
	for i, v := range a {
		if i > 0 {
			s += " "
		}
		s += show(v)
	}
	note(s)
}

func show(v any) string {
	switch x := v.(type) {
	case nil:
		return "nil"
	case string:
		return fmt.Sprintf("%q", x)
	case float64:
		if x != x {
			return "nan"
		}
		return fmt.Sprintf("%v/%x", x, math.Float64bits(x))
	case float32:
		if x != x {
			return "nan"
		}
		return fmt.Sprintf("%v/%x", x, math.Float32bits(x))
	case runtime.Error:
		return "R:" + x.Error()
	case error:
		return "E:" + x.Error()
	}
	return fmt.Sprintf("%v", v)
}

func burn() bool {
	fuel--
	return fuel < 0
}

func opq[T any](x T) T { return x }

func idx(i, n int) int {
	if n == 0 {
		return 0
	}
	i %= n
	if i < 0 {
		i += n
	}
	return i
}

func cf(x, lo, hi float64) float64 {
	if x >= lo && x <= hi {
		return x
	}
	if x > hi {
		return hi
	}
	if x < lo {
		return lo
	}
	return 0
}

func cut(s string) string {
	if len(s) > 48 {
		return s[len(s)-17:]
	}
	return s
}

func trim[T any](s []T) []T {
	if len(s) > 24 {
		return s[len(s)-5:]
	}
	return s
}

func tr[T any](k int, v T) T {
	note(fmt.Sprint("t", k, " ", show(v)))
	return v
}

func keys[K ~int8 | ~int | ~uint16 | ~string, V any](m map[K]V) []K {
	var r []K
	for k := range m {
		r = append(r, k)
	}
	sort.Slice(r, func(i, j int) bool { return r[i] < r[j] })
	return r
}

type Number interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~int | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uint | ~uintptr | ~float32 | ~float64
}

func fold[T, A any](s []T, a A, f func(A, T) A) A {
	for _, x := range s {
		a = f(a, x)
	}
	return a
}

func mapped[T, U any](s []T, f func(T) U) []U {
	var r []U
	for _, x := range s {
		r = append(r, f(x))
	}
	return r
}

func total[T Number](s ...T) (t T) {
	for _, x := range s {
		t += x
	}
	return
}

type Stack[T any] struct {
	items []T
	top   *node[T]
}

type node[T any] struct {
	v    T
	next *node[T]
}

func (s *Stack[T]) Push(v T) {
	s.items = append(s.items, v)
	s.top = &node[T]{v, s.top}
}

func (s *Stack[T]) Pop() (v T, ok bool) {
	if s.top == nil {
		return
	}
	v, ok = s.top.v, true
	s.top = s.top.next
	s.items = s.items[:len(s.items)-1]
	return
}

type Pair[K comparable, V any] struct {
	Key K
	Val V
}

func (p Pair[K, V]) Is(k K) bool { return p.Key == k }

func kind[T any](x T) string {
	switch v := any(x).(type) {
	case int, int8, string:
		return fmt.Sprintf("%T %v", v, v)
	case bool:
		return "bool"
	case []T:
		return "never"
	case Shape:
		return "shape " + v.Name()
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprintf("%T", *new(T))
}

func zero[T any]() (x T) { return }

func same[T comparable](a, b T) bool { return a == b && any(a) == any(b) }

func sized[S ~[]E, E any](s S) (int, S) { return len(s), append(S(nil), s...) }

func largest[T Number](s ...T) (m T) {
	for i, x := range s {
		if i == 0 || x > m {
			m = x
		}
	}
	return m + 1
}

func convert[T, U Number](x U) T { return T(x) }

type List[T any] struct {
	head, tail *node[T]
	n          int
}

func (l *List[T]) Add(v T) *List[T] {
	e := &node[T]{v: v}
	if l.tail == nil {
		l.head = e
	} else {
		l.tail.next = e
	}
	l.tail = e
	l.n++
	return l
}

func (l *List[T]) Len() int { return l.n }

func (l *List[T]) All() func(func(int, T) bool) {
	return func(yield func(int, T) bool) {
		i := 0
		for e := l.head; e != nil && yield(i, e.v); e = e.next {
			i++
		}
	}
}

func Map[T, U any](l *List[T], f func(T) U) *List[U] {
	r := new(List[U])
	for _, x := range l.All() {
		r.Add(f(x))
	}
	return r
}

func count[K comparable](s []K) map[K]int {
	m := make(map[K]int)
	for _, k := range s {
		m[k]++
	}
	return m
}

func seq[T any](s []T) func(func(int, T) bool) {
	return func(yield func(int, T) bool) {
		for i := 0; i < len(s); i++ {
			if !yield(i, s[i]) {
				return
			}
		}
	}
}

type Shape interface {
	Area(k int) int
	Name() string
}

type Mover interface {
	Shape
	Move(k int)
}

type custom struct {
	Code int
	Text string
}

func (c custom) Error() string { return fmt.Sprintf("custom %d %s", c.Code, c.Text) }

var errPlain = errors.New("plain")

func guard(name string, f func()) {
	fuel = 800
	note("== " + name)
	defer func() {
		if r := recover(); r != nil {
			pr("panic", r)
		}
	}()
	f()
}

func program(seed int, f func()) {
	lines, sum = 0, 14695981039346656037
	f()
	fmt.Printf("-- %d %d %x\n", seed, lines, sum)
}

var mu sync.Mutex
'''
