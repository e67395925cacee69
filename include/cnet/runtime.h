/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The runtime's side of CNI: load networks, run their plugins, keep their results. */
#ifndef CNET_RUNTIME_H
#define CNET_RUNTIME_H

#include <cnet/attachment.h>
#include <cnet/error.h>

CNET_BEGIN_DECLS

/**
 * struct cnet_network - a network's configuration: a validated list of plugins
 *
 * Plugins are processes: while one runs, SIGCHLD must not be ignored, and nobody else may wait for
 * any child of the caller's.
 *
 * Source: CNI specification 1.1.0, section 1.
 */
struct cnet_network;

/**
 * cnet_network_load() - find a network in a folder of configurations
 * @directory: such as /etc/cni/net.d
 * @name:      the network's name
 * @ret:       the network, to be released by cnet_network_free()
 * @err:       see struct cnet_error
 *
 * Files *.conflist are read in the order of their names, then *.conf and *.json, each of
 * which is a list of one plugin. The first of that name is taken. A list without plugins of its
 * own, or with some and loadOnlyInlinedPlugins not set, is completed from the *.conf
 * files in <directory>/<name>.
 *
 * A file before it that cannot be read, or a list without a name, might be the one that is
 * meant, and is an error. Single plugins without a name are passed over.
 *
 * Return: 0; -ENOENT: no such network; -CNET_CNI_EDECODE, -CNET_CNI_ECONFIG: the message
 * names the file and the member.
 */
CNET_API int cnet_network_load(const char *directory, const char *name, struct cnet_network **ret,
			       struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_network_parse() - read a network from text
 * @json:   a list ("plugins") or a single plugin's configuration ("type")
 * @length: bytes of @json
 * @ret:    the network, to be released by cnet_network_free()
 * @err:    see struct cnet_error
 *
 * Return: 0; -CNET_CNI_EDECODE, -CNET_CNI_ECONFIG.
 */
CNET_API int cnet_network_parse(const char *json, size_t length, struct cnet_network **ret,
				struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_network_list() - names of all networks in a folder
 * @directory: such as /etc/cni/net.d
 * @ret:       array of @count names in the order of their files; free each, then the array
 * @count:     how many
 * @err:       see struct cnet_error
 *
 * Return: 0, or as cnet_network_load().
 */
CNET_API int cnet_network_list(const char *directory, char ***ret, size_t *count,
			       struct cnet_error *err) CNET_NODISCARD;

/** cnet_network_name() - its name */
CNET_API const char *cnet_network_name(const struct cnet_network *network);

/** cnet_network_version() - the specification version that its plugins are called with */
CNET_API const char *cnet_network_version(const struct cnet_network *network);

/** cnet_network_free() - release it; NULL is allowed */
CNET_API void cnet_network_free(struct cnet_network *network);

static inline void cnet_network_auto(struct cnet_network **network)
{
	cnet_network_free(*network);
}

/**
 * struct cnet_runtime_opts - how plugins are run
 * @size:        of this struct; see CNET_OPTS()
 * @plugin_path: folders of plugins, separated by colons; becomes CNI_PATH
 * @cache_dir:   where results are kept; NULL: /var/lib/cni. Files are
 *               <cache_dir>/results/<network>-<container>-<ifname>, in libcni's format
 */
struct cnet_runtime_opts {
	size_t size;
	const char *plugin_path;
	const char *cache_dir;
};

/**
 * struct cnet_runtime_attachment - what a runtime says of an attachment
 * @container:    CNI_CONTAINERID
 * @ifname:       CNI_IFNAME
 * @netns:        CNI_NETNS; NULL or "" where it is gone (DEL)
 * @args:         CNI_ARGS, "KEY=value;KEY=value"; NULL: none
 * @capabilities: JSON object of capability arguments, such as
 *                {"portMappings": [...]}; NULL: none. Each plugin gets those that its
 *                configuration declares
 */
struct cnet_runtime_attachment {
	const char *container;
	const char *ifname;
	const char *netns;
	const char *args;
	const char *capabilities;
};

/**
 * cnet_network_add() - attach a container
 * @network:    the network
 * @attachment: container, interface, arguments
 * @opts:       where plugins are
 * @ret:        the result as JSON text; to be freed
 * @err:        see struct cnet_error
 *
 * Plugins run in order, each given the result of the one before; the last result is kept for CHECK
 * and DEL. If one fails, DEL is called for all, last first, before this returns; but not if it is
 * the first and an earlier ADD of the same attachment, which no DEL followed, is kept: what is in
 * its way works.
 *
 * Return: 0; the failing plugin's error, its name in the message (whatever code its error object
 * has, plus CNET_CNI_EBASE); -CNET_CNI_ECONFIG: a plugin is missing, and none was run; -EINVAL: no
 * namespace, or names, arguments or capabilities are not what they should be.
 */
CNET_API int cnet_network_add(struct cnet_network *network,
			      const struct cnet_runtime_attachment *attachment,
			      const struct cnet_runtime_opts *opts, char **ret,
			      struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_network_del() - detach a container
 *
 * Plugins run last first. One that fails does not stop the others; the kept result goes once all
 * have succeeded. Arguments and capabilities that @attachment does not give are taken from what
 * ADD kept.
 *
 * Return: 0, also if there is nothing; the plugins' errors, with the code of the first; -EINVAL.
 */
CNET_API int cnet_network_del(struct cnet_network *network,
			      const struct cnet_runtime_attachment *attachment,
			      const struct cnet_runtime_opts *opts,
			      struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_network_check() - is an attachment as it should be?
 *
 * Arguments and capabilities as for cnet_network_del().
 *
 * Return: 0, also if the network sets disableCheck; -CNET_CNI_EVERSION: before 0.4.0 there is no
 * CHECK; -CNET_CNI_EUNKNOWN: no ADD kept a result; the first failing plugin's error.
 */
CNET_API int cnet_network_check(struct cnet_network *network,
				const struct cnet_runtime_attachment *attachment,
				const struct cnet_runtime_opts *opts,
				struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_network_gc() - free what no valid attachment owns
 * @network: the network
 * @valid:   attachments that live; their member network is not looked at
 * @count:   of @valid; 0: none lives
 * @opts:    where plugins are
 * @err:     see struct cnet_error
 *
 * Attachments whose result is kept but that are not valid are detached; then each plugin's GC
 * is called (from version 1.1.0). Errors do not stop it. Does nothing if the network sets
 * disableGC.
 *
 * Return: 0; all errors, with the code of the first; -EINVAL: names that are none.
 */
CNET_API int cnet_network_gc(struct cnet_network *network, const struct cnet_attachment *valid,
			     size_t count, const struct cnet_runtime_opts *opts,
			     struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_network_status() - could ADD be served now?
 *
 * Return: 0, also before version 1.1.0; the first failing plugin's error.
 */
CNET_API int cnet_network_status(struct cnet_network *network, const struct cnet_runtime_opts *opts,
				 struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_network_validate() - are all plugins there, and do they serve the network's version?
 *
 * Each plugin's VERSION is called.
 *
 * Return: 0; -CNET_CNI_ECONFIG: a plugin is missing; -CNET_CNI_EVERSION: it does not serve the
 * version.
 */
CNET_API int cnet_network_validate(struct cnet_network *network,
				   const struct cnet_runtime_opts *opts,
				   struct cnet_error *err) CNET_NODISCARD;

CNET_END_DECLS

#endif
