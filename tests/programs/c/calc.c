#include "calc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum kind { NUMBER, BINARY };

struct node {
	enum kind kind;
	char sign;
	long long value;
	struct node *left, *right;
};

static struct node arena[4096];

static _Noreturn void fail(struct calc *calc, const char *reason)
{
	calc->reason = reason;
	longjmp(calc->failed, 1);
}

static struct node *new_node(struct calc *calc, struct node contents)
{
	if (calc->nodes == sizeof arena / sizeof *arena)
		fail(calc, "too long");
	arena[calc->nodes] = contents;
	return &arena[calc->nodes++];
}

static char peek(struct calc *calc)
{
	while (isspace((unsigned char)*calc->at))
		calc->at++;
	return *calc->at;
}

static struct node *sum(struct calc *calc);

static struct node *primary(struct calc *calc)
{
	if (isdigit((unsigned char)peek(calc))) {
		char *end;
		long long value = strtoll(calc->at, &end, 10);
		calc->at = end;
		return new_node(calc, (struct node){ .kind = NUMBER, .value = value });
	}
	if (peek(calc) != '(')
		fail(calc, *calc->at ? "unexpected character" : "unexpected end");
	calc->at++;
	struct node *inner = sum(calc);
	if (peek(calc) != ')')
		fail(calc, "missing )");
	calc->at++;
	return inner;
}

static struct node *chain(struct calc *calc, const char *signs, struct node *(*operand)(struct calc *))
{
	struct node *tree = operand(calc);
	while (peek(calc) && strchr(signs, *calc->at)) {
		char sign = *calc->at++;
		tree = new_node(calc, (struct node){ .kind = BINARY, .sign = sign, .left = tree, .right = operand(calc) });
	}
	return tree;
}

static struct node *product(struct calc *calc)
{
	return chain(calc, "*/%", primary);
}

static struct node *sum(struct calc *calc)
{
	return chain(calc, "+-", product);
}

static long long evaluate(struct calc *calc, const struct node *node)
{
	if (node->kind == NUMBER)
		return node->value;
	long long left = evaluate(calc, node->left), right = evaluate(calc, node->right);
	if (strchr("/%", node->sign) && right == 0)
		fail(calc, "division by zero");
	switch (node->sign) {
	case '+': return left + right;
	case '-': return left - right;
	case '*': return left * right;
	case '/': return left / right;
	default: return left % right;
	}
}

int calculate(struct calc *calc, const char *source, long long *value)
{
	*calc = (struct calc){ .at = source };
	if (setjmp(calc->failed))
		return -1;
	struct node *tree = sum(calc);
	if (peek(calc))
		fail(calc, "left over");
	*value = evaluate(calc, tree);
	return 0;
}
