/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the trade: what takes several records and happens whole or not at all.
 *
 *     cardex_doc *order = cardex_fields_new();
 *     cardex_set_text(order, "ext_id", "shop-4711");
 *     cardex_outcome made;
 *     if (cardex_convert(conn, opportunity, order, NULL, 0, NULL, &made, &error) == CARDEX_OK)
 *             …order made.id; the same call again answers the same one, made.created is false…
 *     cardex_doc_free(&order);
 *
 * What each does, and what it refuses: docs/operations.md. The rules of cardex.h hold. Errors
 * are those of writes and of cardex_call(), and CARDEX_CHECK where a rule of the trade refuses;
 * the message says what may be done instead. */
#ifndef CARDEX_TRADE_H
#define CARDEX_TRADE_H

#include "cardex.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of each operation that writes; NULL = none. */
typedef struct cardex_trade_options {
	bool dry_run;   /* try, and take it back */
	int64_t if_rev; /* convert, reopen: only when the record has this revision; 0 = any */
	int64_t at_ms;  /* convert, reopen: it happened then; 0 = now */
	/* as of cardex_request: what comes again gets the first answer; NULL = not given */
	const char *rid_sender;
	uint64_t rid_number;
} cardex_trade_options;

/* ---- opportunities ---- */

/* Makes an order of an opportunity, which becomes won unless it is. `order` (may be NULL) has
 * fields of the order; customer, contact, campaign, currency and owner are the opportunity's
 * otherwise. `lines` are fields of its lines. `ret` may be NULL; it is about the order.
 * Idempotent by the order's ext_id, which is "convert-ID" when it is not given. */
CARDEX_CALL cardex_status cardex_convert(cardex_conn *conn, int64_t opportunity,
                                         const cardex_doc *order,
                                         const cardex_doc *const *lines, size_t line_count,
                                         const cardex_trade_options *options,
                                         cardex_outcome *ret, cardex_error *error);

/* Opens a closed "opportunity" (a manager's right) or "service_request" again. `fields` (may be
 * NULL) are changed with it. One that is open stays as it is: `affected` is 0. */
CARDEX_CALL cardex_status cardex_reopen(cardex_conn *conn, const char *type, int64_t id,
                                        const cardex_doc *fields,
                                        const cardex_trade_options *options,
                                        cardex_outcome *ret, cardex_error *error);

typedef struct cardex_revaluation {
	bool has_day;
	int64_t day;    /* of the rates, days since 1970-01-01; today unless has_day */
	int64_t from;   /* the first id; 0 = all */
	uint32_t limit; /* opportunities that one call looks at; 0 = as many as one may */
} cardex_revaluation;

typedef struct cardex_revalued {
	uint64_t seq;
	uint64_t looked; /* open ones in another currency */
	uint64_t revalued;
	int64_t next; /* `from` of the next call; 0: that was all */
} cardex_revalued;

/* Open opportunities take the exchange rates of a day, a slice of them in each call. */
CARDEX_CALL cardex_status cardex_revalue(cardex_conn *conn, const cardex_revaluation *what,
                                         const cardex_trade_options *options,
                                         cardex_revalued *ret, cardex_error *error);

/* ---- owners ---- */

typedef struct cardex_transfer {
	int64_t to;        /* a user */
	const char *types; /* "customer, opportunity"; NULL = all that have owners */
	const int64_t *ids;
	size_t id_count;          /* > 0: these records of the one type, all or none */
	int64_t from;             /* > 0: all of this user, a slice in each call */
	const cardex_doc *filter; /* with `from` and one type: only these; or NULL */
	uint32_t limit;           /* of a slice; 0 = as many as one may have */
} cardex_transfer;

typedef struct cardex_transferred {
	uint64_t seq;
	uint64_t transferred;
	bool more; /* there are others: call again */
} cardex_transferred;

/* Gives records another owner, and changes nothing else of them. `ret_result` (may be NULL)
 * takes the answer, whose member "types" has the number of each type. */
CARDEX_CALL cardex_status cardex_transfer_owner(cardex_conn *conn, const cardex_transfer *what,
                                                const cardex_trade_options *options,
                                                cardex_transferred *ret,
                                                cardex_result **ret_result,
                                                cardex_error *error);

/* ---- customers that are one ---- */

typedef struct cardex_merged {
	int64_t id;  /* the winner; of an undo the loser */
	int64_t rev; /* of the winner */
	uint64_t seq;
	int64_t merge;   /* the customer_merge record */
	uint64_t moved;  /* references */
	uint64_t filled; /* fields of the winner */
	uint64_t gone;   /* records deleted with the loser, or brought back */
} cardex_merged;

/* Moves all that refers to `loser` to `winner`, fills the winner's empty fields, and deletes
 * the loser, whose id leads to the winner from then on. `fields` (may be NULL) are values the
 * winner is to have. `ret` may be NULL. */
CARDEX_CALL cardex_status cardex_merge(cardex_conn *conn, int64_t winner, int64_t loser,
                                       const cardex_doc *fields,
                                       const cardex_trade_options *options, cardex_merged *ret,
                                       cardex_error *error);

/* Takes that back. Errors: CARDEX_CHECK (what was changed since stands in the way). */
CARDEX_CALL cardex_status cardex_unmerge(cardex_conn *conn, int64_t loser,
                                         const cardex_trade_options *options,
                                         cardex_merged *ret, cardex_error *error);

/* A customer that may be the one meant. Lives as long as the result it was read from. */
typedef struct cardex_duplicate {
	int64_t of; /* of a pair: the customer with the smaller id; otherwise 0 */
	int64_t id;
	int64_t contact;         /* the contact by which it was found; 0 = none */
	uint32_t weight;         /* how much speaks for it; the candidates come by it */
	const cardex_value *why; /* list: "tax_id", "name", "phone", "email", "contact.mobile",
	                          * "contact.email" */
} cardex_duplicate;

/* The customers that may be the one of these fields: name, tax_id, phone, email, mobile,
 * country. */
CARDEX_CALL cardex_status cardex_duplicates(cardex_conn *conn, const cardex_doc *fields,
                                            cardex_result **ret, cardex_error *error);

/* The pairs among up to `limit` customers (0 = as many as one may) from the id `from` on, each
 * once. `*ret_next`: `from` of the next page, 0 at the end. */
CARDEX_CALL cardex_status cardex_duplicate_pairs(cardex_conn *conn, int64_t from,
                                                 uint32_t limit, cardex_result **ret,
                                                 int64_t *ret_next, cardex_error *error);

/* Of the results of the two above. */
CARDEX_API size_t cardex_duplicate_count(const cardex_result *result);
CARDEX_API bool cardex_duplicate_at(const cardex_result *result, size_t i,
                                    cardex_duplicate *ret);

/* What a create or upsert with `duplicates` in its request was told, and operation number
 * `operation` of a batch (0 otherwise). */
CARDEX_API size_t cardex_outcome_duplicate_count(const cardex_result *result, size_t operation);
CARDEX_API bool cardex_outcome_duplicate_at(const cardex_result *result, size_t operation,
                                            size_t i, cardex_duplicate *ret);

/* ---- runs ---- */

/* Grades all customers (docs/reports.md says how). `at_ms`: for this instant, 0 = now.
 * `parameters` (may be NULL) are weights and limits other than usual. `ret` (may be NULL) takes
 * a map: seq, customers, written, skipped, by_hand, changed, dormant, tiers. The same instant
 * again writes what is missing. */
CARDEX_CALL cardex_status cardex_run_tiers(cardex_conn *conn, int64_t at_ms,
                                           const cardex_doc *parameters, cardex_result **ret,
                                           cardex_error *error);

typedef struct cardex_forecast_run {
	int64_t at_ms;     /* 0 = now */
	int64_t run;       /* its number; 0 = the instant */
	uint32_t months;   /* 0 = as usual */
	const char *model; /* of the later months, instead of the best; NULL */
} cardex_forecast_run;

/* Writes forecasts for the organisation, its teams and people. `what` may be NULL. `ret` (may
 * be NULL) takes a map: seq, run, scopes, written, skipped, actuals. */
CARDEX_CALL cardex_status cardex_run_forecast(cardex_conn *conn,
                                              const cardex_forecast_run *what,
                                              cardex_result **ret, cardex_error *error);

#ifdef __cplusplus
}
#endif

#endif
