/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_IMAGINE_H
#define TUI_IMAGINE_H

/*
 * The dialog that asks what to imagine of a step: another verdict, or none.
 * What else can be imagined is written as an order; it says so.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/oid.h"
#include "tui/form.h"

struct grid;
struct session;

struct imagine {
	struct form form;
	char id[OID_HEX_MAX + 1];
	char heading[FORM_TEXT], subject[FORM_TEXT], letters[64];
	char recorded[FORM_TEXT]; /* who gave it */
	enum verdict verdict;
};

/* Of a commit of the session as it is shown; false: it is no step. */
bool imagine_open(struct imagine *imagine, struct session *session, int commit,
		  bool ascii);
enum form_answer imagine_key(struct imagine *imagine, int key);

/* What was chosen, "skip HEX"; out has room for size bytes. */
void imagine_words(const struct imagine *imagine, char *out, size_t size);
void imagine_draw(struct grid *grid, const struct imagine *imagine);

#endif
