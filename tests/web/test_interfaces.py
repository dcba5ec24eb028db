"""The networks a phone could be in: readable names, the likeliest first, and nothing from outside."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from headshot_web.web.interfaces import Kind, hardware_names, interfaces, is_private

LINUX = {
    "lo": ("127.0.0.1",),
    "docker0": ("172.17.0.1",),
    "br-5e2a1c0b9d11": ("172.18.0.1",),
    "tailscale0": ("100.100.1.2", "10.9.9.9"),
    "wg0": ("10.8.0.2",),
    "enp3s0": ("192.168.1.7",),
    "wlp2s0": ("192.168.1.20",),
    "rndis": ("10.1.1.2",),
    "eth9": ("203.0.113.9", "169.254.3.3"),
}
WINDOWS = {
    "vEthernet (WSL)": ("172.29.16.1",),
    "VirtualBox Host-Only Network": ("192.168.56.1",),
    "Ethernet 2": ("10.0.0.5",),
    "Wi-Fi": ("10.0.0.6",),
    "Local Area Connection* 2": ("192.168.137.1",),
}
MAC = {
    "en0": ("192.168.0.4",),
    "en5": ("192.168.0.5",),
    "bridge100": ("192.168.2.1",),
    "utun3": ("10.7.0.1",),
}
PORTS = """
Hardware Port: Ethernet
Device: en0
Ethernet Address: 00:00:00:00:00:01

Hardware Port: Wi-Fi
Device: en5
Ethernet Address: 00:00:00:00:00:02
"""


def listed(there: dict[str, tuple[str, ...]], names: dict[str, str] | None = None) -> list[tuple[str, str]]:
    return [(one.label, one.address) for one in interfaces(lambda: there, names or {})]


def test_on_linux_wifi_comes_first_and_what_is_inside_the_computer_last() -> None:
    assert listed(LINUX) == [
        ("Wi-Fi", "192.168.1.20"),
        ("Ethernet", "192.168.1.7"),
        ("Network rndis", "10.1.1.2"),
        ("Inside this computer (br-5e2a1c0b9d11)", "172.18.0.1"),
        ("Inside this computer (docker0)", "172.17.0.1"),
        ("Inside this computer (tailscale0)", "10.9.9.9"),
        ("Inside this computer (wg0)", "10.8.0.2"),
    ]


def test_on_windows_its_own_names_are_kept_and_its_hotspot_is_known() -> None:
    assert listed(WINDOWS)[:3] == [
        ("Wi-Fi", "10.0.0.6"),
        ("This computer’s own hotspot", "192.168.137.1"),
        ("Ethernet 2", "10.0.0.5"),
    ]
    assert {one.kind for one in interfaces(lambda: WINDOWS, {})[3:]} == {Kind.VIRTUAL}


def test_on_a_mac_the_names_of_the_hardware_say_which_is_which() -> None:
    names = hardware_names(PORTS)
    assert listed(MAC, names) == [
        ("Wi-Fi", "192.168.0.5"),
        ("This computer’s own hotspot", "192.168.2.1"),
        ("Ethernet", "192.168.0.4"),
        ("Inside this computer (utun3)", "10.7.0.1"),
    ]


@pytest.mark.parametrize(
    "outside",
    ["8.8.8.8", "127.0.0.1", "169.254.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "x"],  # noqa: S104
)
def test_only_addresses_of_a_network_of_ones_own_are_offered(outside: str) -> None:
    assert not is_private(outside)
    assert interfaces(lambda: {"wlan0": (outside,)}, {}) == ()


WITH_NETWORKS = """
set -e
add() { ip link add $1 type veth peer name of-$1; ip addr add $2 dev $1; }
up() { ip link set $1 up; ip link set of-$1 up; }
ip link set lo up
add wlan7 192.168.44.5/24; up wlan7
add eth7 10.44.0.5/24; up eth7
add docker7 172.20.0.1/16; up docker7
add wlan8 192.168.45.5/24
exec "$1" -c "
from headshot_web.web.interfaces import interfaces
print(*(f'{one.label}|{one.address}' for one in interfaces()), sep=chr(10))"
"""


def apart() -> list[str]:
    """The command that gives a program networks of its own; empty where the system has none to give."""
    if not sys.platform.startswith("linux") or not shutil.which("unshare") or not shutil.which("ip"):
        return []
    for command in (["unshare", "-rn"], ["unshare", "-n"]):
        trial = [*command, "ip", "link", "add", "trial", "type", "veth"]
        if subprocess.run(trial, capture_output=True, check=False).returncode == 0:
            return command
    return []


@pytest.mark.skipif(not apart(), reason="this system gives out no network namespaces")
def test_the_real_networks_of_a_computer_are_listed() -> None:
    command = [*apart(), "sh", "-c", WITH_NETWORKS, "sh", sys.executable]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == [
        "Wi-Fi|192.168.44.5",
        "Ethernet|10.44.0.5",
        "Inside this computer (docker7)|172.20.0.1",
    ]
