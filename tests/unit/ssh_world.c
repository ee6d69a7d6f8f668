/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/ssh_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tests/unit/scratch.h"

/*
 * libssh2 1.10 forgets a key of libcrypto's for each key exchange that does
 * not come to its end.  ssh_parts holds us to our own.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libcrypto\n";
}

/* What all tests of the program share. */
static struct {
	char *folder;
	char user[64];
	bool dropbear;
	char **strings; /* freed at the end */
	size_t count;
	size_t room;
} shared;

static const char *keep(char *text)
{
	array_grow(shared.strings, shared.count + 1, &shared.room);
	shared.strings[shared.count++] = text;
	return text;
}

static int shell(const char *command)
{
	pid_t child = fork();

	if (child == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return scratch_wait(child);
}

void sh(const char *format, ...)
{
	struct buf command;
	va_list args;

	buf_init(&command, 0);
	va_start(args, format);
	buf_vprintf(&command, format, args);
	va_end(args);
	if (shell(command.text) != 0)
		fail_msg("%s", command.text);
	buf_release(&command);
}

static bool found(const char *program)
{
	char *command =
		xasprintf("PATH=$PATH:/usr/sbin:/sbin command -v %s", program);
	bool there = shell(command) == 0;

	free(command);
	return there;
}

const char *world_key(const char *name)
{
	return keep(xasprintf("%s/%s", shared.folder, name));
}

const char *world_path(const struct ssh_world *world, const char *name)
{
	return keep(xasprintf("%s/%s", world->folder, name));
}

const char *world_user(void)
{
	return shared.user;
}

bool world_has_dropbear(void)
{
	return shared.dropbear;
}

void write_file(const char *path, const void *bytes, size_t length)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* Our own user has its home in the folder, for dropbear's authorized_keys. */
static bool enter_home(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	char map[64];
	int fd;

	if (uid != 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
			return false;
		fd = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
		if (fd >= 0) {
			if (write(fd, "deny", 4) < 0)
				return false;
			close(fd);
		}
		snprintf(map, sizeof(map), "%u %u 1", uid, uid);
		fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
		if (write(fd, map, strlen(map)) < 0)
			return false;
		close(fd);
		snprintf(map, sizeof(map), "%u %u 1", gid, gid);
		fd = open("/proc/self/gid_map", O_WRONLY | O_CLOEXEC);
		if (write(fd, map, strlen(map)) < 0)
			return false;
		close(fd);
	} else if (unshare(CLONE_NEWNS) < 0) {
		return false;
	}
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(world_key("passwd"), "/etc/passwd", NULL, MS_BIND, NULL) ==
		       0;
}

static int try_home(void *data)
{
	(void)data;
	return enter_home() ? 0 : 1;
}

static void make_keys(void)
{
	sh("cd %s && umask 077 && "
	   "for t in ed25519 ecdsa rsa; do "
	   "test $t = rsa && bits=2048 || bits=256; "
	   "ssh-keygen -q -t $t -b $bits -N '' -C host -f host_$t || exit 1; "
	   "done && "
	   "ssh-keygen -q -t ed25519 -N '' -C one -f id_ed25519 && "
	   "ssh-keygen -q -t ecdsa -N '' -C two -f id_ecdsa && "
	   "ssh-keygen -q -t ecdsa -b 384 -m PEM -N '' -f id_ecdsa_pem && "
	   "ssh-keygen -q -t rsa -b 1024 -N '' -C three -f id_rsa && "
	   "ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f id_rsa_pem && "
	   "ssh-keygen -q -t rsa -b 2048 -m PKCS8 -N '' -f id_rsa_pkcs8 && "
	   "ssh-keygen -q -t ed25519 -N secret -f id_secret && "
	   "ssh-keygen -q -t rsa -b 1024 -m PEM -N secret -f id_secret_pem && "
	   "mkdir -p home/.ssh && cat id_*.pub >home/.ssh/authorized_keys && "
	   "ssh-keygen -q -t ed25519 -N '' -C stranger -f stranger && "
	   "ssh-keygen -q -t rsa -b 1024 -N '' -C stranger -f stranger_rsa",
	   shared.folder);
}

static void make_passwd(void)
{
	char *passwd = xasprintf("%s:x:%u:%u::%s/home:/bin/sh\n", shared.user,
				 getuid(), getgid(), shared.folder);

	write_file(world_key("passwd"), passwd, strlen(passwd));
	sh("cat /etc/passwd >>%s", world_key("passwd"));
	free(passwd);
}

static void make_dropbear(void)
{
	if (!found("dropbear") || !found("dropbearkey"))
		return;
	sh("cd %s && for t in ed25519 ecdsa rsa; do "
	   "test $t = rsa && bits=1024 || bits=256; "
	   "dropbearkey -t $t -s $bits -f drop_$t && "
	   "dropbearkey -y -f drop_$t | grep ' AAAA' >drop_$t.pub || exit 1; "
	   "done",
	   shared.folder);
	shared.dropbear = scratch_child(try_home, NULL) == 0;
}

static const char *prepare(void)
{
	struct passwd *own = getpwuid(getuid());

	if (!found("sshd") || !found("ssh-keygen") || !found("ssh-agent"))
		return "openssh-server and openssh-client are missing";
	if (!own)
		return "this user has no name";
	str_copy(shared.user, sizeof(shared.user), own->pw_name);
	if (getuid() == 0)
		mkdir("/run/sshd", 0755);
	shared.folder = scratch_make();
	make_keys();
	make_passwd();
	make_dropbear();
	if (!shared.dropbear)
		printf("# dropbear is left out: no dropbear-bin, or no "
		       "namespaces\n");
	return NULL;
}

bool world_begin(int argc, char **argv)
{
	const char *missing = prepare();

	if (missing) {
		printf("1..0 # SKIP %s\n", missing);
		return false;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return true;
}

void world_end(void)
{
	scratch_remove(shared.folder);
	for (size_t i = 0; i < shared.count; i++)
		free(shared.strings[i]);
	free(shared.strings);
}

int world_set_up(void **state)
{
	struct ssh_world *world = xcalloc(1, sizeof(*world));

	assert_int_equal(uv_loop_init(&world->loop), 0);
	world->folder = scratch_make();
	buf_init(&world->result.output, 65536);
	world->server.fd = -1;
	world->server.cut_after = -1;
	world->spec = (struct ssh_spec){
		.host = "127.0.0.1",
		.user = shared.user,
		.key_files = world->files,
		.trust_first = true,
	};
	world->connect = (struct ssh_connect){
		.timeout_ms = PATIENCE_MS,
		.done = world_done,
		.data = world,
	};
	use_keys(world, "id_ed25519", NULL);
	*state = world;
	return 0;
}

const char *sleeps(struct ssh_world *world)
{
	return keep(xasprintf("echo $$ >>%s/sleepers; echo x; exec sleep 1000",
			      world->folder));
}

static void end_process(pid_t process)
{
	kill(process, SIGKILL);
	waitpid(process, NULL, 0);
}

int world_tear_down(void **state)
{
	struct ssh_world *world = *state;

	server_stop(&world->server);
	disconnect(world);
	assert_int_equal(uv_loop_close(&world->loop), 0);
	for (int i = 0; i < world->server.connections; i++)
		end_process(world->server.processes[i]);
	if (world->agent)
		end_process(world->agent);
	sh("! test -f %s/sleepers || kill -KILL $(cat %s/sleepers) || :",
	   world->folder, world->folder);
	scratch_remove(world->folder);
	buf_release(&world->result.output);
	free(world);
	return 0;
}

void use_keys(struct ssh_world *world, const char *first, ...)
{
	va_list args;
	int count = 0;

	va_start(args, first);
	for (const char *key = first; key; key = va_arg(args, const char *))
		world->files[count++] = *key == '/' ? key : world_key(key);
	va_end(args);
	world->files[count] = NULL;
}

/* In the child, instead of what a server would do with its connection. */
static void be_endless(int fd)
{
	char line[8192];

	memset(line, 'x', sizeof(line));
	for (size_t i = 99; i < sizeof(line); i += 100)
		line[i] = '\n';
	while (write(fd, line, sizeof(line)) > 0)
		;
	_exit(0);
}

/* Who closes with something unread resets the connection. */
static void be_other(int fd)
{
	char scrap[64];

	if (write(fd, "\n220 mail\n", 10) == 10) {
		while (read(fd, scrap, sizeof(scrap)) > 0)
			;
	}
	_exit(0);
}

static void exec_openssh(const struct server *server)
{
	const char *types = server->host_keys ? server->host_keys : "ed25519";
	char *path = xasprintf("%s/sshd_config.%d", server->world->folder,
			       server->connections);
	FILE *file = fopen(path, "we");

	for (const char *type = types; *type;) {
		size_t length = strcspn(type, " ");

		fprintf(file, "HostKey %s/host_%.*s\n", shared.folder,
			(int)length, type);
		type += length;
		type += strspn(type, " ");
	}
	fprintf(file,
		"AuthorizedKeysFile %s/home/.ssh/authorized_keys\n"
		"StrictModes no\nUsePAM no\nPasswordAuthentication no\n"
		"KbdInteractiveAuthentication no\nLogLevel VERBOSE\n%s\n",
		shared.folder,
		server->options ? server->options
				: "Subsystem sftp internal-sftp");
	fclose(file);
	execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-i", "-e", "-f", path,
	      (char *)NULL);
}

static void exec_dropbear(const struct server *server)
{
	const char *types = server->host_keys ? server->host_keys : "ed25519";
	char *argv[16] = { xstrdup("dropbear"), xstrdup("-i"), xstrdup("-s") };
	int count = 3;

	for (const char *type = types; *type && count < 14;) {
		size_t length = strcspn(type, " ");

		argv[count++] = xstrdup("-r");
		argv[count++] = xasprintf("%s/drop_%.*s", shared.folder,
					  (int)length, type);
		type += length;
		type += strspn(type, " ");
	}
	if (!enter_home())
		_exit(99);
	execv("/usr/sbin/dropbear", argv);
}

static bool pass(int from, int to)
{
	char bytes[16384];
	ssize_t got = read(from, bytes, sizeof(bytes));

	return got > 0 && write(to, bytes, (size_t)got) == got;
}

/* Stands between: what goes to the peer (from the server) is counted. */
static void be_between(const struct server *server, int peer, int inner)
{
	struct pollfd fds[2] = { { .fd = peer, .events = POLLIN },
				 { .fd = inner, .events = POLLIN } };
	int64_t left = server->cut_after;

	while (poll(fds, 2, -1) > 0) {
		char bytes[4096];
		ssize_t got;

		if (fds[0].revents && !pass(peer, inner))
			_exit(0);
		if (!fds[1].revents)
			continue;
		got = read(inner, bytes, sizeof(bytes));
		if (got <= 0)
			_exit(0);
		if (left >= 0 && got > left) {
			if (!server->flips) {
				if (left > 0 &&
				    write(peer, bytes, (size_t)left) < 0)
					_exit(1);
				_exit(0);
			}
			bytes[left] ^= 0x10;
			left = -1;
		} else if (left >= 0) {
			left -= got;
		}
		if (write(peer, bytes, (size_t)got) < 0)
			_exit(0);
	}
	_exit(0);
}

static int put_between(const struct server *server, int fd)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		_exit(1);
	if (fork() > 0) { /* it stays the process that is killed */
		close(pair[1]);
		be_between(server, fd, pair[0]);
	}
	close(pair[0]);
	return pair[1];
}

static void serve(const struct server *server, int fd)
{
	char *log = xasprintf("%s/log.%d", server->world->folder,
			      server->connections);
	int err = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	if (server->kind == SERVER_ENDLESS)
		be_endless(fd);
	if (server->kind == SERVER_PLAY) {
		server->play(fd);
		_exit(0);
	}
	if (server->kind == SERVER_OTHER)
		be_other(fd);
	if (server->cut_after >= 0)
		fd = put_between(server, fd);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (server->kind == SERVER_OPENSSH && getuid() == 0)
		enter_home(); /* for a shell that starts fast */
	if (server->kind == SERVER_OPENSSH)
		exec_openssh(server);
	else
		exec_dropbear(server);
	_exit(127);
}

/* Everything but the standard descriptors and this is for the test alone. */
static void on_connection(uv_poll_t *poll, int status, int events)
{
	struct server *server = poll->data;
	int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);

	(void)events;
	assert_int_equal(status, 0);
	if (fd < 0)
		return;
	if (server->kind == SERVER_CLOSES) {
		close(fd);
		return;
	}
	assert_true((size_t)server->connections <
		    sizeof(server->processes) / sizeof(server->processes[0]));
	if (server->kind != SERVER_SILENT) {
		pid_t child = fork();

		if (child == 0)
			serve(server, fd);
		server->processes[server->connections++] = child;
		close(fd);
		return;
	}
	/* Held open by a process that does nothing. */
	server->processes[server->connections] = fork();
	if (server->processes[server->connections++] == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	close(fd);
}

void server_reserve(struct ssh_world *world)
{
	struct server *server = &world->server;
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) },
	};
	socklen_t size = sizeof(address);

	server->fd =
		socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_true(server->fd >= 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *)&address, size),
			 0);
	assert_int_equal(
		getsockname(server->fd, (struct sockaddr *)&address, &size), 0);
	server->port = ntohs(address.sin_port);
	world->spec.port = server->port;
}

void server_listen(struct ssh_world *world, enum server_kind kind)
{
	struct server *server = &world->server;

	server->kind = kind;
	server->world = world;
	assert_int_equal(listen(server->fd, 16), 0);
	assert_int_equal(uv_poll_init(&world->loop, &server->poll, server->fd),
			 0);
	server->poll.data = server;
	uv_poll_start(&server->poll, UV_READABLE, on_connection);
	/* Only the connection keeps the loop going. */
	uv_unref((uv_handle_t *)&server->poll);
	server->listening = true;
}

void server_start(struct ssh_world *world, enum server_kind kind)
{
	server_reserve(world);
	server_listen(world, kind);
}

void server_stop(struct server *server)
{
	if (server->listening)
		uv_close((uv_handle_t *)&server->poll, NULL);
	server->listening = false;
	if (server->fd >= 0)
		close(server->fd);
	server->fd = -1;
}

/*
 * sshd has children, with the connection: the whole family.  Each is stopped
 * before its children are killed, or it would still tell the peer how its
 * command ended.
 */
void server_kill(struct server *server)
{
	char *command =
		xasprintf("family() { kill -STOP $1; "
			  "for c in $(cat /proc/$1/task/*/children "
			  "2>/dev/null); do family $c; done; kill -KILL $1; }; "
			  "family %d; :",
			  server->processes[server->connections - 1]);

	shell(command);
	free(command);
}

char *known_line(const struct ssh_world *world, const char *type)
{
	char *path = xasprintf(
		"%s/%s_%s.pub", shared.folder,
		world->server.kind == SERVER_DROPBEAR ? "drop" : "host", type);
	FILE *file = fopen(path, "re");
	char line[2048] = "";

	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	free(path);
	line[strcspn(line, "\n")] = '\0';
	return xstrdup(line);
}

const char *known_hosts(struct ssh_world *world, const char *types)
{
	const char *path = world_path(world, "known_hosts");
	struct buf text;

	buf_init(&text, 0);
	while (*types) {
		char type[32] = "";
		size_t length = strcspn(types, " ");
		char *line;

		memcpy(type, types, length);
		line = known_line(world, type);
		buf_printf(&text, "[127.0.0.1]:%d %s\n", world->server.port,
			   line);
		free(line);
		types += length;
		types += strspn(types, " ");
	}
	write_file(path, text.text, text.length);
	buf_release(&text);
	world->spec.trust_first = false;
	world->spec.known_hosts = path;
	return path;
}

void agent_start(struct ssh_world *world)
{
	const char *path = world_path(world, "agent");
	int ready[2];
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	world->agent = fork();
	if (world->agent == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ready[1], STDOUT_FILENO);
		execlp("ssh-agent", "ssh-agent", "-D", "-a", path,
		       (char *)NULL);
		_exit(127);
	}
	close(ready[1]);
	/* It prints its environment when the socket is there. */
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	world->spec.agent = path;
}

void agent_add(struct ssh_world *world, const char *key)
{
	sh("SSH_AUTH_SOCK=%s ssh-add -q %s", world->spec.agent, world_key(key));
}

static void set_text(struct result *result, const struct error *err)
{
	assert_non_null(err);
	assert_int_equal(result->end == SSH_DONE, err->text[0] == '\0');
	str_copy(result->text, sizeof(result->text), err->text);
}

void world_done(void *data, enum ssh_end end, const struct error *err)
{
	struct ssh_world *world = data;

	uv_stop(&world->loop);
	world->result.ended++;
	world->result.end = end;
	set_text(&world->result, err);
}

void world_output(void *data, const char *bytes, size_t length)
{
	struct ssh_world *world = data;

	assert_int_equal(world->result.ended, 0);
	world->result.received += (int64_t)length;
	buf_add(&world->result.output, bytes, length);
}

void world_run_end(void *data, const struct ssh_run_end *end)
{
	struct ssh_world *world = data;
	struct result *result = &world->result;

	uv_stop(&world->loop);
	result->ended++;
	result->end = end->end;
	result->exit_status = end->exit_status;
	result->duration_ms = end->duration_ms;
	str_copy(result->exit_signal, sizeof(result->exit_signal),
		 end->exit_signal ? end->exit_signal : "");
	set_text(result, end->err);
}

static void forget(struct result *result)
{
	buf_clear(&result->output);
	result->ended = 0;
	result->received = 0;
	result->exit_status = -1;
}

static void on_impatience(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("nothing has ended for a minute");
}

void wait_end(struct ssh_world *world)
{
	uv_timer_t impatience;

	uv_timer_init(&world->loop, &impatience);
	uv_timer_start(&impatience, on_impatience, PATIENCE_MS, 0);
	while (world->result.ended == 0)
		uv_run(&world->loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&impatience, NULL);
	uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_int_equal(world->result.ended, 1);
}

enum ssh_end connect_now(struct ssh_world *world)
{
	struct error err = ERROR_INIT;

	if (!world->ssh)
		world->ssh = ssh_new(&world->loop, &world->spec);
	forget(&world->result);
	if (ssh_connect(world->ssh, &world->connect, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(world->result.ended, 0);
	wait_end(world);
	/* What is open may be lost again by now. */
	if (world->result.end != SSH_DONE)
		assert_false(ssh_is_open(world->ssh));
	return world->result.end;
}

void connected(struct ssh_world *world)
{
	if (connect_now(world) != SSH_DONE)
		fail_msg("%s", world->result.text);
}

void disconnect(struct ssh_world *world)
{
	ssh_free(world->ssh);
	world->ssh = NULL;
	uv_run(&world->loop, UV_RUN_DEFAULT);
}

enum ssh_end run_spec(struct ssh_world *world, const char *command,
		      struct ssh_run spec)
{
	struct error err = ERROR_INIT;

	spec.command = command;
	spec.on_output = spec.on_output ? spec.on_output : world_output;
	spec.on_end = world_run_end;
	spec.data = world;
	forget(&world->result);
	if (ssh_run(world->ssh, &spec, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(world->result.ended, 0);
	wait_end(world);
	return world->result.end;
}

int run_now(struct ssh_world *world, const char *command)
{
	if (run_spec(world, command, (struct ssh_run){ .input = NULL }) !=
	    SSH_DONE)
		fail_msg("%s", world->result.text);
	return world->result.exit_status;
}

enum ssh_end copy_now(struct ssh_world *world, const char *from, const char *to)
{
	const struct ssh_copy copy = {
		.from = from,
		.to = to,
		.mode = str_starts(to, "/dev/") ? 0666 : 0755,
		.timeout_ms = PATIENCE_MS,
		.done = world_done,
		.data = world,
	};
	struct error err = ERROR_INIT;

	forget(&world->result);
	if (ssh_copy(world->ssh, &copy, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(world->result.ended, 0);
	wait_end(world);
	return world->result.end;
}

void says(const struct ssh_world *world, const char *text)
{
	if (!strstr(world->result.text, text))
		fail_msg("'%s' is not in '%s'", text, world->result.text);
}
