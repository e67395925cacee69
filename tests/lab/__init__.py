# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of programs stand on: private namespaces, packets, plugin calls."""
