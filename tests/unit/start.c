/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The form with which a bisection begins: its keys, and how it looks.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "tests/unit/golden.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/start_form.h"

static void begin(struct start_form *form)
{
	struct proposal proposal = { .keep = false };

	str_copy(proposal.values[PROPOSAL_BAD], PROPOSAL_TEXT, "HEAD");
	start_form_init(form, &proposal, false);
}

static void type(struct start_form *form, const char *keys)
{
	for (; *keys; keys++)
		assert_int_equal(start_form_key(form, *keys), START_STAYS);
}

static void found(struct start_form *form, enum proposal_field field,
		  enum proposal_finding finding, const char *text)
{
	form->checks.fields[field].finding = finding;
	str_copy(form->checks.fields[field].text,
		 sizeof(form->checks.fields[field].text), text);
	form->checking = false;
}

static void what_is_written_is_to_be_checked(void **state)
{
	struct start_form form;
	unsigned before;

	(void)state;
	begin(&form);
	assert_true(form.checking);
	form.checking = false;
	before = form.changes;
	type(&form, "\t");
	assert_int_equal(form.focus, PROPOSAL_GOOD);
	assert_int_equal(form.changes, before);
	start_form_key(&form, INPUT_BACKSPACE); /* it is empty */
	assert_int_equal(form.changes, before);
	type(&form, "v6.7");
	assert_string_equal(form.proposal.values[PROPOSAL_GOOD], "v6.7");
	assert_int_equal(form.changes, before + 4);
	assert_true(form.checking);
}

static const char *bad_after(struct start_form *form, const char *keys)
{
	begin(form);
	type(form, keys);
	return form->proposal.values[PROPOSAL_BAD];
}

static void what_is_offered_makes_room(void **state)
{
	struct start_form form;

	(void)state;
	assert_string_equal(bad_after(&form, "v6.8"), "v6.8");
	assert_string_equal(bad_after(&form, "~3"), "HEAD~3");
	assert_string_equal(bad_after(&form, "\x7f\x7fX"), "HEX");
	assert_string_equal(bad_after(&form, "\tv6.7"), "HEAD");
}

static void a_target_has_its_own_fields(void **state)
{
	static const struct {
		const char *target;
		unsigned fields;
	} cases[] = {
		{ "command", 1u << PROPOSAL_BUILD | 1u << PROPOSAL_TEST |
				     1u << PROPOSAL_POLICY },
		{ "uml", 1u << PROPOSAL_CONFIG | 1u << PROPOSAL_INITRD },
		{ "qemu", 1u << PROPOSAL_CONFIG | 1u << PROPOSAL_INITRD |
				  1u << PROPOSAL_KEY | 1u << PROPOSAL_REPRO },
		{ "ssh", 1u << PROPOSAL_CONFIG | 1u << PROPOSAL_HOST |
				 1u << PROPOSAL_INSTALL | 1u << PROPOSAL_KEY |
				 1u << PROPOSAL_REPRO },
	};
	unsigned always = 1u << PROPOSAL_BAD | 1u << PROPOSAL_GOOD |
			  1u << PROPOSAL_SETTINGS | 1u << PROPOSAL_TARGET |
			  1u << PROPOSAL_KEEP;
	struct start_form form;

	(void)state;
	begin(&form);
	form.focus = PROPOSAL_TARGET;
	for (size_t i = 0; i < 4; i++) {
		unsigned asked = 0;

		for (int k = 0; k < PROPOSAL_FIELDS; k++)
			asked |= (unsigned)proposal_asks(&form.proposal,
							 (enum proposal_field)k)
				 << k;
		assert_string_equal(proposal_target(&form.proposal),
				    cases[i].target);
		assert_int_equal(asked, always | cases[i].fields);
		type(&form, " ");
	}
	assert_string_equal(proposal_target(&form.proposal), "command");
	start_form_key(&form, INPUT_LEFT);
	assert_string_equal(proposal_target(&form.proposal), "ssh");
}

static void a_settings_file_says_all_else(void **state)
{
	struct start_form form;

	(void)state;
	begin(&form);
	type(&form, "\t\tmy.cfg\t");
	assert_int_equal(form.focus, PROPOSAL_BAD); /* round again */
	start_form_key(&form, INPUT_UP);
	assert_int_equal(form.focus, PROPOSAL_SETTINGS);
	start_form_key(&form, INPUT_CTRL('u'));
	type(&form, "\t\t\t\t\t");
	assert_int_equal(form.focus, PROPOSAL_KEEP);
	type(&form, "x "); /* nothing is written there */
	assert_true(form.proposal.keep);
}

static void an_error_loses_nothing(void **state)
{
	struct start_form form;

	(void)state;
	begin(&form);
	type(&form, "\tnonsense\t");
	found(&form, PROPOSAL_GOOD, PROPOSAL_WRONG, "there is no 'nonsense'");
	assert_int_equal(start_form_key(&form, INPUT_ENTER), START_BEGIN);
	form.beginning = true;
	start_form_complain(&form, "there is no 'nonsense'\033[2J");
	assert_false(form.beginning);
	assert_int_equal(form.focus, PROPOSAL_GOOD);
	assert_string_equal(form.proposal.values[PROPOSAL_GOOD], "nonsense");
	assert_null(strchr(form.complaint, '\033'));
	type(&form, "!");
	assert_string_equal(form.complaint, "");
	assert_int_equal(start_form_key(&form, INPUT_ESCAPE), START_LEAVE);
}

static void picture(const char *name, int columns, int rows, bool ascii,
		    const struct start_form *form)
{
	struct grid *grid = grid_new(columns, rows, ascii);

	start_form_draw(grid, form);
	if (name)
		golden_compare(name, grid);
	grid_free(grid);
}

static void it_fits_every_page(void **state)
{
	struct start_form form;

	(void)state;
	begin(&form);
	found(&form, PROPOSAL_BAD, PROPOSAL_OK,
	      "83b0383613b9  mm: shrinkers: add scan interface");
	found(&form, PROPOSAL_GOOD, PROPOSAL_WRONG,
	      "cannot resolve 'v6': revspec 'v6' not found");
	found(&form, PROPOSAL_TARGET, PROPOSAL_NOTE,
	      "kernels on a real machine; tested by hand");
	type(&form, "\tv6\t\t");
	start_form_key(&form, INPUT_LEFT);
	picture("start", 100, 30, false, &form);
	picture("start-80", 80, 24, false, &form);
	form.focus = PROPOSAL_GOOD;
	picture("start-40", 40, 12, false, &form);
	picture("start-ascii", 80, 24, true, &form);
	form.focus = PROPOSAL_REPRO;
	for (int columns = 1; columns < 180; columns += 7)
		for (int rows = 1; rows < 50; rows += 3)
			picture(NULL, columns, rows, false, &form);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_to_be_checked),
		cmocka_unit_test(what_is_offered_makes_room),
		cmocka_unit_test(a_target_has_its_own_fields),
		cmocka_unit_test(a_settings_file_says_all_else),
		cmocka_unit_test(an_error_loses_nothing),
		cmocka_unit_test(it_fits_every_page),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
