#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base.h"

/*
 * Runs @fn once per row of @rows, each row a test of its own, named by its first member (a const char *).  A failing row
 * does not hide the others.
 */
#define RUN_TABLE(rows, fn)                                                        \
	({                                                                         \
		struct CMUnitTest tests_[COUNT(rows)];                             \
		for (size_t i_ = 0; i_ < COUNT(rows); i_++)                        \
			tests_[i_] = (struct CMUnitTest){                          \
				.name = *(const char *const *)&(rows)[i_],         \
				.test_func = (fn),                                 \
				.initial_state = (void *)(uintptr_t) & (rows)[i_], \
			};                                                         \
		_cmocka_run_group_tests(#rows, tests_, COUNT(tests_), NULL, NULL); \
	})
