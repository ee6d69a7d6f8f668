/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_EVENT_H
#define ENGINE_EVENT_H

/*
 * What a session is made of: an append-only list of events.
 *
 * Facts say what happened and are never taken back.  Decisions can always be
 * taken back, by another event.  An event is immutable once it is in the
 * journal; engine and screen keep pointers to it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/crash.h"
#include "engine/errand.h"
#include "engine/oid.h"
#include "engine/outcome.h"
#include "engine/verdict.h"

enum event_kind {
	/* facts */
	EVENT_START,	     /* title, policy, fix, first_parent; text = git's
				terms, the newer kind's first, or NULL */
	EVENT_ENGINE,	     /* an engine took the lease: number = pid,
				text = host, steps = runs at a time; what was
				in flight is void */
	EVENT_ENGINE_GONE,   /* it let go: text = why */
	EVENT_RANGE,	     /* commits were stored: number = how many now */
	EVENT_RELEASE,	     /* commit, text = the tag's name: the next older
				release to try while no good commit is known */
	EVENT_BUILD_BEGIN,   /* commit, text = the numbers of the fixups it is
				built with, "1, 3", or NULL; number =
				BUILD_AHEAD, BUILD_TAKEN or 0; other = the
				commit whose compiler it gets, none: its own */
	EVENT_BUILD,	     /* commit, build, signature, duration,
				text = first error lines, number = the fixup
				that does not apply, 0: none; errands */
	EVENT_BUILD_STOPPED, /* commit: cancelled, says nothing */
	EVENT_RUN_BEGIN,     /* commit, number = run, text = where */
	EVENT_RUN_CRASH,     /* commit, number, title: a crash is on the console
				of a run that still goes on */
	EVENT_RUN,	     /* commit, number, outcome, title, crashes,
				exit_status, duration, boot, copy,
				text = detail; errands */
	EVENT_RUN_STOPPED,   /* commit, number: cancelled, says nothing */
	EVENT_REVERT,	     /* a commit was taken back on top of another one:
				policy = what came of it, as made_parse has
				it; commit = the new one, or none; other =
				what it is on top of; title = the full id of
				the one taken back; number = the parent that
				a merge keeps, 0: none; signature = its tree;
				text = paths, or why */
	EVENT_TOUCHED,	     /* what the commits of the range change: text = a
				line for each (prior.h), NULL: it could not be
				found out, policy = why; commit, number = the
				run whose report names the files in title, one
				a line, NULL: it names none */
	/* facts of a foreign log, BY_IMPORT: what it said, never what follows
	   from that */
	EVENT_SAID,   /* a line of no further meaning: text, title, number,
			 commit, other, signature, policy, as its wording has
			 them */
	EVENT_NEXT,   /* commit, or none, is to be tested; number = revisions
			 left to test after it, -1: not said; steps; text =
			 its subject */
	EVENT_RESULT, /* policy = what came of it, as result_parse has it;
			 commit, or none; text in the log's words */
	/* decisions */
	EVENT_VERDICT,	  /* commit, verdict, by, text = why; number =
			     VERDICT_PINNED, of a person's; of a policy:
			     policy = the symptom it speaks of, NULL for
			     "crash" */
	EVENT_SKIP_RANGE, /* other..commit as git means it, text = why */
	EVENT_RETRACT,	  /* commit: its verdict is taken back */
	EVENT_JUDGE,	  /* commit, number = run, outcome, text = why */
	EVENT_MORE,	  /* commit, number = further runs */
	EVENT_PICK,	  /* commit: test this one next */
	EVENT_SAME,	  /* title: crashes of this title are the bug */
	EVENT_OTHER,	  /* title: they are another bug */
	EVENT_NOISE,	  /* title: they are as good as no crash */
	EVENT_POLICY,	  /* policy */
	EVENT_MATCHING,	  /* policy = which crashes decide, as matching_parse
			     has it */
	EVENT_SYMPTOM,	  /* policy = what makes a commit bad, as
			     symptom_parse has it */
	EVENT_PRIOR,	  /* policy = "files": what they change says how likely
			     commits are before anything is tested, or "none" */
	EVENT_CONFIRM,	  /* the ends given at the start are tested first */
	EVENT_PAUSE,	  /* number = PAUSE_NOW: what is in flight is given up,
			     0: it may end */
	EVENT_RESUME,	  /* also: the infra trouble before it is mended */
	EVENT_NOTE,	  /* text, commit or none */
	EVENT_UNDO,	  /* number = the seq of the decision it cancels */
	EVENT_REDO,	  /* number = the seq of the undo it cancels */
	EVENT_FIXUP,	  /* number, title = the patch's name, signature = the
			 SHA-256 of its text; it is applied before a build
			 where commit, if any, is reached and other is not */
	EVENT_FIXUP_DROP, /* number: that fixup is applied no more */
	EVENT_VERIFY,	  /* commit, the culprit: test it and its parents again,
			     number = times, and what it is without it, unless
			     policy = "no-revert" */
	EVENT_KIND_COUNT,
};

/*
 * An EVENT_BUILD_BEGIN's number.  A build ahead of time is nobody's until it is
 * taken, under way or done: then it is the build of the commit's step.
 */
enum { BUILD_AHEAD = 1, BUILD_TAKEN = 2 };

#define PRIOR_BY_FILES "files" /* an EVENT_PRIOR's policy */
#define PRIOR_NONE     "none"

enum { VERDICT_PINNED = 1 }; /* an EVENT_VERDICT's: beyond doubt */

enum { PAUSE_NOW = 1 }; /* an EVENT_PAUSE's number */

#define VERIFY_NO_REVERT "no-revert" /* an EVENT_VERIFY's policy */

enum actor {
	BY_START, /* a person, when the session began */
	BY_PERSON,
	BY_POLICY,
	BY_GIT,	   /* a mark made with git bisect in the worktree */
	BY_IMPORT, /* a log of somebody else's bisection */
	BY_ENGINE, /* the engine process, for its facts */
	BY_COUNT,
};

struct event {
	int64_t seq; /* 1, 2, 3... given by the journal */
	int64_t at;  /* milliseconds since 1970 */
	enum event_kind kind;
	enum actor by;
	char *who;	   /* "user@host", a policy's version, or NULL */
	struct oid commit; /* "" for none */
	struct oid other;
	int64_t number;
	int steps; /* git's "roughly M steps" */
	enum outcome outcome;
	enum verdict verdict;
	enum build_result build;
	bool fix;
	bool first_parent;
	int exit_status; /* 0..255, or 256 + signal */
	int64_t duration_ms;
	int64_t boot_ms; /* of a run, until it came up; 0: not known */
	int64_t copy_ms; /* and until the test could begin */
	char *policy;
	char *title;
	char *signature;
	char *text;
	char *wording; /* by import: which of the forms of the log's language
			  it had, for writing it again; NULL: in none */
	struct crash *crashes; /* in the order of the console */
	int crash_count;
	struct errand *errands; /* what was started, in order */
	int errand_count;
};

/* "start", "build-begin", "skip-range"...: the words of the journal. */
const char *event_kind_name(enum event_kind kind);
bool event_kind_parse(enum event_kind *kind, const char *name);
bool event_is_decision(enum event_kind kind);

/* "start", "person", "policy", "git", "import", "engine" */
const char *actor_name(enum actor by);
bool actor_parse(enum actor *by, const char *name);

/* What a foreign log came to. */
enum result {
	RESULT_NONE,	       /* it breaks off, or has not got there */
	RESULT_FOUND,	       /* commit is the culprit */
	RESULT_ONLY_SKIPPED,   /* commit is one of several that may be it */
	RESULT_MERGE_BASE_BAD, /* commit, a merge base of the ends, is bad */
	RESULT_OLDEST_BAD,     /* all releases that were tried have the bug */
	RESULT_NOT_FIXED,      /* the newest commit still has it */
	RESULT_NEVER_BROKEN,   /* the branch never had it */
	RESULT_ERROR,	       /* it was given up: text = why */
	RESULT_COUNT,
};

/* "none", "found", "only-skipped", "merge-base-bad", "oldest-bad",
   "not-fixed", "never-broken", "error" */
const char *result_name(enum result result);
bool result_parse(enum result *result, const char *name);
/* Of one that names no culprit: why, a part of a sentence. */
const char *result_words(enum result result);

/* What came of taking a commit back. */
enum made {
	MADE_OK,
	MADE_CONFLICT, /* text = where; it is left for a person to mend */
	MADE_EMPTY,    /* nothing of it was there any more */
	MADE_TROUBLE,  /* our side failed: text = why */
	MADE_COUNT,
};

/* "ok", "conflict", "empty", "trouble" */
const char *made_name(enum made made);
bool made_parse(enum made *made, const char *name);

/* Of a verdict, which may be NULL: a person's, and beyond doubt. */
bool verdict_pinned(const struct event *verdict);

/* Of a build: it failed for a fixup, which says nothing of the commit. */
bool build_refused(const struct event *build);

/* A deep copy on the heap; event_free takes NULL too. */
struct event *event_copy(const struct event *event);
void event_free(struct event *event);

#endif
