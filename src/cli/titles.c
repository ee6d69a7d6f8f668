/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/io.h"
#include "base/json.h"
#include "base/str.h"
#include "control/rules.h"
#include "oops/report.h"
#include "oops/scan.h"

/* With --all and --json; what comes after is not reported. */
enum { REPORTS_MAX = 256 };

struct asked {
	int json, all;
	const char **rule_files;
	size_t count, room;
};

static int feed(struct scan *scan, int fd, const char *path, struct error *err)
{
	static const size_t size = 128 * 1024;
	char *bytes = xmalloc(size);
	ssize_t got;

	while ((got = io_read(fd, bytes, size)) > 0)
		scan_feed(scan, bytes, (size_t)got);
	if (got < 0)
		error_errno(err, "cannot read '%s'", path);
	free(bytes);
	return got < 0 ? -1 : 0;
}

static int scan_file(struct scan *scan, const char *path, struct error *err)
{
	int fd = str_equal(path, "-") ? dup(STDIN_FILENO)
				      : open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	ret = feed(scan, fd, path, err);
	close(fd);
	scan_end(scan);
	return ret;
}

static void print_line(const char *path, const struct report *report)
{
	if (report)
		printf("%s\t%s\t%s\t%s\n", path, report->title, report->type,
		       report->corrupted ? "Y" : "N");
	else
		printf("%s\t\n", path);
}

static void print_lines(const struct scan *scan, const char *path, bool all)
{
	print_line(path, scan_report(scan, 0));
	for (size_t i = 1; all && i < scan_count(scan); i++)
		print_line(path, scan_report(scan, i));
}

static void add_report(struct json *json, const struct report *report)
{
	json_open_object(json, NULL);
	json_text(json, "title", report->title);
	json_open_array(json, "alt_titles");
	for (size_t i = 0; i < report->alts.count; i++)
		json_text(json, NULL, report->alts.items[i]);
	json_close_array(json);
	json_text(json, "type", report->type);
	json_text(json, "frame",
		  str_empty(report->frame) ? NULL : report->frame);
	json_bool(json, "corrupted", report->corrupted);
	json_text(json, "corrupted_why", report->why);
	json_bool(json, "panicked", report->panicked);
	json_bool(json, "suppressed", report->suppressed);
	json_text(json, "executor",
		  str_empty(report->executor) ? NULL : report->executor);
	json_number(json, "start", (int64_t)report->start);
	json_number(json, "end", (int64_t)report->end);
	json_text(json, "report", report->text);
	json_close_object(json);
}

/* One object a file, each on a line of its own. */
static void print_json(const struct scan *scan, const char *path)
{
	struct buf out;
	struct json json;

	cli_json_begin(&json, &out);
	json_text(&json, "path", path);
	json_open_array(&json, "crashes");
	for (size_t i = 0; i < scan_count(scan); i++)
		add_report(&json, scan_report(scan, i));
	json_close_array(&json);
	cli_json_end(&json);
}

static int answer(const struct asked *asked, const struct rules *rules,
		  const char *path)
{
	bool many = asked->json || asked->all;
	struct scan *scan = scan_new(rules, many ? REPORTS_MAX : 1);
	struct error err;
	int code = EXIT_OK;

	if (scan_file(scan, path, &err) < 0)
		code = cli_fail(&err);
	else if (asked->json)
		print_json(scan, path);
	else
		print_lines(scan, path, asked->all);
	scan_free(scan);
	return code;
}

static int take_options(struct asked *asked, int argc, char **argv)
{
	const struct option options[] = {
		{ "json", no_argument, &asked->json, 1 },
		{ "all", no_argument, &asked->all, 1 },
		{ "oops", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == '?' || option == ':')
			return cli_bad_option("titles", option, argv);
		if (option != 'o')
			continue;
		array_grow(asked->rule_files, asked->count + 1, &asked->room);
		asked->rule_files[asked->count++] = optarg;
	}
	if (optind == argc)
		return cli_usage(
			"titles",
			"name console logs, or - for the standard input");
	return EXIT_OK;
}

int cli_titles(struct cli *cli, int argc, char **argv)
{
	struct asked asked = { .json = 0 };
	struct rules *rules = NULL;
	struct error err;
	int code = take_options(&asked, argc, argv);

	(void)cli;
	if (code == EXIT_OK) {
		rules = rules_load(asked.rule_files, asked.count, &err);
		if (!rules)
			code = cli_fail(&err);
	}
	for (int i = optind; rules && i < argc; i++)
		if (answer(&asked, rules, argv[i]) != EXIT_OK)
			code = EXIT_ERROR;
	rules_free(rules);
	free(asked.rule_files);
	return code;
}
