#pragma once

#include <setjmp.h>

struct calc {
	const char *at;
	jmp_buf failed;
	const char *reason;
	int nodes;
};

/* Returns 0 and the value, or -1 and calc->reason. */
int calculate(struct calc *calc, const char *source, long long *value);
