/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/belief.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/xalloc.h"
#include "engine/posterior.h"
#include "engine/span.h"

/* No chance is nought or one, or odds would have no end. */
#define NEARLY_NONE 1e-15

static double odds_of(double chance)
{
	chance = fmin(fmax(chance, NEARLY_NONE), 1 - NEARLY_NONE);
	return log(chance) - log1p(-chance);
}

static void weigh(const struct belief *belief, int record,
		  struct weighed *weighed)
{
	const struct posterior *posterior = belief->posterior;
	double bug, worse;

	bug = posterior_chance(posterior, record, &weighed->without);
	weighed->tilt = odds_of(bug) - odds_of(weighed->without);
	worse = exp(-fabs(weighed->tilt));
	weighed->fit =
		weighed->tilt > 0
			? weighed->without + (1 - weighed->without) * worse
			: weighed->without * worse + (1 - weighed->without);
	weighed->bearing = weighed->tilt < 0 && belief->best >= 0 &&
			   bug > belief->chances[belief->best];
}

const struct weighed *belief_weigh(const struct belief *belief, int record)
{
	struct weighed **weighed = &belief->weighed[record];

	if (!*weighed) {
		*weighed = xmalloc(sizeof(**weighed));
		weigh(belief, record, *weighed);
	}
	return *weighed;
}

/* Does a record speak for the culprit being in its commit? */
static int speaks(const struct belief *belief, int record)
{
	double tilt = belief_weigh(belief, record)->tilt;

	if (belief->posterior->fix)
		tilt = -tilt;
	return (tilt > 0) - (tilt < 0);
}

int belief_contradictions(const struct belief *belief,
			  struct contradiction **list)
{
	struct posterior *posterior = belief->posterior;
	int *sides = xcalloc((size_t)belief->record_count + 1, sizeof(int));
	size_t count = 0, room = 0;

	*list = NULL;
	for (int i = 0; i < belief->record_count; i++)
		sides[i] = speaks(belief, i);
	for (int i = 0; i < belief->record_count; i++) {
		const struct record *records = posterior->records;
		int place = span_place(posterior->span, records[i].commit);

		for (int k = 0; k < belief->record_count && place >= 0; k++) {
			if (k == i || sides[i] <= 0 || sides[k] >= 0 ||
			    !span_bit(span_below(posterior->span,
						 records[k].commit),
				      place))
				continue;
			array_grow(*list, count + 1, &room);
			(*list)[count++] = (struct contradiction){ i, k };
		}
	}
	free(sides);
	return (int)count;
}
