package math

import gomath "math"

func Sqrt(x float64) float64      { return gomath.Sqrt(x) }
func FMA(x, y, z float64) float64 { return gomath.FMA(x, y, z) }
func archExp(x float64) float64   { return gomath.Exp(x) }
