/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>

#include "base/buf.h"
#include "control/sure.h"
#include "control/weighed.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"

#define WORTH_TELLING 0.02
#define ODDS_MAX      10000
#define DOUBTS_MAX    3
#define BITS_LITTLE   0.05

void sure_say_chance(double chance, struct buf *out)
{
	if (chance >= 0.9995)
		buf_puts(out, "over 99.9 %");
	else if (chance < 0.0005)
		buf_puts(out, "under 0.1 %");
	else if (chance >= 0.095 && chance < 0.985)
		buf_printf(out, "%.0f %%", chance * 100);
	else
		buf_printf(out, "%.1f %%", chance * 100);
}

void sure_say_percent(double chance, struct buf *out)
{
	if (chance < 0.0005)
		buf_puts(out, "<0.1 %");
	else if (chance >= 0.9995)
		buf_puts(out, "99.9 %"); /* nobody knows it better */
	else if (chance >= 0.095 && chance < 0.985)
		buf_printf(out, "%.0f %%", chance * 100);
	else
		buf_printf(out, "%.1f %%", chance * 100);
}

void sure_say_odds(double chance, struct buf *out)
{
	double side = chance < 0.5 ? 1 - chance : chance;
	double odds = side / fmax(1 - side, 1e-15);

	if (odds > ODDS_MAX)
		buf_printf(out, "over %d:1", ODDS_MAX);
	else if (odds >= 100) /* nobody knows it better than that */
		buf_printf(out, "%.0f:1",
			   round(odds / pow(10, floor(log10(odds)) - 1)) *
				   pow(10, floor(log10(odds)) - 1));
	else if (odds >= 9.95)
		buf_printf(out, "%.0f:1", odds);
	else
		buf_printf(out, "%.1f:1", odds);
}

static void say_time(int64_t ms, const char *about, struct buf *out)
{
	int64_t minutes = (ms + 30000) / 60000;

	if (minutes < 1)
		buf_puts(out, ", less than a minute");
	else if (minutes < 90)
		buf_printf(out, ", %s%d min", about, (int)minutes);
	else if (minutes < 100 * 60)
		buf_printf(out, ", %s%d h %d min", about, (int)(minutes / 60),
			   (int)(minutes % 60));
	else
		buf_printf(out, ", %s%d days", about, (int)(minutes / 1440));
}

void sure_say_to_go(const struct sure *sure, bool brief, struct buf *out)
{
	buf_printf(out, brief ? "%.1f bits" : "%.1f bits left", sure->bits);
	if (sure->runs_left > 0)
		buf_printf(out, brief ? ", ~%d run%s" : ", about %d run%s",
			   sure->runs_left, sure->runs_left == 1 ? "" : "s");
	if (!brief && sure->left_ms >= 0)
		say_time(sure->left_ms, sure->runs_left > 0 ? "" : "about ",
			 out);
}

static void say_left(const struct sure *sure, struct buf *out)
{
	sure_say_to_go(sure, false, out);
	if (sure->left_ms >= 0)
		buf_puts(out, " at this pace");
}

/*
 * One commit.
 */

static void say_runs(enum symptom symptom, const struct sure_at *at, int more,
		     struct buf *out)
{
	int all = at->showing + at->clean;

	if (at->said) {
		buf_puts(out, at->pinned ? " (pinned)" : " (as it was said)");
		return;
	}
	if (symptom == SYMPTOM_NO_BUILD) {
		buf_printf(out, " (%s)",
			   at->showing ? "does not build" : "builds");
		return;
	}
	if (at->showing)
		buf_printf(out, " (%d of %d %s", at->showing, all,
			   symptom == SYMPTOM_NO_BOOT ? "did not boot"
						      : "crashed");
	else
		buf_printf(out, " (%d clean", at->clean);
	if (more)
		buf_printf(out, "; %d more for 99 %%", more);
	buf_putc(out, ')');
}

void sure_say_at(struct session *session, const struct sure_at *at,
		 struct buf *out)
{
	enum symptom symptom = engine_symptom(session_engine(session));
	bool bad = at->bug >= 0.5;

	if (!at->tested) {
		buf_puts(out, "not tested: ");
		sure_say_chance(at->bug, out);
		buf_puts(out, " that it has the bug");
		if (at->culprit > 0) {
			buf_puts(out, ", ");
			sure_say_chance(at->culprit, out);
			buf_puts(out, " that it is the culprit");
		}
		return;
	}
	buf_puts(out, bad ? "bad " : "good ");
	sure_say_chance(bad ? at->bug : 1 - at->bug, out);
	say_runs(symptom, at, sure_more(session, at), out);
}

void sure_tell_at(struct session *session, int commit, struct buf *out)
{
	struct sure_at at;

	if (!sure_at(session, commit, &at))
		return;
	sure_say_at(session, &at, out);
	if (!at.tested)
		return;
	buf_puts(out, ", odds ");
	sure_say_odds(at.bug, out);
}

/*
 * The whole.
 */

static const char *hex_of(struct session *session, int commit)
{
	return graph_oid(session_graph(session), commit)->hex;
}

static void say_found(struct session *session, const struct sure *sure,
		      struct buf *out)
{
	sure_say_chance(sure->chance, out);
	buf_printf(out, " that it is %.*s", OID_SHORT,
		   hex_of(session, sure->commit));
	if (sure->word == SURE_CONFIRMED)
		buf_puts(out, ", seen on both sides");
	else if (sure->chance >= 0.95)
		buf_puts(out, ", not seen on both sides");
	if (sure->best != sure->commit) {
		buf_printf(out, "; likelier is %.*s with ", OID_SHORT,
			   hex_of(session, sure->best));
		sure_say_chance(sure->best_chance, out);
	}
}

void sure_say_best(struct session *session, const struct sure *sure,
		   struct buf *out)
{
	buf_printf(out, "%s: ", sure_word_name(sure->word));
	if (sure->found) {
		say_found(session, sure, out);
		return;
	}
	buf_printf(out, "so far the likeliest is %.*s, with ", OID_SHORT,
		   hex_of(session, sure->best));
	sure_say_chance(sure->best_chance, out);
}

/* Of a search that goes on how long; else who else it may be. */
void sure_say_left(const struct sure *sure, struct buf *out)
{
	size_t before = out->length;

	if (!sure->found && sure->bits >= BITS_LITTLE)
		say_left(sure, out);
	if (sure->likely > 1)
		buf_printf(out, "%s95 %% are with %d of %d%s",
			   out->length > before ? "; " : "", sure->likely,
			   sure->count, out->length > before ? "" : " commits");
}

void sure_say_outside(const struct sure *sure, struct buf *out)
{
	if (sure->outside < WORTH_TELLING)
		return;
	sure_say_chance(sure->outside, out);
	buf_puts(out, " that it is older than the range, or the older end was "
		      "told wrongly");
}

void sure_say_rate(const struct sure *sure, struct buf *out)
{
	buf_puts(out, "where the bug is, about ");
	sure_say_chance(sure->rate, out);
	if (sure->clean == 1)
		buf_puts(out, " of runs show it: a clean one says good");
	else
		buf_printf(out, " of runs show it: %d clean ones say good",
			   sure->clean);
	buf_puts(out, " (95 %)");
}

void sure_say_weak(struct session *session, const struct sure *sure,
		   struct buf *out)
{
	const struct step *step =
		engine_step_of(session_engine(session), sure->weak.commit);

	if (!step)
		return;
	buf_printf(out, "weakest is step %d, %s %.*s: ", step->position,
		   verdict_name(step->verdict), OID_SHORT,
		   hex_of(session, sure->weak.commit));
	sure_say_chance(sure->weak.wrong, out);
	buf_puts(out, step->verdict == VERDICT_GOOD
			      ? " that it has the bug"
			      : " that it has not the bug");
}

void sure_say_remedy(struct session *session, const struct sure *sure,
		     struct buf *out)
{
	const struct sure_remedy *remedy = &sure->remedy;
	bool there = remedy->commit == sure->weak.commit;

	if (remedy->commit < 0)
		return;
	buf_printf(out, "%d %sclean runs ", remedy->runs,
		   remedy->test ? "" : "more ");
	if (there)
		buf_puts(out, "there would make that ");
	else
		buf_printf(out, "of %.*s would make ", OID_SHORT,
			   hex_of(session, remedy->commit));
	if (there) {
		sure_say_chance(remedy->wrong_then, out);
		buf_puts(out, ", and ");
	}
	buf_puts(out, sure->found ? "the culprit " : "the likeliest ");
	sure_say_chance(remedy->chance_then, out);
}

/* As it is typed: "more 42086abba434 10". */
static void say_order(struct session *session, const struct sure *sure,
		      struct buf *out)
{
	const struct sure_remedy *remedy = &sure->remedy;

	if (remedy->test)
		buf_printf(out, ": pick %.*s", OID_SHORT,
			   hex_of(session, remedy->commit));
	else
		buf_printf(out, ": more %.*s %d", OID_SHORT,
			   hex_of(session, remedy->commit), remedy->runs);
}

static void end_line(struct buf *out, size_t *before)
{
	if (out->length > *before)
		buf_putc(out, '\n');
	*before = out->length;
}

/* The weakest has its own sentence, unless another excludes it. */
static void tell_doubts(struct session *session, const struct sure *sure,
			struct buf *out)
{
	struct sure_doubt *list;
	int count = sure_doubts(session, &list), told = 0;

	for (int i = 0; i < count && told < DOUBTS_MAX; i++) {
		if (list[i].other < 0 && list[i].commit == sure->weak.commit)
			continue;
		buf_printf(out, "doubtful %.*s: %s\n", OID_SHORT,
			   hex_of(session, list[i].commit), list[i].text);
		told++;
	}
	sure_doubts_free(list, count);
}

void sure_tell(struct session *session, struct buf *out)
{
	size_t before = out->length;
	struct sure sure;

	if (!sure_find(session, &sure))
		return;
	sure_say_best(session, &sure, out);
	end_line(out, &before);
	sure_say_left(&sure, out);
	end_line(out, &before);
	sure_say_outside(&sure, out);
	end_line(out, &before);
	weighed_say(session, out);
	end_line(out, &before);
	sure_say_rate(&sure, out);
	end_line(out, &before);
	sure_say_weak(session, &sure, out);
	end_line(out, &before);
	if (sure.remedy.commit >= 0) {
		sure_say_remedy(session, &sure, out);
		say_order(session, &sure, out);
	}
	end_line(out, &before);
	tell_doubts(session, &sure, out);
}

void sure_tell_short(const struct sure *sure, struct buf *out)
{
	buf_printf(out, "%s ", sure_word_name(sure->word));
	sure_say_chance(sure->chance, out);
	if (!sure->found)
		buf_printf(out, ", %.1f bits left", sure->bits);
}
