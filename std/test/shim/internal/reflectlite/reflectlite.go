// Package reflectlite over Go's reflect, for tests under Go.
package reflectlite

import "reflect"

type (
	Kind        = reflect.Kind
	Type        = reflect.Type
	Value       = reflect.Value
	MapIter     = reflect.MapIter
	StructField = reflect.StructField
)

const (
	Invalid       = reflect.Invalid
	Bool          = reflect.Bool
	Int           = reflect.Int
	Int8          = reflect.Int8
	Int16         = reflect.Int16
	Int32         = reflect.Int32
	Int64         = reflect.Int64
	Uint          = reflect.Uint
	Uint8         = reflect.Uint8
	Uint16        = reflect.Uint16
	Uint32        = reflect.Uint32
	Uint64        = reflect.Uint64
	Uintptr       = reflect.Uintptr
	Float32       = reflect.Float32
	Float64       = reflect.Float64
	Complex64     = reflect.Complex64
	Complex128    = reflect.Complex128
	Array         = reflect.Array
	Chan          = reflect.Chan
	Func          = reflect.Func
	Interface     = reflect.Interface
	Map           = reflect.Map
	Pointer       = reflect.Pointer
	Slice         = reflect.Slice
	String        = reflect.String
	Struct        = reflect.Struct
	UnsafePointer = reflect.UnsafePointer
)

func TypeOf(i any) Type                   { return reflect.TypeOf(i) }
func ValueOf(i any) Value                 { return reflect.ValueOf(i) }
func Swapper(slice any) func(i, j int)    { return reflect.Swapper(slice) }
func IsComparable(i any) bool             { return i == nil || reflect.TypeOf(i).Comparable() }

func Held(i any) (Value, bool) { v, ok := i.(reflect.Value); return v, ok }

func CheckTarget(target any) int {
	v := reflect.ValueOf(target)
	t := v.Type()
	if t.Kind() != reflect.Pointer || v.IsNil() {
		return 1
	}
	e := t.Elem()
	if e.Kind() != reflect.Interface && !e.Implements(reflect.TypeFor[error]()) {
		return 2
	}
	return 0
}

func AssignTo(err error, target any) bool {
	e := reflect.ValueOf(target).Elem()
	if reflect.TypeOf(err).AssignableTo(e.Type()) {
		e.Set(reflect.ValueOf(err))
		return true
	}
	return false
}
