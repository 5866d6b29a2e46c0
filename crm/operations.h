/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the trade: what people do in one go and what takes several records. Each runs
 * inside a write transaction, next to what else that does, and happens whole or not at all: one
 * that fails leaves the transaction as it was. Rules run in them as in plain writes and are
 * told why (crm_cause), except where a merge moves references.
 *
 * `author` says who, when, and (at_ms) of which time in the past is told. Field maps and lists
 * are MessagePack as in engine/record.h. Errors of all: CX_NO_TYPE, CX_NO_FIELD (the store's
 * schema lacks what the operation works on), those of the writes inside. docs/operations.md
 * tells the same to those who use it. */
#pragma once

#include "crm/crm.h"
#include "engine/engine.h"
#include "engine/record.h"

/* Most records that one call transfers, revalues, or looks at for duplicates. */
enum {
	CRM_SLICE_MAX = 1000,
	CRM_LINES_MAX = 1000,             /* of an order that is made by convert */
	CRM_MERGE_REFERENCES_MAX = 20000, /* that one merge moves */
	CRM_MERGE_HOPS_MAX = 32,          /* merges one after the other that are followed */
	CRM_CANDIDATES_MAX = 20,          /* of a search for duplicates of one record */
};

/* ---- convert: an opportunity becomes an order ---- */

typedef struct crm_conversion {
	int64_t opportunity;
	int64_t if_rev; /* > 0: only when the opportunity has this revision */
	/* Fields of the order, or empty. Customer, contact, campaign, currency and owner are
	 * the opportunity's where they are not given, ordered_on is today. `ext_id` makes it
	 * idempotent; without one it is "convert-" and the opportunity's id. A status is set
	 * when the lines are there. */
	cx_slice order;
	cx_slice lines; /* array of field maps, or empty; line_no counts from 1 */
} crm_conversion;

/* Makes the order with its lines, and the opportunity won unless it is. Where an order of that
 * ext_id came of the same opportunity before, it is the answer, and nothing changes: then
 * `created` is false and `affected` 0. `*ret` is about the order; `affected` counts order,
 * lines and opportunity. Errors: CX_NOT_FOUND, CX_CONFLICT_REV, CX_CHECK (the opportunity is
 * lost; the order is of another one, or of another customer), CX_TOO_LARGE (CRM_LINES_MAX),
 * CX_INVALID_ARGUMENT. */
CX_MUST_USE cx_status crm_convert(engine_write *write, const engine_author *author,
                                  const crm_conversion *what, engine_outcome *ret,
                                  cx_error *error);

/* ---- reopen ---- */

/* Opens a closed opportunity again, in the stage that `fields` names or else the open one it
 * was in last; or a resolved or closed service request, which is then in progress. `fields` is
 * what else is to change, or empty. One that is open stays as it is: `affected` is 0. Errors:
 * CX_NOT_FOUND, CX_CONFLICT_REV, CX_CHECK (a stage that is not open), CX_INVALID_ARGUMENT
 * (another type). */
CX_MUST_USE cx_status crm_reopen(engine_write *write, const engine_author *author,
                                 const engine_type *type, int64_t id, cx_slice fields,
                                 int64_t if_rev, engine_outcome *ret, cx_error *error);

/* ---- transfer: another owner, and nothing else ---- */

typedef struct crm_transfer {
	int64_t to; /* a user, who must be active */
	const engine_type *const *types;
	size_t type_count; /* 0: all whose field `owner` is a user */
	const int64_t *ids;
	size_t id_count; /* > 0: these records of the one type; all of them or none */
	int64_t from;    /* > 0: all live records of this user */
	cx_slice filter; /* with `from` and one type: only those it holds for; or empty */
	size_t limit;    /* with `from`: at most so many; 0 = CRM_SLICE_MAX */
} crm_transfer;

typedef struct crm_transferred {
	uint32_t counts[ENGINE_TYPES_MAX]; /* by number of the type */
	uint32_t total;
	bool more; /* `from` has others: call again */
} crm_transferred;

/* Records that are the user's already are passed over. Errors: CX_NOT_FOUND (a user or record),
 * CX_CHECK (the user is not active), CX_TOO_LARGE (more than CRM_SLICE_MAX ids),
 * CX_INVALID_ARGUMENT (neither or both of ids and from; a type without owners). */
CX_MUST_USE cx_status crm_transfer_owner(engine_write *write, const engine_author *author,
                                         const crm_transfer *what, crm_transferred *ret,
                                         cx_error *error);

/* ---- merge: two customers become one ---- */

typedef struct crm_merge {
	int64_t winner;
	int64_t loser;
	cx_slice fields; /* values that the winner is to have, or empty */
} crm_merge;

typedef struct crm_merged {
	int64_t merge;   /* id of the customer_merge */
	int64_t rev;     /* of the winner */
	uint64_t seq;    /* of the last change */
	uint32_t moved;  /* references */
	uint32_t filled; /* fields of the winner */
	uint32_t gone;   /* records deleted with the loser: it, and what stood in two places */
} crm_merged;

/* Moves every reference to the loser to the winner, fills the winner's empty fields from the
 * loser's, and deletes the loser. All that is needed to take it back is in a customer_merge
 * record. What cannot move because the winner has its like (a unique index says so) stays with
 * the loser and is deleted with it, when its reference cascades.
 * Errors: CX_NOT_FOUND, CX_INVALID_ARGUMENT (one customer twice), CX_CHECK (the winner is below
 * the loser with others between them), CX_UNIQUE (both have what only one may have, and it
 * cannot go with the loser), CX_TOO_LARGE (CRM_MERGE_REFERENCES_MAX). */
CX_MUST_USE cx_status crm_merge_customers(engine_write *write, const engine_author *author,
                                          const crm_merge *what, crm_merged *ret,
                                          cx_error *error);

/* Takes the merge of this loser back: every record has the values it had before, but revisions
 * and times of change. What was added to the winner since stays with it.
 * Errors: CX_NOT_FOUND (no merge of it), CX_CHECK (what was changed since stands in the way;
 * the text says what and what to do), CX_UNIQUE (a value of the loser is taken by now). */
CX_MUST_USE cx_status crm_merge_undo(engine_write *write, const engine_author *author,
                                     int64_t loser, crm_merged *ret, cx_error *error);

/* The live customer that a merged one has become part of, merges of that one followed.
 * Errors: CX_NOT_FOUND (it was not merged, or what it became is deleted), CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status crm_merged_into(engine_read *read, int64_t loser, int64_t *ret);

/* ---- revalue: open opportunities take the rates of a day ---- */

typedef struct crm_revaluation {
	bool has_day;
	int64_t day;  /* not after today; without `has_day` it is today */
	int64_t from; /* the first id that is looked at */
	size_t limit; /* opportunities that are looked at; 0 = CRM_SLICE_MAX */
} crm_revaluation;

typedef struct crm_revalued {
	uint32_t looked; /* open ones in another currency than the organisation's */
	uint32_t revalued;
	int64_t next; /* `from` of the next call; 0: that was all */
} crm_revalued;

/* Errors: CX_CHECK (no rate of a currency is known on that day, or the day is to come),
 * CX_INVALID_ARGUMENT (a limit over CRM_SLICE_MAX). */
CX_MUST_USE cx_status crm_revalue(engine_write *write, const engine_author *author,
                                  const crm_revaluation *what, crm_revalued *ret,
                                  cx_error *error);

/* ---- duplicates ---- */

/* Why two customers may be the same. R(name in C, name in messages, weight) */
#define CRM_LIKENESSES(R)                       \
	R(TAX_ID, "tax_id", 100)                \
	R(NAME, "name", 60)                     \
	R(PHONE, "phone", 40)                   \
	R(EMAIL, "email", 40)                   \
	R(CONTACT_MOBILE, "contact.mobile", 30) \
	R(CONTACT_EMAIL, "contact.email", 30)
typedef enum crm_likeness {
#define CRM_LIKENESS_MEMBER(name, text, weight) CRM_LIKE_##name,
	CRM_LIKENESSES(CRM_LIKENESS_MEMBER)
#undef CRM_LIKENESS_MEMBER
		CRM_LIKENESS_COUNT,
} crm_likeness;

const char *crm_likeness_name(crm_likeness likeness);

/* A customer that may be the one meant. */
typedef struct crm_candidate {
	int64_t customer;
	int64_t contact; /* the first of its contacts by which it was found; 0: by none */
	unsigned why;    /* bit 1 << crm_likeness */
	unsigned weight; /* sum of the weights of `why` */
} crm_candidate;

typedef struct crm_candidates {
	size_t count;
	crm_candidate items[CRM_CANDIDATES_MAX]; /* the heaviest first, then by id */
} crm_candidates;

/* The customers that may be the one of these fields (name, country, tax_id, phone, email;
 * mobile is that of a contact). Six point look-ups. `but` is left out; 0 = none. Errors:
 * CX_TYPE (a field that is no text), those of reading. */
CX_MUST_USE cx_status crm_duplicates_of(engine_read *read, cx_slice fields, int64_t but,
                                        crm_candidates *ret, cx_error *error);

/* The same for a customer that there is. Errors: CX_NOT_FOUND. */
CX_MUST_USE cx_status crm_duplicates_of_customer(engine_read *read, int64_t customer,
                                                 crm_candidates *ret, cx_error *error);

/* Two customers that may be one; `customer` has the smaller id. */
typedef cx_status crm_pair_sink(void *context, int64_t customer, const crm_candidate *other);

/* All pairs of the store, page by page: looks at up to `limit` customers (0 = CRM_SLICE_MAX)
 * from the id `from` on, and hands over each pair once, at its smaller id. `*ret_next`: `from`
 * of the next page, 0 at the end. Ends early at `deadline_ns` (0 = none).
 * Errors: CX_DEADLINE (not one could be looked at), CX_INVALID_ARGUMENT, those of the sink. */
CX_MUST_USE cx_status crm_duplicates_walk(engine_read *read, int64_t from, size_t limit,
                                          uint64_t deadline_ns, crm_pair_sink *sink,
                                          void *context, int64_t *ret_next, cx_error *error);

/* What is done when a customer is made that there may be already. */
typedef enum crm_policy {
	CRM_DUPLICATES_OFF,
	CRM_DUPLICATES_WARN,
	CRM_DUPLICATES_BLOCK,
} crm_policy;

/* "off", "warn" or "block"; false for another word. */
bool crm_policy_find(cx_slice word, crm_policy *ret);
/* The organisation's: org.dedupe_policy. */
CX_MUST_USE cx_status crm_policy_of(engine_read *read, crm_policy *ret, cx_error *error);
