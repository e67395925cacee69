/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin kit: a CNI plugin in C in a screenful. See docs/writing-a-plugin.md. */
#ifndef CNET_CNI_H
#define CNET_CNI_H

#include <cnet/attachment.h>
#include <cnet/error.h>
#include <cnet/netns.h>
#include <cnet/txn.h>
#include <cnet/value.h>

CNET_BEGIN_DECLS

/**
 * enum cnet_cni_code - errors that have a number of their own in CNI
 *
 * They are used as codes of struct cnet_error beside errno values, which they
 * do not overlap. An errno value becomes 11 (EAGAIN, EBUSY), 5 (EIO, ENOSPC, EROFS, EDQUOT, EMFILE,
 * ENFILE) or 100 plus its number in the error object.
 *
 * Source: CNI specification 1.1.0, "Error".
 */
enum cnet_cni_code {
	CNET_CNI_EBASE = 0x10000,
	CNET_CNI_EVERSION = CNET_CNI_EBASE + 1,	     /* incompatible CNI version */
	CNET_CNI_EFIELD = CNET_CNI_EBASE + 2,	     /* unsupported field */
	CNET_CNI_EUNKNOWN = CNET_CNI_EBASE + 3,	     /* container unknown */
	CNET_CNI_EENVIRONMENT = CNET_CNI_EBASE + 4,  /* invalid environment variable */
	CNET_CNI_EIO = CNET_CNI_EBASE + 5,	     /* I/O failure */
	CNET_CNI_EDECODE = CNET_CNI_EBASE + 6,	     /* malformed JSON */
	CNET_CNI_ECONFIG = CNET_CNI_EBASE + 7,	     /* invalid network configuration */
	CNET_CNI_ENETNS = CNET_CNI_EBASE + 8,	     /* invalid network namespace */
	CNET_CNI_EAGAIN = CNET_CNI_EBASE + 11,	     /* try again later */
	CNET_CNI_EUNAVAILABLE = CNET_CNI_EBASE + 50, /* the plugin cannot serve ADD */
	CNET_CNI_ELIMITED = CNET_CNI_EBASE + 51,     /* nor may existing containers be well */
};

/* ---- Results ------------------------------------------------------------------------------- */

/**
 * struct cnet_cni_interface - an interface of a result
 * @name:        its name
 * @mac:         as text; NULL: none
 * @sandbox:     CNI_NETNS for an interface inside the container; NULL: on the host
 * @socket_path: NULL: none
 * @pci_id:      NULL: none
 * @mtu:         bytes; 0: not said
 */
struct cnet_cni_interface {
	const char *name;
	const char *mac;
	const char *sandbox;
	const char *socket_path;
	const char *pci_id;
	uint32_t mtu;
	uint32_t reserved;
};

/**
 * struct cnet_cni_ip - an address of a result
 * @address:   with the length of its network
 * @gateway:   may be none
 * @interface: index into the result's interfaces; -1: not said
 */
struct cnet_cni_ip {
	struct cnet_prefix address;
	struct cnet_ip gateway;
	int32_t interface;
};

enum cnet_cni_route_member {
	CNET_CNI_ROUTE_TABLE = 1, /* table is given */
	CNET_CNI_ROUTE_SCOPE = 2, /* scope is given */
};

/**
 * struct cnet_cni_route - a route of a result
 * @destination: network; host bits may be set
 * @gateway:     none: the gateway of the first address of that family
 * @mtu:         bytes; 0: not said
 * @advmss:      bytes; 0: not said
 * @priority:    metric; 0: not said
 * @table:       if given
 * @scope:       if given; 0 global, 253 link, 254 host
 * @given:       of enum cnet_cni_route_member
 */
struct cnet_cni_route {
	struct cnet_prefix destination;
	struct cnet_ip gateway;
	uint32_t mtu;
	uint32_t advmss;
	uint32_t priority;
	uint32_t table;
	uint32_t scope;
	uint32_t given;
};

/**
 * struct cnet_cni_dns - name servers of a result
 * @nameservers: addresses, as text; a list that NULL ends, or NULL
 * @search:      domains, likewise
 * @options:     options of resolv.conf, likewise
 * @domain:      NULL: none
 */
struct cnet_cni_dns {
	const char *const *nameservers;
	const char *const *search;
	const char *const *options;
	const char *domain;
};

/**
 * struct cnet_cni_result - what an ADD has made
 *
 * Independent of the specification's version: the kit reads every version and
 * writes the one that the configuration asks for.
 */
struct cnet_cni_result;

/**
 * cnet_cni_result_add_interface() - append an interface
 * @result:    where
 * @interface: is copied, its strings too
 * @ret:       its index, for struct cnet_cni_ip; may be NULL
 * @err:       see struct cnet_error
 *
 * Return: 0, -ENOMEM.
 */
CNET_API int cnet_cni_result_add_interface(struct cnet_cni_result *result,
					   const struct cnet_cni_interface *interface, int32_t *ret,
					   struct cnet_error *err) CNET_NODISCARD;

/** cnet_cni_result_add_ip() - append an address. Return: 0, -ENOMEM. */
CNET_API int cnet_cni_result_add_ip(struct cnet_cni_result *result, const struct cnet_cni_ip *ip,
				    struct cnet_error *err) CNET_NODISCARD;

/** cnet_cni_result_add_route() - append a route. Return: 0, -ENOMEM. */
CNET_API int cnet_cni_result_add_route(struct cnet_cni_result *result,
				       const struct cnet_cni_route *route,
				       struct cnet_error *err) CNET_NODISCARD;

/** cnet_cni_result_set_dns() - replace the name servers; @dns is copied. Return: 0, -ENOMEM. */
CNET_API int cnet_cni_result_set_dns(struct cnet_cni_result *result, const struct cnet_cni_dns *dns,
				     struct cnet_error *err) CNET_NODISCARD;

/** cnet_cni_result_interfaces() - the interfaces, to look at or change; valid until one is added */
CNET_API struct cnet_cni_interface *cnet_cni_result_interfaces(struct cnet_cni_result *result,
							       size_t *count);

/** cnet_cni_result_ips() - the addresses, to look at or change; valid until one is added */
CNET_API struct cnet_cni_ip *cnet_cni_result_ips(struct cnet_cni_result *result, size_t *count);

/** cnet_cni_result_routes() - the routes, to look at or change; valid until one is added */
CNET_API struct cnet_cni_route *cnet_cni_result_routes(struct cnet_cni_result *result,
						       size_t *count);

/** cnet_cni_result_dns() - the name servers; members are NULL where nothing was said */
CNET_API const struct cnet_cni_dns *cnet_cni_result_dns(const struct cnet_cni_result *result);

/* ---- Configuration ------------------------------------------------------------------------- */

/**
 * enum cnet_cni_type - what a member of a configuration holds, and where it goes
 * @CNET_CNI_STRING:  const char *, valid as long as the call; "" counts as given
 * @CNET_CNI_BOOL:    bool
 * @CNET_CNI_INT:     int64_t; @detail: struct cnet_cni_bounds, or NULL for 0 to 2^32-1
 * @CNET_CNI_CHOICE:  uint32_t; @detail: array of struct cnet_cni_choice, ended by a NULL text
 * @CNET_CNI_MAC:     struct cnet_mac; "" counts as absent
 * @CNET_CNI_IP:      struct cnet_ip; "" counts as absent
 * @CNET_CNI_PREFIX:  struct cnet_prefix, host bits kept
 * @CNET_CNI_STRINGS: const char *const *, a list ended by NULL
 * @CNET_CNI_LIST:    struct cnet_cni_list; @detail: struct cnet_cni_element
 * @CNET_CNI_GIVEN:   bool: is the member there, whatever it holds, and not null?
 */
enum cnet_cni_type {
	CNET_CNI_STRING,
	CNET_CNI_BOOL,
	CNET_CNI_INT,
	CNET_CNI_CHOICE,
	CNET_CNI_MAC,
	CNET_CNI_IP,
	CNET_CNI_PREFIX,
	CNET_CNI_STRINGS,
	CNET_CNI_LIST,
	CNET_CNI_GIVEN,
};

/** struct cnet_cni_choice - a word and its number; the last member is left out, which makes it 0 */
struct cnet_cni_choice {
	const char *text;
	uint32_t value;
	uint32_t reserved;
};

/** struct cnet_cni_bounds - smallest and largest integer allowed */
struct cnet_cni_bounds {
	int64_t minimum;
	int64_t maximum;
};

/**
 * struct cnet_cni_member - where a member of the configuration goes
 * @path:   its name; below other members with dots, as "runtimeConfig.mac". Names match
 *          without regard to case; a member that is absent or null leaves its place alone
 * @type:   what it holds
 * @offset: of its place in the plugin's struct
 * @detail: see enum cnet_cni_type
 *
 * A table of them ends with a NULL path. Where two rows share a place, the later wins,
 * which is how precedence is written. The table is the plugin's documented schema.
 */
struct cnet_cni_member {
	const char *path;
	enum cnet_cni_type type;
	uint32_t offset;
	const void *detail;
};

/**
 * struct cnet_cni_element - what a list holds
 * @size:    of one element in memory; new ones are zero before they are filled in
 * @members: of objects; NULL for lists of lists
 * @element: of lists of lists: what the inner struct cnet_cni_list holds
 */
struct cnet_cni_element {
	size_t size;
	const struct cnet_cni_member *members;
	const struct cnet_cni_element *element;
};

/** struct cnet_cni_list - a list that was read; lives as long as the call */
struct cnet_cni_list {
	void *items;
	size_t count;
};

/* ---- The call ------------------------------------------------------------------------------ */

/**
 * struct cnet_cni_call - one invocation of a plugin: environment and configuration
 *
 * All strings that it yields live as long as it does.
 */
struct cnet_cni_call;

/**
 * cnet_cni_read() - read members of the configuration into a struct of the plugin's own
 * @call:    the call
 * @members: the table
 * @conf:    the struct, holding the defaults
 * @err:     see struct cnet_error
 *
 * After a failure some members of @conf may have been set.
 *
 * Return: 0; -CNET_CNI_ECONFIG: the message names the member and its value; -ENOMEM.
 */
CNET_API int cnet_cni_read(struct cnet_cni_call *call, const struct cnet_cni_member *members,
			   void *conf, struct cnet_error *err) CNET_NODISCARD;

/** cnet_cni_attachment() - network, container and interface of this call */
CNET_API const struct cnet_attachment *cnet_cni_attachment(const struct cnet_cni_call *call);

/** cnet_cni_ifname() - CNI_IFNAME */
CNET_API const char *cnet_cni_ifname(const struct cnet_cni_call *call);

/** cnet_cni_version() - cniVersion of the configuration, such as "1.0.0" */
CNET_API const char *cnet_cni_version(const struct cnet_cni_call *call);

/** cnet_cni_version_at_least() - is the configuration of this version or a later one? 1 or 0 */
CNET_API int cnet_cni_version_at_least(const struct cnet_cni_call *call, unsigned int major,
				       unsigned int minor);

/** cnet_cni_netns_path() - CNI_NETNS, or NULL */
CNET_API const char *cnet_cni_netns_path(const struct cnet_cni_call *call);

/**
 * cnet_cni_host() - the namespace that the plugin was started in
 * @call: the call, which owns the handle
 * @ret:  the handle
 * @err:  see struct cnet_error
 *
 * Return: 0, or as cnet_netns_open().
 */
CNET_API int cnet_cni_host(struct cnet_cni_call *call, struct cnet_netns **ret,
			   struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_cni_container() - the namespace that CNI_NETNS names
 * @call: the call, which owns the handle
 * @ret:  the handle; in DEL it is NULL where CNI_NETNS is empty, the path is gone, or is no
 *        namespace any longer
 * @err:  see struct cnet_error
 *
 * The host's own namespace has been refused before the plugin was called.
 *
 * Return: 0; -CNET_CNI_ENETNS; -EMFILE, -ENFILE, -ENOMEM.
 */
CNET_API int cnet_cni_container(struct cnet_cni_call *call, struct cnet_netns **ret,
				struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_cni_arg() - a value of CNI_ARGS
 * @call: the call
 * @key:  such as "IP" or "MAC"; regards case
 *
 * Return: the value, or NULL.
 */
CNET_API const char *cnet_cni_arg(const struct cnet_cni_call *call, const char *key);

/**
 * cnet_cni_args_check() - does CNI_ARGS hold only what the plugin knows?
 * @call: the call
 * @keys: known keys, ended by NULL; IgnoreUnknown is always known
 * @err:  see struct cnet_error
 *
 * Malformed pairs were refused before, but in DEL, where malformed CNI_ARGS count as none;
 * IgnoreUnknown=1 allows all keys.
 *
 * Return: 0; -CNET_CNI_EENVIRONMENT: the message names the key.
 */
CNET_API int cnet_cni_args_check(const struct cnet_cni_call *call, const char *const *keys,
				 struct cnet_error *err) CNET_NODISCARD;

/** cnet_cni_previous() - prevResult, or NULL (in DEL also if malformed); owned by the call */
CNET_API struct cnet_cni_result *cnet_cni_previous(struct cnet_cni_call *call);

/**
 * cnet_cni_result_copy() - copy everything of one result into another that is empty
 *
 * A chained plugin that changes nothing passes cnet_cni_previous() on by it.
 *
 * Return: 0, -ENOMEM.
 */
CNET_API int cnet_cni_result_copy(struct cnet_cni_result *to, struct cnet_cni_result *from,
				  struct cnet_error *err) CNET_NODISCARD;

/**
 * cnet_cni_valid_attachments() - in GC: the attachments that live
 * @call:  the call
 * @count: how many; 0: none lives. (Without the list GC is answered before the plugin is called.)
 *
 * Return: array owned by the call.
 */
CNET_API const struct cnet_attachment *cnet_cni_valid_attachments(const struct cnet_cni_call *call,
								  size_t *count);

/* ---- Delegation to the IPAM plugin ---------------------------------------------------------- */

/*
 * The plugin named by ipam.type is looked up in CNI_PATH. One that is this very program is
 * called in this process, any other is executed, with the same environment and input.
 */

/** cnet_cni_has_ipam() - does the configuration name an IPAM plugin? 1 or 0 */
CNET_API int cnet_cni_has_ipam(const struct cnet_cni_call *call);

/**
 * cnet_cni_ipam_add() - get addresses
 * @call:   the call
 * @txn:    records the release
 * @result: addresses, routes and name servers are appended
 * @err:    see struct cnet_error
 *
 * If a delegate that was executed fails, its DEL is called before this returns; one called in this
 * process records what it does in @txn. A delegate cannot delegate in its turn.
 *
 * Return: 0; the delegate's error; -CNET_CNI_ECONFIG: it is not named, or not found;
 * -CNET_CNI_EDECODE: what it printed is no result.
 */
CNET_API int cnet_cni_ipam_add(struct cnet_cni_call *call, struct cnet_txn *txn,
			       struct cnet_cni_result *result,
			       struct cnet_error *err) CNET_NODISCARD;

/** cnet_cni_ipam_del() - release them. Return: 0, also without an IPAM plugin; its error. */
CNET_API int cnet_cni_ipam_del(struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;
/** cnet_cni_ipam_check() - check them. Return: 0, also without an IPAM plugin; its error. */
CNET_API int cnet_cni_ipam_check(struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;
/** cnet_cni_ipam_gc() - forward GC. Return: 0, also without an IPAM plugin; its error. */
CNET_API int cnet_cni_ipam_gc(struct cnet_cni_call *call, struct cnet_error *err) CNET_NODISCARD;
/** cnet_cni_ipam_status() - forward STATUS. Return: 0, also without an IPAM plugin; its error. */
CNET_API int cnet_cni_ipam_status(struct cnet_cni_call *call,
				  struct cnet_error *err) CNET_NODISCARD;

/* ---- The plugin ---------------------------------------------------------------------------- */

/**
 * struct cnet_cni_plugin - a plugin
 * @size:    of this struct
 * @name:    its name, as in "type"
 * @minimum: oldest specification version that it serves, such as "0.3.0"; NULL: 0.1.0
 * @add:     make the attachment; every change goes into @txn, which is committed after the result
 *           has been written, and rolled back if anything fails
 * @del:     remove it, and go on past errors (cnet_error_append()); NULL: nothing to do
 * @check:   is it as it should be? The kit has made sure that there is a prevResult. NULL: yes
 * @gc:      remove what no valid attachment owns; NULL: nothing to do
 * @status:  could ADD be served now? NULL: yes
 *
 * Each returns 0 or a negative code with @err set.
 */
struct cnet_cni_plugin {
	size_t size;
	const char *name;
	const char *minimum;
	int (*add)(struct cnet_cni_call *call, struct cnet_txn *txn, struct cnet_cni_result *result,
		   struct cnet_error *err);
	int (*del)(struct cnet_cni_call *call, struct cnet_error *err);
	int (*check)(struct cnet_cni_call *call, struct cnet_error *err);
	int (*gc)(struct cnet_cni_call *call, struct cnet_error *err);
	int (*status)(struct cnet_cni_call *call, struct cnet_error *err);
};

/**
 * cnet_cni_main() - the main() of a program that is one plugin
 * @plugin: the plugin
 *
 * Reads environment and standard input, checks everything, calls the plugin, writes the result
 * or the error object to standard output. This and cnet_cni_main_many() are the only functions of
 * libcnet that do so.
 *
 * Return: the exit status.
 */
CNET_API int cnet_cni_main(const struct cnet_cni_plugin *plugin);

/**
 * cnet_cni_main_many() - the main() of a program that is several plugins
 * @plugins: ended by NULL
 * @argv0:   name under which the program was started; its last part chooses the plugin
 *
 * Return: the exit status.
 */
CNET_API int cnet_cni_main_many(const struct cnet_cni_plugin *const *plugins, const char *argv0);

CNET_END_DECLS

#endif
