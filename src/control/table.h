/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong with a table that a person wrote for libconfig, as
 * "file:line: what".  Says it; reads nothing and knows no table's keys.
 */
#ifndef CONTROL_TABLE_H
#define CONTROL_TABLE_H

#include <libconfig.h>

struct error;

/*
 * An entry is not what it should be.  The entry is named by itself or by the
 * nearest around it that has a name.  Returns -1.
 */
int table_wrong(const char *path, const config_setting_t *item,
		const char *what, struct error *err);

/* libconfig could not read the file, or it is no table.  Returns -1. */
int table_unread(const config_t *config, const char *path, struct error *err);

#endif
