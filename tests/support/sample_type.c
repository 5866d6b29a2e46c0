/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/sample_type.h"

#include "base/cleanup.h"

#define SYSTEM_FIELDS                                                \
	[ENGINE_SLOT_ID] = { .name = "id",                           \
		             .id = 1,                                \
		             .slot = ENGINE_SLOT_ID,                 \
		             .kind = ENGINE_INT },                   \
	[ENGINE_SLOT_REV] = { .name = "rev",                         \
		              .id = 2,                               \
		              .slot = ENGINE_SLOT_REV,               \
		              .kind = ENGINE_INT },                  \
	[ENGINE_SLOT_CREATED_AT] = { .name = "created_at",           \
		                     .id = 3,                        \
		                     .slot = ENGINE_SLOT_CREATED_AT, \
		                     .kind = ENGINE_TS },            \
	[ENGINE_SLOT_CREATED_BY] = { .name = "created_by",           \
		                     .id = 4,                        \
		                     .slot = ENGINE_SLOT_CREATED_BY, \
		                     .kind = ENGINE_INT },           \
	[ENGINE_SLOT_UPDATED_AT] = { .name = "updated_at",           \
		                     .id = 5,                        \
		                     .slot = ENGINE_SLOT_UPDATED_AT, \
		                     .kind = ENGINE_TS },            \
	[ENGINE_SLOT_UPDATED_BY] = { .name = "updated_by",           \
		                     .id = 6,                        \
		                     .slot = ENGINE_SLOT_UPDATED_BY, \
		                     .kind = ENGINE_INT },           \
	[ENGINE_SLOT_DELETED_AT] = { .name = "deleted_at",           \
		                     .id = 7,                        \
		                     .slot = ENGINE_SLOT_DELETED_AT, \
		                     .kind = ENGINE_TS },            \
	[ENGINE_SLOT_EXT_ID] = { .name = "ext_id",                   \
		                 .id = 8,                            \
		                 .slot = ENGINE_SLOT_EXT_ID,         \
		                 .kind = ENGINE_STRING,              \
		                 .length_max = 64 }

static const engine_field user_fields[] = { SYSTEM_FIELDS };
static const engine_field company_fields[] = { SYSTEM_FIELDS };

const engine_type sample_user_type = {
	.name = "user",
	.id = 1,
	.layout = 1,
	.keep = true,
	.fields = user_fields,
	.field_count = CX_COUNT_OF(user_fields),
};

const engine_type sample_company_type = {
	.name = "company",
	.id = 2,
	.layout = 1,
	.fields = company_fields,
	.field_count = CX_COUNT_OF(company_fields),
};

static const engine_index sample_indexes[SAMPLE_INDEXES];

static const char *const stages[] = { "lead", "won", "lost" };

#define FIELD(slot_, id_, name_, kind_) \
	.name = (name_), .id = (id_), .slot = (slot_), .kind = (kind_)

static const engine_field sample_fields[SAMPLE_SLOTS] = {
	SYSTEM_FIELDS,
	[SAMPLE_ACTIVE] = { FIELD(SAMPLE_ACTIVE, 101, "active", ENGINE_BOOL) },
	[SAMPLE_AMOUNT] = { FIELD(SAMPLE_AMOUNT, 102, "amount", ENGINE_INT) },
	[SAMPLE_PRICE] = { FIELD(SAMPLE_PRICE, 103, "price", ENGINE_MONEY) },
	[SAMPLE_BORN] = { FIELD(SAMPLE_BORN, 104, "born", ENGINE_DATE) },
	[SAMPLE_SEEN] = { FIELD(SAMPLE_SEEN, 105, "seen", ENGINE_TS) },
	[SAMPLE_NAME] = { FIELD(SAMPLE_NAME, 106, "name", ENGINE_STRING), .length_max = 20 },
	[SAMPLE_NOTE] = { FIELD(SAMPLE_NOTE, 107, "note", ENGINE_TEXT) },
	[SAMPLE_STAGE] = { FIELD(SAMPLE_STAGE, 108, "stage", ENGINE_ENUM), .labels = stages,
	                   .label_count = CX_COUNT_OF(stages) },
	[SAMPLE_OWNER] = { FIELD(SAMPLE_OWNER, 109, "owner", ENGINE_REF),
	                   .target = &sample_user_type },
	[SAMPLE_COMPANY] = { FIELD(SAMPLE_COMPANY, 110, "company", ENGINE_REF),
	                     .target = &sample_company_type },
	[SAMPLE_PARENT] = { FIELD(SAMPLE_PARENT, 111, "parent", ENGINE_REF),
	                    .target = &sample_type, .on_delete = ENGINE_SET_NULL,
	                    .ref_index = &sample_indexes[SAMPLE_BY_PARENT] },
	[SAMPLE_BLOB] = { FIELD(SAMPLE_BLOB, 112, "blob", ENGINE_BYTES) },
	[SAMPLE_COUNTS] = { FIELD(SAMPLE_COUNTS, 113, "counts", ENGINE_INT_LIST),
	                    .items_max = 4 },
	[SAMPLE_TAGS] = { FIELD(SAMPLE_TAGS, 114, "tags", ENGINE_STRING_LIST), .items_max = 3,
	                  .length_max = 5 },
};

#define INDEX(type_, number_, id_, tree_, count_)                            \
	.type = &(type_), .number = (number_), .id = (id_), .tree = (tree_), \
	.column_count = (count_)

static const engine_index sample_indexes[SAMPLE_INDEXES] = {
	[SAMPLE_BY_EXT_ID] = { INDEX(sample_type, SAMPLE_BY_EXT_ID, 1, SAMPLE_TREE_EXT_ID, 1),
	                       .name = "ext_id", .unique = true,
	                       .present = &sample_fields[ENGINE_SLOT_EXT_ID],
	                       .columns = { { .field = &sample_fields[ENGINE_SLOT_EXT_ID],
	                                      .text_bytes_max = 256 } } },
	[SAMPLE_BY_STAGE] = { INDEX(sample_type, SAMPLE_BY_STAGE, 2, SAMPLE_TREE_STAGE, 2),
	                      .name = "stage,amount desc",
	                      .columns = { { .field = &sample_fields[SAMPLE_STAGE] },
	                                   { .field = &sample_fields[SAMPLE_AMOUNT],
	                                     .descending = true } } },
	[SAMPLE_BY_NAME] = { INDEX(sample_type, SAMPLE_BY_NAME, 3, SAMPLE_TREE_NAME, 1),
	                     .name = "name", .unique = true,
	                     .present = &sample_fields[SAMPLE_NAME],
	                     .columns = { { .field = &sample_fields[SAMPLE_NAME],
	                                    .folded = true,
	                                    .text_bytes_max = 24 } } },
	[SAMPLE_BY_PARENT] = { INDEX(sample_type, SAMPLE_BY_PARENT, 4, SAMPLE_TREE_PARENT, 1),
	                       .name = "parent",
	                       .columns = { { .field = &sample_fields[SAMPLE_PARENT] } } },
	[SAMPLE_BY_ACTIVE] = { INDEX(sample_type, SAMPLE_BY_ACTIVE, 5, SAMPLE_TREE_ACTIVE, 2),
	                       .name = "active,born",
	                       .columns = { { .field = &sample_fields[SAMPLE_ACTIVE] },
	                                    { .field = &sample_fields[SAMPLE_BORN] } } },
	[SAMPLE_BY_BLOB] = { INDEX(sample_type, SAMPLE_BY_BLOB, 6, SAMPLE_TREE_BLOB, 2),
	                     .name = "blob desc,note",
	                     .columns = { { .field = &sample_fields[SAMPLE_BLOB],
	                                    .descending = true,
	                                    .text_bytes_max = 40 },
	                                  { .field = &sample_fields[SAMPLE_NOTE],
	                                    .text_bytes_max = 40 } } },
	[SAMPLE_BY_OWNER_SEEN] = { INDEX(sample_type, SAMPLE_BY_OWNER_SEEN, 7,
	                                 SAMPLE_TREE_OWNER_SEEN, 2),
	                           .name = "owner,seen", .unique = true,
	                           .columns = { { .field = &sample_fields[SAMPLE_OWNER] },
	                                        { .field = &sample_fields[SAMPLE_SEEN] } } },
};

const engine_type sample_type = {
	.name = "sample",
	.id = 7,
	.layout = 3,
	.fields = sample_fields,
	.field_count = SAMPLE_SLOTS,
	.indexes = sample_indexes,
	.index_count = SAMPLE_INDEXES,
	.record_tree = 20,
};

static const engine_field line_fields[LINE_SLOTS] = {
	SYSTEM_FIELDS,
	[LINE_OWNER] = { FIELD(LINE_OWNER, 201, "owner", ENGINE_REF),
	                 .target = &sample_user_type },
	[LINE_SEEN] = { FIELD(LINE_SEEN, 202, "seen", ENGINE_TS) },
	[LINE_COMPANY] = { FIELD(LINE_COMPANY, 203, "company", ENGINE_REF),
	                   .target = &sample_company_type },
};

static const engine_index line_indexes[LINE_INDEXES] = {
	[LINE_BY_EXT_ID] = { INDEX(sample_line_type, LINE_BY_EXT_ID, 8, LINE_TREE_EXT_ID, 1),
	                     .name = "ext_id", .unique = true,
	                     .present = &line_fields[ENGINE_SLOT_EXT_ID],
	                     .columns = { { .field = &line_fields[ENGINE_SLOT_EXT_ID],
	                                    .text_bytes_max = 32 } } },
	[LINE_CLUSTER] = { INDEX(sample_line_type, LINE_CLUSTER, 9, LINE_TREE_RECORDS, 2),
	                   .name = "owner,seen desc", .cluster = true,
	                   .columns = { { .field = &line_fields[LINE_OWNER] },
	                                { .field = &line_fields[LINE_SEEN],
	                                  .descending = true } } },
	[LINE_BY_SEEN] = { INDEX(sample_line_type, LINE_BY_SEEN, 10, LINE_TREE_SEEN, 1),
	                   .name = "seen",
	                   .columns = { { .field = &line_fields[LINE_SEEN] } } },
};

const engine_type sample_line_type = {
	.name = "line",
	.id = 8,
	.layout = 1,
	.fields = line_fields,
	.field_count = LINE_SLOTS,
	.indexes = line_indexes,
	.index_count = LINE_INDEXES,
	.cluster = &line_indexes[LINE_CLUSTER],
	.record_tree = LINE_TREE_RECORDS,
	.cluster_tree = 43,
};
