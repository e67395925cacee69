# SPDX-License-Identifier: LGPL-2.1-or-later
"""Named network namespaces, what is in them, and packets between them. Everything is bounded."""

import contextlib
import json
import os
import socket
import subprocess
import threading
import time

from . import private

SECONDS = 20

# What the kernel may change by itself, or what depends on the order of creation alone.
VOLATILE_LINK = {
    "ifindex", "link_index", "link_netnsid", "operstate", "stats64", "stats", "txqlen", "gso_max_size",
    "gso_max_segs", "tso_max_size", "tso_max_segs", "gro_max_size", "gso_ipv4_max_size",
    "gro_ipv4_max_size", "num_tx_queues", "num_rx_queues", "parentbus", "parentdev",
}
VOLATILE_ADDRESS = {"valid_life_time", "preferred_life_time", "tentative", "protocol"}
# Times and identifiers that a bridge or its port reports.
VOLATILE_KIND = {
    "bridge_id", "root_id", "hello_timer", "tcn_timer", "topology_change_timer", "gc_timer",
    "designated_bridge", "designated_port", "port_id", "no", "id", "root_port", "hold_timer",
    "message_age_timer", "forward_delay_timer", "state",
}


def wait_for(condition, what, seconds=5):
    """Polls until condition() is true; returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.01)


def plain_nft(text):
    """What `nft -j list ruleset` printed, without handles and without what nft says of itself."""
    def plain(value):
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items() if k != "handle"}
        return [plain(v) for v in value] if isinstance(value, list) else value

    return [plain(o) for o in json.loads(text)["nftables"] if "metainfo" not in o]


class Server:
    """A server in a namespace that answers everybody with the address it sees them at."""

    def __init__(self, sock, kind):
        self.sock = sock
        self.kind = kind
        self.port = sock.getsockname()[1]
        self.seen = []
        self.stopped = False
        sock.settimeout(0.1)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while not self.stopped:
            with contextlib.suppress(TimeoutError, ConnectionError):
                if self.kind == socket.SOCK_STREAM:
                    self._tcp()
                else:
                    self._udp()

    def _tcp(self):
        peer, address = self.sock.accept()
        with peer:
            self.seen.append(address[0])
            peer.sendall(address[0].encode())

    def _udp(self):
        _, address = self.sock.recvfrom(2048)
        self.seen.append(address[0])
        self.sock.sendto(address[0].encode(), address)

    def close(self):
        self.stopped = True
        self.thread.join(SECONDS)
        self.sock.close()


class Namespace:
    """A network namespace with a name under /run/netns."""

    def __init__(self, name):
        self.name = name
        self.path = f"/run/netns/{name}"
        self._servers = []
        self._processes = []
        subprocess.run(["ip", "netns", "add", name], check=True)
        self.run("ip", "link", "set", "lo", "up")
        # A new namespace may inherit these from the machine.
        self.sysctl("net.ipv4.ip_forward", "0")
        self.sysctl("net.ipv6.conf.all.forwarding", "0")

    # ---- its end

    def stop(self):
        """Ends what was started in it; the namespace stays."""
        for server in self._servers:
            server.close()
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.communicate()
        self._servers, self._processes = [], []

    def delete(self):
        """Takes the name away and with it, unless something else holds it, the namespace."""
        self.stop()
        subprocess.run(["ip", "netns", "delete", self.name], stderr=subprocess.DEVNULL, check=False)

    # ---- doing things inside

    def enter_command(self, *command):
        return ["nsenter", f"--net={self.path}", "--", *command]

    def run(self, *command, check=True, **kwargs):
        """Runs a program inside; a failing one fails the test unless check is off."""
        done = subprocess.run(self.enter_command(*command), capture_output=True, text=True,
                              timeout=SECONDS, check=False, **kwargs)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: exit status {done.returncode}: "
                                 f"{done.stdout}{done.stderr}")
        return done

    def start(self, *command, **kwargs):
        """Starts a program inside that runs on until the test ends; returns its Popen."""
        process = subprocess.Popen(self.enter_command(*command), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs)
        self._processes.append(process)
        return process

    def call(self, function):
        """Runs a Python function on a thread inside; sockets that it opens stay inside."""
        result = {}

        def inside():
            try:
                fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    private.setns(fd, private.CLONE_NEWNET)
                finally:
                    os.close(fd)
                result["value"] = function()
            except BaseException as error:  # handed to the caller's thread
                result["error"] = error

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        if "error" in result:
            raise result["error"]
        return result["value"]

    def ip(self, *args):
        """What `ip -j ARGS` says. Links that `ip` prints empty are left out."""
        out = self.run("ip", "-j", "-d", *args).stdout
        return [entry for entry in json.loads(out or "[]") if entry]

    def link(self, name):
        """One link as `ip -d -j link` shows it, or None."""
        found = [link for link in self.ip("link") if link["ifname"] == name]
        return found[0] if found else None

    def addresses(self, name, every=False):
        """Addresses of a link as "10.0.0.2/24"; link-local IPv6 only if every is set."""
        return [f"{a['local']}/{a['prefixlen']}" for link in self.ip("address", "show", "dev", name)
                for a in link["addr_info"] if every or a["scope"] != "link"]

    def routes(self, *args, family=4):
        return self.ip(f"-{family}", "route", "show", *args)

    def nft(self):
        """All nftables objects, without handles and without what nft says of itself."""
        return plain_nft(self.run("nft", "-j", "list", "ruleset").stdout)

    def nft_text(self):
        return self.run("nft", "list", "ruleset").stdout

    def sysctl(self, key, value=None):
        """Reads a key such as net.ipv4.ip_forward, after writing it if there is a value."""
        path = "/proc/sys/" + key.replace(".", "/")

        def access():
            if value is not None:
                with open(path, "w", encoding="ascii") as file:
                    file.write(str(value))
            with open(path, encoding="ascii") as file:
                return file.read().strip()

        return self.call(access)

    # ---- packets

    def ping(self, address, seconds=3):
        """Does the address answer within this time?"""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.run("ping", "-n", "-c1", "-W1", address, check=False).returncode == 0:
                return True
            time.sleep(0.05)
        return False

    def serve(self, port, address=None, udp=False):
        """Starts a Server on a TCP (or UDP) port; address: to listen on that one only."""
        kind = socket.SOCK_DGRAM if udp else socket.SOCK_STREAM

        def open_socket():
            family = socket.AF_INET if address and ":" not in address else socket.AF_INET6
            sock = socket.socket(family, kind)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6 and address is None:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            sock.bind((address or "::", port))
            if not udp:
                sock.listen(16)
            return sock

        server = Server(self.call(open_socket), kind)
        self._servers.append(server)
        return server

    def connect(self, address, port, source=None, source_port=0, udp=False, seconds=2):
        """Speaks to a Server: returns the address at which it saw us, or None if none answered."""
        kind = socket.SOCK_DGRAM if udp else socket.SOCK_STREAM

        def open_socket():
            sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
            sock.settimeout(seconds)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if source or source_port:
                sock.bind((source or ("::" if ":" in address else "0.0.0.0"), source_port))
            return sock

        with self.call(open_socket) as sock:
            try:
                sock.connect((address, port))
                if udp:
                    sock.send(b"?")
                answer = sock.recv(256).decode()
            except OSError:
                return None
        return answer.removeprefix("::ffff:") or None

    # ---- everything, to compare

    def snapshot(self):
        """
        Links, addresses, routes, rules, neighbours that are permanent, and nftables. What the kernel
        adds to each link by itself, some time later (link-local IPv6, multicast), is left out.
        """
        def by_itself(address):
            return address.startswith(("fe80:", "ff00:", "anycast fe80:"))

        # By one shell: tests that compare after every step take hundreds of these.
        asked = ["address", "-4 route show table all", "-6 route show table all", "rule", "-6 rule",
                 "neighbour show nud permanent"]
        script = "; echo '#'; ".join([f"ip -j -d {what}" for what in asked] + ["nft -j list ruleset"])
        *answers, rules = self.run("sh", "-ec", script).stdout.split("#\n")
        addresses, routes4, routes6, rules4, rules6, neighbours = (
            [entry for entry in json.loads(text.strip() or "[]") if entry] for text in answers)

        links = []
        for link in addresses:
            entry = {k: v for k, v in link.items() if k not in VOLATILE_LINK}
            info = entry.get("linkinfo", {})
            for part in ("info_data", "info_slave_data"):
                if part in info:
                    info[part] = {k: v for k, v in info[part].items() if k not in VOLATILE_KIND}
            entry["addr_info"] = [{k: v for k, v in a.items() if k not in VOLATILE_ADDRESS}
                                  for a in link["addr_info"] if not by_itself(a.get("local", ""))]
            links.append(entry)
        routes = [route for route in routes4 + routes6 if not by_itself(route["dst"])]
        return {
            "links": sorted(links, key=lambda link: link["ifname"]),
            "routes": sorted(routes, key=lambda route: json.dumps(route, sort_keys=True)),
            "rules": rules4 + rules6,
            "neighbours": neighbours,
            "nftables": plain_nft(rules),
        }


def connect(a, a_name, b, b_name, addresses=()):
    """Joins two namespaces by a veth pair, both ends up; addresses: pairs for the two ends."""
    a.run("ip", "link", "add", a_name, "type", "veth", "peer", "name", b_name, "netns", b.path)
    for ns, name, index in ((a, a_name, 0), (b, b_name, 1)):
        for pair in addresses:
            nodad = ["nodad"] if ":" in pair[index] else []
            ns.run("ip", "address", "add", pair[index], "dev", name, *nodad)
        ns.run("ip", "link", "set", name, "up")
