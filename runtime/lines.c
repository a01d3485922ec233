/* SPDX-License-Identifier: MIT
 *
 * Reads the program's own line table (lines.h) from its file, once, when the first trace
 * asks.  Runs on a system stack under trace.c's lock; allocates by mmap alone, for the heap
 * may be what is in trouble.
 */
#include "runtime/lines.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/trace.h"

typedef struct {
    uint32_t start, size, off; /* off: of the record's flags in `records` */
} Entry;

static const uint8_t *records;
static uint32_t records_size;
static Entry *entries; /* sorted by start */
static uint32_t nentries;
static bool tried;

/* ---- the file ------------------------------------------------------------------------------- */

static void *pages(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static bool read_at(int fd, void *to, size_t n, uint64_t off)
{
    for (size_t got = 0; got < n;) {
        ssize_t k = pread(fd, (char *)to + got, n - got, (off_t)(off + got));
        if (k <= 0)
            return false;
        got += (size_t)k;
    }
    return true;
}

/* One block of LZ4: runs of literals and copies of what is already there (the LZ4 block
 * format, lz4.org).  → whether it gave exactly n bytes. */
static bool unpack(const uint8_t *p, size_t len, uint8_t *to, size_t n)
{
    const uint8_t *end = p + len;
    size_t at = 0;
    while (p < end) {
        unsigned token = *p++;
        size_t run = token >> 4;
        if (run == 15) {
            unsigned more;
            do {
                if (p == end)
                    return false;
                run += more = *p++;
            } while (more == 255);
        }
        if (run > (size_t)(end - p) || run > n - at)
            return false;
        memcpy(to + at, p, run);
        at += run;
        p += run;
        if (p == end)
            break;
        if (end - p < 2)
            return false;
        size_t back = p[0] | (size_t)p[1] << 8, count = (token & 15) + 4;
        p += 2;
        if (count == 19) {
            unsigned more;
            do {
                if (p == end)
                    return false;
                count += more = *p++;
            } while (more == 255);
        }
        if (!back || back > at || count > n - at)
            return false;
        for (; count; count--, at++) /* they may overlap */
            to[at] = to[at - back];
    }
    return at == n;
}

/* The section's content, in pages of its own. */
static uint8_t *section(int fd, const Elf64_Shdr *s, uint32_t *n)
{
    if (!s->sh_size || s->sh_size > UINT32_MAX)
        return NULL;
    uint8_t *p = pages(s->sh_size);
    *n = (uint32_t)s->sh_size;
    return p && read_at(fd, p, s->sh_size, s->sh_offset) ? p : NULL;
}

static void load(int fd)
{
    Elf64_Ehdr eh;
    Elf64_Shdr names, s;
    char name[sizeof RT_LINES_RAW + 1];
    if (!read_at(fd, &eh, sizeof eh, 0) ||
        !read_at(fd, &names, sizeof names, eh.e_shoff + eh.e_shstrndx * sizeof names))
        return;
    for (unsigned i = 1; i < eh.e_shnum; i++) {
        if (!read_at(fd, &s, sizeof s, eh.e_shoff + i * sizeof s))
            return;
        memset(name, 0, sizeof name);
        ssize_t k = pread(fd, name, sizeof name - 1, (off_t)(names.sh_offset + s.sh_name));
        if (k <= 0)
            return;
        uint32_t n;
        if (strcmp(name, RT_LINES_RAW) == 0 && !(s.sh_flags & SHF_COMPRESSED)) {
            records = section(fd, &s, &records_size);
            return;
        }
        if (strcmp(name, RT_LINES_PACKED) == 0) {
            uint8_t *packed = section(fd, &s, &n), *p;
            uint32_t size;
            if (!packed || n < 4)
                return;
            memcpy(&size, packed, 4);
            p = size ? pages(size) : NULL;
            if (p && unpack(packed + 4, n - 4, p, size)) {
                records = p;
                records_size = size;
            }
            munmap(packed, n);
            return;
        }
    }
}

/* Goes over the records; with to, it notes those of functions that are in the program. */
static uint32_t walk(Entry *to)
{
    uint32_t n = 0, word[3];
    for (uint64_t at = 0; at + sizeof word <= records_size;) {
        memcpy(word, records + at, sizeof word);
        at += sizeof word;
        if (word[2] > records_size - at)
            break;
        if (word[0]) {
            if (to)
                to[n] = (Entry){word[0], word[1], (uint32_t)at};
            n++;
        }
        at += word[2];
    }
    return n;
}

/* Makes entries[at] the largest of its heap, which ends at n. */
static void sift(uint32_t at, uint32_t n)
{
    for (uint32_t c; (c = 2 * at + 1) < n; at = c) {
        if (c + 1 < n && entries[c].start < entries[c + 1].start)
            c++;
        if (entries[at].start >= entries[c].start)
            return;
        Entry t = entries[at];
        entries[at] = entries[c];
        entries[c] = t;
    }
}

/* Heap sort, for libc's qsort may allocate. */
static void sort(uint32_t n)
{
    for (uint32_t i = n / 2; i-- > 0;)
        sift(i, n);
    for (; n > 1; sift(0, n)) {
        Entry t = entries[--n];
        entries[n] = entries[0];
        entries[0] = t;
    }
}

static void start(void)
{
    tried = true;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    load(fd);
    close(fd);
    uint32_t n = records ? walk(NULL) : 0;
    entries = n ? pages(n * sizeof *entries) : NULL;
    if (!entries)
        return;
    nentries = walk(entries);
    sort(nentries);
}

/* ---- look-up ---------------------------------------------------------------------------------- */

static const Entry *find(uint64_t pc)
{
    uint32_t lo = 0, hi = nentries;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (entries[mid].start <= pc)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo && pc - entries[lo - 1].start < entries[lo - 1].size ? &entries[lo - 1] : NULL;
}

static uint32_t uleb(const uint8_t **p)
{
    uint32_t v = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t b = *(*p)++;
        if (shift < 32)
            v |= (uint32_t)(b & 127) << shift;
        if (!(b & 128))
            return v;
    }
}

static int32_t sleb(const uint8_t **p)
{
    uint32_t v = 0;
    int shift = 0;
    uint8_t b;
    do {
        b = *(*p)++;
        if (shift < 32)
            v |= (uint32_t)(b & 127) << shift;
        shift += 7;
    } while (b & 128);
    if (shift < 32 && b & 64)
        v |= ~(uint32_t)0 << shift;
    return (int32_t)v;
}

static const char *string(const uint8_t **p)
{
    const char *s = (const char *)*p;
    *p += strlen(s) + 1;
    return s;
}

typedef struct {
    uint32_t parent, line, file, flags;
    const char *name;
} Inlined;

/* The nth of a list, from 1. */
static Inlined inlined(const uint8_t *list, uint32_t n)
{
    Inlined r = {0};
    while (n--) {
        r.parent = uleb(&list);
        r.line = uleb(&list);
        r.file = uleb(&list);
        r.flags = *list++;
        r.name = string(&list);
    }
    return r;
}

static const char *nth_file(const uint8_t *files, uint32_t count, uint32_t n)
{
    const char *s = NULL;
    for (uint32_t i = 0; i <= n && i < count; i++)
        s = string(&files);
    return s;
}

static void set_frame(RtFrameInfo *f, const char *name, uint32_t flags, const char *file,
                      uint32_t line, uint64_t entry)
{
    f->name = name;
    f->is_half = flags & RT_LINE_HALF;
    f->file = file;
    f->line = (int)line;
    f->entry = entry;
}

int rt_lines_find(uint64_t pc, RtFrameInfo *f, int max)
{
    if (!tried)
        start();
    const Entry *e = find(pc);
    if (!e)
        return 0;
    const uint8_t *p = records + e->off, *end;
    uint32_t rest;
    memcpy(&rest, p - sizeof rest, sizeof rest);
    end = p + rest;
    uint32_t flags = *p++;
    const char *name = string(&p);
    uint32_t nfiles = uleb(&p);
    const uint8_t *files = p;
    for (uint32_t i = 0; i < nfiles; i++)
        string(&p);
    uint32_t ninlined = uleb(&p);
    const uint8_t *list = p;
    for (uint32_t i = 0; i < ninlined; i++) {
        uleb(&p), uleb(&p), uleb(&p), p++;
        string(&p);
    }
    /* the last place not after pc; before the first (a prologue) it is the first */
    uint32_t line = 0, file = 0, node = 0;
    uint64_t at = e->start;
    for (bool first = true; p < end; first = false) {
        at += uleb(&p);
        if (at > pc && !first)
            break;
        int32_t change = sleb(&p);
        line += (uint32_t)(change >> 2);
        if (change & RT_LINE_NODE)
            node = uleb(&p);
        if (change & RT_LINE_FILE)
            file = uleb(&p);
        if (at > pc)
            break;
    }
    int n = 0;
    while (node && n < max - 1) {
        Inlined in = inlined(list, node);
        set_frame(&f[n++], in.name, in.flags, nth_file(files, nfiles, file), line, 0);
        node = in.parent;
        line = in.line;
        file = in.file;
    }
    set_frame(&f[n++], name, flags, nth_file(files, nfiles, file), line, e->start);
    return n;
}
