/* A folder of registers that the test fills, and the lines that come out of them. */
#pragma once

#include <sys/stat.h>

#include "collectors/registers.h"
#include "tests/table.h"

#define HEAD "機器番号,MACアドレス,設置場所\n"

static char folder[64];

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static inline void put(const char *name, struct str bytes)
{
	FILE *file = fopen(path_of(name), "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
	assert_int_equal(fclose(file), 0);
}

static inline int folder_open(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/reg.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static inline int folder_close(void **state)
{
	static const char *const names[] = { "devices.csv",    "devices.xlsx", "people.csv",  "Devices.CSV",
					     "~$devices.xlsx", "other.csv",    "vendors.csv", "accounts.csv" };

	for (size_t i = 0; i < COUNT(names); i++)
		unlink(path_of(names[i]));
	for (size_t i = 0; i < n_registers; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s.csv.example", registers[i].kind);
		unlink(path_of(name));
	}
	return rmdir(folder);
}

static inline int remember(void *arg, struct str line)
{
	char *lines = arg;
	size_t n = strlen(lines);

	snprintf(lines + n, 4096 - n, STR_FMT "\n", STR_ARG(line));
	return 0;
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_open, folder_close)
