/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/table.h"

#include "base/msgpack.h"
#include "crm/reports/frame/param.h"
#include "crm/reports/reports.h"

static const crm__table_row table[] = {
#define ROW(name, text, en, zh) { text, en, zh, &crm__report_##name },
	CRM_REPORTS(ROW)
};

const crm__table_row *crm__table_find(cx_slice name)
{
	for (size_t i = 0; i < CX_COUNT_OF(table); i++)
		if (cx_slice_equal(name, cx_slice_of(table[i].name)))
			return &table[i];
	return NULL;
}

const char *crm_report_kind_name(crm_report_kind kind)
{
	static const char *const names[] = {
#define KIND_NAME(name, text) text,
		CRM_REPORT_KINDS(KIND_NAME)
	};
	CX_ASSERT((size_t)kind < CX_COUNT_OF(names));
	return names[kind];
}

static void write_pair(cx_buf *out, const char *name, const char *text)
{
	cx_write_text(out, name);
	if (text != NULL)
		cx_write_text(out, text);
	else
		cx_write_nil(out);
}

static void write_param(cx_buf *out, const crm__param *param)
{
	cx_write_map(out, 7);
	write_pair(out, "name", param->name);
	write_pair(out, "kind", crm_report_kind_name(param->kind));
	write_pair(out, "of", param->of);
	cx_write_text(out, "required");
	cx_write_bool(out, param->required);
	write_pair(out, "default", param->fallback);
	write_pair(out, "help_en", param->help_en);
	write_pair(out, "help_zh", param->help_zh);
}

void crm_report_list(cx_buf *out)
{
	cx_write_array(out, CX_COUNT_OF(table));
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		const crm__definition *definition = table[i].definition;
		cx_write_map(out, 4);
		write_pair(out, "name", table[i].name);
		write_pair(out, "help_en", table[i].help_en);
		write_pair(out, "help_zh", table[i].help_zh);
		cx_write_text(out, "params");
		cx_write_array(out, definition->param_count + 1);
		for (size_t p = 0; p < definition->param_count; p++)
			write_param(out, &definition->params[p]);
		write_param(out, &crm__param_now);
	}
}
