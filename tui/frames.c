/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/frames.h"

#define FRAME_MS    50
#define LOG_MS	    500 /* on a slow line */
#define PATIENCE_MS 2000

enum { ASKED_MAX = 2 };

void frames_init(struct frames *frames, bool paced)
{
	*frames = (struct frames){
		.paced = paced,
		.wanted_at = -1,
		.drawn_at = -1,
		.round_trip = -1,
	};
}

void frames_want(struct frames *frames, enum frame_urgency urgency, int64_t now)
{
	if (frames->wanted == FRAME_NONE)
		frames->wanted_at = now;
	if (urgency > frames->wanted)
		frames->wanted = urgency;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t frames_due(const struct frames *frames)
{
	int64_t due = frames->wanted_at;
	bool key = frames->wanted == FRAME_NOW;

	if (frames->wanted == FRAME_NONE)
		return -1;
	if (frames->drawn_at >= 0 && !key)
		due = later(due,
			    frames->drawn_at +
				    (frames->wanted == FRAME_LOG &&
						     frames_slow(frames) >= 0
					     ? LOG_MS
					     : FRAME_MS));
	if (frames->asked >= (key ? ASKED_MAX : 1))
		due = later(due, frames->asked_at + PATIENCE_MS);
	return due;
}

/* Answers that did not come in time do not come. */
static void give_up(struct frames *frames, int64_t now)
{
	if (!frames->asked || now < frames->asked_at + PATIENCE_MS)
		return;
	frames->asked = 0;
	if (!frames->heard)
		frames->paced = false;
}

bool frames_drawn(struct frames *frames, bool sent, int64_t now)
{
	frames->wanted = FRAME_NONE;
	frames->wanted_at = -1;
	if (!sent)
		return false;
	frames->drawn_at = now;
	give_up(frames, now);
	if (!frames->paced || frames->asked >= ASKED_MAX)
		return false;
	if (!frames->asked)
		frames->asked_at = now;
	frames->asked_again_at = now;
	frames->asked++;
	return true;
}

void frames_answered(struct frames *frames, int64_t now)
{
	frames->heard = true;
	if (!frames->asked)
		return;
	frames->round_trip = now - frames->asked_at;
	frames->asked--;
	frames->asked_at = frames->asked_again_at;
}

bool frames_asked(const struct frames *frames, int64_t now)
{
	return frames->asked && now < frames->asked_at + PATIENCE_MS;
}

int64_t frames_slow(const struct frames *frames)
{
	return frames->paced && frames->round_trip > FRAME_SLOW_MS
		       ? frames->round_trip
		       : -1;
}
