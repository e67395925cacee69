/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines: a table of options, and the environment variables that stand in for them. */

#include "cli.h"

#include <getopt.h>
#include <stdio.h>

#include "base/auto.h"

struct row {
	const char *name;
	const char *value;    /* what the help calls its value; NULL: has none */
	const char *variable; /* of the environment, as cnitool has them; NULL: none */
	const char *fallback;
	unsigned int needs; /* of enum accepts */
	char letter;
	const char *about;
};

enum {
	ALL = 1,
	ARGS,
	CACHE_DIR,
	CAP,
	CONF_DIR,
	CONTAINER_ID,
	HELP,
	IFNAME,
	PATH,
	VALID,
	ROWS,
};

/* clang-format off */
static const struct row rows[ROWS] = {
	[IFNAME] = { "ifname", "NAME", "CNI_IFNAME", "eth0", ACCEPTS_NETNS, 'i',
		"interface inside the container (CNI_IFNAME; eth0)" },
	[CONTAINER_ID] = { "container-id", "ID", NULL, NULL, ACCEPTS_NETNS, 0,
		"container's identifier (made from NETNS as cnitool does)" },
	[ARGS] = { "args", "KEY=VALUE;...", "CNI_ARGS", NULL, ACCEPTS_NETNS, 0,
		"arguments for the plugins (CNI_ARGS)" },
	[CAP] = { "cap", "JSON", "CAP_ARGS", NULL, ACCEPTS_NETNS, 0,
		"capability arguments, such as {\"portMappings\": ...} (CAP_ARGS)" },
	[VALID] = { "valid", "ID/IFNAME", NULL, NULL, ACCEPTS_VALID, 0,
		"an attachment that lives; may be repeated" },
	[ALL] = { "all", NULL, NULL, NULL, ACCEPTS_VALID, 0,
		"no attachment lives: free everything of the network" },
	[CONF_DIR] = { "conf-dir", "DIR", "NETCONFPATH", "/etc/cni/net.d", 0, 0,
		"configurations (NETCONFPATH; /etc/cni/net.d)" },
	[PATH] = { "path", "DIR:...", "CNI_PATH", "", 0, 0,
		"plugins, before cnet's own, /opt/cni/bin, /usr/lib/cni (CNI_PATH)" },
	[CACHE_DIR] = { "cache-dir", "DIR", NULL, NULL, 0, 0,
		"kept results (/var/lib/cni)" },
	[HELP] = { "help", NULL, NULL, NULL, 0, 'h',
		"this text" },
};
/* clang-format on */

static bool accepted(const struct verb *verb, const struct row *row)
{
	return row->name != NULL && (row->needs & ~verb->accepts) == 0;
}

void options_help(const struct verb *verb)
{
	const struct row *row;

	for (row = rows; row < rows + ROWS; row++) {
		int width;

		if (!accepted(verb, row))
			continue;
		width = row->letter != 0 ? printf("  -%c, --%s", row->letter, row->name)
					 : printf("      --%s", row->name);
		if (row->value != NULL)
			width += printf(" %s", row->value);
		printf("%*s%s\n", width < 28 ? 28 - width : 2, "", row->about);
	}
}

static int add_valid(struct options *options, char *text, struct cnet_error *err)
{
	char *slash = strchr(text, '/');
	struct cnet_attachment attachment = { .network = "x", .container = text };
	int r;

	if (slash == NULL)
		return cnet_error_set(err, EINVAL, "--valid \"%s\": not ID/IFNAME", text);

	*slash = '\0';
	attachment.ifname = slash + 1;
	r = cnet_attachment_check(&attachment, err);
	if (r < 0)
		return cnet_error_prefix(err, r, "--valid");
	if (vec_reserve(&options->valid, 1) < 0)
		return cnet_error_set(err, ENOMEM, "--valid: out of memory");

	vec_push(&options->valid, attachment);
	return 0;
}

static void declare(const struct verb *verb, struct option *longs)
{
	int i;

	for (i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];

		if (accepted(verb, row))
			*longs++ = (struct option){
				.name = row->name,
				.has_arg = row->value != NULL ? required_argument : no_argument,
				.val = i,
			};
	}
}

/* getopt's answer as a row: 0 for what is no option of this verb. */
static int row_of(const struct verb *verb, int answer)
{
	int i;

	for (i = 0; i < ROWS; i++) {
		if (accepted(verb, &rows[i]) && (answer == i || answer == rows[i].letter))
			return i;
	}

	return 0;
}

static int parse(const struct verb *verb, int argc, char **argv, struct options *options,
		 const char **values, struct cnet_error *err)
{
	const char *letters = verb->accepts & ACCEPTS_NETNS ? ":hi:" : ":h";
	struct option longs[ROWS + 1] = { { 0 } };
	int answer;

	declare(verb, longs);
	opterr = 0;
	while ((answer = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const char *given = argv[optind - 1];
		int row = row_of(verb, answer);
		int r;

		if (answer == ':')
			return cnet_error_set(err, EINVAL, "option \"%s\" wants a value", given);
		if (row == 0)
			return cnet_error_set(err, EINVAL, "cnet %s has no option \"%s\"",
					      verb->name, given);

		r = row == VALID ? add_valid(options, optarg, err) : 0;
		if (r < 0)
			return r;
		values[row] = rows[row].value != NULL ? optarg : rows[row].name;
	}

	return 0;
}

/* A variable that is empty counts as unset, as for cnitool. */
static void defaults(const char **values)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		const char *variable;

		if (values[i] != NULL)
			continue;
		variable = rows[i].variable != NULL ? getenv(rows[i].variable) : NULL;
		values[i] = variable != NULL && *variable != '\0' ? variable : rows[i].fallback;
	}
}

static int operands(const struct verb *verb, int argc, char **argv, struct options *options,
		    struct cnet_error *err)
{
	int wanted = verb->accepts & ACCEPTS_NETNS ? 2 : 1;

	if (argc != wanted || *argv[0] == '\0' || *argv[argc - 1] == '\0')
		return cnet_error_set(err, EINVAL, "usage: cnet %s %s", verb->name, verb->operands);

	options->network = argv[0];
	return wanted == 2 ? netns_path(argv[1], &options->netns, err) : 0;
}

static int attachment(struct options *options, const char **values, struct cnet_error *err)
{
	int r;

	if (values[CONTAINER_ID] == NULL) {
		r = netns_container(options->netns, &options->container, err);
		if (r < 0)
			return r;
		values[CONTAINER_ID] = options->container;
	}

	options->attachment = (struct cnet_runtime_attachment){
		.container = values[CONTAINER_ID],
		.ifname = values[IFNAME],
		.netns = options->netns,
		.args = values[ARGS],
		.capabilities = values[CAP],
	};
	return 0;
}

int options_read(const struct verb *verb, int argc, char **argv, struct options *options,
		 struct cnet_error *err)
{
	const char *values[ROWS] = { NULL };
	int r;

	r = parse(verb, argc, argv, options, values, err);
	if (r < 0)
		return r;
	options->help = values[HELP] != NULL;
	if (options->help)
		return 0;

	options->all = values[ALL] != NULL;
	defaults(values);
	r = operands(verb, argc - optind, argv + optind, options, err);
	if (r == 0 && options->netns != NULL)
		r = attachment(options, values, err);
	if (r == 0)
		r = plugin_path(values[PATH], &options->plugin_path, err);
	if (r < 0)
		return r;

	if (verb->accepts & ACCEPTS_VALID && options->all == (options->valid.count > 0))
		return cnet_error_set(
			err, EINVAL,
			"cnet %s frees what no valid attachment owns: name those that "
			"live with --valid, or say --all if none does",
			verb->name);

	options->conf_dir = values[CONF_DIR];
	options->runtime = (struct cnet_runtime_opts){ .size = sizeof(options->runtime),
						       .plugin_path = options->plugin_path,
						       .cache_dir = values[CACHE_DIR] };
	return 0;
}

void options_free(struct options *options)
{
	free(options->valid.items);
	free(options->container);
	free(options->netns);
	free(options->plugin_path);
}
