/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/gotime.h"

#include <stdlib.h>
#include <time.h>

#include "base/str.h"

#define DURATION_MAX 1e14 /* milliseconds: longer than computers are there */

int64_t gotime_read(const char *text)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
	int64_t ms = 0, scale = 100;
	int zone = 0;
	char sign = '+';

	if (!rest)
		return 0;
	if (*rest == '.')
		for (rest++; *rest >= '0' && *rest <= '9'; rest++) {
			ms += (*rest - '0') * scale;
			scale /= 10;
		}
	if (*rest == ' ' && (rest[1] == '+' || rest[1] == '-')) {
		sign = rest[1];
		zone = (int)strtol(rest + 2, NULL, 10) % 10000;
	}
	ms += (int64_t)timegm(&tm) * 1000;
	zone = (zone / 100 * 60 + zone % 100) * 60;
	return ms - (sign == '+' ? 1 : -1) * (int64_t)zone * 1000;
}

int64_t gotime_duration(const char *text)
{
	double total = 0;

	if (!*text)
		return -1;
	while (*text) {
		char *unit;
		double value = strtod(text, &unit);

		/* nor "nan", which is neither */
		if (unit == text || !(value >= 0 && value <= 1e9))
			return -1;
		if (str_starts(unit, "ms"))
			total += value, text = unit + 2;
		else if (str_starts(unit, "ns"))
			total += value / 1e6, text = unit + 2;
		else if (str_starts(unit, "\xc2\xb5s"))
			total += value / 1e3, text = unit + 3;
		else if (*unit == 'h')
			total += value * 3600e3, text = unit + 1;
		else if (*unit == 'm')
			total += value * 60e3, text = unit + 1;
		else if (*unit == 's')
			total += value * 1e3, text = unit + 1;
		else
			return -1;
		if (total > DURATION_MAX)
			return -1;
	}
	return (int64_t)total;
}
