/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_TICKET_H
#define RUN_TICKET_H

/*
 * What an engine and a job tell each other, in files of one folder that both
 * see, each named by the job's token:
 *
 *	TOKEN.ticket	what is to be done.  Gone: nobody wants it any more,
 *			and the job stops
 *	TOKEN.seen	what the job has seen so far, one line after another
 *	TOKEN.enough	what was asked in it was answered with yes
 *	TOKEN.end	how it ended: it is there whole or not at all
 *
 * Here they become texts and come back; nothing is decided, and only
 * ticket_write touches the disk.  A text from the folder is believed to be
 * ours, but nothing of it is trusted to be whole.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/crash.h"
#include "engine/errand.h"
#include "run/kbuild.h"
#include "run/patch.h"
#include "run/runner.h"

struct buf;
struct error;

enum { TICKET_PATCHES = 64, TICKET_SWITCHES = 256 };

/* What is to be done, and where. */
struct ticket {
	bool build;	  /* else a run */
	const char *name; /* by which the scheduler knows it */
	const char *worktree, *out;
	int place;	   /* its number, for whoever gave it out */
	const char *image; /* of a run: the kernel, where it is kept or
				   made by the kernel's own build; or NULL */
	bool needs_place;  /* of a run: what lies there must stay */
	bool asks;	   /* of a run: whether crashes decide is asked */
	struct build_request built; /* one of these two */
	struct run_request run;

	/* what was read: of these the pointers above are */
	char *text;
	struct build_choice choice;
	struct build_patch patches[TICKET_PATCHES];
	struct kbuild_switch switches[TICKET_SWITCHES];
};

/* Two that say the same are the same work. */
void ticket_say(const struct ticket *ticket, struct buf *out);

/* And what else stands in it: its name, the slot of a run. */
void ticket_say_rest(const struct ticket *ticket, struct buf *out);

/* Takes the text; the ticket holds on to it, and must not be moved. */
int ticket_read(struct ticket *ticket, char *text, struct error *err);
void ticket_release(struct ticket *ticket);

/* How it ended. */
struct ticket_end {
	bool build;
	bool stopped; /* by a signal, or because its ticket is gone */
	const char *commit;
	int place;
	struct build_end built;
	struct run_end run;
	const char *image; /* as in a ticket */
	bool kept;	   /* other builds in the place do not touch it */
	const char *node;  /* where it was */

	char *text;
	struct crash *crashes;
	int crash_count;
	struct errands errands;
};

void ticket_end_say(const struct ticket_end *end, struct buf *out);
int ticket_end_read(struct ticket_end *end, char *text, struct error *err);
void ticket_end_release(struct ticket_end *end);

/* Lines of a TOKEN.seen. */
void ticket_saw(const char *title, struct buf *out);
void ticket_asks(const struct crash *crashes, int count, struct buf *out);

struct ticket_seen {
	void (*saw)(void *data, const char *title);
	void (*asks)(void *data, const struct crash *crashes, int count);
	void *data;
};

/* All that is whole in the text, which is cut up; returns how many bytes. */
size_t ticket_read_seen(char *text, const struct ticket_seen *seen);

/* FOLDER/TOKEN.KIND, for the caller to free. */
char *ticket_path(const char *folder, const char *token, const char *kind);

/* Write a file that is there whole or not at all; safe: and survives a power
   cut. */
int ticket_write(const char *path, const struct buf *text, bool safe,
		 struct error *err);

#endif
