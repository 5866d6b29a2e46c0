/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the lists that docs/ has as tables: one row a line, columns parted by tabs, the first
 * of them the name of the table. docs.sh includes the headers that have limits, and makes the
 * file LIMITS with one LIMIT(name) for each. */
#include "base/status.h"
#include "crm/reports/reports.h"
#include "daemon/options.h"
#include "proto/messages.h"

#include <stdio.h>

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

enum {
#define OPTION_BIT(name, member, text, kind) PROTO_OPTION_##name,
	PROTO_OPTIONS(OPTION_BIT)
};

enum {
#define PARAMETER(name, member, text) PROTO_P_##name,
	PROTO_PARAMETERS(PARAMETER) PROTO_P_END
};

static const char *const parameters[] = {
#define PARAMETER_TEXT(name, member, text) text,
	PROTO_PARAMETERS(PARAMETER_TEXT)
};

typedef struct option {
	const char *name;
	const char *kind;
} option;

#define FLAG  "bool"
#define COUNT "int"
#define WORD  "str"
#define BYTES "bin"
#define RAW   "any"
static const option options[] = {
#define OPTION(name, member, text, kind) { text, kind },
	PROTO_OPTIONS(OPTION)
};
#undef COUNT

typedef struct method {
	const char *name;
	const char *access;
	const char *result;
	unsigned long long options;
	int parameters[8];
} method;

#define NONE        "none"
#define READ        "read"
#define WRITE       "write"
#define UNPACK(...) __VA_ARGS__
static const method methods[] = {
#define METHOD(name, text, access, params, options, result) \
	{ text, access, result, options, { UNPACK params } },
	PROTO_METHODS(METHOD)
};

static void print_methods(void)
{
	for (size_t i = 0; i < COUNT_OF(methods); i++) {
		const method *m = &methods[i];
		printf("methods\t`%s`\t%s\t", m->name, m->access);
		for (size_t p = 0; m->parameters[p] != PROTO_P_END; p++)
			printf("%s%s", p > 0 ? ", " : "", parameters[m->parameters[p]]);
		putchar('\t');
		const char *gap = "";
		for (size_t o = 0; o < COUNT_OF(options); o++)
			if ((m->options & 1ULL << o) != 0) {
				printf("%s`%s`", gap, options[o].name);
				gap = ", ";
			}
		printf("\t%s\n", m->result);
	}
}

static void print_options(void)
{
	for (size_t o = 0; o < COUNT_OF(options); o++) {
		printf("options\t`%s`\t%s\t", options[o].name, options[o].kind);
		const char *gap = "";
		for (size_t i = 0; i < COUNT_OF(methods); i++)
			if ((methods[i].options & 1ULL << o) != 0) {
				printf("%s`%s`", gap, methods[i].name);
				gap = ", ";
			}
		putchar('\n');
	}
}

#define CALLER "caller"
#define RETRY  "retry"
#define SERVER "server"

int main(void)
{
	print_methods();
	print_options();
#define STATUS(name, wire, who, text) \
	printf("statuses\t%d\t`%s`\t%s\t%s\n", wire, #name, who, text);
	CX_STATUSES(STATUS)
#define NOTIFICATION(name, text, parameters) \
	printf("notifications\t`%s`\t%s\n", text, parameters);
	PROTO_NOTIFICATIONS(NOTIFICATION)
#define CONFIG(section, key, kind, initial, low, high, help) \
	printf("config\t`%s.%s`\t%s\t%s\n", #section, #key, initial, help);
	DAEMON_OPTIONS(CONFIG)
#define REPORT(name, text, en, zh) printf("reports\t`%s`\t%s\t%s\n", text, en, zh);
	CRM_REPORTS(REPORT)
#define LIMIT(name) printf("limits\t`%s`\t%lld\n", #name, (long long)name);
#include LIMITS
	return 0;
}
