/* SPDX-License-Identifier: MIT
 *
 * Floats as print writes them: strconv's format 'g' with the shortest digits. */
#ifndef GOL_RUNTIME_SHORTEST_H
#define GOL_RUNTIME_SHORTEST_H

/* Writes v, a value of a float of 32 or 64 bits, to out[32]; the number of characters. */
int rt_format_float(double v, int bits, char *out);

#endif
