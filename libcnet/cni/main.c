/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The main() of plugins.
 *
 * Everything is checked before the plugin is called; the transaction is committed after the result
 * has been written: what nobody was told of must not stay. This is the only file that writes to
 * standard output, and it does so by write(2), which leaves nothing to be flushed.
 */

#include <cnet/cni.h>
#include <cnet/version.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/bug.h"
#include "base/vec.h"
#include "cni/call.h"
#include "cni/fault.h"
#include "cni/json.h"
#include "cni/plugin.h"
#include "cni/result.h"
#include "cni/version.h"

struct session {
	struct cnet_cni_plugin plugin;
	struct cnet_cni_call call;
	char details[CNET__DETAILS]; /* of the error */
	int written;		     /* a part of the result, at least */
};

/* ---- Standard streams ---- */

/*
 * A stream that we were started without is replaced by one that fails, before a file or socket of
 * ours takes its number and gets what is meant for the stream.
 */
static int replace_closed_streams(void)
{
	const int useless[] = { O_WRONLY, O_RDONLY, O_WRONLY };
	struct pollfd streams[] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };
	size_t i;

	if (poll(streams, ARRAY_SIZE(streams), 0) <= 0)
		return 0;

	for (i = 0; i < ARRAY_SIZE(streams); i++) {
		/* open() takes the lowest number that is free, which is this one. */
		if ((streams[i].revents & POLLNVAL) != 0 && open("/dev/null", useless[i]) < 0)
			return -errno;
	}

	return 0;
}

static int read_input(char **ret, size_t *length, struct cnet_error *err)
{
	VEC(char) text = { 0 };

	/* One byte more than JSON may have, for which its reader will refuse it. */
	while (text.count <= CNET__JSON_MAX) {
		ssize_t n;

		if (vec_reserve(&text, 8192) < 0) {
			free(text.items);
			return cnet_error_set(err, ENOMEM, "standard input: out of memory");
		}
		n = read(STDIN_FILENO, text.items + text.count, text.room - text.count);
		if (n == 0)
			break;
		if (n < 0 && errno != EINTR) {
			free(text.items);
			return cnet_error_set(err, CNET_CNI_EIO, "error reading from stdin: %s",
					      strerror(errno));
		}
		text.count += n > 0 ? (size_t)n : 0;
	}

	*ret = text.items;
	*length = text.count;
	return 0;
}

static int write_output(const char *text, int *written, struct cnet_error *err)
{
	size_t length = strlen(text);

	while (length > 0) {
		ssize_t n = write(STDOUT_FILENO, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cnet_error_set(err, CNET_CNI_EIO, "error writing to stdout: %s",
					      strerror(errno));
		*written = 1;
		text += n;
		length -= (size_t)n;
	}

	return 0;
}

/* ---- Verbs ---- */

static int print_result(struct session *s, const struct cnet_cni_result *result,
			struct cnet_error *err)
{
	AUTO_FREE char *text = NULL;
	json_auto_t *json = NULL;
	int r;

	r = cnet__result_format(result, s->call.version, &json, err);
	if (r < 0)
		return r;
	r = cnet__json_format(json, 4, &text, err);
	if (r < 0)
		return r;

	return write_output(text, &s->written, err);
}

static int add(struct session *s, struct cnet_error *err)
{
	CNET_AUTO(cnet_cni_result) *result = NULL;
	struct cnet_error undo = { 0 };
	struct cnet_txn *txn = NULL;
	int r;

	bug_on(s->plugin.add == NULL);
	r = cnet__result_create(&result, err);
	if (r == 0)
		r = cnet_txn_open(&txn, err);
	if (r == 0)
		r = s->plugin.add(&s->call, txn, result, err);
	if (r == 0)
		r = print_result(s, result, err);
	if (r == 0)
		cnet_txn_commit(txn);

	if (cnet_txn_close(txn, &undo) < 0)
		return cnet_error_append(err, &undo);
	return r;
}

static int serve_verb(struct session *s, struct cnet_error *err)
{
	const enum cnet__verb verb = s->call.env.verb;

	if (verb == CNET__VERB_ADD)
		return add(s, err);
	if (verb == CNET__VERB_CHECK && s->call.previous == NULL)
		return cnet_error_set(err, CNET_CNI_ECONFIG, "required prevResult missing");
	if (verb == CNET__VERB_GC && !s->call.valid_given) /* nobody says what is valid */
		return 0;

	return cnet__plugin_call(&s->plugin, &s->call, verb, err);
}

static int serve(struct session *s, struct cnet_error *err)
{
	const enum cnet__verb verb = s->call.env.verb;
	int r;

	r = read_input(&s->call.input, &s->call.length, err);
	if (r == 0)
		r = cnet__call_read(&s->call, err);
	if (r == 0)
		r = cnet__plugin_serves(&s->plugin, verb, s->call.version, s->details, err);
	if (r == 0)
		r = cnet__call_read_verb(&s->call, err);
	if (r == 0 &&
	    (verb == CNET__VERB_ADD || verb == CNET__VERB_CHECK || verb == CNET__VERB_DEL))
		r = cnet__call_check_netns(&s->call, err);

	return r < 0 ? r : serve_verb(s, err);
}

static int print_versions(struct session *s, struct cnet_error *err)
{
	char list[CNET__VERSION_LIST], text[CNET__VERSION_LIST + 64];

	cnet__version_list(s->plugin.minimum, "\"", ",", list);
	snprintf(text, sizeof(text), "{\"cniVersion\":\"%s\",\"supportedVersions\":[%s]}\n",
		 CNET__VERSION_NEWEST, list);
	return write_output(text, &s->written, err);
}

/* nerdctl takes our version from this text. */
static int print_about(const struct session *s)
{
	char list[CNET__VERSION_LIST];

	cnet__version_list(s->plugin.minimum, "", ", ", list);
	dprintf(STDERR_FILENO, "CNI %s plugin v%s\nCNI protocol versions supported: %s\n",
		s->plugin.name, CNET_VERSION, list);
	return 0;
}

/* ---- Beginning and end ---- */

static int begin(struct session *s, const struct cnet_cni_plugin *const *plugins, const char *argv0,
		 struct cnet_error *err)
{
	const char *slash = strrchr(argv0, '/');
	const char *name = slash != NULL ? slash + 1 : argv0;
	struct cnet__env env;
	int r;

	r = cnet__plugin_find(plugins, name, &s->plugin, err);
	if (r == -ENOENT)
		return cnet_error_set(err, CNET_CNI_EBASE + CNET__FAULT_INTERNAL,
				      "\"%s\": not the name of a plugin in this program", name);
	if (r == 0)
		r = cnet__env_read(&env, err);
	if (r == 0)
		cnet__call_init(&s->call, &env, plugins);

	return r;
}

static int run(struct session *s, const struct cnet_cni_plugin *const *plugins, const char *argv0,
	       struct cnet_error *err)
{
	int r;

	r = begin(s, plugins, argv0, err);
	if (r < 0)
		return r;
	if (s->call.env.verb == CNET__VERB_NONE)
		return print_about(s);
	if (s->call.env.verb == CNET__VERB_VERSION)
		return print_versions(s, err);

	return serve(s, err);
}

static void report(struct session *s, const struct cnet_error *err)
{
	const char *version = s->call.version;
	AUTO_FREE char *text = NULL;
	int r;

	if (s->written) {
		dprintf(STDERR_FILENO, "%s\n", err->message);
		return;
	}

	if (version == NULL || !cnet__version_known(version))
		version = CNET__VERSION_NEWEST;
	r = cnet__fault_format(version, cnet__fault_number(err->code), err->message, s->details,
			       &text, NULL);
	if (r < 0 || write_output(text, &s->written, NULL) < 0)
		dprintf(STDERR_FILENO, "%s\n", err->message);
}

int cnet_cni_main_many(const struct cnet_cni_plugin *const *plugins, const char *argv0)
{
	struct cnet_error err = { 0 };
	struct session s = { 0 };
	int r;

	if (replace_closed_streams() < 0)
		return 1;
	signal(SIGPIPE, SIG_IGN); /* write() says it as well */

	r = run(&s, plugins, argv0 != NULL ? argv0 : "", &err);
	if (r < 0 && err.code == 0)
		ignore(cnet_error_set(&err, -r, "%s failed and does not say why", s.plugin.name));
	if (r < 0)
		report(&s, &err);
	cnet__call_close(&s.call);
	return r < 0 ? 1 : 0;
}

int cnet_cni_main(const struct cnet_cni_plugin *plugin)
{
	const struct cnet_cni_plugin *const plugins[] = { plugin, NULL };

	return cnet_cni_main_many(plugins, plugin->name);
}
