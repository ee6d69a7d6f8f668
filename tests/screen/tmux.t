#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The screen on a real terminal, tmux's: what only a terminal can show.

. "$(dirname "$0")/../tap.sh"

command -v tmux >/dev/null || skip_all "there is no tmux"

TERM=xterm-256color
export TERM
unset TMUX NO_COLOR

# how the program itself dies is tested here, not how a sanitizer reports it
ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0
ASAN_OPTIONS=$ASAN_OPTIONS:handle_abort=0
export ASAN_OPTIONS

tmux()
{
	command tmux -L "culprit-test-$$" -f /dev/null "$@"
}

cleanup()
{
	outer kill-server 2>/dev/null || :
	tmux kill-server 2>/dev/null || :
}

page()
{
	tmux capture-pane -p -t s
}

keys()
{
	tmux send-keys -t s "$@"
}

# wait until what a command says matches, or not, for 10 seconds
until_says()
{
	for try in $(seq 200); do
		eval "$1" >"$tmp/said" 2>&1 || :
		grep -q -- "$2" "$tmp/said" && return 0
		sleep 0.05
	done
	cat "$tmp/said"
	return 1
}

shows()
{
	until_says page "$1"
}

is_full_screen()
{
	until_says "tmux display -p -t s '#{alternate_on}'" "^$1\$"
}

# the process of the screen: the pane's shell says it, it starts it by exec
pid_of_screen()
{
	cat "$tmp/pid"
}

git init -q repo
for i in 1 2 3 4 5 6 7 8 9; do
	git -C repo commit -q --allow-empty -m "change $i"
done
printf 'an \033[31mevil\033[0m \033]0;title\007subject \302\233 \342\200\256x' |
	git -C repo commit -q --allow-empty -F -
git -C repo commit -q --allow-empty -m "the last"
cd repo || exit 1
"$CULPRIT" start HEAD HEAD~10 >/dev/null || exit 1

# the screen as a child of an interactive shell, so that it can be suspended
cat >"$tmp/screen" <<END
echo \$\$ >"$tmp/pid"
exec "$CULPRIT"
END
tmux new-session -d -x 80 -y 24 -s s "TERM=$TERM PS1='\$ ' sh -i"
tmux set -g status off
tmux resize-window -t s -x 80 -y 24
begin="sh '$tmp/screen'; echo ended \$?"

check "it shows the session and the commit under test" '
	keys "clear; $begin" Enter
	shows "HAND"
	shows "^> 3"
	is_full_screen 1
'

check "a verdict is two keys and a reason" '
	keys v b
	keys -l "looks broken"
	keys Enter
	shows "BAD\*"
	"$CULPRIT" log | grep "looks broken"
'

check "undo is one key" '
	keys u
	until_says "page | sed -n 6p" "^> 3 \.\.\."
'

check "what another process orders appears by itself" '
	"$CULPRIT" skip -m "from outside"
	shows "SKIP\*"
'

check "what is marked with git in the worktree appears by itself, too" '
	git -C .git/culprit/1/worktree bisect good
	shows "marked in the worktree: good"
	"$CULPRIT" undo | grep "undone: good"
'

check "bytes of a commit never reach the terminal raw" '
	"$CULPRIT" pick HEAD~1
	tmux resize-window -t s -x 130 -y 30
	shows "an evil subject <9b> <U+202E>x"
	test "$(tmux display -p -t s "#{pane_title}")" != title
'

check "it fills a window that grows or shrinks" '
	tmux resize-window -t s -x 30 -y 6
	shows "too small: 30x6"
	tmux resize-window -t s -x 100 -y 30
	shows "steps to go"
	page | sed -n 30p | grep "q detach"
'

# press X Y [BUTTON]: the bytes of a mouse, as a terminal sends them
press()
{
	printf "\\033[<%d;%d;%dM\\033[<%d;%d;%dm" \
		"${3-0}" $(($1 + 1)) $(($2 + 1)) \
		"${3-0}" $(($1 + 1)) $(($2 + 1)) >"$tmp/bytes"
	tmux load-buffer "$tmp/bytes"
	tmux paste-buffer -r -t s
}

# row_of TEXT, and column_of it in that row
row_of()
{
	echo $(($(page | grep -n -m 1 -- "$1" | cut -d: -f1) - 1))
}

check "a click on a hint is its key, and one on a row chooses it" '
	press 2 29
	shows "Verdict for step"
	keys Escape
	until_says "page | grep -c Verdict" "^0"
	row=$(row_of "^ *1 *BAD")
	press 20 "$row"
	until_says "tmux display -p -t s \"#{cursor_y}\"" "^$row\$"
'

# A client of the same server in a window of its own: a real one needs a
# terminal, which another tmux is.
outer()
{
	command tmux -L "culprit-outer-$$" -f /dev/null "$@"
}

check "it goes on behind a client that leaves, and is there for the next" '
	outer new-session -d -x 100 -y 30 -s o \
		"env -u TMUX tmux -L culprit-test-$$ attach -t s"
	until_says "outer capture-pane -p -t o" "q detach"
	outer kill-server
	until_says "tmux list-clients -t s | wc -l" "^0$"
	keys 9
	shows "q back"
	outer new-session -d -x 100 -y 30 -s o \
		"env -u TMUX tmux -L culprit-test-$$ attach -t s"
	until_says "outer capture-pane -p -t o" "q back"
	keys q
	until_says "outer capture-pane -p -t o" "q detach"
	outer kill-server
	tmux set -t s window-size manual
	tmux resize-window -t s -x 100 -y 30
	shows "q detach"
'

check "C-z suspends it and fg brings it back" '
	keys C-z
	shows "Stopped\|Suspended"
	is_full_screen 0
	test "$(tmux display -p -t s "#{mouse_any_flag}")" = 0
	keys fg Enter
	shows "q detach"
	is_full_screen 1
	test "$(tmux display -p -t s "#{mouse_any_flag}")" = 1
'

check "C-c leaves nothing but a prompt" '
	keys v
	shows "Verdict for step"
	keys C-c
	until_says "page | grep -c Verdict" "^0"
	keys C-c
	shows "q leaves the screen"
'

check "q leaves it and gives the terminal back" '
	keys q
	shows "^ended"
	is_full_screen 0
'

for signal in TERM HUP SEGV; do
	check "SIG$signal gives the terminal back" "
		keys 'clear; $begin' Enter
		shows 'q detach'
		kill -$signal \$(pid_of_screen)
		shows '^ended'
		is_full_screen 0
		test \$(tmux display -p -t s '#{keypad_flag}') = 0
		test \$(tmux display -p -t s '#{mouse_any_flag}') = 0
		keys 'stty -a' Enter
		shows ' icanon'
		shows ' echo '
	"
done

check "after a kill -9 another screen shows the same" '
	keys "clear; $begin" Enter
	shows "q detach"
	kill -KILL $(pid_of_screen)
	until_says "kill -0 $(pid_of_screen) 2>&1 || echo gone" gone
	tmux respawn-pane -k -t s "sh $tmp/screen"
	shows "SKIP\*"
	shows "q detach"
	keys q
'

plan
