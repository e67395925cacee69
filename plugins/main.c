/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One executable for all plugins, hard-linked under their names.
 *
 * It is started as what it is to be, and a plugin that delegates to another of them need not start
 * it a second time. Which there are is written in meson.build: PLUGINS is PLUGIN(a) PLUGIN(b) ...
 */

#include <cnet/cni.h>

#define PLUGIN(name) extern const struct cnet_cni_plugin cnet__plugin_##name;
PLUGINS
#undef PLUGIN

#define PLUGIN(name) &cnet__plugin_##name,
static const struct cnet_cni_plugin *const plugins[] = { PLUGINS NULL };

int main(int argc, char **argv)
{
	return cnet_cni_main_many(plugins, argc > 0 ? argv[0] : NULL);
}
