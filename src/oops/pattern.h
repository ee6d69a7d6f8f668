/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_PATTERN_H
#define OOPS_PATTERN_H

/*
 * The patterns of the rule table: literal text with a few kinds of gaps.
 * What stands in a gap with a name is caught.
 *
 *	*		any text of the line, as little as fits
 *	{*}		the same, caught
 *	{...}		anything, over lines too, as little as fits
 *	{..100}		the same, at most 100 bytes, caught
 *	{w}		a word: no blanks
 *	{f}		the name of a function, caught as a frame
 *	{F}		the same, with a '.' or '+' behind it
 *	{n}		a name of letters, digits and _
 *	{d} {x}		digits, hexadecimal digits ({x6}: at least 6)
 *	{a|b c|}	one of these, first fit first; may be empty
 *	{_}		blanks, or none
 *	{^} {$}		here begins, ends a line
 *	{b}		no letter, digit or _ on one of the two sides
 *	{s}		behind a byte that is no letter or digit
 *	\c		the character c itself
 *
 * A match gives up, as if it did not fit, after a fixed number of steps, and
 * of bytes that its gaps are carried over.
 */

#include <stdbool.h>
#include <stddef.h>

struct pattern;

enum { PATTERN_CATCHES = 8 };

struct match {
	size_t start, end;
	int count;
	struct {
		size_t start, length;
		bool frame; /* of {f} or {F} */
	} catches[PATTERN_CATCHES];
};

/* NULL when the text is no pattern; then *why says what is wrong with it. */
struct pattern *pattern_new(const char *text, const char **why);
void pattern_free(struct pattern *pattern);

/* Does it match right there? */
bool pattern_at(const struct pattern *pattern, const char *text, size_t length,
		size_t at, struct match *match);

/* The first place from `from` on where it does. */
bool pattern_find(const struct pattern *pattern, const char *text,
		  size_t length, size_t from, struct match *match);

/* The literal that each match begins with, after {^} and {b}, or "". */
const char *pattern_prefix(const struct pattern *pattern);

#endif
