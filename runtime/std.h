/* SPDX-License-Identifier: MIT
 *
 * Prototypes of the C functions behind the body-less functions of std/ that the runtime's
 * std_*.c files implement, and what they need of the scheduler.
 */
#ifndef GOL_RUNTIME_STD_H
#define GOL_RUNTIME_STD_H

#include "runtime/abi.h"
#include "runtime/stdcalls.h"

#define STD_ATOMIC_PROTO(N, T)                                                                     \
    T std_sync_atomic_Load##N(T *p);                                                               \
    void std_sync_atomic_Store##N(T *p, T v);                                                      \
    T std_sync_atomic_Add##N(T *p, T d);                                                           \
    T std_sync_atomic_Swap##N(T *p, T v);                                                          \
    bool std_sync_atomic_CompareAndSwap##N(T *p, T o, T n);                                        \
    T std_sync_atomic_And##N(T *p, T m);                                                           \
    T std_sync_atomic_Or##N(T *p, T m);
STD_ATOMIC_PROTO(Int32, int32_t)
STD_ATOMIC_PROTO(Int64, int64_t)
STD_ATOMIC_PROTO(Uint32, uint32_t)
STD_ATOMIC_PROTO(Uint64, uint64_t)
STD_ATOMIC_PROTO(Uintptr, uintptr_t)
void *std_sync_atomic_LoadPointer(void **p);
void std_sync_atomic_StorePointer(void **p, void *v);
void *std_sync_atomic_SwapPointer(void **p, void *v);
bool std_sync_atomic_CompareAndSwapPointer(void **p, void *o, void *n);

int64_t std_syscall_call(int64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e);
int64_t std_syscall_callblock(int64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                              uint64_t e);
char **std_syscall_args(void);
char **std_syscall_environ(void);

typedef struct {
    int64_t sec, nsec;
} StdWall;
StdWall std_time_walltime(void);
int64_t std_time_runtimeNano(void);
int64_t std_time_startNano(void);
int64_t std_sync_runtime_nanotime(void);

void std_internal_reflectlite_typedmove(const RtType *t, void *dst, const void *src);
bool std_internal_reflectlite_equal(const RtType *t, const void *x, const void *y);
const void *std_internal_reflectlite_getitab(const RtType *iface, const RtType *t);
void std_internal_reflectlite_mapiterinit(const RtType *t, void *m, RtMapIter *it);
bool std_internal_reflectlite_mapiternext(RtMapIter *it);
void *std_internal_reflectlite_mapget(const RtType *t, void *m, const void *key);
void *std_internal_reflectlite_unsafe_New(const RtType *t);
int64_t std_internal_bytealg_IndexByte(const uint8_t *p, int64_t n, int64_t cap, uint8_t c);
int64_t std_internal_bytealg_IndexByteString(const uint8_t *p, int64_t n, uint8_t c);
int64_t std_internal_bytealg_LastIndexByte(const uint8_t *p, int64_t n, int64_t cap, uint8_t c);
int64_t std_internal_bytealg_LastIndexByteString(const uint8_t *p, int64_t n, uint8_t c);
int64_t std_internal_bytealg_CountString(const uint8_t *p, int64_t n, uint8_t c);
int64_t std_internal_bytealg_Count(const uint8_t *p, int64_t n, int64_t cap, uint8_t c);
int64_t std_internal_bytealg_IndexString(const uint8_t *p, int64_t n, const uint8_t *sep,
                                         int64_t m);
int64_t std_internal_bytealg_Index(const uint8_t *p, int64_t n, int64_t cap, const uint8_t *sep,
                                   int64_t m, int64_t sepcap);
bool std_internal_bytealg_Equal(const uint8_t *p, int64_t n, int64_t pcap, const uint8_t *q,
                                int64_t m, int64_t qcap);
int64_t std_internal_bytealg_Compare(const uint8_t *p, int64_t n, int64_t pcap, const uint8_t *q,
                                     int64_t m, int64_t qcap);
double std_math_Sqrt(double x);
double std_math_FMA(double x, double y, double z);
double std_math_archExp(double x);
uint64_t std_internal_fastrand_Uint64(void);

/* std_os.c */
struct RtPollDesc;
uint64_t std_os_pollOpen(int64_t fd);
int64_t std_os_pollWait(struct RtPollDesc *d, int64_t side);
int64_t std_os_pollState(struct RtPollDesc *d, int64_t side);
void std_os_pollUnblock(struct RtPollDesc *d);
void std_os_pollClose(struct RtPollDesc *d);
void std_os_pollSetDeadline(struct RtPollDesc *d, int64_t side, int64_t ns);
void std_os_pollExpire(struct RtPollDesc *d, int64_t side);

/* std_runtime.c */
typedef struct {
    RtString name, file;
    int64_t line;
    uint64_t entry;
    bool ok;
} StdFrameInfo;
void std_runtime_Gosched(void);
void std_runtime_Goexit(void); /* gpanic.c, G */
int64_t std_runtime_NumGoroutine(void);
int64_t std_runtime_NumCPU(void);
int64_t std_runtime_setmaxprocs(int64_t n);
void std_runtime_LockOSThread(void);
void std_runtime_UnlockOSThread(void);
void std_runtime_Breakpoint(void);
void std_runtime_keep(void *p);
RtString std_runtime_typeString(const RtType *t);
RtString std_runtime_typePath(const RtType *t);
StdFrameInfo std_runtime_frameInfo(uint64_t pc);
int64_t std_runtime_callers(int64_t skip, uint64_t *pcs, int64_t n);
int64_t std_runtime_stackText(char *buf, int64_t n, bool all);
int64_t std_runtime_debug_setmaxstack(int64_t n);
int64_t std_runtime_debug_setmaxthreads(int64_t n);

#endif
