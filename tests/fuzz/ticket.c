/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lies in the folder that engine and jobs share, in any bytes, and what
 * squeue prints: a ticket that is read says the same again, so does an end.
 */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "base/error.h"
#include "run/slurm.h"
#include "run/ticket.h"

static void read_ticket(char *text, bool again)
{
	struct error err = ERROR_INIT;
	struct ticket ticket;
	struct buf out;

	buf_init(&out, 0);
	if (ticket_read(&ticket, text, &err) == 0) {
		ticket_say(&ticket, &out);
		ticket_say_rest(&ticket, &out);
		if (again)
			read_ticket(strdup(out.text), false);
	} else {
		need(again && err.text[0]);
	}
	ticket_release(&ticket);
	buf_release(&out);
}

static void read_end(char *text, bool again)
{
	struct error err = ERROR_INIT;
	struct ticket_end end;
	struct buf out;

	buf_init(&out, 0);
	if (ticket_end_read(&end, text, &err) == 0) {
		need(end.crash_count <= CRASHES_MAX);
		ticket_end_say(&end, &out);
		if (again)
			read_end(strdup(out.text), false);
	} else {
		need(again && err.text[0]);
	}
	ticket_end_release(&end);
	buf_release(&out);
}

static void saw(void *data, const char *title)
{
	*(size_t *)data += strlen(title);
}

static void asks(void *data, const struct crash *crashes, int count)
{
	for (int i = 0; i < count; i++)
		*(size_t *)data += strlen(crashes[i].title);
}

static void read_queue(char *text)
{
	char *rest = text, *line;
	struct executor_job job;

	slurm_is_away(text);
	while ((line = strsep(&rest, "\n")))
		if (slurm_read_job(line, &job))
			need(*job.batch && *job.id && job.node && job.words);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length = 0;
	const struct ticket_seen seen = { saw, asks, &length };
	char *text = fuzz_text(data, size);

	read_ticket(fuzz_text(data, size), true);
	read_end(fuzz_text(data, size), true);
	need(ticket_read_seen(text, &seen) <= size);
	need(length <= size);
	free(text);
	read_queue(fuzz_text(data, size));
	return 0;
}
