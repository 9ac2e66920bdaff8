/* mem.h - small allocations that abort when memory is out, and scoped cleanup. */
#pragma once

#include <stddef.h>

#define MEM_NEVER_NULL __attribute__((returns_nonnull))
void *mem_alloc(size_t size) MEM_NEVER_NULL;               /* zeroed */
void *mem_array(size_t count, size_t size) MEM_NEVER_NULL; /* zeroed, overflow checked */
void *mem_grow(
    void *p, size_t count, size_t size) MEM_NEVER_NULL; /* realloc for an array, overflow checked */
char *mem_strdup(const char *s);                        /* NULL stays NULL */
char *mem_strndup(const char *s, size_t len);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Overwrite before free; the compiler may not drop it. NULL is fine. */
void mem_wipe_free(char *secret);

/* `CLEANUP(buf_done) struct buf b = {0};` calls buf_done(&b) at the end of the scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* `return TAKE(p);` hands the pointer over and leaves NULL, so that a cleanup of p does nothing. */
#define TAKE(p)                                                                                              \
    ({                                                                                                       \
        __typeof__(p) taken_ = (p);                                                                          \
        (p) = NULL;                                                                                          \
        taken_;                                                                                              \
    })

/* For CLEANUP on `char *`. */
void mem_free_str(char **s);
