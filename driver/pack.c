/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last step of golc build: what a program needs to run stays as the linker wrote it;
 * symbols and raw line tables, which lie behind, make room for one packed line table
 * (runtime/lines.h). */
#include "driver/driver.h"

#include "runtime/lines.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <lz4hc.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Image {
    const uint8_t *p;
    uint64_t n;
    const Elf64_Ehdr *eh;
    const Elf64_Shdr *sh;
    const char *names;
} Image;

static bool in_file(const Image *im, uint64_t off, uint64_t n)
{
    return off <= im->n && n <= im->n - off;
}

/* The headers, checked: the linker wrote them, but a full disk may have cut them. */
static bool open_image(Image *im)
{
    im->eh = (const Elf64_Ehdr *)im->p;
    if (im->n < sizeof *im->eh || memcmp(im->p, ELFMAG, SELFMAG) != 0 ||
        im->eh->e_shentsize != sizeof *im->sh || im->eh->e_shstrndx >= im->eh->e_shnum ||
        !in_file(im, im->eh->e_shoff, im->eh->e_shnum * sizeof *im->sh) || im->eh->e_shoff % 8)
        return false;
    im->sh = (const Elf64_Shdr *)(im->p + im->eh->e_shoff);
    const Elf64_Shdr *names = &im->sh[im->eh->e_shstrndx];
    if (!in_file(im, names->sh_offset, names->sh_size) || !names->sh_size)
        return false;
    im->names = (const char *)(im->p + names->sh_offset);
    for (unsigned i = 0; i < im->eh->e_shnum; i++) {
        const Elf64_Shdr *s = &im->sh[i];
        if (s->sh_name >= names->sh_size ||
            (s->sh_type != SHT_NOBITS && !in_file(im, s->sh_offset, s->sh_size)))
            return false;
    }
    return true;
}

static const char *section_name(const Image *im, unsigned i)
{
    return im->names + im->sh[i].sh_name;
}

/* The records of the functions that the linker kept, packed.  Empty if there are none. */
static uint8_t *pack_lines(Arena *a, const Image *im, uint32_t *n)
{
    *n = 0;
    for (unsigned i = 1; i < im->eh->e_shnum; i++) {
        const Elf64_Shdr *s = &im->sh[i];
        if (strcmp(section_name(im, i), RT_LINES_RAW) != 0 || s->sh_type != SHT_PROGBITS)
            continue;
        const uint8_t *p = im->p + s->sh_offset;
        uint8_t *raw = arena_alloc(a, s->sh_size + 1);
        uint32_t size = 0, word[3];
        for (uint64_t at = 0; at + sizeof word <= s->sh_size;) {
            memcpy(word, p + at, sizeof word);
            uint64_t whole = sizeof word + word[2];
            if (whole > s->sh_size - at)
                break;
            if (word[0]) {
                memcpy(raw + size, p + at, whole);
                size += (uint32_t)whole;
            }
            at += whole;
        }
        if (!size || size > LZ4_MAX_INPUT_SIZE)
            return NULL;
        int cap = LZ4_compressBound((int)size);
        uint8_t *out = arena_alloc(a, (size_t)cap + 4);
        memcpy(out, &size, 4);
        int len =
            LZ4_compress_HC((const char *)raw, (char *)out + 4, (int)size, cap, LZ4HC_CLEVEL_MAX);
        *n = len > 0 ? (uint32_t)len + 4 : 0;
        return out;
    }
    return NULL;
}

typedef struct Out {
    uint8_t *p;
    uint64_t n;
} Out;

static uint64_t append(Out *o, const void *p, uint64_t n, uint64_t align)
{
    while (o->n % align)
        o->p[o->n++] = 0;
    uint64_t at = o->n;
    memcpy(o->p + at, p, n);
    o->n += n;
    return at;
}

/* The image without what is not loaded, with the line table: headers of sections stay, so
 * that tools can read the program.  false if the file is laid out otherwise than linkers do. */
static bool rebuild(Arena *a, const Image *im, const uint8_t *lines, uint32_t nlines, Out *o)
{
    unsigned n = im->eh->e_shnum;
    const Elf64_Phdr *ph = (const Elf64_Phdr *)(im->p + im->eh->e_phoff);
    if (im->eh->e_phentsize != sizeof *ph ||
        !in_file(im, im->eh->e_phoff, im->eh->e_phnum * sizeof *ph))
        return false;
    uint64_t loaded = sizeof *im->eh;
    for (unsigned i = 0; i < im->eh->e_phnum; i++)
        if (ph[i].p_filesz && ph[i].p_offset + ph[i].p_filesz > loaded)
            loaded = ph[i].p_offset + ph[i].p_filesz;
    if (loaded > im->n)
        return false;

    uint32_t *number = ARENA_ARRAY(a, uint32_t, n), kept = 1;
    uint64_t names_size = 1 + sizeof RT_LINES_PACKED + sizeof ".shstrtab";
    for (unsigned i = 1; i < n; i++) {
        if (!(im->sh[i].sh_flags & SHF_ALLOC))
            continue;
        if (im->sh[i].sh_type != SHT_NOBITS && im->sh[i].sh_offset + im->sh[i].sh_size > loaded)
            return false;
        number[i] = kept++;
        names_size += strlen(section_name(im, i)) + 1;
    }
    Elf64_Shdr *sh = ARENA_ARRAY(a, Elf64_Shdr, kept + 2);
    char *names = arena_alloc(a, names_size);
    uint32_t at = 1;
    for (unsigned i = 1; i < n; i++) {
        if (!number[i])
            continue;
        Elf64_Shdr *s = &sh[number[i]];
        *s = im->sh[i];
        s->sh_name = at;
        s->sh_link = s->sh_link < n ? number[s->sh_link] : 0;
        if (s->sh_flags & SHF_INFO_LINK)
            s->sh_info = s->sh_info < n ? number[s->sh_info] : 0;
        strcpy(names + at, section_name(im, i));
        at += (uint32_t)strlen(names + at) + 1;
    }
    o->p = arena_alloc(a, loaded + nlines + names_size + (kept + 2) * sizeof *sh + 64);
    append(o, im->p, loaded, 1);
    if (nlines) {
        sh[kept] = (Elf64_Shdr){.sh_name = at, .sh_type = SHT_PROGBITS, .sh_addralign = 1};
        strcpy(names + at, RT_LINES_PACKED);
        at += sizeof RT_LINES_PACKED;
        sh[kept].sh_offset = append(o, lines, nlines, 1);
        sh[kept++].sh_size = nlines;
    }
    sh[kept] = (Elf64_Shdr){.sh_name = at, .sh_type = SHT_STRTAB, .sh_addralign = 1};
    strcpy(names + at, ".shstrtab");
    at += sizeof ".shstrtab";
    sh[kept].sh_offset = append(o, names, at, 1);
    sh[kept++].sh_size = at;
    Elf64_Ehdr eh = *im->eh;
    eh.e_shoff = append(o, sh, kept * sizeof *sh, 8);
    eh.e_shnum = (Elf64_Half)kept;
    eh.e_shstrndx = (Elf64_Half)(kept - 1);
    memcpy(o->p, &eh, sizeof eh);
    return true;
}

static bool read_whole(int fd, uint64_t n, uint8_t *p)
{
    for (uint64_t got = 0; got < n;) {
        ssize_t k = read(fd, p + got, n - got);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        got += (uint64_t)k;
    }
    return true;
}

static bool write_whole(int fd, const uint8_t *p, uint64_t n)
{
    for (uint64_t done = 0; done < n;) {
        ssize_t k = write(fd, p + done, n - done);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        done += (uint64_t)k;
    }
    return ftruncate(fd, (off_t)n) == 0;
}

bool pack_program(Arena *a, const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat st;
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    if (ok) {
        Image im = {.n = (uint64_t)st.st_size};
        uint8_t *p = arena_alloc(a, im.n + 1);
        im.p = p;
        ok = read_whole(fd, im.n, p) && lseek(fd, 0, SEEK_SET) == 0;
        Out o = {0};
        uint32_t n = 0;
        if (ok && open_image(&im)) {
            const uint8_t *packed = pack_lines(a, &im, &n);
            if (rebuild(a, &im, packed, n, &o))
                ok = write_whole(fd, o.p, o.n);
        }
    }
    if (!ok)
        driver_error("cannot write %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}
