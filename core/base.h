/* The words of the words: time, cleanup, and the size of an array. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Microseconds: since 1970-01-01 UTC as a time, or a length of time.  0 as a time means "not known". */
typedef int64_t usec_t;

#define MSEC(n) ((usec_t)(n)*1000)
#define SECONDS(n) ((usec_t)(n)*1000000)
#define MINUTES(n) SECONDS((n)*60LL)
#define HOURS(n) SECONDS((n)*3600LL)
#define DAYS(n) SECONDS((n)*86400LL)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Hands an owned pointer on: the local no longer frees it. */
#define TAKE(p)                             \
	({                                  \
		__typeof__(p) _taken = (p); \
		(p) = NULL;                 \
		_taken;                     \
	})

#define _cleanup_(fn) __attribute__((cleanup(fn)))
#define _free_ _cleanup_(base_freep)
#define _fclose_ _cleanup_(base_fclosep)
#define _close_ _cleanup_(base_closep)
#define _printf_(fmt, args) __attribute__((format(printf, fmt, args)))

static inline void base_freep(void *p)
{
	free(*(void **)p);
}

static inline void base_fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void base_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Declares x_freep() for _cleanup_() from a destructor that accepts NULL. */
#define DEFINE_CLEANUP(type, fn)           \
	static inline void fn##p(type **p) \
	{                                  \
		fn(*p);                    \
	}
