/* SPDX-License-Identifier: Apache-2.0 */
/* Many requests in flight: makes a number of products without waiting for each, which lets the
 * server commit them in groups.
 *
 *     cc pipeline.c -o pipeline $(pkg-config --cflags --libs cardex)
 *     ./pipeline cardex+unix:///run/cardex.sock 10000 */
#include <cardex.h>
#include <stdio.h>
#include <stdlib.h>

enum { IN_FLIGHT = 500 };

typedef struct tally {
	unsigned long made;
	unsigned long refused;
} tally;

/* Called once for each request, in whatever order the answers come. */
static void take_answer(void *context, cardex_status status, cardex_result *result,
                        const cardex_error *error)
{
	tally *self = context;
	if (status == CARDEX_OK)
		self->made++;
	else if (self->refused++ == 0)
		fprintf(stderr, "the first refusal: %s: %s\n", cardex_status_name(status),
		        error->message);
	cardex_result_free(&result);
}

static cardex_status submit_product(cardex_conn *conn, unsigned long number, tally *counts,
                                    cardex_error *error)
{
	char sku[32];
	char name[64];
	snprintf(sku, sizeof sku, "EX-%08lu", number);
	snprintf(name, sizeof name, "Example part %lu", number);
	cardex_doc *fields = cardex_fields_new();
	cardex_set_text(fields, "sku", sku);
	cardex_set_text(fields, "name", name);
	cardex_set_int(fields, "list_price", (int64_t)(100 + number % 1000));
	cardex_set_text(fields, "currency", "CNY");
	cardex_request request = {
		.method = CARDEX_METHOD_UPSERT,
		.type = "product",
		.index = "sku",
		.fields = fields,
	};
	cardex_status status = cardex_submit(conn, &request, take_answer, counts, error);
	cardex_doc_free(&fields);
	return status;
}

static cardex_status run(cardex_conn *conn, unsigned long products, tally *counts,
                         cardex_error *error)
{
	for (unsigned long i = 0; i < products; i++) {
		cardex_status status = submit_product(conn, i, counts, error);
		if (status == CARDEX_OK) /* sends, and makes room for the next */
			status = cardex_wait(conn, IN_FLIGHT - 1, -1, error);
		if (status != CARDEX_OK)
			return status;
	}
	return cardex_wait(conn, 0, -1, error);
}

int main(int count, char **arguments)
{
	const char *uri = count > 1 ? arguments[1] : "cardex://localhost";
	unsigned long products = count > 2 ? strtoul(arguments[2], NULL, 10) : 1000;
	cardex_conn *conn = NULL;
	cardex_error error;
	tally counts = { 0 };
	cardex_status status = cardex_connect(uri, NULL, &conn, &error);
	if (status == CARDEX_OK)
		status = run(conn, products, &counts, &error);
	if (status != CARDEX_OK)
		fprintf(stderr, "%s: %s\n", cardex_status_name(status), error.message);
	cardex_close(&conn);
	printf("%lu made, %lu refused\n", counts.made, counts.refused);
	return status == CARDEX_OK && counts.refused == 0 ? 0 : 1;
}
