#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A person at the screen, on a terminal of the tests' own: keys through every
# view, windows of any size, and what the terminal is like after every death.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"
. "$top/tests/screen/lib.sh"

# how the program itself dies is tested here, not how a sanitizer reports it
ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0
ASAN_OPTIONS=$ASAN_OPTIONS:handle_abort=0
export ASAN_OPTIONS

cleanup()
{
	test ! -e "$tmp/engine" || kill "$(cat "$tmp/engine")" 2>/dev/null || :
}

check "a session with all that can happen is made" story

check "keys lead through every view and back" '
	screen <<-END
	wait steps to go
	wait q detach
	cursor d72fe78c94ea
	key k k k
	idle
	cursor 66acf14e0ab7
	key g
	idle
	cursor e28804cb040a
	key Down G Up
	idle
	cursor 997441d29978
	key 3
	wait q back
	idle
	key j Down C-d C-u PgDn PgUp End Home G g
	idle
	key q
	wait q detach
	key 6
	wait Why this commit
	key 7
	wait diff --git
	key l l h G g
	idle
	key 9
	wait engine ended
	key Esc
	wait q detach
	clean
	key q
	ended 0
	restored
	END
'

check "a search says where it is, and goes on" '
	screen <<-END
	key 9
	wait q back
	key g /
	text begin run
	key Enter
	idle
	cursor begin run 0 of
	key n n
	idle
	cursor begin run
	key N Esc
	wait q detach
	clean
	END
'

check "what git says of the chosen step comes by itself" '
	screen <<-END
	resize 160x45
	wait q detach
	wait Author:
	key k
	wait commit $(git -C "$repo" rev-parse 997441d29978)
	wait Author:
	clean
	key q
	ended 0
	END
'

check "in the range git says what touched a path" '
	screen <<-END
	key 2
	wait row
	key g /
	wait subject, author or id
	text -- number
	key Enter
	wait commits of the range touched it
	key /
	text -- nowhere
	key Enter
	wait no commit of the range touched
	key /
	text -- :(nonsense)x
	key Enter
	wait nonsense
	clean
	END
'

# 8 GB of nothing: what takes seconds is seen to go on, and can be left
check "a search of much leaves the keys alive" '
	cp -r "$session" "$tmp/much"
	session=$tmp/much
	for file in "$session"/runs/*/*.console; do
		truncate -s 8G "$file"
	done
	screen <<-END
	key k k 5
	wait q back
	key /
	text needle
	key Enter
	wait looking,
	key 9
	wait engine ended
	key 5
	wait looking,
	key 1
	wait q detach
	key q
	ended 0
	END
'

check "the palette completes, and help is there" '
	screen <<-END
	key :
	text not
	idle
	wait note
	key Esc
	gone :not
	key ?
	wait Decide
	key Esc
	wait q detach
	clean
	END
'

check "a verdict, a reason, undo and redo" '
	cp -r "$session" "$tmp/judged"
	session=$tmp/judged
	screen <<-END
	key k k
	idle
	cursor 287eb86e81a4
	key v s
	text Grüße vom Prüfstand
	wait Grüße vom Prüfstand
	key Enter
	wait SKIP*
	sh culprit log | grep "Grüße vom Prüfstand"
	key u
	gone SKIP*
	key C-r
	wait SKIP*
	key u
	gone SKIP*
	clean
	END
'

check "C-c ends a prompt and never the screen" '
	screen <<-END
	key :
	text quit
	key C-c
	gone :quit
	key v
	idle
	key C-c C-c
	idle
	wait q detach
	key q
	ended 0
	END
'

for size in 1x1 2x2 39x9 40x10 40x12 79x23 80x24 100x30 160x45 200x60; do
	check "every view is whole in a window of $size" "
		{
			for key in 1 2 3 4 5 6 7 8 9 \\? Esc : Esc v Esc; do
				echo key \$key
				echo idle
			done
			echo clean
			echo key q q q
			echo ended 0
			echo restored
		} | screen $size
	"
done

check "the window may change while anything is shown" '
	{
		for view in 1 3 6 7 9; do
			for size in 1x1 200x60 39x9 40x10 100x30 20x60 200x5 \
				80x24; do
				echo key $view
				echo resize $size
				echo idle
			done
		done
		for prompt in : / v ?; do
			for size in 10x3 100x30 1x1 80x24; do
				echo key $prompt
				echo resize $size
				echo idle
				echo key Esc
				echo idle
			done
		done
		echo resize 100x30
		echo idle
		echo key 1
		echo wait steps to go
		echo row 30 ?
		echo clean
	} | screen
'

check "a key that means nothing keeps none that follows" '
	screen <<-END
	key k Insert k
	wait q detach
	cursor 287eb86e81a4
	END
'

check "the mouse chooses, opens, scrolls and presses keys" '
	screen <<-END
	wait 9c12cfd4e578
	row 8 5acb0896a909
	click 10 8
	cursor 5acb0896a909
	double 10 10
	cursor build ok
	click 10 9
	cursor 9c12cfd4e578
	key 9 g
	idle
	wait range: 20 commits known
	wait line 1 of
	wheel down 10 12
	wait line 4 of
	wheel up 10 12
	wait line 1 of
	key q
	wait q detach
	clean
	key q
	ended 0
	restored
	END
'

check "without the mouse the terminal is not asked for it" '
	screen 100x30 --mouse=off <<-END
	wait q detach
	clean
	raw $tmp/raw
	key q
	ended 0
	END
	fails grep -aq "1000h\|1006h" "$tmp/raw"
'

check "C-z gives the terminal back, fg takes it again" '
	screen <<-END
	key 9
	wait engine ended
	key C-z
	stopped
	restored
	resize 80x24
	fg
	full
	idle
	wait engine ended
	row 24 q
	key C-z
	stopped
	restored
	fg
	full
	key 1
	wait q detach
	clean
	key q
	ended 0
	restored
	END
'

for signal in TERM HUP INT QUIT SEGV ABRT BUS FPE ILL SYS TRAP PIPE ALRM USR1; do
	check "SIG$signal gives the terminal back and ends it" "
		screen <<-END
		key v
		idle
		kill $signal
		ended $signal
		restored
		clean
		END
	"
done

# the person's settings of the screen
settings()
{
	mkdir -p "$HOME/.config/culprit"
	echo "screen = { $* };" >"$HOME/.config/culprit/screen.cfg"
}

check "it calls once when it is done, in its own words and as is wished" '
	for way in "none " "bell \007" "notify \033]9;culprit is done\033\\\\" \
		"notify-777 \033]777;notify;culprit;culprit is done\033\\\\"; do
		session=$tmp/called
		rm -rf "$session"
		culprit start c3 c1
		settings "attention = \"${way%% *}\";"
		screen <<-END
		wait HAND
		sh culprit bad c2
		wait DONE
		idle
		sh culprit note "done"
		raw $tmp/written
		END
		printf "${way#* }" >call
		python3 - "$tmp/written" call <<-END
		import sys
		written, call = [open(name, "rb").read() for name in sys.argv[1:]]
		assert written.count(b"\a") == call.count(b"\a"), written
		assert written.count(b"\033]") == call.count(b"\033]"), written
		assert not call or written.count(call) == 1, written
		END
	done
	settings
'

check "what is said on standard error waits until the screen is gone" '
	echo "echo \$\$ >$tmp/pid; exec culprit" >aside
	for end in "key q q" "kill SEGV"; do
		screen <<-END
		key q
		ended 0
		start sh $tmp/aside
		full
		idle
		sh printf "it is\033[2J lost\n" >/proc/\$(cat $tmp/pid)/fd/2
		key 9
		idle
		gone lost
		$end
		ended any
		restored
		wait it is?[2J lost
		END
	done
'

check "a line that goes dead ends it" '
	screen <<-END
	hangup
	ended any
	END
'

check "after SIGKILL the next screen shows the same and restores all" '
	screen <<-END
	key 9
	wait engine ended
	kill KILL
	ended KILL
	start culprit
	idle
	wait steps to go
	key q
	ended 0
	END
'

# An engine whose runs never end, until the test is over.
check "the engine goes on behind a screen that leaves, and another joins" '
	session=$tmp/live
	fake_settings "$tmp/live.cfg" syzkaller/5/10 1 <<-END
	c10 runs=.~
	* runs=X
	END
	begin live.cfg c20 c1
	screen <<-END
	wait LIVE
	wait >
	sh culprit status | sed -n "s/^engine: process \([0-9]*\).*/\1/p" >$tmp/engine
	sh test -s $tmp/engine
	key q
	ended 0
	restored
	sh kill -0 \$(cat $tmp/engine)
	start culprit
	wait LIVE
	terminal 2
	start culprit
	wait LIVE
	terminal 1
	kill KILL
	ended KILL
	sh kill -0 \$(cat $tmp/engine)
	sh culprit note "said from outside"
	terminal 2
	key 9
	wait said from outside
	hangup
	ended any
	sh kill -0 \$(cat $tmp/engine)
	sh kill \$(cat $tmp/engine)
	END
'

check "the next screen begins where the last one left" '
	screen <<-END
	key g j j 9
	wait q back
	kill HUP
	ended HUP
	start culprit
	wait q back
	wait engine ended
	key q
	wait q detach
	cursor 9c12cfd4e578
	key Tab
	idle
	key q
	ended 0
	start culprit
	wait q detach
	idle
	cursor build ok
	END
	echo "view 99 row zz" >"$session/screen.place"
	echo "start culprit
	idle
	key q
	ended 0" | "$vt"
'

check "of two screens one steers, and the other reads until it takes over" '
	session=$tmp/two
	culprit start c9 c1
	screen <<-END
	wait HAND
	gone READS
	terminal 2
	start culprit
	full
	wait READS
	wait steers this session: O takes it over
	key v
	wait steers this session: O takes it over
	gone Verdict
	key u
	idle
	sh test "\$(culprit log | wc -l)" = 5
	key O
	wait this screen steers
	gone READS
	terminal 1
	wait READS
	wait has taken over: O takes it back
	key : u n d o Enter
	wait steers this session
	terminal 2
	key v b
	text from the second
	key Enter
	wait BAD*
	terminal 1
	wait BAD*
	terminal 2
	kill KILL
	ended KILL
	terminal 1
	key u
	wait undone
	gone READS
	terminal 2
	start culprit take-over
	gone READS
	wait HAND
	terminal 1
	wait READS
	terminal 2
	key q
	ended 0
	terminal 1
	gone READS
	key q
	ended 0
	restored
	END
'

check "whichever of two screens is killed, the engine goes on and one steers" '
	session=$tmp/watched
	fake_settings "$tmp/watched.cfg" syzkaller/1/1 1 <<-END
	c10 runs=~
	$(for n in 1 2 3 4 5 6 7 8 9; do echo "c$n runs=."; done)
	* runs=X
	END
	begin watched.cfg c20 c1
	cat >"$tmp/bin/holder" <<-END
	#!/bin/sh
	read -r pid host <"$session/lock" && echo \$pid
	END
	chmod +x "$tmp/bin/holder"
	screen <<-END
	wait LIVE
	wait > run
	sh holder >"$tmp/engine"
	terminal 2
	start culprit
	full
	wait READS
	kill KILL
	ended KILL
	terminal 3
	start culprit
	full
	wait READS
	wait > run
	terminal 1
	idle
	gone READS
	kill KILL
	ended KILL
	terminal 3
	gone READS
	wait LIVE
	sh kill -0 \$(cat "$tmp/engine")
	sh test "\$(holder)" = "\$(cat "$tmp/engine")"
	key v g
	text nobody saw it
	key Enter
	wait first bad commit
	terminal 4
	start culprit
	full
	wait READS
	wait first bad commit
	key q
	ended 0
	terminal 3
	key q
	ended 0
	restored
	END
	rm "$tmp/engine"
	culprit status | grep "^$(full c11) is the first bad commit"
'

check "colours are told by NO_COLOR, the terminal and the command line" '
	rm -rf "$session"
	culprit start c9 c1
	coloured()
	{
		rm -f "$session/screen.place"
		{
			echo "start env $*"
			printf "wait q detach\nidle\nkey j k\nidle\nraw $tmp/raw\n"
			printf "key q\nended 0\nrestored\n"
		} | "$vt"
		python3 - "$tmp/raw" <<-END
		import re, sys
		written = open(sys.argv[1], "rb").read()
		found = re.findall(rb"\033\[[0-9;]*?\b(?:3[0-7]|38;5)[0-9;]*m", written)
		print("coloured" if found else "plain")
		END
	}
	coloured culprit | grep -x coloured
	coloured NO_COLOR=1 culprit | grep -x plain
	coloured NO_COLOR=1 culprit --color=always | grep -x coloured
	coloured culprit --color=never | grep -x plain
	coloured TERM=vt100 culprit | grep -x plain
	settings "colour = \"256\"; background = \"light\";"
	coloured culprit | grep -x coloured
	grep -a "38;5;28m" "$tmp/raw"
	settings "colour = \"never\";"
	coloured culprit | grep -x plain
	settings
'

check "a mistake in the settings is told before anything is shown" '
	settings "colour = \"loud\";"
	printf "size 200x24\nstart culprit\nended 1\nrestored\nwait screen.cfg:1: screen.colour: expected \n" | "$vt"
	settings
'

check "an engine at work moves the page, but not where it is to be plain" '
	session=$tmp/plain
	fake_settings "$tmp/plain.cfg" syzkaller/5/10 1 <<-END
	c10 runs=.~
	* runs=X
	END
	begin plain.cfg c20 c1
	screen <<-END
	wait LIVE
	terminal 2
	start culprit --plain
	full
	wait LIVE
	wait 1 > run
	idle
	quiet 100000
	terminal 1
	wait > run      0:1
	terminal 2
	quiet 0
	sh culprit note "an event"
	key 9
	wait an event
	key q q
	ended 0
	sh culprit stop
	END
'

plan
