/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_FARM_INSIDE_H
#define RUN_FARM_INSIDE_H

/*
 * The inside of a farm, shared by its parts: farm.c is the runner, farm_give.c
 * gives jobs out and takes them back, farm_look.c finds out what became of
 * them, farm_kept.c knows what was built.  Nobody else includes this.
 */

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/buf.h"
#include "run/executor.h"
#include "run/farm.h"
#include "run/runner.h"

struct cache_entry;
struct ticket;
struct ticket_end;

enum task_state {
	TASK_WAITS,
	TASK_SUBMITTING,
	TASK_UNSURE,
	TASK_QUEUED,
	TASK_RUNS,
};

struct task {
	struct task *next;
	bool build;
	char *commit;
	int place, number, slot;
	bool ahead, needs_place;
	char *work; /* what its ticket says */
	char *log;  /* of a build */

	char *name, *batch, *token; /* NULL: not given out */
	char *id, *node, *words;    /* as the executor tells them, or NULL */
	char *avoid;		    /* a node it must not be on, or NULL */
	enum task_state state;
	int64_t since;	  /* in that state, as the clock says, ms */
	uint64_t given;	  /* uv_now when the executor had taken it */
	uint64_t gone;	  /* uv_now when it was first not there; 0: it is */
	bool node_failed; /* and that is why */
	bool dropped;	  /* somebody wanted that */
	int tries;	  /* that were lost */
	int64_t seen;	  /* bytes of its `seen` that are read */
	bool orphan;	  /* an earlier engine's, not asked for yet */
	bool cancelled;
	bool dropping;	 /* the executor was told */
	uint64_t untold; /* uv_now when its ticket was taken away */

	build_done *built;
	run_done *ran;
	run_seen *saw;
	run_decides *decides;
	void *data;
};

/* What was built, and can be run. */
struct product {
	char *commit, *image, *file;
	int place;
	bool kept;
	struct cache_entry *entry; /* of what is kept, or NULL */
};

struct waiting {
	int place;
	place_free *done;
	void *data;
};

struct farm {
	struct runner runner; /* the head */
	uv_loop_t *loop;
	struct farm_spec spec;
	uv_timer_t soon, look, late;
	uv_fs_event_t watch; /* of the folder: for what is written here */
	int open;	     /* of these handles */
	struct task *tasks;
	struct product *products;
	size_t product_count, product_room;
	struct waiting *waiting; /* for a place */
	size_t waiting_count, waiting_room;
	unsigned batches; /* given out */
	char stamp[24];	  /* of this life */
	int calls;	  /* of the executor that have not called back */
	bool looking, cancelling;
	uint64_t looked; /* uv_now of the last look; 0: never, or again */
	uint64_t asked;	 /* uv_now when the one under way began */
	bool away;	 /* the executor did not answer last time */
	char *shunned;	 /* the node that lost a job last, or NULL */
	uint64_t shunned_at;
	bool shunned_twice; /* so it is not asked whether it is back */
	char *back;	    /* the last of them that was; or NULL */
	uint64_t back_at;
	bool asking_node;
	uint64_t node_told; /* uv_now of the last answer; 0: none yet */
	bool changed;	    /* since the state was written */
};

/* farm.c */
struct task *farm_add(struct farm *farm);
int64_t farm_clock(void); /* ms since 1970 */
void farm_remove(struct farm *farm, struct task *task);
void farm_soon(struct farm *farm);
void farm_set(struct farm *farm, struct task *task, enum task_state state);
/* It ends, and is gone. */
void farm_end_run(struct farm *farm, struct task *task,
		  const struct run_end *end);
void farm_end_build(struct farm *farm, struct task *task,
		    const struct build_end *end);
void farm_end_cancelled(struct farm *farm, struct task *task);
/* Trouble of ours: infra, whichever it is. */
void farm_end_infra(struct farm *farm, struct task *task, const char *text);
/* The executor answered, or why it did not. */
void farm_heard(struct farm *farm, const char *why);
/* Does anything an earlier engine began need what lies in the place? */
bool farm_is_taken(const struct farm *farm, int place);
/* What is out of the way now is told to who waits for it. */
void farm_tell_waiting(struct farm *farm);

/* farm_give.c */
void farm_submit(struct farm *farm);
void farm_drop(struct farm *farm);
/* The files of its job go; it can be given out again. */
void farm_forget(struct farm *farm, struct task *task);
/* It lost a job: others are asked first. */
void farm_shun(struct farm *farm, const char *node);

/* farm_look.c */
/* Twice a second, and when something is known to have changed. */
void farm_look(struct farm *farm);
/* Those that an earlier engine gave out. */
int farm_find(struct farm *farm, struct error *err);
void farm_write_state(struct farm *farm);

/* farm_kept.c */
struct product *farm_product(const struct farm *farm, int place,
			     const char *commit);
/* file: the end of its build, which is kept with it.  Takes it. */
void farm_add_product(struct farm *farm, const struct ticket_end *end,
		      const char *commit, int place, char *file);
/* What lies in the place is built over. */
void farm_build_over(struct farm *farm, int place, const char *commit);
void farm_release_products(struct farm *farm);
void farm_find_product(struct farm *farm, const char *token);

#endif
