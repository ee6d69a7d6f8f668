/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_FRAMES_H
#define TUI_FRAMES_H

/*
 * When to draw.  Pure: times come in, in milliseconds, and go out; it draws
 * nothing and waits for nothing.
 *
 * At most 20 frames a second, but a key is answered at once.  Behind each
 * frame the terminal is asked whether it is there (CSI 5n), and while it has
 * not answered, no other frame is sent but for a key, and of those only one:
 * on a slow line a frame that is on its way is older than what could be drawn
 * when it has arrived.  A terminal that does not answer at all is not waited
 * for; one that stops answering holds a frame up for two seconds.
 *
 *	idle --want--> wanted --due, drawn--> asked --answer--> idle
 *	                                      asked --want, answer--> wanted
 */

#include <stdbool.h>
#include <stdint.h>

enum frame_urgency {
	FRAME_NONE,
	FRAME_LOG, /* output has grown: on a slow line twice a second */
	FRAME_SOON,
	FRAME_NOW, /* a key */
};

#define FRAME_SLOW_MS 250 /* a line with a longer round trip is slow */

struct frames {
	bool paced; /* the terminal is asked */
	bool heard; /* it has answered, at least once */
	enum frame_urgency wanted;
	int64_t wanted_at, drawn_at; /* -1: never */
	int asked;		     /* without answer, 0 to 2 */
	int64_t asked_at;	     /* the first of these */
	int64_t asked_again_at;	     /* the second */
	int64_t round_trip;	     /* of the last answer, -1: none yet */
};

void frames_init(struct frames *frames, bool paced);

/* Something has changed. */
void frames_want(struct frames *frames, enum frame_urgency urgency,
		 int64_t now);

/* When to draw: not later than now for at once, -1 for nothing to draw. */
int64_t frames_due(const struct frames *frames);

/*
 * It is drawn; sent: something went to the terminal.  Returns whether to ask
 * it now.
 */
bool frames_drawn(struct frames *frames, bool sent, int64_t now);

/* The terminal has answered. */
void frames_answered(struct frames *frames, int64_t now);

/* Does an answer still come, if any? */
bool frames_asked(const struct frames *frames, int64_t now);

/* The round trip of a slow line, -1 where it is not slow. */
int64_t frames_slow(const struct frames *frames);

#endif
