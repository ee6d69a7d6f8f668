/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/buildlog.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/begin.h"
#include "control/pace.h"
#include "control/settings.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/consoles.h"
#include "tui/grid.h"

/* As run/diagnosis.c has them. */
#define ERRORS                                                            \
	"error:|Error:|ERROR:|undefined reference|multiple definition|"   \
	"No rule to make target|cannot find -l|FAILED unresolved symbol|" \
	"FAILED: load BTF|\\.  Stop\\.|^make.*\\*\\*\\* "
#define COMMANDS "^\\$ "
#define WARNINGS ": warning: "

#define TARGET_LINES 40	  /* looked at for what is made just now */
#define LINE_BYTES   1000 /* of a line that is pinned */
#define TALL_ROWS    24	  /* a command may take two rows then */

void buildlog_init(struct buildlog *build)
{
	memset(build, 0, sizeof(*build));
	build->commit = -1;
	logview_init(&build->log, LOG_STEP);
	build->log.warns = true;
	build->log.quiet = true;
	build->log.alarm_pattern = ERRORS;
	build->log.alarm_name = "an error";
}

void buildlog_release(struct buildlog *build)
{
	hits_release(&build->commands);
	hits_release(&build->warnings);
	logview_release(&build->log);
	buildlog_init(build);
}

static void look_for(struct hits *hits, struct logfile *file,
		     const char *pattern)
{
	struct error err = ERROR_INIT;

	if (hits_begin(hits, file, pattern, &err) < 0)
		abort(); /* they are our own */
}

void buildlog_open(struct buildlog *build, struct session *session, int commit)
{
	const struct oid *oid;
	char *path;

	if (commit == build->commit)
		return;
	build->commit = commit;
	if (commit < 0) {
		logview_open(&build->log, NULL);
		return;
	}
	oid = graph_oid(session_graph(session), commit);
	str_copy(build->id, sizeof(build->id), oid->hex);
	path = session_build_log(session, oid);
	logview_open(&build->log, path);
	free(path);
	build->log.quiet = true;
	if (build->commands.match)
		return;
	look_for(&build->commands, &build->log.file, COMMANDS);
	look_for(&build->warnings, &build->log.file, WARNINGS);
	look_for(&build->log.alarm, &build->log.file, ERRORS);
}

/*
 * What is known of it.
 */

/* The settings of a session stay what they are. */
static void find_config(struct buildlog *build, struct session *session,
			bool ascii)
{
	struct settings settings;
	struct error err = ERROR_INIT;

	if (build->knows_config)
		return;
	build->knows_config = true;
	settings_init(&settings);
	if (begin_read_settings(session, &settings, &err) == 0 &&
	    !settings.build_command && settings.build.config)
		text_copy_line(build->config, sizeof(build->config),
			       settings.build.config, ascii);
	settings_release(&settings);
}

static void say_how(struct buildlog *build, const struct event *begin,
		    const struct event *fact, const struct pace *pace,
		    int64_t now)
{
	static const char *const words[BUILD_RESULT_COUNT] = {
		[BUILD_OK] = "ok in",
		[BUILD_FAILED] = "fails after",
		[BUILD_INFRA] = "trouble of our own after",
	};
	char time[24], usual[24], aside[48] = "";

	if (pace->build_ms >= 0)
		snprintf(aside, sizeof(aside), ", usually %s",
			 str_duration(usual, pace->build_ms));
	if (build->running)
		snprintf(build->how, sizeof(build->how), "building%s %s%s",
			 build->ahead ? " ahead" : "",
			 str_duration(time, now - begin->at), aside);
	else if (fact)
		snprintf(build->how, sizeof(build->how), "%s %s%s",
			 words[fact->build],
			 str_duration(time, fact->duration_ms), aside);
	else
		str_copy(build->how, sizeof(build->how), "not built");
}

/* Its latest build: *begin is NULL when that has ended.  False: there is none,
   nor will there be. */
static bool find_build(struct buildlog *build, struct engine *engine,
		       const struct event **begin, const struct event **fact)
{
	const struct ahead_build *ahead =
		engine_ahead_of(engine, build->commit);
	const struct step *step = engine_step_of(engine, build->commit);

	build->ahead = ahead;
	if (ahead) {
		*fact = ahead->fact;
		*begin = ahead->fact ? NULL : ahead->begin;
	} else if (step) {
		*fact = step->build;
		*begin = step->build_begin;
	}
	return ahead || step;
}

void buildlog_update(struct buildlog *build, struct session *session,
		     int64_t now, bool ascii)
{
	struct engine *engine = session_engine(session);
	const struct event *begin = NULL, *fact = NULL;
	bool known = false;
	struct pace pace;

	build->log.ascii = ascii;
	build->how[0] = build->why[0] = '\0';
	build->tone = VERDICT_NONE;
	/* at an earlier time there are fewer commits */
	if (build->commit >= 0 &&
	    build->commit < graph_count(session_graph(session)))
		known = find_build(build, engine, &begin, &fact);
	build->running = begin;
	find_config(build, session, ascii);
	if (!known)
		return;
	pace_find(engine, &pace);
	say_how(build, begin, fact, &pace, now);
	if (begin || !fact)
		return;
	build->tone = fact->build == BUILD_OK	    ? VERDICT_GOOD
		      : fact->build == BUILD_FAILED ? VERDICT_BAD
						    : VERDICT_SKIP;
	if (fact->build != BUILD_OK)
		text_copy_line(build->why, sizeof(build->why), fact->text,
			       ascii);
}

bool buildlog_refresh(struct buildlog *build)
{
	if (!logview_refresh(&build->log))
		return false;
	hits_refresh(&build->commands);
	hits_refresh(&build->warnings);
	return true;
}

bool buildlog_work(struct buildlog *build)
{
	int64_t slice = build->log.slice;
	bool more = build->commands.unknown || build->warnings.unknown ||
		    (build->log.alarm.match && build->log.alarm.unknown);

	if (build->log.asking)
		slice = build->log.file.step;
	hits_work(&build->commands, slice);
	hits_work(&build->warnings, slice);
	hits_work(&build->log.alarm, slice);
	return logview_work(&build->log) || more;
}

/*
 * What is pinned.
 */

/* A line of the log in clean text; NULL where there is none. */
static char *line_at(struct buildlog *build, int64_t offset)
{
	const struct logtext how = {
		.stamps = STAMPS_WHOLE,
		.ascii = build->log.ascii,
		.columns = LINE_BYTES,
	};
	struct logfile_line line;
	char bytes[LINE_BYTES];
	size_t length;
	struct buf text;
	char *taken;

	if (!logfile_line(&build->log.file, offset, &line))
		return NULL;
	length = line.length < sizeof(bytes) ? line.length : sizeof(bytes);
	length = logfile_read(&build->log.file, offset,
			      offset + (int64_t)length, bytes);
	buf_init(&text, 0);
	logtext_make(&text, &how, bytes, length);
	taken = buf_take(&text);
	buf_release(&text);
	return taken;
}

static char *last_command(struct buildlog *build)
{
	int64_t at = build->log.file.size, budget = build->log.slice;

	if (!build->commands.match ||
	    hits_previous(&build->commands, &at, &budget) != HITS_FOUND ||
	    at < logview_begin(&build->log))
		return NULL;
	return line_at(build, at);
}

/* What the build says of it comes before what our diagnosis kept. */
static char *first_error(struct buildlog *build)
{
	int64_t at = logview_begin(&build->log), budget = build->log.slice;

	if (build->tone == VERDICT_GOOD)
		return NULL;
	if (build->log.alarm.match &&
	    hits_next(&build->log.alarm, &at, &budget) == HITS_FOUND)
		return line_at(build, at);
	return *build->why ? xstrdup(build->why) : NULL;
}

/* "make ... CC=ccache gcc-12 ...": the compiler, and whether by ccache. */
static void say_compiler(const char *command, char *out, size_t size)
{
	const char *at = command ? strstr(command, "CC=") : NULL;
	bool cached = false;
	int length;

	out[0] = '\0';
	if (!at || (at > command && !strchr(" '\"", at[-1])))
		return;
	at += 3;
	at += strspn(at, "'\"");
	if (str_starts(at, "ccache ")) {
		cached = true;
		at += strlen("ccache ");
	}
	length = (int)strcspn(at, " '\"");
	snprintf(out, size, "compiler %.*s%s   ", length, at,
		 cached ? " through ccache" : "");
}

/* A text in up to so many rows; returns how many it took. */
static int put_rows(struct grid *grid, struct area area, int rows,
		    enum role role, const char *text)
{
	struct text_reader reader = { .next = text };
	struct text_cell cell;
	int row = 0;

	while (row + 1 < rows && text_width(reader.next) > area.width) {
		for (int x = 0; x < area.width && text_next(&reader, &cell);
		     x += cell.width)
			grid_text(grid, area.x + x, area.y + row, cell.width,
				  cell.mark ? ROLE_ESCAPE : role, cell.bytes);
		row++;
	}
	grid_text(grid, area.x, area.y + row, area.width, role, reader.next);
	return row + 1;
}

/* The rows that were taken. */
static int draw_pinned(struct grid *grid, struct area area,
		       struct buildlog *build)
{
	char *command = last_command(build), *error = first_error(build);
	char compiler[96];
	int rows = 0, most = area.height >= TALL_ROWS ? 3 : 1;

	area.x++;
	area.width -= 2;
	say_compiler(command, compiler, sizeof(compiler));
	if (command) {
		rows += put_rows(grid, area, most, ROLE_PLAIN, command);
		area.y += rows;
	}
	if (*compiler || *build->config) {
		grid_printf(grid, area.x, area.y, area.width, ROLE_DIM,
			    "%s%s%s", compiler, *build->config ? "config " : "",
			    build->config);
		area.y++;
		rows++;
	}
	if (error) {
		grid_text(grid, area.x, area.y, area.width, ROLE_BAD, error);
		rows++;
	}
	free(command);
	free(error);
	return rows;
}

void buildlog_draw(struct grid *grid, struct area area, struct buildlog *build,
		   bool focused)
{
	struct area ruler = { area.x, area.y, area.width, 1 };
	struct area rest = { area.x, area.y + 1, area.width, area.height - 1 };
	char title[64], size[24], remark[160];
	int rows;

	snprintf(title, sizeof(title), "4 Build  %s",
		 build->commit < 0 ? "" : build->id);
	snprintf(remark, sizeof(remark), "%s   %s", build->how,
		 str_size(size, build->log.file.size));
	panes_ruler(grid, ruler, title, focused, remark);
	if (area.height < 8) {
		logview_draw(grid, rest, &build->log, 0, focused);
		return;
	}
	rows = draw_pinned(grid, rest, build);
	if (rows) {
		grid_repeat(grid, rest.x, rest.y + rows, rest.width, ROLE_LINE,
			    GLYPH_HLINE);
		rest.y += rows + 1;
		rest.height -= rows + 1;
	}
	logview_draw(grid, rest, &build->log, 0, focused);
}

/* "  CC [M]  drivers/x.o": what make says with its default verbosity. */
static bool is_target(const char *text)
{
	const char *at = text + 2;

	if (text[0] != ' ' || text[1] != ' ' || !isupper((unsigned char)*at))
		return false;
	while (isupper((unsigned char)*at) || isdigit((unsigned char)*at) ||
	       strchr("+_[]-", *at ? *at : ' '))
		at++;
	return *at == ' ' && at[strspn(at, " ")];
}

/* Where there are several; none in front. */
static void one_blank(char *text)
{
	char *to = text;

	for (const char *at = text; *at; at++)
		if (*at != ' ' || (to > text && to[-1] != ' '))
			*to++ = *at;
	*to = '\0';
}

static char *last_target(struct buildlog *build)
{
	int64_t at = build->log.file.size;

	for (int i = 0; i < TARGET_LINES && at > 0; i++) {
		char *text;

		at = logfile_start(&build->log.file, at - 1);
		text = line_at(build, at);
		if (text && is_target(text)) {
			one_blank(text);
			return text;
		}
		free(text);
	}
	return NULL;
}

void buildlog_fact(struct grid *grid, struct area area, struct buildlog *build)
{
	char *target = build->running ? last_target(build) : NULL;
	int x = area.x + 1, end = area.x + area.width - 1;
	const struct hits *warnings = &build->warnings;

	if (target)
		x += 3 + grid_printf(grid, x, area.y, end - x, ROLE_RUNNING,
				     "now %s", target);
	if (warnings->total)
		grid_printf(grid, x, area.y, end - x, ROLE_SKIP,
			    "%" PRId64 " %s", warnings->total,
			    warnings->total == 1 ? "warning" : "warnings");
	free(target);
}
