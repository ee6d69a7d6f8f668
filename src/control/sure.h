/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_SURE_H
#define CONTROL_SURE_H

/*
 * How sure one can be of what a session says, in numbers and in words: the
 * belief of the engine (engine/belief.h), of the whole and of each commit, how
 * long it may take to know, and where a few runs more would help the most.
 *
 * Decides nothing.  Cheap: the belief is worked out once an event, whoever
 * asks; only what would help is worked out when sure_find is called.
 */

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct session;
struct step;

/* How a culprit is called, by its chance. */
enum sure_word {
	SURE_SUSPECT,	/* under one half */
	SURE_LIKELY,	/* under 95 %, or not directly seen on both sides */
	SURE_CONFIRMED, /* seen on both sides: a crash of its own, and enough
			   clean runs of each parent */
};

/* "suspect", "likely", "confirmed" */
const char *sure_word_name(enum sure_word word);

/* The verdict that is most likely wrong. */
struct sure_weak {
	int commit;   /* -1: none is worth naming */
	double wrong; /* the chance */
};

/* A few runs more, and what they would do if all are clean. */
struct sure_remedy {
	int commit; /* where; -1: nothing is known that would help much */
	int runs;
	bool test;	    /* it was not tested yet: more is not enough */
	double wrong_then;  /* of the weakest verdict */
	double chance_then; /* of the culprit, or of what is likeliest then */
};

struct sure {
	int commit; /* the culprit that was found, or the likeliest */
	bool found;
	double chance; /* that it is */
	enum sure_word word;
	int best; /* the likeliest, which may be another one */
	double best_chance;
	int likely;  /* how many of the likeliest have 95 % together */
	int count;   /* of so many */
	double bits; /* what is not known yet */
	double pace; /* bits a minute, of the last five tests; 0: not known */
	int64_t left_ms; /* at that pace; -1: not known, or nothing is left */
	int runs_left;	 /* likewise */
	double rate;	 /* the share of runs that show the bug where it is */
	int clean;	/* runs without it after which a commit is good: 95 % */
	double outside; /* that it is none of them */
	struct sure_weak weak;
	struct sure_remedy remedy;
};

/* False while there is nothing to believe: no range yet, or no run. */
bool sure_find(struct session *session, struct sure *out);

/* The same without the remedy, which costs a few beliefs more. */
bool sure_glance(struct session *session, struct sure *out);

/* A verdict, or two, that one should not lean on. */
struct sure_doubt {
	int commit;
	int other;    /* that it contradicts, or -1 */
	double wrong; /* the chance that the verdict is */
	bool strong;  /* a contradiction, and both sides are well seen */
	char *text;   /* a sentence, without the commit's name at its begin */
};

/*
 * The worst first: a verdict that is wrong with 5 % or more, whose runs
 * surprise beside all others, or on which alone everything rests; two that
 * exclude each other.  The list and its texts are the caller's, for
 * sure_doubts_free.  Returns how many.
 */
int sure_doubts(struct session *session, struct sure_doubt **list);
void sure_doubts_free(struct sure_doubt *list, int count);

/* Sentences, one a line; nothing while there is nothing to believe. */
void sure_tell(struct session *session, struct buf *out);

/*
 * The same one by one; what there is nothing to say of says nothing.  Of a
 * remedy its effect only: "10 more clean runs there would make that 0.3 %, and
 * the culprit 97 %".
 */
void sure_say_best(struct session *session, const struct sure *sure,
		   struct buf *out);
void sure_say_left(const struct sure *sure, struct buf *out);
/* "5.2 bits left, about 14 runs, 12 min"; brief: "5.2 bits, ~14 runs". */
void sure_say_to_go(const struct sure *sure, bool brief, struct buf *out);
void sure_say_outside(const struct sure *sure, struct buf *out);
void sure_say_rate(const struct sure *sure, struct buf *out);
void sure_say_weak(struct session *session, const struct sure *sure,
		   struct buf *out);
void sure_say_remedy(struct session *session, const struct sure *sure,
		     struct buf *out);

/* "likely 88 %", and while it is not found "likely 88 %, 1.4 bits left". */
void sure_tell_short(const struct sure *sure, struct buf *out);

/*
 * The chance that it is the culprit that was found, or the likeliest commit; a
 * negative number where there is nothing to believe.
 */
double sure_chance(struct session *session);

/* What is believed of one commit. */
struct sure_at {
	double bug;	/* the chance that it has the bug */
	double culprit; /* that it is the culprit; 0 outside of the range */
	bool tested;	/* something was seen or said there */
	bool said;	/* by a person, which counts instead of the runs */
	bool pinned;	/* ... and beyond doubt */
	int showing, clean;
};

/* False where nothing is believed. */
bool sure_at(struct session *session, int commit, struct sure_at *out);

/*
 * Further clean runs that make a good one 99 %; 0: they are not wanted, or
 * would never do.
 */
int sure_more(struct session *session, const struct sure_at *at);

/*
 * "bad 99.9 % (9 of 9 crashed)", "good 97 % (10 clean; 4 more for 99 %)"; of
 * one that was not tested what it may be.
 */
void sure_say_at(struct session *session, const struct sure_at *at,
		 struct buf *out);

/* "1000:1" for a chance, on its likelier side. */
void sure_say_odds(double chance, struct buf *out);

/*
 * The same in one line with its odds: "bad 99.9 % (9 of 9 crashed), odds
 * 1000:1".  Nothing where nothing is believed.
 */
void sure_tell_at(struct session *session, int commit, struct buf *out);

/* The chance that the verdict of a step is right; negative: not known. */
double sure_right(struct session *session, const struct step *step);

/* In at most six columns: "99.9 %", "97 %", "<0.1 %". */
void sure_say_percent(double chance, struct buf *out);

/* "97 %", and never more than is known: "over 99.9 %", "under 0.1 %". */
void sure_say_chance(double chance, struct buf *out);

#endif
