/* SPDX-License-Identifier: Apache-2.0 */
/* The forecasts of one scope: every method, every month. */
#pragma once

#include "crm/findings/arrivals.h"
#include "crm/findings/pipeline.h"
#include "crm/findings/revenue.h"
#include "crm/runs.h"
#include "crm/stats/outlook.h"

/* M(name in C, label of forecast.method); the models (CRM_MODELS) come after these. */
typedef enum crm__method {
	CRM_METHOD_WEIGHTED,
	CRM_METHOD_STAGE_HISTORY,
	CRM_METHOD_COMBINED,
	CRM_METHOD_MODEL, /* and the number of the model */
	CRM_METHOD_COUNT = CRM_METHOD_MODEL + CRM_MODEL_COUNT,
} crm__method;

const char *crm__method_label(int method);

/* What forecasts are made from. */
typedef struct crm__evidence {
	crm__scopes scopes;
	crm__revenue revenue;
	crm__win_rates rates;
	const crm__pipeline *pipeline;
	crm__arrivals arrivals;
	size_t months; /* ahead, this one included */
} crm__evidence;

typedef struct crm__foreseen {
	size_t month; /* 0: this one */
	int method;
	bool chosen;
	crm__expectation expected;
	const crm__outlook_model *model; /* NULL but for models */
} crm__foreseen;

enum { CRM_FORESEEN_MAX = CRM_METHOD_COUNT * CRM_FORECAST_MONTHS_MAX };

typedef struct crm__foresight {
	bool has_outlook; /* there is history enough */
	crm__outlook outlook;
	crm__foreseen rows[CRM_FORESEEN_MAX];
	size_t count; /* 0: there is nothing to forecast from */
} crm__foresight;

/* `forced`: a model, taken where there is history enough for it, or CRM_MODEL_ANY. False when
 * an amount does not fit 64 bits. */
CX_MUST_USE bool crm__foresee(const crm__evidence *evidence, size_t scope, int forced,
                              crm__foresight *ret);
