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

enum {
	AREA_SCHED = 0,
	AREA_TIMER = 1,
	AREA_SUPER = 6,
	AREA_NET = 7,
	AREA_RING = 8,
	AREA_FILE = 12,
	AREA_SOCKET = 13,
};

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
	{ "fs/file",
	  "fs/file.c",
	  "file",
	  "what a task has open",
	  "tables",
	  { "descriptor bitmaps", "close on exec", "table growth", "seek locks",
	    "read ahead hints", "lease breaking", "an open limit",
	    "delayed puts", "lock owners", "range closing", "a file cache",
	    "splice hints" } },
	{ "net/socket",
	  "net/socket.c",
	  "socket",
	  "what a task hears the net by",
	  "families",
	  { "receive timeouts", "port reuse", "credential passing",
	    "message batches", "a linger time", "buffer accounting",
	    "accept queues", "peek offsets", "a mark", "busy sockets",
	    "error queues", "family aliases" } },
};

/* By the seed, and the last digit of five. */
enum cause { CAUSE_RING, CAUSE_FILE, CAUSE_NET, CAUSE_SCHED };

static enum cause cause_of(const struct practice_kind *kind)
{
	static const enum cause causes[] = { CAUSE_RING, CAUSE_RING, CAUSE_FILE,
					     CAUSE_NET, CAUSE_SCHED };

	return causes[kind->seed % 5];
}

static bool is_spoilt(const struct practice_state *state,
		      const struct practice_kind *kind, enum cause cause)
{
	return state->bug && cause_of(kind) == cause;
}

const struct practice_cause *practice_cause(const struct practice_kind *kind)
{
	static const struct practice_cause causes[] = {
		[CAUSE_RING] = { "net/ring.c",
				 "net/ring: do not lock in ring_release",
				 "The last user is gone when we come here, so "
				 "nobody\n"
				 "can hold the lock, and nobody can want it." },
		[CAUSE_FILE] = { "fs/file.c",
				 "fs/file: do not hold a file that is put",
				 "Whoever puts it is the last one to have "
				 "it." },
		[CAUSE_NET] = { "net/core.c",
				"net: do not wait for readers that are gone",
				"Waiting takes long, and nobody reads what is "
				"closed." },
		[CAUSE_SCHED] = { "kernel/sched.c",
				  "sched: switch tasks under a lock as well",
				  "It was forbidden for the sake of machines "
				  "with one\n"
				  "processor." },
	};

	return &causes[cause_of(kind)];
}

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

const char *practice_unit(int area)
{
	return areas[area].unit;
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
	for (int area = 0; area < PRACTICE_AREAS; area++)
		raise_to(&state->limits[area], other->limits[area]);
	raise_to(&state->version, other->version);
	raise_to(&state->rename, other->rename);
	raise_to(&state->init, other->init);
	raise_to(&state->bug, other->bug);
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
	"}\n";

static const char stack_text[] =
	"#include \"kernel.h\"\n"
	"\n"
	"#include <stdlib.h>\n"
	"#include <string.h>\n"
	"\n"
	"struct frame *stack;\n"
	"\n"
	"void leave(struct frame *frame)\n"
	"{\n"
	"\tstack = frame->caller;\n"
	"}\n"
	"\n"
	"static void dump_stack(void)\n"
	"{\n"
	"\tENTER();\n"
	"\tprintk(\"Call Trace:\");\n"
	"\tprintk(\" <TASK>\");\n"
	"\tfor (struct frame *at = stack; at; at = at->caller) {\n"
	"\t\tunsigned size = 16 * (unsigned)strlen(at->function);\n"
	"\n"
	"\t\tprintk(\" %s+0x%x/0x%x %s:%d\", at->function, size * 3 / 5,\n"
	"\t\t       size, at->file, at->line);\n"
	"\t}\n"
	"\tprintk(\" </TASK>\");\n"
	"\tprintk(\"---[ end trace ]---\");\n"
	"}\n"
	"\n"
	"void bug(const char *what, const char *where)\n"
	"{\n"
	"\tprintk(\"BUG: %s in %s\", what, where);\n"
	"\tprintk(\"Write of size 4 by task repro/42\");\n"
	"\tdump_stack();\n"
	"\texit(1);\n"
	"}\n"
	"\n"
	"void warning(const char *what, const char *where)\n"
	"{\n"
	"\tprintk(\"WARNING: %s in %s\", what, where);\n"
	"\tdump_stack();\n"
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
	"{\n"
	"\tENTER();\n";

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
	"\tENTER();\n"
	"\tprintk(\"repro: opens a ring from two tasks\");\n"
	"\tfor (int round = 0; round < ROUNDS; round++) {\n"
	"\t\tstruct ring *ring = ring_open();\n"
	"\n"
	"\t\tprintk(\"repro: round %d of %d\", round + 1, ROUNDS);\n"
	"\t\ttimer_tick(round);\n"
	"\t\tfile_put(ring, round);\n"
	"\t}\n"
	"\tprintk(\"repro: done\");\n"
	"}\n"
	"\n"
	"static void start_kernel(void)\n"
	"{\n"
	"\tENTER();\n"
	"\tprintk(\"Practice kernel version \" KERNEL_VERSION);\n"
	"\tprintk(\"Command line: console=tty0 root=/dev/practice\");\n";

static const char main_tail[] =
	"\tprintk(\"Mounted the root file system: %d blocks\", super_mount());"
	"\n"
	"\tprintk(\"Run init\");\n"
	"\trun_init();\n"
	"\trun_reproducer();\n"
	"\tprintk(\"System halted\");\n"
	"}\n"
	"\n"
	"int main(void)\n"
	"{\n"
	"\tstart_kernel();\n"
	"\treturn tainted;\n"
	"}\n";

static const char header_head[] = "#ifndef KERNEL_H\n"
				  "#define KERNEL_H\n"
				  "\n"
				  "#define ROUNDS 4\n"
				  "\n"
				  "struct super {\n"
				  "\tint s_block_size;\n";

static const char header_tail[] =
	"};\n"
	"\n"
	"/* The features of an area are in the files of its folder. */\n"
	"static struct {\n"
	"\tint count, level;\n"
	"} features __attribute__((unused));\n"
	"\n"
	"#define FEATURE(name, points) \\\n"
	"\t__attribute__((constructor)) static void add_##name(void) \\\n"
	"\t{ \\\n"
	"\t\tfeatures.count++; \\\n"
	"\t\tfeatures.level += (points); \\\n"
	"\t}\n"
	"\n"
	"/* Where we are, for the report of what goes wrong. */\n"
	"struct frame {\n"
	"\tconst char *function, *file;\n"
	"\tint line;\n"
	"\tstruct frame *caller;\n"
	"};\n"
	"\n"
	"extern struct frame *stack;\n"
	"\n"
	"void leave(struct frame *frame);\n"
	"\n"
	"#define ENTER() \\\n"
	"\tstruct frame frame __attribute__((cleanup(leave))) = { \\\n"
	"\t\t__func__, __FILE__, __LINE__, stack \\\n"
	"\t}; \\\n"
	"\tstack = &frame\n"
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
	"\n"
	"int super_mount(void);\n"
	"void timer_tick(int round);\n"
	"int sched_may_switch(int locked);\n"
	"int net_readers(void);\n"
	"void file_put(struct ring *ring, int round);\n"
	"int file_is_held(void);\n"
	"void socket_release(struct ring *ring, int round);\n"
	"struct ring *ring_open(void);\n"
	"void ring_release(struct ring *ring, int round);\n"
	"\n";

static const char timer_text[] =
	"/* The clock of this machine is not to be trusted. */\n"
	"void timer_tick(int round)\n"
	"{\n"
	"\tENTER();\n"
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

static const char socket_text[] =
	"void socket_release(struct ring *ring, int round)\n"
	"{\n"
	"\tENTER();\n"
	"\tring_release(ring, round);\n"
	"}\n"
	"\n";

static void put_sched(bool spoilt, struct buf *out)
{
	buf_printf(out,
		   "int sched_may_switch(int locked)\n"
		   "{\n"
		   "\treturn %s;\n"
		   "}\n"
		   "\n",
		   spoilt ? "locked || !locked" : "!locked");
}

static void put_net(bool spoilt, struct buf *out)
{
	buf_printf(out,
		   "int net_readers(void)\n"
		   "{\n"
		   "\tint readers = 1;\n"
		   "\n"
		   "%s"
		   "\treturn readers;\n"
		   "}\n"
		   "\n",
		   spoilt ? ""
			  : "\twhile (readers)\n"
			    "\t\treaders--; /* wait for them */\n");
}

static void put_file(bool spoilt, struct buf *out)
{
	buf_printf(out,
		   "static int held;\n"
		   "\n"
		   "int file_is_held(void)\n"
		   "{\n"
		   "\treturn held;\n"
		   "}\n"
		   "\n"
		   "void file_put(struct ring *ring, int round)\n"
		   "{\n"
		   "\tENTER();\n"
		   "%s"
		   "\tsocket_release(ring, round);\n"
		   "\theld = 0;\n"
		   "}\n"
		   "\n",
		   spoilt ? "" : "\theld = 1;\n");
}

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

static void put_ring(bool spoilt, int rate, struct buf *out)
{
	buf_puts(out, ring_head);
	buf_printf(out,
		   "static void ring_put(struct ring *ring, int round)\n"
		   "{\n"
		   "\tint other_task = happens(\"a write on the other cpu\", "
		   "%d, round);\n"
		   "\n"
		   "\tring->users = 0;\n"
		   "\tif (other_task && (!ring->locked || !file_is_held() ||\n"
		   "\t\t\t   net_readers() || "
		   "sched_may_switch(ring->locked)))\n"
		   "\t\tbug(\"use-after-free\", \"ring_release\");\n"
		   "}\n"
		   "\n"
		   "void ring_release(struct ring *ring, int round)\n"
		   "{\n"
		   "\tENTER();\n"
		   "%s"
		   "\tring_put(ring, round);\n"
		   "%s"
		   "\tfree(ring);\n"
		   "}\n"
		   "\n",
		   rate, spoilt ? "" : "\tring->locked = 1;\n",
		   spoilt ? "" : "\tring->locked = 0;\n");
}

/* What an area does beside having features. */
static void put_duty(int number, const struct practice_state *state,
		     const struct practice_kind *kind, struct buf *out)
{
	if (number == AREA_SCHED)
		put_sched(is_spoilt(state, kind, CAUSE_SCHED), out);
	else if (number == AREA_TIMER)
		buf_puts(out, timer_text);
	else if (number == AREA_SUPER)
		put_super(state, out);
	else if (number == AREA_NET)
		put_net(is_spoilt(state, kind, CAUSE_NET), out);
	else if (number == AREA_RING)
		put_ring(is_spoilt(state, kind, CAUSE_RING), kind->rate, out);
	else if (number == AREA_FILE)
		put_file(is_spoilt(state, kind, CAUSE_FILE), out);
	else if (number == AREA_SOCKET)
		buf_puts(out, socket_text);
}

static void put_area(int number, const struct practice_state *state,
		     const struct practice_kind *kind, struct buf *out)
{
	const struct area *area = &areas[number];

	buf_printf(out, "/* %s: %s */\n#include \"kernel.h\"\n\n", area->word,
		   area->about);
	if (number == AREA_RING)
		buf_puts(out, "#include <stdlib.h>\n\n");
	put_duty(number, state, kind, out);
	buf_printf(out,
		   "void %s_init(void)\n"
		   "{\n"
		   "\tprintk(\"%s: %%d of %d %s, level %%d\",\n"
		   "\t       1 + features.count, features.level);\n"
		   "}\n",
		   area->word, area->word, 16 + 8 * state->limits[number],
		   area->unit);
}

/* "a poll-batching hint" as a name in C */
static void put_name(const char *row, struct buf *out)
{
	if (str_starts(row, "a "))
		row += 2;
	else if (str_starts(row, "an "))
		row += 3;
	for (; *row; row++)
		buf_putc(out, *row == ' ' || *row == '-' ? '_' : *row);
}

static void put_folder(int area, struct buf *out)
{
	const char *path = areas[area].path;

	buf_add(out, path, strlen(path) - strlen(".c"));
	buf_putc(out, '/');
}

static void put_feature(int area, int row, int level, struct buf *out)
{
	const char *words = areas[area].rows[row];

	buf_printf(out, "/* %s: %s */\n#include \"kernel.h\"\n\nFEATURE(",
		   areas[area].word, words);
	put_name(words, out);
	buf_printf(out, ", %d)\n", 3 + row + 4 * level);
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

enum file {
	FILE_IGNORE,
	FILE_MAKEFILE,
	FILE_README,
	FILE_HEADER,
	FILE_CHANCE,
	FILE_MAIN,
	FILE_PRINTK,
	FILE_STACK,
	FILE_AREAS, /* from here on: one for each area, */
	FILE_FOLDERS = FILE_AREAS + PRACTICE_AREAS,    /* its folder's, */
	FILE_FEATURES = FILE_FOLDERS + PRACTICE_AREAS, /* and its features' */
	FILE_COUNT = FILE_FEATURES + PRACTICE_AREAS * PRACTICE_ROWS,
};

static const char *const paths[FILE_AREAS] = {
	[FILE_IGNORE] = ".gitignore",	   [FILE_MAKEFILE] = "Makefile",
	[FILE_README] = "README",	   [FILE_HEADER] = "include/kernel.h",
	[FILE_CHANCE] = "kernel/chance.c", [FILE_MAIN] = "init/main.c",
	[FILE_PRINTK] = "kernel/printk.c", [FILE_STACK] = "lib/dump_stack.c",
};

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
	for (int i = 0; i < FILE_AREAS; i++)
		if (str_ends(paths[i], ".c"))
			put_object(paths[i], out);
	for (int i = 0; i < PRACTICE_AREAS; i++)
		put_object(areas[i].path, out);
	buf_puts(out, "\n"
		      "\n"
		      "practice: $(objects)\n"
		      "\t$(CC) -o $@ $(objects)\n"
		      "\n"
		      "# the features of an area are compiled with it\n"
		      ".SECONDEXPANSION:\n"
		      "%.o: %.c include/kernel.h $$(wildcard $$* $$*/*.c)\n"
		      "\t$(CC) $(CFLAGS) $(patsubst %,-include %,"
		      "$(wildcard $*/*.c)) -c -o $@ $<\n"
		      "\n"
		      "$(objects:.o=): ;\n"
		      "\n"
		      "init/main.o: CFLAGS += "
		      "-DKERNEL_VERSION='\"$(VERSION)\"'\n"
		      "init/main.o: Makefile\n"
		      "\n"
		      "clean:\n"
		      "\trm -f practice $(objects)\n");
}

bool practice_path(int file, struct buf *out)
{
	int feature = file - FILE_FEATURES;

	buf_clear(out);
	if (file >= FILE_COUNT)
		return false;
	if (file < FILE_AREAS) {
		buf_puts(out, paths[file]);
	} else if (file < FILE_FOLDERS) {
		buf_puts(out, areas[file - FILE_AREAS].path);
	} else if (file < FILE_FEATURES) {
		put_folder(file - FILE_FOLDERS, out);
		buf_puts(out, "README");
	} else {
		put_folder(feature / PRACTICE_ROWS, out);
		put_name(areas[feature / PRACTICE_ROWS]
				 .rows[feature % PRACTICE_ROWS],
			 out);
		buf_puts(out, ".c");
	}
	return true;
}

static int level_of(int feature, const struct practice_state *state)
{
	return state->rows[feature / PRACTICE_ROWS][feature % PRACTICE_ROWS];
}

bool practice_has(int file, const struct practice_state *state)
{
	return file < FILE_FEATURES ||
	       level_of(file - FILE_FEATURES, state) > 0;
}

static void put_general(enum file file, const struct practice_state *state,
			const struct practice_kind *kind, struct buf *out)
{
	switch (file) {
	case FILE_IGNORE:
		buf_puts(out, gitignore_text);
		break;
	case FILE_MAKEFILE:
		put_makefile(state, out);
		break;
	case FILE_README:
		buf_puts(out, readme_text);
		break;
	case FILE_HEADER:
		put_header(state, out);
		break;
	case FILE_CHANCE:
		buf_printf(out, "%sstatic const char demo_seed[] = \"%u\";\n%s",
			   chance_head, kind->seed, chance_tail);
		break;
	case FILE_MAIN:
		put_main(state, out);
		break;
	case FILE_PRINTK:
		buf_puts(out, printk_text);
		break;
	case FILE_STACK:
		buf_puts(out, stack_text);
		break;
	case FILE_AREAS:
	case FILE_FOLDERS:
	case FILE_FEATURES:
	case FILE_COUNT:
		break;
	}
}

void practice_text(int file, const struct practice_state *state,
		   const struct practice_kind *kind, struct buf *out)
{
	int feature = file - FILE_FEATURES;

	if (file < FILE_AREAS)
		put_general((enum file)file, state, kind, out);
	else if (file < FILE_FOLDERS)
		put_area(file - FILE_AREAS, state, kind, out);
	else if (file < FILE_FEATURES)
		buf_printf(out, "%s\n", areas[file - FILE_FOLDERS].about);
	else
		put_feature(feature / PRACTICE_ROWS, feature % PRACTICE_ROWS,
			    level_of(feature, state), out);
}
