/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/practice_tree.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "cli/practice.h"

struct area {
	const char *name; /* of the commits */
	const char *path;
	const char *word; /* of the functions and the console */
	const char *about;
	const char *unit;
	const char *rows[PRACTICE_ROWS];
};

enum { AREA_SUPER = 6, AREA_RING = 8, AREA_TIMER = 1 };

static const struct area areas[PRACTICE_AREAS] = {
	{ "sched",
	  "kernel/sched.c",
	  "sched",
	  "who runs next",
	  "queues",
	  { "idle balancing", "a wakeup hint", "group quotas", "deadline slack",
	    "run queue statistics", "a yield counter", "load averages",
	    "task pinning", "core scheduling cookies", "latency marks",
	    "a migration limit", "cheap preemption" } },
	{ "timer",
	  "kernel/timer.c",
	  "timer",
	  "what time it is",
	  "wheels",
	  { "deferred timers", "a coarse clock", "timer slack", "wheel levels",
	    "drift correction", "a tick counter", "oneshot mode",
	    "broadcast wakeups", "suspend time", "expiry batches",
	    "a watchdog clock", "leap second smearing" } },
	{ "irq",
	  "kernel/irq.c",
	  "irq",
	  "who is interrupted",
	  "lines",
	  { "threaded handlers", "affinity hints", "spurious counters",
	    "nested lines", "a storm detector", "lazy masking", "resend queues",
	    "wake lines", "a default handler", "managed vectors",
	    "polling mode", "balanced vectors" } },
	{ "mm/page",
	  "mm/page.c",
	  "page",
	  "where the pages are",
	  "zones",
	  { "per-cpu free lists", "compaction", "page poisoning",
	    "watermark boosts", "a reserve pool", "fragmentation indexes",
	    "fault-around", "zero page sharing", "lazy freeing", "bulk moves",
	    "movable zones", "an order cache" } },
	{ "mm/slab",
	  "mm/slab.c",
	  "slab",
	  "small objects",
	  "caches",
	  { "partial lists", "object redzones", "cache merging",
	    "freelist hardening", "per-cpu sheaves", "shrinkers",
	    "cache colouring", "bulk allocation", "alias counters",
	    "cache debugging", "deferred frees", "size classes" } },
	{ "fs",
	  "fs/inode.c",
	  "inode",
	  "files without names",
	  "hashes",
	  { "inode recycling", "lazy times", "a dirty list",
	    "writeback batches", "lock classes", "a free inode cache",
	    "birth times", "hash resizing", "generation numbers",
	    "eviction order", "link counting", "a sync barrier" } },
	{ "fs/super",
	  "fs/super.c",
	  "super",
	  "file systems as wholes",
	  "mounts",
	  { "freeze counts", "remount checks", "a quota hook",
	    "block size checks", "label lookup", "readonly mounts",
	    "a shrinker list", "sync on umount", "mount options",
	    "error counters", "lazy umount", "a device index" } },
	{ "net",
	  "net/core.c",
	  "net",
	  "packets in and out",
	  "devices",
	  { "receive steering", "checksum offload", "busy polling",
	    "packet batching", "a backlog limit", "segment merging",
	    "queue stopping", "byte limits", "flow hashes", "drop reasons",
	    "pacing", "loopback shortcuts" } },
	{ "net/ring",
	  "net/ring.c",
	  "ring",
	  "rings shared with user space",
	  "rings",
	  { "ring resizing", "a wakeup mark", "frame headers",
	    "zero copy sends", "an overflow counter", "poll batching",
	    "block retirement", "timestamps", "fill levels",
	    "reader statistics", "user flags", "a fanout group" } },
	{ "tty",
	  "drivers/tty.c",
	  "tty",
	  "the console",
	  "ports",
	  { "flow control", "line discipline hooks", "break handling",
	    "an echo buffer", "hangup queues", "baud tables",
	    "job control checks", "a flip buffer", "packet mode",
	    "window sizes", "modem lines", "a write limit" } },
	{ "block",
	  "drivers/block.c",
	  "block",
	  "disks",
	  "disks",
	  { "request merging", "plugging", "queue depth limits", "write zeroes",
	    "io priorities", "a bounce pool", "discard batching",
	    "polling queues", "partition scans", "timeout handling",
	    "tag sharing", "inflight counters" } },
	{ "hwrng",
	  "drivers/rng.c",
	  "rng",
	  "random numbers",
	  "sources",
	  { "health tests", "source ranking", "seed crediting",
	    "a jitter source", "fast reseeding", "entropy estimates",
	    "a read limit", "source switching", "early seeds", "pool mixing",
	    "repetition counts", "fork detection" } },
};

static const char *const versions[] = {
	"1.0-rc1", "1.0",     "1.1-rc1", "1.1-rc2", "1.1",
	"1.2-rc1", "1.2-rc2", "1.2",	 "1.3-rc1", "1.3-rc2",
	"1.3",	   "1.4-rc1", "1.4-rc2", "1.4",	    NULL,
};

const char *practice_version(int number)
{
	return versions[number];
}

const char *practice_area(int area)
{
	return areas[area].name;
}

const char *practice_row(int area, int row)
{
	return areas[area].rows[row];
}

static void raise_to(unsigned char *number, unsigned char other)
{
	if (*number < other)
		*number = other;
}

void practice_join(struct practice_state *state,
		   const struct practice_state *other)
{
	for (int area = 0; area < PRACTICE_AREAS; area++)
		for (int row = 0; row < PRACTICE_ROWS; row++)
			raise_to(&state->rows[area][row],
				 other->rows[area][row]);
	raise_to(&state->version, other->version);
	raise_to(&state->rename, other->rename);
	raise_to(&state->init, other->init);
	raise_to(&state->ring, other->ring);
}

const char practice_settings[] =
	"# How culprit builds and tests this practice kernel.\n"
	"title = \"BUG: use-after-free in ring_release\";\n"
	"target = \"command\";\n"
	"build = { command = \"make -s -j2\"; timeout = 60; };\n"
	"test = {\n"
	"\tcommand = \"./practice\";\n"
	"\ttimeout = 20;\n"
	"\tslots = 4;\n"
	"\tcrash = \"(BUG: .*|WARNING: .*|Kernel panic - .*)\";\n"
	"\tignore = \"^WARNING: clock went backwards\";\n"
	"\tboot = \"init: started\";\n"
	"};\n";

static const char gitignore_text[] = "*.o\n/practice\n";

static const char readme_text[] =
	"A practice kernel\n"
	"=================\n"
	"\n"
	"A small program that boots like a kernel, to practise bisection on.\n"
	"One of the last commits of master brought in a bug:\n"
	"\n"
	"\tBUG: use-after-free in ring_release\n"
	"\n"
	"It does not show in every run.  v1.0 never had it.\n";

static const char printk_text[] =
	"#include \"kernel.h\"\n"
	"\n"
	"#include <stdarg.h>\n"
	"#include <stdio.h>\n"
	"#include <stdlib.h>\n"
	"#include <unistd.h>\n"
	"\n"
	"static unsigned long microseconds;\n"
	"\n"
	"int tainted;\n"
	"\n"
	"void printk(const char *format, ...)\n"
	"{\n"
	"\tva_list args;\n"
	"\n"
	"\tprintf(\"[%5lu.%06lu] \", microseconds / 1000000,\n"
	"\t       microseconds % 1000000);\n"
	"\tva_start(args, format);\n"
	"\tvprintf(format, args);\n"
	"\tva_end(args);\n"
	"\tputchar('\\n');\n"
	"\tfflush(stdout);\n"
	"\tmicroseconds += 800 + dice(format) % 9000;\n"
	"\tusleep(4000);\n"
	"}\n"
	"\n"
	"static void trace(const char *where)\n"
	"{\n"
	"\tprintk(\"Call Trace:\");\n"
	"\tprintk(\" <TASK>\");\n"
	"\tprintk(\" dump_stack+0x2c/0x40\");\n"
	"\tprintk(\" %s+0x1d/0x60\", where);\n"
	"\tprintk(\" run_reproducer+0x9a/0x120\");\n"
	"\tprintk(\" start_kernel+0x214/0x230\");\n"
	"\tprintk(\" </TASK>\");\n"
	"\tprintk(\"---[ end trace ]---\");\n"
	"}\n"
	"\n"
	"void bug(const char *what, const char *where)\n"
	"{\n"
	"\tprintk(\"BUG: %s in %s\", what, where);\n"
	"\tprintk(\"Write of size 4 by task repro/42\");\n"
	"\ttrace(where);\n"
	"\texit(1);\n"
	"}\n"
	"\n"
	"void warning(const char *what, const char *where)\n"
	"{\n"
	"\tprintk(\"WARNING: %s in %s\", what, where);\n"
	"\ttrace(where);\n"
	"\ttainted = 1;\n"
	"}\n"
	"\n"
	"void panic(const char *why)\n"
	"{\n"
	"\tprintk(\"Kernel panic - not syncing: %s\", why);\n"
	"\texit(3);\n"
	"}\n";

/* The seed stands between these two. */
static const char chance_head[] =
	"/* What happens in this run: the same run, the same answers. */\n"
	"#include \"kernel.h\"\n"
	"\n"
	"#include <stdio.h>\n"
	"#include <stdlib.h>\n"
	"#include <time.h>\n"
	"#include <unistd.h>\n"
	"\n";

static const char chance_tail[] =
	"\n"
	"static unsigned long long mix(unsigned long long hash, "
	"const char *text)\n"
	"{\n"
	"\tfor (; *text; text++)\n"
	"\t\thash = (hash ^ (unsigned char)*text) * 1099511628211ull;\n"
	"\treturn (hash ^ '/') * 1099511628211ull;\n"
	"}\n"
	"\n"
	"static unsigned long long this_run(void)\n"
	"{\n"
	"\tconst char *seed = getenv(\"CULPRIT_DEMO_SEED\");\n"
	"\tconst char *commit = getenv(\"CULPRIT_COMMIT\");\n"
	"\tconst char *run = getenv(\"CULPRIT_RUN\");\n"
	"\tunsigned long long hash = mix(14695981039346656037ull,\n"
	"\t\t\t\t seed ? seed : demo_seed);\n"
	"\tstruct timespec now;\n"
	"\n"
	"\tif (commit && run)\n"
	"\t\treturn mix(mix(hash, commit), run);\n"
	"\tclock_gettime(CLOCK_REALTIME, &now);\n"
	"\thash = (hash ^ (unsigned long long)now.tv_nsec) * "
	"1099511628211ull;\n"
	"\treturn (hash ^ (unsigned long long)getpid()) * 1099511628211ull;\n"
	"}\n"
	"\n"
	"unsigned dice(const char *what)\n"
	"{\n"
	"\tstatic unsigned long long run;\n"
	"\tunsigned long long hash;\n"
	"\n"
	"\tif (!run)\n"
	"\t\trun = this_run();\n"
	"\thash = mix(run, what);\n"
	"\thash ^= hash >> 32;\n"
	"\thash *= 0x9e3779b97f4a7c15ull;\n"
	"\treturn (unsigned)(hash >> 33);\n"
	"}\n"
	"\n"
	"int happens(const char *what, int percent, int round)\n"
	"{\n"
	"\tunsigned number = dice(what);\n"
	"\n"
	"\treturn (int)(number % 100) < percent &&\n"
	"\t       (int)(number / 100 % ROUNDS) == round;\n"
	"}\n"
	"\n"
	"int feature_count(const struct feature *features)\n"
	"{\n"
	"\tint count = 0;\n"
	"\n"
	"\twhile (features[count].name)\n"
	"\t\tcount++;\n"
	"\treturn count;\n"
	"}\n"
	"\n"
	"int feature_sum(const struct feature *features)\n"
	"{\n"
	"\tint sum = 0;\n"
	"\n"
	"\tfor (; features->name; features++)\n"
	"\t\tsum += features->level;\n"
	"\treturn sum;\n"
	"}\n";

static const char main_head[] =
	"#include \"kernel.h\"\n"
	"\n"
	"#include <string.h>\n"
	"\n"
	"static const char *const root_files[] = {\n"
	"\t\"/bin/sh\", \"/dev/console\", \"/sbin/init\",\n"
	"};\n"
	"\n"
	"static int is_there(const char *path)\n"
	"{\n"
	"\tfor (unsigned i = 0; i < sizeof(root_files) / sizeof(*root_files);"
	"\n"
	"\t     i++)\n"
	"\t\tif (!strcmp(root_files[i], path))\n"
	"\t\t\treturn 1;\n"
	"\treturn 0;\n"
	"}\n"
	"\n"
	"static void run_init(void)\n"
	"{\n";

static const char *const main_init[] = {
	[INIT_FIRST] = "\tif (!is_there(\"/sbin/init\"))\n"
		       "\t\tpanic(\"no init found\");\n",
	[INIT_MISSING] = "\tif (!is_there(\"/init\"))\n"
			 "\t\tpanic(\"no init found\");\n",
	[INIT_SEARCHED] = "\tif (!is_there(\"/init\") && "
			  "!is_there(\"/sbin/init\"))\n"
			  "\t\tpanic(\"no init found\");\n",
};

static const char main_middle[] =
	"\tprintk(\"init: started\");\n"
	"}\n"
	"\n"
	"static void run_reproducer(void)\n"
	"{\n"
	"\tprintk(\"repro: opens a ring from two tasks\");\n"
	"\tfor (int round = 0; round < ROUNDS; round++) {\n"
	"\t\tstruct ring *ring = ring_open();\n"
	"\n"
	"\t\tprintk(\"repro: round %d of %d\", round + 1, ROUNDS);\n"
	"\t\ttimer_tick(round);\n"
	"\t\tring_release(ring, round);\n"
	"\t}\n"
	"\tprintk(\"repro: done\");\n"
	"}\n"
	"\n"
	"int main(void)\n"
	"{\n"
	"\tprintk(\"Practice kernel version \" KERNEL_VERSION);\n"
	"\tprintk(\"Command line: console=tty0 root=/dev/practice\");\n";

static const char main_tail[] =
	"\tprintk(\"Mounted the root file system: %d blocks\", super_mount());"
	"\n"
	"\tprintk(\"Run init\");\n"
	"\trun_init();\n"
	"\trun_reproducer();\n"
	"\tprintk(\"System halted\");\n"
	"\treturn tainted;\n"
	"}\n";

static const char header_head[] = "#ifndef KERNEL_H\n"
				  "#define KERNEL_H\n"
				  "\n"
				  "#include <stddef.h>\n"
				  "\n"
				  "#define ROUNDS 4\n"
				  "\n"
				  "struct feature {\n"
				  "\tconst char *name;\n"
				  "\tint level;\n"
				  "};\n"
				  "\n"
				  "struct super {\n"
				  "\tint s_block_size;\n";

static const char header_tail[] =
	"};\n"
	"\n"
	"struct ring;\n"
	"\n"
	"extern int tainted;\n"
	"\n"
	"void printk(const char *format, ...)\n"
	"\t__attribute__((format(printf, 1, 2)));\n"
	"void bug(const char *what, const char *where)\n"
	"\t__attribute__((noreturn));\n"
	"void warning(const char *what, const char *where);\n"
	"void panic(const char *why) __attribute__((noreturn));\n"
	"\n"
	"unsigned dice(const char *what);\n"
	"int happens(const char *what, int percent, int round);\n"
	"int feature_count(const struct feature *features);\n"
	"int feature_sum(const struct feature *features);\n"
	"\n"
	"int super_mount(void);\n"
	"void timer_tick(int round);\n"
	"struct ring *ring_open(void);\n"
	"void ring_release(struct ring *ring, int round);\n"
	"\n";

static const char timer_text[] =
	"/* The clock of this machine is not to be trusted. */\n"
	"void timer_tick(int round)\n"
	"{\n"
	"\tif (happens(\"the clock is set back\", 6, round))\n"
	"\t\twarning(\"clock went backwards\", \"timer_tick\");\n"
	"}\n"
	"\n";

static const char ring_head[] =
	"struct ring {\n"
	"\tint users;\n"
	"\tint locked;\n"
	"};\n"
	"\n"
	"struct ring *ring_open(void)\n"
	"{\n"
	"\tstruct ring *ring = calloc(1, sizeof(*ring));\n"
	"\n"
	"\tif (!ring)\n"
	"\t\tpanic(\"out of memory\");\n"
	"\tring->users = 2;\n"
	"\treturn ring;\n"
	"}\n"
	"\n";

static const char ring_release[] =
	"void ring_release(struct ring *ring, int round)\n"
	"{\n";

static const char *const ring_body[] = {
	[RING_LOCKED] = "\tring->locked = 1;\n"
			"\tring_put(ring, round);\n"
			"\tring->locked = 0;\n",
	[RING_UNLOCKED] = "\tring_put(ring, round);\n",
};

static const char ring_tail[] = "\tfree(ring);\n"
				"}\n"
				"\n";

static void put_super(const struct practice_state *state, struct buf *out)
{
	const char *name =
		state->rename == RENAME_DONE ? "s_block_count" : "s_blocks";

	buf_printf(out,
		   "int super_mount(void)\n"
		   "{\n"
		   "\tstruct super super = { .s_block_size = 512 };\n"
		   "\n"
		   "\tsuper.%s = 4096 / super.s_block_size * 256;\n"
		   "\treturn super.%s;\n"
		   "}\n"
		   "\n",
		   name, name);
}

static void put_ring(const struct practice_state *state, int rate,
		     struct buf *out)
{
	buf_puts(out, ring_head);
	buf_printf(out,
		   "static void ring_put(struct ring *ring, int round)\n"
		   "{\n"
		   "\tint other_task = happens(\"a write on the other cpu\", "
		   "%d, round);\n"
		   "\n"
		   "\tring->users = 0;\n"
		   "\tif (other_task && !ring->locked)\n"
		   "\t\tbug(\"use-after-free\", \"ring_release\");\n"
		   "}\n"
		   "\n",
		   rate);
	buf_puts(out, ring_release);
	buf_puts(out, ring_body[state->ring]);
	buf_puts(out, ring_tail);
}

static void put_area(int number, const struct practice_state *state, int rate,
		     struct buf *out)
{
	const struct area *area = &areas[number];

	buf_printf(out, "/* %s: %s */\n#include \"kernel.h\"\n\n", area->word,
		   area->about);
	if (number == AREA_RING)
		buf_puts(out, "#include <stdlib.h>\n\n");
	buf_puts(out, "static const struct feature features[] = {\n");
	for (int row = 0; row < PRACTICE_ROWS; row++)
		if (state->rows[number][row])
			buf_printf(out, "\t{ \"%s\", %d },\n", area->rows[row],
				   3 + row + 4 * state->rows[number][row]);
	buf_puts(out, "\t{ NULL, 0 },\n};\n\n");
	if (number == AREA_SUPER)
		put_super(state, out);
	if (number == AREA_TIMER)
		buf_puts(out, timer_text);
	if (number == AREA_RING)
		put_ring(state, rate, out);
	buf_printf(out,
		   "void %s_init(void)\n"
		   "{\n"
		   "\tprintk(\"%s: %%d %s, level %%d\",\n"
		   "\t       1 + feature_count(features), "
		   "feature_sum(features));\n"
		   "}\n",
		   area->word, area->word, area->unit);
}

static void put_main(const struct practice_state *state, struct buf *out)
{
	buf_puts(out, main_head);
	buf_puts(out, main_init[state->init]);
	buf_puts(out, main_middle);
	for (int i = 0; i < PRACTICE_AREAS; i++)
		buf_printf(out, "\t%s_init();\n", areas[i].word);
	buf_puts(out, main_tail);
}

static void put_header(const struct practice_state *state, struct buf *out)
{
	buf_puts(out, header_head);
	buf_printf(out, "\tint %s;\n",
		   state->rename == RENAME_NOT_YET ? "s_blocks"
						   : "s_block_count");
	buf_puts(out, header_tail);
	for (int i = 0; i < PRACTICE_AREAS; i++)
		buf_printf(out, "void %s_init(void);\n", areas[i].word);
	buf_puts(out, "\n#endif\n");
}

static void put_object(const char *path, struct buf *out)
{
	buf_puts(out, " \\\n\t");
	buf_add(out, path, strlen(path) - strlen("c"));
	buf_putc(out, 'o');
}

static void put_makefile(const struct practice_state *state, struct buf *out)
{
	buf_printf(out,
		   "VERSION = %s\n"
		   "CC = cc\n"
		   "CFLAGS = -O0 -Wall -Iinclude\n"
		   "\n"
		   "objects =",
		   versions[state->version]);
	for (int i = 0; practice_path(i); i++)
		if (str_ends(practice_path(i), ".c"))
			put_object(practice_path(i), out);
	buf_puts(out, "\n"
		      "\n"
		      "practice: $(objects)\n"
		      "\t$(CC) -o $@ $(objects)\n"
		      "\n"
		      "%.o: %.c include/kernel.h\n"
		      "\t$(CC) $(CFLAGS) -c -o $@ $<\n"
		      "\n"
		      "kernel/main.o: CFLAGS += "
		      "-DKERNEL_VERSION='\"$(VERSION)\"'\n"
		      "kernel/main.o: Makefile\n"
		      "\n"
		      "clean:\n"
		      "\trm -f practice $(objects)\n");
}

enum file {
	FILE_IGNORE,
	FILE_MAKEFILE,
	FILE_README,
	FILE_HEADER,
	FILE_CHANCE,
	FILE_MAIN,
	FILE_PRINTK,
	FILE_AREAS, /* from here on: one for each area */
};

static const char *const paths[FILE_AREAS] = {
	[FILE_IGNORE] = ".gitignore",	   [FILE_MAKEFILE] = "Makefile",
	[FILE_README] = "README",	   [FILE_HEADER] = "include/kernel.h",
	[FILE_CHANCE] = "kernel/chance.c", [FILE_MAIN] = "kernel/main.c",
	[FILE_PRINTK] = "kernel/printk.c",
};

const char *practice_path(int file)
{
	if (file < FILE_AREAS)
		return paths[file];
	if (file < FILE_AREAS + PRACTICE_AREAS)
		return areas[file - FILE_AREAS].path;
	return NULL;
}

void practice_text(int file, const struct practice_state *state,
		   const struct practice_kind *kind, struct buf *out)
{
	if (file == FILE_IGNORE)
		buf_puts(out, gitignore_text);
	else if (file == FILE_MAKEFILE)
		put_makefile(state, out);
	else if (file == FILE_README)
		buf_puts(out, readme_text);
	else if (file == FILE_HEADER)
		put_header(state, out);
	else if (file == FILE_CHANCE)
		buf_printf(out, "%sstatic const char demo_seed[] = \"%u\";\n%s",
			   chance_head, kind->seed, chance_tail);
	else if (file == FILE_MAIN)
		put_main(state, out);
	else if (file == FILE_PRINTK)
		buf_puts(out, printk_text);
	else
		put_area(file - FILE_AREAS, state, kind->rate, out);
}
