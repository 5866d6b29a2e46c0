/* SPDX-License-Identifier: Apache-2.0 */
/* report. */
#include "crm/report.h"

#include "daemon/methods/answers.h"
#include "daemon/methods/selection.h"

cx_status daemon__answer_report(daemon__call *call, cx_error *error)
{
	const proto_request *request = call->request;
	if (request->report.data == NULL) {
		crm_report_list(call->out);
		return CX_OK;
	}
	crm_report_request wanted = {
		.name = request->report,
		.params = request->options.params,
		.now_ms = daemon_clock_now_ms(&call->context->clock),
		.deadline_ns = call->deadline_ns,
		.keys_max = request->options.max_scan,
	};
	cx_status status = daemon__selection_limit(&request->options, CRM_REPORT_ROWS_MAX,
	                                           &wanted.rows_max, error);
	if (status != CX_OK)
		return status;
	return crm_report_run(call->read, &wanted, call->out, error);
}
