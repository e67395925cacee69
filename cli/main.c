/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cnet: attach containers to CNI networks by hand. */

#include "cli.h"

#include <signal.h>
#include <stdio.h>

#include <cnet/cni.h>
#include <cnet/version.h>

#include "base/auto.h"

enum {
	EXIT_USAGE = 2,
};

static const struct verb *const verbs[] = {
	&verb_add, &verb_check, &verb_del, &verb_gc, &verb_status, &verb_version,
};

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	}

	return NULL;
}

static void help(FILE *stream)
{
	size_t i;

	fputs("usage: cnet VERB NETWORK ... [OPTION]...\n\n", stream);
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(stream, "  cnet %-7s %s\n               %s\n", verbs[i]->name,
			verbs[i]->operands, verbs[i]->about);
	fputs("\nNETNS is the path of a network namespace, or a name below /run/netns.\n"
	      "cnet VERB --help lists the verb's options; cnet --version says which cnet this "
	      "is.\n",
	      stream);
}

static void verb_help(const struct verb *verb)
{
	printf("usage: cnet %s %s [OPTION]...\n%s\n\n", verb->name, verb->operands, verb->about);
	options_help(verb);
}

/* Names of CNI specification 1.1.0, "Error". */
static const char *code_name(int code)
{
	switch (code) {
	case CNET_CNI_EVERSION:
		return "incompatible version";
	case CNET_CNI_EFIELD:
		return "unsupported field";
	case CNET_CNI_EUNKNOWN:
		return "container unknown";
	case CNET_CNI_EENVIRONMENT:
		return "invalid environment";
	case CNET_CNI_EIO:
		return "I/O failure";
	case CNET_CNI_EDECODE:
		return "malformed JSON";
	case CNET_CNI_ECONFIG:
		return "invalid configuration";
	case CNET_CNI_ENETNS:
		return "invalid namespace";
	case CNET_CNI_EAGAIN:
		return "try again later";
	case CNET_CNI_EUNAVAILABLE:
		return "plugin not available";
	case CNET_CNI_ELIMITED:
		return "plugin not available, connectivity may be limited";
	case CNET_CNI_EBASE + 999: /* what the reference's plugins say where they have no code */
		return "internal error";
	default:
		return "the plugin's own";
	}
}

static void complain(const struct cnet_error *err)
{
	fprintf(stderr, "cnet: %s", err->message);
	if (err->code >= CNET_CNI_EBASE)
		fprintf(stderr, " (CNI code %d: %s)", err->code - CNET_CNI_EBASE,
			code_name(err->code));
	fputc('\n', stderr);
}

static int run(const struct verb *verb, const struct options *options)
{
	CNET_AUTO(cnet_network) *network = NULL;
	struct cnet_error err = { 0 };
	int r;

	r = cnet_network_load(options->conf_dir, options->network, &network, &err);
	if (r == 0)
		r = verb->run(network, options, &err);
	if (r == 0 && fflush(stdout) != 0)
		r = cnet_error_set(&err, errno, "standard output: %s", strerror(errno));
	if (r < 0)
		complain(&err);

	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_verb(const struct verb *verb, int argc, char **argv)
{
	struct options options = { 0 };
	struct cnet_error err = { 0 };
	int status;
	int r;

	r = options_read(verb, argc, argv, &options, &err);
	if (r < 0) {
		complain(&err);
		status = EXIT_USAGE;
	} else if (options.help) {
		verb_help(verb);
		status = EXIT_SUCCESS;
	} else {
		status = run(verb, &options);
	}

	options_free(&options);
	return status;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct verb *verb = find_verb(name);

	/* Whoever started us may have it ignored, and then no plugin's status can be had. */
	signal(SIGCHLD, SIG_DFL);
	if (verb != NULL)
		return run_verb(verb, argc - 1, argv + 1);

	if (strcmp(name, "--version") == 0) {
		printf("cnet %s\n", cnet_version());
		return EXIT_SUCCESS;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		help(stdout);
		return EXIT_SUCCESS;
	}

	if (*name != '\0')
		fprintf(stderr, "cnet: no verb \"%s\"\n", name);
	help(stderr);
	return EXIT_USAGE;
}
