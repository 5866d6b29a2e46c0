/* SPDX-License-Identifier: Apache-2.0 */
/* First steps with libcardex: make a customer, change it, find it again.
 *
 *     cc quickstart.c -o quickstart $(pkg-config --cflags --libs cardex)
 *     ./quickstart cardex+unix:///run/cardex.sock */
#include <cardex.h>
#include <stdio.h>

static int complain(const char *what, const cardex_error *error)
{
	fprintf(stderr, "%s: %s: %s\n", what, cardex_status_name(error->status),
	        error->message);
	return 1;
}

/* Makes the customer with this tax id, or changes it when it is there already. */
static int save_customer(cardex_conn *conn, const char *tax_id, const char *name)
{
	cardex_error error;
	cardex_outcome outcome;
	cardex_doc *fields = cardex_fields_new();
	cardex_set_text(fields, "tax_id", tax_id);
	cardex_set_text(fields, "name", name);
	cardex_set_text(fields, "region", "浙江");
	cardex_set_int(fields, "potential_base", 25000000); /* 250 000.00, in minor units */
	cardex_status status =
		cardex_upsert(conn, "customer", "tax_id", fields, &outcome, &error);
	cardex_doc_free(&fields);
	if (status != CARDEX_OK)
		return complain("cannot save the customer", &error);
	printf("customer %lld is at revision %lld%s\n", (long long)outcome.id,
	       (long long)outcome.rev, outcome.created ? " (new)" : "");
	return 0;
}

static void print_page(const cardex_result *page)
{
	for (size_t i = 0; i < cardex_row_count(page); i++) {
		const cardex_row *row = cardex_row_at(page, i);
		printf("%6lld  %-12s  %s\n", (long long)cardex_row_int(row, "id"),
		       cardex_row_text(row, "lifecycle"), cardex_row_text(row, "name"));
	}
}

/* Prints all customers of a region, page by page. */
static int list_customers(cardex_conn *conn)
{
	cardex_error error;
	cardex_doc *filter = NULL;
	cardex_result *page = NULL;
	if (cardex_filter_parse("region = '浙江' and name is not null", NULL, &filter,
	                        &error) != CARDEX_OK)
		return complain("cannot parse the filter", &error);
	cardex_request query = {
		.type = "customer",
		.filter = filter,
		.columns = "id, lifecycle, name",
		.order = "name",
		.limit = 50,
	};
	cardex_status status = cardex_query(conn, &query, &page, &error);
	while (status == CARDEX_OK) {
		print_page(page);
		if (!cardex_result_page(page)->more)
			break;
		status = cardex_next(conn, &page, &error);
	}
	cardex_result_free(&page);
	cardex_doc_free(&filter);
	return status == CARDEX_OK ? 0 : complain("cannot list the customers", &error);
}

int main(int count, char **arguments)
{
	const char *uri = count > 1 ? arguments[1] : "cardex://localhost";
	cardex_conn *conn = NULL;
	cardex_error error;
	if (cardex_connect(uri, NULL, &conn, &error) != CARDEX_OK)
		return complain("cannot connect", &error);
	int failed = save_customer(conn, "91330100MA27X", "杭州示例有限公司");
	if (failed == 0)
		failed = save_customer(conn, "91330200MA28Y", "宁波示例有限公司");
	if (failed == 0)
		failed = list_customers(conn);
	cardex_close(&conn);
	return failed;
}
