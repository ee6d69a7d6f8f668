/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <getopt.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/error.h"
#include "engine/graph.h"
#include "engine/oid.h"
#include "engine/suspects.h"
#include "repo/listing.h"
#include "repo/repo.h"

struct names {
	const char **items;
	size_t count, room;
};

struct question {
	const char *repo, *bad;
	struct names goods, skips;
	int first_parent, vars;
};

static void add(struct names *names, const char *name)
{
	array_grow(names->items, names->count + 1, &names->room);
	names->items[names->count++] = name;
}

static int resolve_all(struct repo *repo, const struct names *names,
		       struct oid **out, struct error *err)
{
	*out = xcalloc(names->count, sizeof(**out));
	for (size_t i = 0; i < names->count; i++)
		if (repo_resolve(repo, names->items[i], &(*out)[i], err) < 0)
			return -1;
	return 0;
}

static void print_vars(const struct graph *graph, const struct midpoint *mid)
{
	int more = mid->all - mid->reaches > mid->reaches
			   ? mid->all - mid->reaches
			   : mid->reaches;

	printf("bisect_rev='%s'\nbisect_nr=%d\nbisect_good=%d\n"
	       "bisect_bad=%d\nbisect_all=%d\nbisect_steps=%d\n",
	       graph_oid(graph, mid->commit)->hex, more - 1,
	       mid->all - mid->reaches - 1, mid->reaches - 1, mid->all,
	       mid->steps);
}

static int print_answer(const struct question *question,
			const struct graph *graph, const struct midpoint *mid)
{
	if (mid->kind == MIDPOINT_ONLY_SKIPPED) {
		fputs("culprit: only skipped commits are left to test\n",
		      stderr);
		return EXIT_NEEDS_PERSON;
	}
	if (mid->kind == MIDPOINT_NONE)
		return question->vars ? EXIT_ERROR
				      : EXIT_OK; /* as git has it */
	if (question->vars)
		print_vars(graph, mid);
	else
		puts(graph_oid(graph, mid->commit)->hex);
	return EXIT_OK;
}

static void name(void *data, int commit)
{
	listing_name(data, commit);
}

/* Takes the listing's commits. */
static int choose(const struct question *question, struct listing *listing)
{
	const struct suspects_query query = {
		.bad = listing->bad,
		.goods = listing->goods,
		.good_count = (int)question->goods.count,
		.skips = listing->skips,
		.skip_count = (int)question->skips.count,
		.first_parent = question->first_parent,
		.name = name,
		.data = listing,
	};
	struct suspects *suspects;
	struct midpoint mid;

	suspects = suspects_of(listing->graph, &listing->listed,
			       query.first_parent);
	listing->listed.commits = NULL;
	mid = suspects_midpoint(listing->graph, &query, suspects);
	suspects_free(suspects);
	if (mid.commit >= 0)
		listing_name(listing, mid.commit);
	return print_answer(question, listing->graph, &mid);
}

static int answer(const struct question *question, struct repo *repo,
		  struct error *err)
{
	struct oid bad;
	struct listing_query query = {
		.bad = &bad,
		.good_count = question->goods.count,
		.skip_count = question->skips.count,
		.first_parent = question->first_parent,
	};
	struct listing listing;
	int ret = -1;

	if (repo_resolve(repo, question->bad, &bad, err) < 0 ||
	    resolve_all(repo, &question->goods, &query.goods, err) < 0 ||
	    resolve_all(repo, &question->skips, &query.skips, err) < 0 ||
	    listing_load(&listing, repo, &query, err) < 0)
		goto out;
	cli_remark(repo);
	ret = choose(question, &listing);
	listing_release(&listing);
out:
	free(query.goods);
	free(query.skips);
	return ret;
}

static int take_options(struct question *question, int argc, char **argv)
{
	const struct option options[] = {
		{ "repo", required_argument, NULL, 'r' },
		{ "bad", required_argument, NULL, 'b' },
		{ "good", required_argument, NULL, 'g' },
		{ "skip", required_argument, NULL, 's' },
		{ "first-parent", no_argument, &question->first_parent, 1 },
		{ "vars", no_argument, &question->vars, 1 },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 'r')
			question->repo = optarg;
		else if (option == 'b')
			question->bad = optarg;
		else if (option == 'g')
			add(&question->goods, optarg);
		else if (option == 's')
			add(&question->skips, optarg);
		else if (option != 0)
			return cli_bad_option("next", option, argv);
	}
	if (optind < argc)
		return cli_usage("next", "'%s' is one word too many",
				 argv[optind]);
	if (!question->bad || question->goods.count == 0)
		return cli_usage("next", "--bad and --good are needed");
	return EXIT_OK;
}

int cli_next(struct cli *cli, int argc, char **argv)
{
	struct question question = { .repo = "." };
	struct error err = ERROR_INIT;
	int code = take_options(&question, argc, argv);

	if (code == EXIT_OK) {
		code = repo_open(question.repo, &cli->repo, &err) < 0
			       ? -1
			       : answer(&question, cli->repo, &err);
		if (code < 0)
			code = cli_fail(&err);
	}
	free(question.goods.items);
	free(question.skips.items);
	return code;
}
