/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/engine/lmdb_file.h"

#include "tests/support/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void lmdb_file_open(lmdb_file *self)
{
	raw_init(&self->place, NULL);
	assert_int_equal(mdb_env_create(&self->env), 0);
	assert_int_equal(mdb_env_set_maxdbs(self->env, 64), 0);
	assert_int_equal(mdb_env_set_mapsize(self->env, (size_t)1 << 30), 0);
	assert_int_equal(mdb_env_open(self->env, self->place.path,
	                              MDB_NOSUBDIR | MDB_NOTLS | MDB_NOSYNC, 0600),
	                 0);
	self->fd = open(self->place.path, O_RDONLY | O_CLOEXEC);
	assert_true(self->fd >= 0);
}

void lmdb_file_close(lmdb_file *self)
{
	mdb_env_close(self->env);
	close(self->fd);
	raw_release(&self->place);
}

MDB_dbi lmdb_tree(MDB_txn *txn, unsigned number)
{
	char name[24];
	MDB_dbi dbi;
	snprintf(name, sizeof name, "tree%u", number);
	assert_int_equal(mdb_dbi_open(txn, name, MDB_CREATE, &dbi), 0);
	return dbi;
}

MDB_val lmdb_key(uint32_t number, size_t size, uint8_t bytes[ENGINE__KEY_BYTES_MAX])
{
	memset(bytes, (int)(number % 251), ENGINE__KEY_BYTES_MAX);
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(number >> (24 - 8 * i));
	return (MDB_val){ size, bytes };
}

MDB_val lmdb_value(size_t size)
{
	static uint8_t filler[ENGINE__VALUE_BYTES_MAX];
	return (MDB_val){ size, filler };
}
