/* SPDX-License-Identifier: MIT
 *
 * The line table: what a code address belongs to, for traces.  golc writes it (codegen/
 * asm_lines.c an object's, driver/pack.c a program's), the runtime reads it (lines.c).
 *
 * Every object has a section .debug_gollines of records, one a function, of which the linker
 * keeps those of functions that it dropped, with start 0:
 *
 *     u32   start                  the function's first instruction
 *     u32   size                   of its code, in bytes
 *     u32   rest                   bytes of this record that follow this word
 *     u8    flags                  RT_LINE_HALF
 *     str   name                   as Go writes it; strings end in a zero byte
 *     uleb  files, then a str each
 *     uleb  inlined, then each     uleb parent (0: the function itself, n: the nth of these)
 *                                  uleb line of the call in the parent, uleb its file
 *                                  u8 flags, str name
 *     then to the end of the record, for each place where something changes:
 *     uleb  bytes of code since the last place (the first: since start)
 *     sleb  (lines since the last place) * 4, + RT_LINE_NODE if another function begins,
 *           + RT_LINE_FILE if another file does
 *     uleb  if RT_LINE_NODE: which, as `parent`
 *     uleb  if RT_LINE_FILE: which, from 0
 *
 * A program to ship has one section .gollines instead: a u32 with the size of all records of
 * its functions, then these as one block of LZ4 (the block format, without a frame).  */
#ifndef GOL_RUNTIME_LINES_H
#define GOL_RUNTIME_LINES_H

#define RT_LINES_RAW ".debug_gollines"
#define RT_LINES_PACKED ".gollines"

enum {
    RT_LINE_HALF = 1, /* the body of a function with defer, or a part that gcc split off */

    RT_LINE_NODE = 1,
    RT_LINE_FILE = 2,
};

#endif
