#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""history.py REPO: commits on top of the kernel sources in REPO, for a search.

All on main, each tagged k1, k2...; refs/answer/culprit names the one that
makes a write to /proc/sys/kernel/domainname crash the kernel.  There is a
stretch that does not build and one that does not boot.  The same sources give
the same commits.
"""
import subprocess
import sys

COUNT = 72
CULPRIT = 57
# The middle does not build.  Where the search goes from there depends on the
# commits' ids, so on the sources; of twelve such orders none passes by a
# stretch that does not boot when it is this long.
UNBUILDABLE = range(33, 39)
UNBOOTABLE = range(46, 54)

# Built by every small configuration; each gets a harmless line now and then.
FILES = ["kernel/pid.c", "kernel/user.c", "kernel/sys.c", "kernel/exit.c",
         "kernel/fork.c", "kernel/signal.c", "lib/string.c", "lib/ctype.c",
         "lib/vsprintf.c", "mm/util.c", "mm/mmap.c", "fs/open.c",
         "fs/read_write.c", "fs/namei.c", "init/version.c"]

repo = sys.argv[1]
texts = {}


def git(*words):
    return subprocess.run(["git", "-C", repo, *words], check=True,
                          stdout=subprocess.PIPE).stdout.decode()


def text(path):
    if path not in texts:
        texts[path] = git("show", "main:" + path)
    return texts[path]


def replace(path, old, new):
    assert old in text(path), (path, old)
    texts[path] = text(path).replace(old, new, 1)
    return path


def harmless(n):
    path = FILES[n % len(FILES)]
    if n % 3 == 0:
        texts[path] = text(path) + "\n/* note %d: nothing to see here */\n" % n
        return "comment on something", path
    texts[path] = text(path) + (
        "\nconst unsigned int culprit_note_%d __used = %d;\n" % (n, n * n))
    return "add a number", path


def culprit():
    path = "kernel/utsname_sysctl.c"
    replace(path, "static int proc_do_uts_string(",
            "unsigned long *uts_domain_writes;\n\n"
            "static void count_write(struct ctl_table *table, int write)\n"
            "{\n"
            "\tif (write && !strcmp(table->procname, \"domainname\"))\n"
            "\t\tWRITE_ONCE(*uts_domain_writes, 1);\n"
            "}\n\n"
            "static int proc_do_uts_string(")
    body = text(path)
    at = body.index("\tmemcpy(&uts_table",
                    body.index("static int proc_do_uts_string("))
    texts[path] = body[:at] + "\tcount_write(table, write);\n\n" + body[at:]
    return path


def change(n):
    """What commit n says and the file that it changes."""
    if n == CULPRIT:
        return "count writes of the domain name", culprit()
    if n == UNBUILDABLE[0]:
        return "use the new header", replace(
            "kernel/user.c", "#include <linux/init.h>",
            "#include <linux/init.h>\n#include <linux/culprit_missing.h>")
    if n == UNBUILDABLE[-1] + 1:
        return "do without the new header", replace(
            "kernel/user.c", "#include <linux/culprit_missing.h>\n", "")
    if n == UNBOOTABLE[0]:
        return "check early", replace(
            "kernel/ksysfs.c", "static int __init ksysfs_init(void)\n{\n",
            "static int __init ksysfs_init(void)\n{\n\tBUG();\n\n")
    if n == UNBOOTABLE[-1] + 1:
        return "check later", replace("kernel/ksysfs.c", "\tBUG();\n\n", "")
    return harmless(n)


def main():
    stream = subprocess.Popen(["git", "-C", repo, "fast-import", "--quiet"],
                              stdin=subprocess.PIPE)
    base = git("rev-parse", "main").strip()

    def say(line):
        stream.stdin.write(line if isinstance(line, bytes) else line.encode())

    for n in range(1, COUNT + 1):
        subject, path = change(n)
        message = "%s: %s\n" % (path, subject)
        when = 1700000000 + 3600 * n
        say("commit refs/heads/main\nmark :%d\n" % n)
        for who in ("author A U Thor", "committer C O Mitter"):
            say("%s <%s@example.org> %d +0000\n" % (who, who.split()[1], when))
        say("data %d\n%s" % (len(message), message))
        if n == 1:
            say("from %s\n" % base)
        content = texts[path].encode()
        say("M 100644 inline %s\ndata %d\n" % (path, len(content)))
        say(content)
        say("\nreset refs/tags/k%d\nfrom :%d\n\n" % (n, n))
    say("reset refs/answer/culprit\nfrom :%d\n\n" % CULPRIT)
    stream.stdin.close()
    sys.exit(stream.wait())


main()
