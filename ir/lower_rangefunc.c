/* range over functions. */
#include "ir/lower_int.h"

void lo_rf_prepare(Lower *L, FuncInfo *info)
{
}

void lo_range_func(Fn *fn, Stmt *s, const Name *label)
{
    diag_error(s->range_.x->range, "gol: range over functions is not supported yet");
}

bool lo_rf_branch(Fn *fn, Stmt *s)
{
    return false;
}

bool lo_rf_return(Fn *fn, Stmt *s)
{
    return false;
}
