#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What somebody sends who means no good: an exported session, a repository with
# a configuration, a reproducer.  Nothing of theirs is run without being asked
# for, nothing lands outside, nothing reaches the terminal raw, all of it ends.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

esc=$(printf "\033") bell=$(printf "\007")

# Whoever is started by what is hostile leaves a mark here.
marks=$tmp/marks
mkdir "$marks"
unharmed()
{
	test -z "$(ls -A "$marks")" && return
	echo "was run: $(ls "$marks")"
	return 1
}

# No byte that a terminal obeys: clean FILE
clean()
{
	fails env LC_ALL=C grep -a -n "[$(printf "\\001-\\010\\013-\\037\\177")]" "$1"
}

# What is in a folder, with modes: modes FOLDER
modes()
{
	find "$1" -path "*/worktree/*" -prune -o -path "*/out/*" -prune -o \
		\( -type f -o -type d -o -type s -o -type p \) \
		-printf "%m %y %P\n" | sort -k3
}

line_repo "$tmp/repo" 9

#
# A session that was exported.
#

cat >marks.cfg <<SETTINGS
title = "BUG: ${esc}[31mred";
policy = "exit-code";
build: { command = "touch $marks/build"; };
test: { command = "touch $marks/test; exit 1"; };
SETTINGS

session=$tmp/victim
check "an exported session to tamper with is made" '
	begin marks.cfg c9 c1
	culprit note "${esc}]0;owned${bell}"
	culprit export $tmp/good.culprit
	unharmed
'

# sql FILE STATEMENTS: a copy of the export, changed
sql()
{
	cp "$tmp/good.culprit" "$1"
	python3 - "$1" "$2" <<-EOF
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1], isolation_level=None)
	db.executescript(sys.argv[2])
	EOF
}

# refused WORDS: such a file is, in no time, and nothing is left of it
refused()
{
	session=$tmp/in/none
	fails timeout -s KILL 20 "$CULPRIT" -C "$repo" --session-dir "$session" \
		import "$tmp/bad.culprit" 2>err
	cat err
	grep "^culprit: .*$1" err
	clean err
	fails test -e "$session"
	test -z "$(ls -A in)"
}
mkdir in

check "what would run for ever inside of it is not begun" '
	sql bad.culprit "CREATE TRIGGER t BEFORE UPDATE ON meta BEGIN SELECT
		count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL
		SELECT x + 1 FROM n) SELECT x FROM n); END"
	refused "its tables are others"
	sql bad.culprit "DROP TABLE sqlar; CREATE VIEW sqlar AS WITH RECURSIVE
		n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT
		x AS name, 0 AS mode, 0 AS mtime, 0 AS sz, x AS data FROM n"
	refused "no session as culprit exports them"
'

check "sizes that are claimed are held against what there is" '
	sql bad.culprit "UPDATE sqlar SET sz = 1 << 50"
	refused "claims to hold more"
	sql bad.culprit "UPDATE sqlar SET sz = -5"
	refused "claims to hold more"
'

check "events that do not fit are refused" '
	sql bad.culprit "INSERT INTO events (seq, at, kind, actor, commit_id)
		SELECT max(seq) + 1, 0, '\''verdict'\'', '\''person'\'',
		'\''../../x'\'' FROM events"
	refused "cannot import"
	sql bad.culprit "INSERT INTO events (seq, at, kind, actor, number)
		SELECT max(seq) + 1, 0, '\''undo'\'', '\''person'\'', 1 << 60
		FROM events"
	refused "cannot import"
'

check "names that climb out, links and doubles lead nowhere" '
	long=$(printf "a%.0s" $(seq 40))
	sql bad.culprit "INSERT INTO sqlar VALUES
		('\''../climbed'\'', 33188, 0, 4, '\''evil'\''),
		('\''$marks/climbed'\'', 33188, 0, 4, '\''evil'\''),
		('\''worktree/.git'\'', 33188, 0, 4, '\''evil'\''),
		('\''.git/hooks/post-checkout'\'', 33261, 0, 4, '\''evil'\''),
		('\''imported.cfg'\'', 33188, 0, 4, '\''evil'\''),
		('\''runs/$long/1.console'\'', 41471, 0, 11, '\''/etc/passwd'\''),
		('\''runs/$long/1.console.index'\'', 33188, 0, 4, '\''evil'\'')"
	session=$tmp/in/links
	culprit import $tmp/bad.culprit
	unharmed
	fails test -e in/climbed
	test -z "$(find in -type l)"
	test "$(cat "$session/runs/$long/1.console")" = /etc/passwd
	fails grep -rlx evil in
	test "$(cat "$session/imported.cfg")" = "$(cat marks.cfg)"
	rm -rf in/links
	sql bad.culprit "ALTER TABLE sqlar RENAME TO old;
		CREATE TABLE sqlar (name TEXT, mode INT, mtime INT, sz INT,
		data BLOB); INSERT INTO sqlar SELECT * FROM old;
		INSERT INTO sqlar SELECT * FROM old; DROP TABLE old"
	refused "no session as culprit exports them"
'

check "rules that came along read no other file" '
	mkfifo never
	printf "@include \"$tmp/never\"\n" >oops.cfg
	sql bad.culprit "INSERT INTO sqlar VALUES ('\''oops.cfg'\'', 33188, 0,
		$(wc -c <oops.cfg), readfile)" 2>/dev/null ||
	python3 - <<-EOF
	import sqlite3
	text = open("oops.cfg", "rb").read()
	db = sqlite3.connect("bad.culprit")
	db.execute("INSERT INTO sqlar VALUES (?, 33188, 0, ?, ?)",
		("oops.cfg", len(text), text))
	db.commit()
	EOF
	session=$tmp/in/rules
	timeout -s KILL 20 "$CULPRIT" -C "$repo" --session-dir "$session" import \
		$tmp/bad.culprit
	timeout -s KILL 20 "$CULPRIT" -C "$repo" --session-dir "$session" report \
		>said
	timeout -s KILL 20 "$CULPRIT" -C "$repo" --session-dir "$session" trust \
		--yes
	echo c9 runs=X | fake_settings fake.cfg exit-code 1
	cp fake.cfg "$session/culprit.cfg"
	status=0
	timeout -s KILL 20 "$CULPRIT" -C "$repo" --session-dir "$session" run \
		--batch 2>err || status=$?
	cat err
	test $status = 1
	grep "oops.cfg:1: @include: no other file is read" err
'

check "nothing of it is run by looking, nor by the orders of a person" '
	session=$tmp/in/looked
	culprit import $tmp/good.culprit >out
	for words in status "status --json" log "log --format git" report \
		"log --format json" "good c2" "bad c8" undo "more c8 2" \
		"export $tmp/again" sessions trust; do
		echo "== $words"
		culprit $words </dev/null || :
	done >>out 2>&1
	"$CULPRIT" replay "$tmp/good.culprit" --print >>out 2>&1
	"$CULPRIT" replay "$session" --check >>out 2>&1 || :
	fails culprit run --batch 2>>out
	unharmed
	clean out
	grep "red" out
'

check "settings are run when they were shown and trusted, not before" '
	session=$tmp/in/looked
	culprit trust >said || test $? = 2
	grep "^| test: { command = .touch $marks/test; exit 1.; };" said
	unharmed
	culprit trust --yes
	unharmed
	culprit run --batch >said 2>&1 || :
	test -e "$marks/test"
	rm -f "$marks"/*
'

check "of settings that include others nothing is run" '
	printf "@include \"$tmp/marks.cfg\"\n" >include.cfg
	session=$tmp/in/include
	fails culprit start -c "$tmp/include.cfg" c9 c1 2>err
	grep "include.cfg:1: @include: no other file is read" err
	unharmed
'

#
# A repository.
#

# Whatever git can be told to run, it is told to.
cat >evil.sh <<'SCRIPT'
#!/bin/sh
touch "$MARKS/$(basename "$0")"
cat >/dev/null 2>&1 </dev/null
exit 0
SCRIPT
mkdir evil-bin
for name in fsmonitor external textconv command ssh gpg pager editor \
	askpass credential upload-pack alternate sequence hook filter; do
	cp evil.sh "evil-bin/$name"
	chmod 755 "evil-bin/$name"
done
export MARKS="$marks"

# Subjects and authors in escapes, of a megabyte, as options; paths and refs
# that look like options, or like a shell's words.
evil_stream()
{
	python3 - "$esc" "$bell" <<'EOF'
import sys
esc, bell = sys.argv[1:]
out = sys.stdout.buffer
def put(text):
	out.write(text.encode() + b"\n")
subjects = ["base", esc + "]0;owned" + bell + esc + "[2J",
	"--output=pwned", "x" * 1000000, "\u202ereversed\u009b31m",
	"-n", "last"]
for n, subject in enumerate(subjects, 1):
	put("commit refs/heads/main")
	put("mark :%d" % n)
	put("author --exec=%s[31m <-x@%s> %d +0000" %
		(esc, esc, 1700000000 + n))
	put("committer C <c@c> %d +0000" % (1700000000 + n))
	put("data %d" % len(subject.encode()))
	put(subject)
	put("M 644 inline number\ndata 2\n%d\n" % n)
	if n == 1:
		put("M 644 inline .gitattributes\ndata 34\n"
			"* diff=evil filter=evil text=auto\n")
		put('M 644 inline "--output=x"\ndata 1\nx')
		put('M 644 inline "a\\033[31m\\nb"\ndata 1\nx')
		put('M 644 inline "$(touch pwned)"\ndata 1\nx')
	put("reset refs/tags/e%d\nfrom :%d\n" % (n, n))
for ref in ("refs/heads/-x", "refs/heads/--output=pwned",
	"refs/tags/v1.0;touch${IFS}pwned", "refs/tags/-v2.0",
	"refs/tags/v9.9$(touch${IFS}pwned)", "refs/tags/v0.1"):
	put("reset %s\nfrom :1\n" % ref)
EOF
}

evil_config()
{
	git -C "$1" config core.fsmonitor "$tmp/evil-bin/fsmonitor"
	git -C "$1" config core.pager "$tmp/evil-bin/pager"
	git -C "$1" config core.editor "$tmp/evil-bin/editor"
	git -C "$1" config core.askPass "$tmp/evil-bin/askpass"
	git -C "$1" config core.sshCommand "$tmp/evil-bin/ssh"
	git -C "$1" config core.alternateRefsCommand "$tmp/evil-bin/alternate"
	git -C "$1" config sequence.editor "$tmp/evil-bin/sequence"
	git -C "$1" config credential.helper "$tmp/evil-bin/credential"
	git -C "$1" config diff.external "$tmp/evil-bin/external"
	git -C "$1" config diff.evil.textconv "$tmp/evil-bin/textconv"
	git -C "$1" config diff.evil.command "$tmp/evil-bin/command"
	git -C "$1" config gpg.program "$tmp/evil-bin/gpg"
	git -C "$1" config log.showSignature true
	git -C "$1" config filter.evil.smudge "$tmp/evil-bin/filter"
	git -C "$1" config filter.evil.clean "$tmp/evil-bin/filter"
	mkdir -p "$1/.git/evil-hooks"
	for hook in post-checkout reference-transaction post-index-change \
		pre-auto-gc; do
		cp "$tmp/evil-bin/hook" "$1/.git/evil-hooks/$hook"
	done
	git -C "$1" config core.hooksPath "$1/.git/evil-hooks"
}

git init -q -b main "$tmp/evil"
evil_stream | git -C "$tmp/evil" fast-import --quiet
git -C "$tmp/evil" checkout -q main
echo "policy = \"exit-code\"; test: { command = \"true\"; };" >true.cfg

cat >past.log <<LOG
git bisect start
# bad: [$(git -C evil rev-parse e7)] ${esc}[31mlast
git bisect bad $(git -C evil rev-parse e7)
# good: [$(git -C evil rev-parse e1)] base
git bisect good $(git -C evil rev-parse e1)
# bad: [$(git -C evil rev-parse e4)] x
git bisect bad $(git -C evil rev-parse e4)
git bisect good --output=pwned
git bisect bad -x
LOG

check "a repository of odd subjects, authors, paths and refs is bisected" '
	repo=$tmp/evil session=$tmp/odd
	begin true.cfg e7 e1 >out 2>&1
	culprit run --batch >>out 2>&1 || test $? = 2
	for words in status log range "log --format git" "status --json" \
		report "report --no-maintainers"; do
		culprit $words </dev/null
	done >>out 2>&1
	"$CULPRIT" replay "$tmp/past.log" --repo "$repo" --print >>out 2>&1
	clean out
	test "$(wc -c <out)" -lt 200000
	fails env LC_ALL=C grep -a -n "$(printf "\302\233")" out
	fails grep -a -n "$(printf "\342\200\256")" out
	test -z "$(find "$tmp" -name "pwned*")"
	test -z "$(find "$tmp" -name x -newer true.cfg)"
'

check "what begins like an option is never one" '
	repo=$tmp/evil session=$tmp/odd
	for name in -x --output=pwned --exec=x "-x^{/last}"; do
		fails culprit good "$name" 2>err
		fails culprit start -c $tmp/true.cfg "$name" 2>>err
		culprit good -- "$name" 2>>err || :
		"$CULPRIT" -C "$repo" --session-dir "$tmp/dash" start \
			-c "$tmp/true.cfg" -- "$name" e1 2>>err || :
		"$CULPRIT" next --repo "$repo" --bad "$name" --good e1 \
			2>>err || :
		rm -rf "$tmp/dash"
		clean err
	done
	(cd evil && "$CULPRIT" complete "" culprit good "") >words 2>&1 || :
	clean words
	test -z "$(find "$tmp" -name "pwned*")"
'

check "who only looks runs nothing that a repository names" '
	evil_config "$tmp/evil"
	repo=$tmp/evil session=$tmp/odd
	touch evil/number
	rm -f "$marks"/*
	"$CULPRIT" replay "$tmp/past.log" --repo "$repo" --print >out
	"$CULPRIT" replay "$tmp/past.log" --repo "$repo" --check >>out || :
	"$CULPRIT" replay "$session" --json >>out
	for words in status "status --json" log range report \
		"report --to" "log --format git" sessions; do
		culprit $words </dev/null
		unharmed
	done >>out 2>&1
	"$CULPRIT" next --repo "$repo" --bad e7 --good e1 >>out
	unharmed
'

# libgit2 1.5 leaks where a repository has extensions
check "nor does it fetch what a clone lacks" '
	export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"
	repo=$tmp/evil session=$tmp/odd
	git -C evil config remote.origin.url "$tmp/elsewhere"
	git -C evil config remote.origin.uploadpack "$tmp/evil-bin/upload-pack"
	git -C evil config remote.origin.promisor true
	git -C evil config extensions.partialClone origin
	git -C evil config core.repositoryFormatVersion 1
	blob=$(git -C evil rev-parse e4:number)
	git -C evil -c core.hooksPath=/dev/null repack -q -a -d 2>/dev/null
	git -C evil unpack-objects -q <"$(ls evil/.git/objects/pack/*.pack)" ||
		:
	mkdir packs
	mv evil/.git/objects/pack/* packs
	for pack in packs/*.pack; do
		git -C evil -c core.fsmonitor= unpack-objects -q <"$pack"
	done
	rm -f "evil/.git/objects/$(echo $blob | sed "s,^..,&/,")"
	rm -f "$marks"/*
	fails env GIT_NO_REPLACE_OBJECTS=1 git -C evil cat-file -e $blob
	test -e "$marks/upload-pack"
	rm -f "$marks"/*
	"$CULPRIT" replay "$tmp/past.log" --repo "$repo" --print >out
	for words in status log report "report --to e4" "report --to"; do
		culprit $words </dev/null || :
	done >>out 2>&1
	unharmed
'

#
# A reproducer.
#

cat >flood.sh <<'SCRIPT'
# daemons: of another session and with nothing of ours open
n=0
while test $n -lt 40; do
	setsid sh -c 'exec sleep 86399.25 >/dev/null 2>&1 </dev/null' &
	(setsid sleep 86399.25 &) &
	n=$((n + 1))
done
# a fork that goes on for ever
setsid sh -c 'while :; do sh -c "exec sleep 86399.25" & wait; done' &
trap "" TERM HUP INT
yes "$(printf '\033[31mflood')"
SCRIPT

left()
{
	pgrep -f "sleep 86399[.]25" >/dev/null
}

check "one that floods, forks and leaves daemons is over, and leaves none" '
	repo=$tmp/repo session=$tmp/flood
	cat >flood.cfg <<-SETTINGS
	policy = "exit-code";
	test: { command = "sh $tmp/flood.sh"; output_limit = 1;
		timeout = 20; };
	SETTINGS
	begin flood.cfg c3 c1
	culprit run --batch >out 2>&1 || test $? = 2
	fails left
	for console in "$session"/runs/*/*.console; do
		test "$(wc -c <"$console")" -le 1100000
	done
	culprit log >>out
	clean out
'

#
# Files: nobody else's to read, whatever the umask.
#

every_mode()
{
	rm -rf "$session" "$tmp/cache" "$tmp/one.culprit"
	(umask "$1"
	XDG_CACHE_HOME=$tmp/cache
	export XDG_CACHE_HOME
	begin modes.cfg c9 c1
	culprit run --batch || test $? = 2
	culprit note "a note"
	culprit export "$tmp/one.culprit"
	rm -rf "$tmp/in/modes"
	"$CULPRIT" -C "$repo" --session-dir "$tmp/in/modes" import \
		"$tmp/one.culprit"
	"$CULPRIT" replay "$tmp/past.log" --print) >said 2>&1
	cat said
	for folder in "$session" "$tmp/in/modes" "$tmp/cache"; do
		test ! -d "$folder" || modes "$folder" >>found
	done
	stat -c "%a f %n" "$tmp/one.culprit" >>found
	grep -v "^600 [fsp] \|^700 d " found && return 1
	grep "session.db$" found
	grep "\.console$" found
	grep "\.log$" found
}

cat >modes.cfg <<SETTINGS
policy = "exit-code";
build: { command = "echo built"; };
test: { command = "echo tested; test \$(cat number) -lt 5"; };
SETTINGS

for mask in 000 022 077; do
	check "what it makes is its user's alone, with umask $mask" '
		repo=$tmp/repo session=$tmp/modes
		every_mode $mask
	'
	rm -f found
done

plan
