/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/practice_code.h"

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "cli/practice.h"
#include "cli/practice_areas.h"
#include "cli/practice_cause.h"
#include "cli/practice_tree.h"

const char practice_code_printk[] =
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

const char practice_code_stack[] =
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

void practice_code_chance(unsigned seed, struct buf *out)
{
	buf_printf(out, "%sstatic const char demo_seed[] = \"%u\";\n%s",
		   chance_head, seed, chance_tail);
}

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
	bool spoilt = state->bug && practice_spoils(kind) == number;

	if (number == AREA_SCHED)
		put_sched(spoilt, out);
	else if (number == AREA_TIMER)
		buf_puts(out, timer_text);
	else if (number == AREA_SUPER)
		put_super(state, out);
	else if (number == AREA_NET)
		put_net(spoilt, out);
	else if (number == AREA_RING)
		put_ring(spoilt, kind->rate, out);
	else if (number == AREA_FILE)
		put_file(spoilt, out);
	else if (number == AREA_SOCKET)
		buf_puts(out, socket_text);
}

void practice_code_area(int number, const struct practice_state *state,
			const struct practice_kind *kind, struct buf *out)
{
	const struct practice_area *area = &practice_areas[number];

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

void practice_code_name(const char *row, struct buf *out)
{
	if (str_starts(row, "a "))
		row += 2;
	else if (str_starts(row, "an "))
		row += 3;
	for (; *row; row++)
		buf_putc(out, *row == ' ' || *row == '-' ? '_' : *row);
}

void practice_code_feature(int area, int row, int level, struct buf *out)
{
	const char *words = practice_areas[area].rows[row];

	buf_printf(out, "/* %s: %s */\n#include \"kernel.h\"\n\nFEATURE(",
		   practice_areas[area].word, words);
	practice_code_name(words, out);
	buf_printf(out, ", %d)\n", 3 + row + 4 * level);
}

void practice_code_main(const struct practice_state *state, struct buf *out)
{
	buf_puts(out, main_head);
	buf_puts(out, main_init[state->init]);
	buf_puts(out, main_middle);
	for (int i = 0; i < PRACTICE_AREAS; i++)
		buf_printf(out, "\t%s_init();\n", practice_areas[i].word);
	buf_puts(out, main_tail);
}

void practice_code_header(const struct practice_state *state, struct buf *out)
{
	buf_puts(out, header_head);
	buf_printf(out, "\tint %s;\n",
		   state->rename == RENAME_NOT_YET ? "s_blocks"
						   : "s_block_count");
	buf_puts(out, header_tail);
	for (int i = 0; i < PRACTICE_AREAS; i++)
		buf_printf(out, "void %s_init(void);\n",
			   practice_areas[i].word);
	buf_puts(out, "\n#endif\n");
}
