/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FUZZ_TOLD_H
#define TESTS_FUZZ_TOLD_H

/*
 * A session that is anybody's: all that the command line and the screen make
 * of one is made, and thrown away.
 */

#include "base/buf.h"
#include "control/describe.h"
#include "control/questions.h"
#include "control/recount.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/gitlog.h"
#include "session/session.h"
#include "session/syzbotlog.h"
#include "tests/fuzz/fuzz.h"

static inline void tell_all(struct session *session)
{
	struct engine *engine = session_engine(session);
	const struct graph *graph = session_graph(session);
	struct buf out;

	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < session_event_count(session); i++)
		describe_event(session, session_event(session, i), &out);
	for (int i = 0; i < graph_count(graph); i++) {
		need(session_subject(session, i) != NULL);
		need(session_author(session, i) != NULL);
	}
	buf_clear(&out);
	engine_plan(engine);
	describe_plan(session, &out);
	describe_verify(session, &out);
	describe_rate(session, &out);
	describe_doubts(session, NULL, &out);
	questions_tell(session, &out);
	for (int i = 0; i < engine_step_count(engine); i++)
		recount_step(session, engine_step(engine, i), &out);
	buf_clear(&out);
	gitlog_write(session, &out);
	buf_clear(&out);
	syzbotlog_write(engine, graph, &out);
	buf_release(&out);
}

#endif
