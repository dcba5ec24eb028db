"""A room in network namespaces: a computer, two phones in its Wi-Fi, and somebody in another network of its.

`room.py FOLDER`, started where a program has networks of its own, plays a visit over real interfaces and
tells what came of it as JSON. `room.py phone TOKEN PHOTO` is one of the phones, `room.py knock ADDRESS`
whoever tries an address, `room.py ask OWN_ADDRESS` who asks for the app by its name.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.doors import agreed_to_policy
from tests.phones import Phone
from tests.portraits import astronaut, hopper, saved
from tests.qr_terminal import read_terminal

WIFI, CABLE, PORT = "192.168.77.1", "10.77.0.1", 8417
HOSTS = {"one": "192.168.77.11/24", "other": "192.168.77.12/24", "outside": "10.77.0.9/24"}


def ip(*what: str, within: int | None = None) -> None:
    inside = ["nsenter", "-t", str(within), "-n"] if within else []
    subprocess.run([*inside, "ip", *what], check=True, capture_output=True)


def build(stack: ExitStack) -> dict[str, int]:
    """Lay the networks; returns by name the process whose network each host has."""
    ip("link", "set", "lo", "up")
    for bridge, address in (("wlan0", WIFI), ("eth0", CABLE)):
        ip("link", "add", bridge, "type", "bridge")
        ip("addr", "add", f"{address}/24", "dev", bridge)
        ip("link", "set", bridge, "up")
    hosts = {}
    for number, (name, address) in enumerate(HOSTS.items()):
        held = subprocess.Popen(["unshare", "-n", "sleep", "300"])
        stack.callback(held.wait)
        stack.callback(held.kill)
        time.sleep(0.3)
        ip("link", "add", f"to{number}", "type", "veth", "peer", "name", "net0", "netns", str(held.pid))
        ip("link", "set", f"to{number}", "master", "eth0" if name == "outside" else "wlan0", "up")
        ip("addr", "add", address, "dev", "net0", within=held.pid)
        ip("link", "set", "net0", "up", within=held.pid)
        hosts[name] = held.pid
    time.sleep(1)  # a bridge learns who is there
    return hosts


def at(host: int, *what: str) -> subprocess.Popen[str]:
    """Start one of the programs below on another host."""
    command = ["nsenter", "-t", str(host), "-n", sys.executable, __file__, *what]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def until(terminal: int, words: str) -> str:
    said = b""
    while words.encode() not in said:
        assert select.select([terminal], [], [], 60)[0], said
        said += os.read(terminal, 65536)
    return said.decode(errors="replace")


def told(phone: subprocess.Popen[str]) -> Any:
    assert phone.stdout
    return json.loads(phone.stdout.readline())


def play(folder: Path) -> dict[str, Any]:
    with ExitStack() as stack:
        hosts = build(stack)
        agreed_to_policy(folder / "data")
        photos = {"one": folder / "one.jpg", "other": folder / "other.jpg"}
        photos["one"].write_bytes(saved(astronaut(), "JPEG", quality=92))
        photos["other"].write_bytes(saved(hopper(), "JPEG", quality=92))
        ours, theirs = os.openpty()
        wished = ["--phones", "--phones-network", "wlan0", "--port", str(PORT), "--no-browser"]
        app = subprocess.Popen(
            [sys.executable, "-m", "headshot_web", *wished, "--data-dir", str(folder / "data")],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        stack.callback(app.kill)
        codes = [read_terminal(until(ours, "Enter draws a fresh one"))]
        os.write(ours, b"\n")
        codes.append(read_terminal(until(ours, "Enter draws a fresh one")))
        phones = {}
        for name, code in zip(photos, codes, strict=True):
            phones[name] = at(hosts[name], "phone", code.partition("#")[2], str(photos[name]))
            stack.callback(phones[name].kill)
        first = {name: told(phone) for name, phone in phones.items()}
        for name, foreign in (("one", "other"), ("other", "one")):
            line = {"other": first[foreign]["photo"], "token": codes[0].partition("#")[2]}
            phone = phones[name]
            assert phone.stdin
            phone.stdin.write(json.dumps(line) + "\n")
            phone.stdin.flush()
        then = {name: told(phone) for name, phone in phones.items()}
        outside = told(at(hosts["outside"], "knock", CABLE))
        asked = {name: at(hosts[name], "ask", HOSTS[name].partition("/")[0]) for name in ("one", "outside")}
        named = {name: told(asking) for name, asking in asked.items()}
        app.send_signal(signal.SIGINT)
        ended = app.wait(20)
        after = told(at(hosts["one"], "knock", WIFI))
        return {
            "codes": codes, "first": first, "then": then, "outside": outside, "after": after, "ended": ended,
            "named": named,
        }  # fmt: skip


def be_a_phone(token: str, photo: Path) -> None:
    """Come in, bring a photo, have a headshot made; then try what is another's."""
    phone = Phone(PORT, lan=WIFI)
    paired = phone.pair(token).status
    phone.agree()
    own = phone.bring(photo.read_bytes())
    phone.make(own)
    end = time.monotonic() + 60
    while not phone.headshots() and time.monotonic() < end:
        time.sleep(0.2)
    print(json.dumps({"paired": paired, "photo": own, "headshots": len(phone.headshots())}), flush=True)
    asked = json.loads(sys.stdin.readline())
    picture = phone.ask("GET", f"/media/photo/{own}")
    answers = {
        "own": picture.status,
        "is_mine": picture.body[:2] == b"\xff\xd8",
        "others": phone.ask("GET", f"/media/photo/{asked['other']}").status,
        "again": Phone(PORT, lan=WIFI).pair(asked["token"]).status,
        "as_owner": phone.ask("GET", "/settings", Host=f"localhost:{PORT}").status,
        "headshots": len(phone.headshots()),
    }
    print(json.dumps(answers), flush=True)


def knock(address: str) -> None:
    """Say whether anybody answers there."""
    try:
        socket.create_connection((address, PORT), timeout=3).close()
    except OSError:
        print("false")
    else:
        print("true")


def ask_for_the_name(own: str) -> None:
    """Ask the network for the app's name, and open what it leads to by that name."""
    from zeroconf import IPVersion, ServiceBrowser, ServiceStateChange, Zeroconf  # noqa: PLC0415

    found: list[str] = []

    def heard(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Added and name.startswith("headshot-"):
            found.append(name)

    with Zeroconf(interfaces=[own], ip_version=IPVersion.V4Only) as asking:
        ServiceBrowser(asking, "_http._tcp.local.", handlers=[heard])
        end = time.monotonic() + 8
        while not found and time.monotonic() < end:
            time.sleep(0.1)
        service = asking.get_service_info("_http._tcp.local.", found[0]) if found else None
    if service is None or service.server is None:
        print("null", flush=True)
        return
    host, (address,) = service.server.rstrip("."), service.parsed_addresses()
    phone = Phone(PORT, lan=address)
    opens = {"Accept": "text/html", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    by_name, by_another = (
        phone.ask("GET", "/pair", Host=named, Origin=f"http://{named}", **opens).status
        for named in (f"{host}:{PORT}", f"x{host}:{PORT}")
    )
    print(json.dumps([host, address, by_name, by_another]), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["phone", token, photo]:
            be_a_phone(token, Path(photo))
        case ["ask", own]:
            ask_for_the_name(own)
        case ["knock", address]:
            knock(address)
        case [folder]:
            print(json.dumps(play(Path(folder))))
