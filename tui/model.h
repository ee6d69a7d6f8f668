/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_MODEL_H
#define TUI_MODEL_H

/*
 * What the screen knows, as plain data: everything the home view shows, from
 * a session, a time and what the person looks at.
 *
 * No curses, no clock, no files: the same session, view and time always give
 * the same model.  All texts in it are clean (base/text.h).  It is built anew
 * whenever something has changed; a bisection is short.
 */

#include <stdbool.h>
#include <stdint.h>

#include "control/desk.h"
#include "engine/engine.h"
#include "engine/oid.h"

struct session;

#define MODEL_TEXT 256
#define MODEL_SURE 40

enum badge {
	BADGE_IDLE, /* could work, but no engine has been started */
	BADGE_LIVE, /* an engine works */
	BADGE_PAUSED,
	BADGE_DONE,
	BADGE_ASKS,   /* nothing goes on without a person */
	BADGE_LOST,   /* the engine is gone and did not say why */
	BADGE_HAND,   /* no test command: a person does the testing */
	BADGE_REPLAY, /* what is shown is an earlier time, or a foreign log */
	BADGE_COUNT,
};

/* Which log the console pane shows. */
enum {
	SHOW_NEWEST = -1, /* the newest run, or the build */
	SHOW_BUILD = -2,
};

/* What the person looks at, and the world outside of the session. */
struct model_view {
	int64_t now;  /* milliseconds since 1970 */
	int selected; /* a commit, -1 for the one under test */
	int show;     /* a run's number, or one of the above */
	bool ascii;
	bool can_run;
	bool reads;	 /* another screen steers */
	bool moving;	 /* the worktree, to what is tested next */
	int64_t link_ms; /* the round trip of a slow line, or 0 */
	struct engine_process engine;
	enum engine_stage engine_stage;
	/* an earlier time is shown: within this step, 0 before the first, of a
	   session that has so many (0: the present) and lasted so long */
	int replay_step, replay_steps;
	int64_t replay_ms;
};

/* A row of the ledger: a step, or the commit that is tested next. */
struct model_row {
	int commit;
	int position; /* 0: a tree without the culprit, no step */
	char id[OID_SHORT + 1];
	enum verdict verdict;
	bool by_person;
	bool testing;
	bool culprit;
	bool building;
	bool build_fails;
	int64_t fixup_fails; /* this one does not apply: that is why; or 0 */
	char *letters;	     /* one a run: finished, running, still wanted */
	char doubt[16];	     /* why to look again, "" for no reason */
	double sure;	     /* the chance that the verdict is right; < 0 */
	int left, steps;     /* -1: this step did not move the search */
	int64_t took_ms;     /* -1: not known */
	char note[64];	     /* release name, "reported" */
	char subject[MODEL_TEXT];
};

/* A named end of the range in the strip. */
struct model_mark {
	int commit; /* -1: there is none */
	char id[OID_SHORT + 1];
	char name[64]; /* of the release, or "" */
	enum verdict verdict;
};

/* Where the bisection stands with the commit under test. */
struct model_rule {
	bool shown;
	struct judgement judgement;
	char text[MODEL_TEXT]; /* in words; of a judgement what it lacks */
	bool asks;	       /* text is what a person must decide */
};

/* One line of the runs pane. */
struct model_run {
	int number;
	char letter; /* as in the ledger; '-' for one still to come */
	const char *word;
	bool judged;	     /* overruled by a person */
	bool crashed;	     /* detail is a crash's title */
	int64_t duration_ms; /* -1: not known */
	char detail[MODEL_TEXT];
};

struct model {
	char title[MODEL_TEXT];
	enum badge badge;
	int step;	    /* position of the commit under test, or -1 */
	int64_t elapsed_ms; /* -1: not begun */
	int replay_step, replay_steps; /* as in the view */
	int64_t replay_ms;
	int64_t left_ms; /* -1: cannot be said */
	int64_t link_ms; /* of a slow line, or 0 */
	bool reads;	 /* another screen steers */

	enum plan_state state;
	bool fix;
	int suspects, left, steps;
	int doubtful;
	/* from old to new; in a search for a fix `good` is the broken end */
	struct model_mark oldest, good, test, bad, reported;
	const char *test_label; /* why `test` is tested: "testing now"... */

	/* PLAN_FOUND: the culprit */
	int culprit;
	char culprit_id[OID_HEX_MAX + 1];
	char culprit_subject[MODEL_TEXT];
	char culprit_author[MODEL_TEXT];
	int64_t culprit_date; /* seconds since 1970, 0: not known */
	/* "confirmed 98.9 %"; of a search, once one is likelier than others,
	   "likeliest 34 %"; "" for nothing to say */
	char sure[MODEL_SURE];
	char to_go[48]; /* "267 left, ~7 steps", "5.2 bits, ~14 runs" */
	/* what is believed of the selected commit, "" for nothing */
	char believed[MODEL_TEXT];
	/* why to look twice at it: the first reason, and how many */
	char warning[MODEL_TEXT];
	int warning_count;
	/* PLAN_ONLY_SKIPPED: all that can be, short ids with blanks */
	int candidate_count;
	char candidates[MODEL_TEXT];

	struct model_row *rows;
	int row_count;
	int testing;  /* a row, or -1 */
	int selected; /* a row, or -1 when there are none */
	struct model_rule rule;
	int asked_commit, asked_run; /* a crash that is asked about; -1 */
	bool resumes;		     /* paused, or a resume is an answer */
	int question_count;	     /* that nothing waits for */

	/* of the selected row */
	char build[MODEL_TEXT];
	bool build_waits; /* it begins when a cluster has a node for it */
	enum verdict build_tone; /* bad: it fails; good: ok; skip: infra */
	struct model_run *runs;
	int run_count;
	int runs_done;

	char *console; /* the path of the log to show, or NULL */
	char console_title[MODEL_TEXT];
	int shown_run; /* its run, or SHOW_BUILD */

	bool engine_alive;
	enum engine_stage engine_stage;
	char status[MODEL_TEXT];
};

void model_init(struct model *model);
void model_release(struct model *model);

/* Fill the model, dropping what it held. */
void model_build(struct model *model, struct session *session,
		 const struct model_view *view);

/* "LIVE", "PAUSED"... */
const char *badge_word(enum badge badge);

/* What a commit is called on the screen: GOOD, BAD, SKIP, "..." */
const char *verdict_word(enum verdict verdict);

/* A rough time in words: "~1h38m", "~4m", "<1m".  out needs 16 bytes. */
char *model_rough(char *out, int64_t ms);

/* A time in at most five columns up to 99 hours: "0:07", "12:40", "2h03m". */
char *model_short(char *out, int64_t ms);

#endif
