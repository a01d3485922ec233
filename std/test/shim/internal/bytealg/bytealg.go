package bytealg

import (
	"bytes"
	"strings"
)

func IndexByte(b []byte, c byte) int           { return bytes.IndexByte(b, c) }
func IndexByteString(s string, c byte) int     { return strings.IndexByte(s, c) }
func LastIndexByte(b []byte, c byte) int       { return bytes.LastIndexByte(b, c) }
func LastIndexByteString(s string, c byte) int { return strings.LastIndexByte(s, c) }
func Count(b []byte, c byte) int               { return bytes.Count(b, []byte{c}) }
func CountString(s string, c byte) int         { return strings.Count(s, string([]byte{c})) }
func Index(b, sep []byte) int                  { return bytes.Index(b, sep) }
func IndexString(s, sep string) int            { return strings.Index(s, sep) }
func Equal(a, b []byte) bool                   { return bytes.Equal(a, b) }
func Compare(a, b []byte) int                  { return bytes.Compare(a, b) }
