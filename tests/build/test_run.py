"""`./build.sh run` starts three programs, says when they are ready, and stops all. Here they are stand-ins."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.steps.waiting import within

ROOT = Path(__file__).resolve().parents[2]

SERVER = """
import os, signal, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

setting = os.environ.get
print({"host": setting("ALONGSIDE_HOST"), "data": setting("ALONGSIDE_DATA"), "demo": setting("ALONGSIDE_DEMO")})
print({"centre": setting("ALONGSIDE_CENTRE"), "empty": setting("ALONGSIDE_DEMO_EMPTY")}, flush=True)
print({"origins": setting("ALONGSIDE_ORIGINS") + " "}, flush=True)
SPECIAL
HTTPServer((os.environ["ALONGSIDE_HOST"], int(os.environ["ALONGSIDE_PORT"])), Answer).serve_forever()
"""
DEMO = """
import sys
print("Ada, nurse" if "--people" in sys.argv else "laid " + " ".join(sys.argv[1:]))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose centre, phone and console only answer 200."""
    root = tmp_path / "a project"
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("sync/__init__.py", "sync/api/__init__.py", "field_app/__init__.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    for name in ("sync/api/__main__.py", "field_app/main.py", "field_app/console.py"):
        (root / name).write_text(SERVER.replace("SPECIAL", ""))
    (root / "demo.py").write_text(DEMO)
    return root


def three_free_ports() -> int:
    """Returns a port that is free together with the next two."""
    for first in range(20000 + os.getpid() % 20000, 60000, 3):
        try:
            for port in range(first, first + 3):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    raise AssertionError("no three free ports")


def start(project: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(project / "tools" / "run.py"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until_ready(run: subprocess.Popen[str]) -> list[str]:
    assert run.stdout is not None
    lines: list[str] = []
    for line in run.stdout:
        lines.append(line.rstrip())
        if line.startswith("Ctrl-C"):
            return lines
    raise AssertionError(f"{lines} {run.communicate()}")


def refused(port: int) -> bool:
    with socket.socket() as asks:
        return asks.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ready_is_said_with_addresses_and_people_and_a_signal_stops_all(project: Path, number: signal.Signals):
    port = three_free_ports()
    run = start(project, "--port", str(port))
    said = until_ready(run)
    assert f"  Phone     http://127.0.0.1:{port}" in said
    assert f"  Desktop   http://127.0.0.1:{port + 1}" in said
    assert f"  Centre    http://127.0.0.1:{port + 2}" in said
    assert "Ada, nurse" in said
    run.send_signal(number)
    assert run.wait(5) == 0
    run.communicate()
    assert all(refused(each) for each in range(port, port + 3))


def test_each_program_is_told_where_its_data_and_the_centre_are(project: Path):
    port, data = three_free_ports(), project / "some data"
    run = start(project, "--port", str(port), "--data", str(data))
    until_ready(run)
    run.terminate()
    run.communicate(timeout=5)
    logs = {name: (data / "logs" / f"{name}.log").read_text() for name in ("centre", "phone", "console", "demo")}
    assert str({"host": "127.0.0.1", "data": str(data / "centre"), "demo": "1"}) in logs["centre"]
    assert str({"host": "127.0.0.1", "data": str(data / "phone"), "demo": None}) in logs["phone"]
    assert str({"centre": f"http://127.0.0.1:{port + 2}", "empty": None}) in logs["console"]
    assert f"laid --centre http://127.0.0.1:{port + 2}" in logs["demo"]
    assert data.stat().st_mode & 0o077 == 0


def test_empty_lays_no_demo_data(project: Path):
    run = start(project, "--port", str(three_free_ports()), "--empty")
    until_ready(run)
    run.terminate()
    run.communicate(timeout=5)
    logs = project / ".alongside" / "logs"
    assert not (logs / "demo.log").exists()
    assert str({"centre": None, "empty": "1"}) in (logs / "centre.log").read_text()


def test_one_that_will_not_stop_is_ended_all_the_same(project: Path):
    deaf = SERVER.replace("SPECIAL", "signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    (project / "field_app" / "main.py").write_text(deaf)
    port = three_free_ports()
    run = start(project, "--port", str(port))
    until_ready(run)
    run.terminate()
    assert run.wait(6) == 0
    run.communicate()
    assert refused(port)


def test_one_that_dies_is_named_with_its_last_lines_and_the_others_stop(project: Path):
    port = three_free_ports()
    dying = SERVER.replace("SPECIAL", "print('the reason'); sys.exit(7)")
    (project / "field_app" / "console.py").write_text(dying)
    run = start(project, "--port", str(port), "--empty")
    _, told = run.communicate(timeout=30)
    assert run.returncode == 1
    assert "The console stopped by itself (code 7)." in told
    assert "    the reason" in told
    assert within(1, lambda: refused(port) and refused(port + 2))


def test_demo_data_that_cannot_be_laid_is_an_error(project: Path):
    (project / "demo.py").write_text("raise SystemExit('no such form')")
    run = start(project, "--port", str(three_free_ports()))
    _, told = run.communicate(timeout=30)
    assert run.returncode == 1
    assert "The demo data could not be laid." in told
    assert "no such form" in told


def test_two_runs_never_share_a_folder(project: Path):
    port = three_free_ports()
    first = start(project, "--port", str(port))
    until_ready(first)
    second = start(project, "--port", str(three_free_ports()))
    _, told = second.communicate(timeout=30)
    first.terminate()
    first.communicate(timeout=5)
    assert second.returncode == 1
    assert "is in use by another ./build.sh run" in told


def test_lan_opens_to_the_network_and_warns(project: Path):
    run = start(project, "--port", str(three_free_ports()), "--empty", "--lan")
    said = until_ready(run)
    run.terminate()
    run.communicate(timeout=5)
    assert any("anyone in this network can open it" in line for line in said)
    assert "'host': '0.0.0.0'" in (project / ".alongside" / "logs" / "phone.log").read_text()


def test_every_address_that_is_named_may_open_the_pages(project: Path):
    port = three_free_ports()
    run = start(project, "--port", str(port), "--empty", "--lan")
    said = until_ready(run)
    run.terminate()
    run.communicate(timeout=5)
    named = {line.split()[-1] for line in said if line.startswith("  ") and "http://" in line}
    for name, number in (("phone", port), ("console", port + 1)):
        log = (project / ".alongside" / "logs" / f"{name}.log").read_text()
        assert {origin for origin in named if origin.endswith(f":{number}")} <= set(
            log.split("'origins': '")[1].split()
        )
