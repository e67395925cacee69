/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that runs out.
 *
 * The linker's --wrap leads the calls of the library and of the tests here; jansson, which is a
 * library of its own, is told. A sanitizer's allocator stays behind both.
 */

#include <errno.h>

#include <jansson.h>

#include "harness/test.h"

static unsigned int countdown; /* 0: none fails */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

static bool fails(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;

	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

void test_fail_allocation(unsigned int n)
{
	json_set_alloc_funcs(__wrap_malloc, free);
	countdown = n;
}

bool test_allocation_failed(void)
{
	bool failed = countdown == 0;

	countdown = 0;
	return failed;
}
