/* SPDX-License-Identifier: Apache-2.0 */
/* The functions behind the table of methods. What each takes and answers is in
 * proto/messages.h. */
#pragma once

#include "daemon/methods/method.h"

daemon__method_run daemon__answer_hello;        /* session.c */
daemon__method_run daemon__answer_ping;         /* session.c */
daemon__method_run daemon__answer_get;          /* record.c */
daemon__method_run daemon__answer_lookup;       /* record.c */
daemon__method_run daemon__answer_query;        /* query.c */
daemon__method_run daemon__answer_count;        /* query.c */
daemon__method_run daemon__answer_aggregate;    /* aggregate.c */
daemon__method_run daemon__answer_report;       /* report.c */
daemon__method_run daemon__answer_search;       /* search.c */
daemon__method_run daemon__answer_schema_get;   /* admin.c */
daemon__method_run daemon__answer_schema_plan;  /* schema.c */
daemon__method_run daemon__answer_index_status; /* schema.c */
daemon__method_run daemon__answer_stats;        /* admin.c */
daemon__method_run daemon__answer_check;        /* admin.c */
daemon__method_run daemon__answer_changes;      /* changes.c */
daemon__method_run daemon__answer_history;      /* changes.c */
daemon__method_run daemon__answer_as_of;        /* record.c */
daemon__method_run daemon__answer_analyze;      /* analyze.c */
daemon__method_run daemon__answer_watch;        /* watch.c */
daemon__method_run daemon__answer_unwatch;      /* watch.c */
daemon__method_run daemon__answer_credit;       /* watch.c */
daemon__method_run daemon__answer_duplicates;   /* duplicates.c */
daemon__method_run daemon__answer_run_tiers;    /* runs.c */
daemon__method_run daemon__answer_run_forecast; /* runs.c */
