#!/usr/bin/python3
"""pyroute2 (Debian's) through its public API."""
import errno
import json
import resource
import socket
import struct
import sys
import time

from pyroute2 import IPRoute
from pyroute2.netlink import NLM_F_REQUEST
from pyroute2.netlink.generic import GenericNetlinkSocket, ctrlmsg
from pyroute2.netlink.nlsocket import NetlinkSocket

NOT_OFFERED = 2
SO_RCVBUFFORCE = 33
GENL_ID_CTRL = 16
CTRL_CMD_GETFAMILY = 3
KERNEL_DEFAULT_BUFFER = 106496  # the kernel doubles it
ROUTE_LINK = 'v0'
SENTINEL = '203.0.113.0'


def argument(index, otherwise):
    """PROGRAM WORKLOAD VARIANT COUNT REPEATS [SIZE [PORT [PROTOCOL]]]: README.md says what each one means."""
    return int(sys.argv[index]) if len(sys.argv) > index else otherwise


WORKLOAD, VARIANT = sys.argv[1:3]
COUNT, REPEATS, SIZE, PORT, PROTOCOL = (
    argument(3, 10000), argument(4, 1), argument(5, 0), argument(6, 0), argument(7, 2))


def status(name):
    with open('/proc/self/status', encoding='ascii') as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name))


class Sample:
    """One repeat: it begins when it is made."""

    def __init__(self):
        with open('/proc/self/clear_refs', 'w', encoding='ascii') as file:
            file.write('5')  # the peak is then that of the repeat
        self.idle_kb = status('VmRSS:')
        self.usage = resource.getrusage(resource.RUSAGE_SELF)
        self.begin_ns = time.perf_counter_ns()
        self.end_ns = 0

    def end(self):
        self.end_ns = self.end_ns or time.perf_counter_ns()
        before, self.usage = self.usage, resource.getrusage(resource.RUSAGE_SELF)
        self.user = self.usage.ru_utime - before.ru_utime
        self.system = self.usage.ru_stime - before.ru_stime

    def print(self, count, latencies=None, **extra):
        line = dict(count=count, seconds=(self.end_ns - self.begin_ns) / 1e9, user=self.user,
                    system=self.system, idleKb=self.idle_kb, peakKb=status('VmHWM:'), **extra)
        if latencies:
            latencies.sort()
            line.update(p50=latencies[len(latencies) // 2], p99=latencies[len(latencies) * 99 // 100])
        print(json.dumps(line), flush=True)


def measure_each(call):
    for repeat in range(-1, REPEATS):
        latencies = []
        sample = Sample()
        before = sample.begin_ns
        for index in range(COUNT // 10 if repeat < 0 else COUNT):
            call(index)
            now = time.perf_counter_ns()
            latencies.append(now - before)
            before = now
        sample.end()
        if repeat >= 0:
            sample.print(len(latencies), latencies)


def controller():
    generic = GenericNetlinkSocket()
    generic.bind('nlctrl', ctrlmsg)

    def ask(_index):
        message = ctrlmsg()
        message['cmd'] = CTRL_CMD_GETFAMILY
        message['version'] = 1
        message['attrs'].append(['CTRL_ATTR_FAMILY_NAME', 'nlctrl'])
        reply = generic.nlm_request(message, msg_type=GENL_ID_CTRL, msg_flags=NLM_F_REQUEST)
        assert reply[0].get_attr('CTRL_ATTR_FAMILY_ID') == GENL_ID_CTRL
    return ask


def start():
    controller()(0)
    print('x', flush=True)


def dump(listing):
    for _ in range(REPEATS):
        route = IPRoute()
        sample = Sample()
        items = list(listing(route))
        sample.end()
        sample.print(len(items))
        route.close()


def route_of(index, link):
    address = 0x10000000 + (index << 8)
    return dict(dst=f'{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.0/24',
                gateway=f'10.255.0.{2 + (index & 63)}', oif=link, priority=100 + index % 7)


def change_routes():
    route = IPRoute()
    link = route.link_lookup(ifname=ROUTE_LINK)[0]
    for _ in range(REPEATS):
        for step in ('add', 'del'):
            sample = Sample()
            for index in range(COUNT):
                route.route(step, **route_of(index, link))
            sample.end()
            sample.print(COUNT, step=step)


def events():
    route = IPRoute()
    if SIZE:
        route.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, SIZE)
    else:
        route.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_DEFAULT_BUFFER)
    route.bind(groups=1 << 6)
    print('READY', flush=True)
    tally = dict(added=0, deleted=0, overruns=0)
    sample = Sample()
    sample.begin_ns = 0
    while True:
        try:
            messages = route.get()
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            tally['overruns'] += 1
            continue
        for message in messages:
            if message.get_attr('RTA_DST') == SENTINEL:
                sample.end()
                sample.print(tally['added'] + tally['deleted'], **tally)
                return
            tally['added' if message['event'] == 'RTM_NEWROUTE' else 'deleted'] += 1
        sample.end_ns = time.perf_counter_ns()
        sample.begin_ns = sample.begin_ns or sample.end_ns


def echo():
    client = NetlinkSocket(family=PROTOCOL)
    client.bind()
    text = b'x' * (SIZE - 1) + b'\0'

    def once(index):
        client.sendto(struct.pack('IHHII', SIZE + 16, 16, 0, index, 0) + text, (PORT, 0))
        assert len(client.recv(SIZE + 4096)) >= SIZE + 16
    measure_each(once)


OFFERED = {
    'request sync': lambda: measure_each(controller()),
    'start request': start,
    'dump objects': lambda: dump(lambda route: route.get_routes(family=socket.AF_INET)),
    'links objects': lambda: dump(lambda route: route.get_links()),
    'routes one': change_routes,
    'events objects': events,
    'echo sync': echo,
}
run = OFFERED.get(f'{WORKLOAD} {VARIANT}')
if run is None:
    sys.exit(NOT_OFFERED)
run()
