"""`decode`: whatever is pasted, the exit code is 0 and the answer is one of four."""

import gzip
import io
import json
import sys

import pytest

from tests import process

KEYS = ["state", "cause", "confidence", "signals", "next", "because", "shows"]
OF_SIGNAL = [
    "signature", "class", "means", "is_not", "count", "over", "first", "last", "node", "subnet", "eni", "pod",
    "evidence",
]  # fmt: skip
STATES = {"explained", "passing", "not-ip", "cannot-tell"}
QUOTA = (
    '{"level":"error","ts":"2026-03-04T05:07:07.123Z","caller":"awsutils/awsutils.go:990","msg":"Failed to '
    "CreateNetworkInterface operation error EC2: CreateNetworkInterface, https response error "
    "StatusCode: 400, RequestID: 4c5d6e7f-8899-4001-8223-344556677889, api error "
    "NetworkInterfaceLimitExceeded: The maximum "
    'number of network interfaces has been reached."}\n'
)
GENERIC = "add cmd: failed to assign an IP address to container\n"
IDLE = '{{"level":"debug","ts":"2026-03-04T05:06:07.123Z","caller":"a.go:1","msg":"reconciled in {} ms"}}\n'


@pytest.fixture
def paste(tmp_path):
    def written(content, name="paste.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture
def typed(monkeypatch):
    def standard_input(content):
        stream = io.TextIOWrapper(io.BytesIO(content.encode()))
        monkeypatch.setattr(sys, "stdin", stream)

    return standard_input


def cause_of(ended):
    assert ended.code == 0
    return json.loads(ended.out)["cause"]


def test_json_has_its_keys_and_words(run, paste):
    ended = run("decode", paste(QUOTA), "-o", "json")
    page = json.loads(ended.out)
    assert ended.err == ""
    assert list(page) == KEYS
    assert page["state"] in STATES
    assert page["confidence"] in ("confirmed", "likely")
    assert all(list(signal) == OF_SIGNAL for signal in page["signals"])
    assert page["cause"] == "eni-quota-reached"


def test_what_cannot_be_told_has_no_cause_and_no_confidence(run, paste):
    page = json.loads(run("decode", paste(GENERIC), "-o", "json").out)
    assert (page["state"], page["cause"], page["confidence"]) == ("cannot-tell", None, None)
    assert "ipamd.log" in page["next"]


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_standard_input(run, typed, arguments):
    typed(QUOTA)
    assert cause_of(run("decode", *arguments, "-o", "json")) == "eni-quota-reached"


def test_several_files_are_one_piece_of_evidence(run, paste):
    assert (
        cause_of(run("decode", paste(GENERIC, "a"), paste(QUOTA, "b"), "-o", "json")) == "eni-quota-reached"
    )


@pytest.mark.parametrize(
    "content",
    [
        QUOTA.encode("utf-16"),
        b"\xef\xbb\xbf" + QUOTA.encode(),
        QUOTA.replace("\n", "\r\n").encode(),
        gzip.compress(QUOTA.encode()),
        b"\0\xff\xfe\x00" * 100 + b"\n" + QUOTA.encode(),
    ],
    ids=["utf-16", "byte order mark", "CR LF", "gzip", "junk before it"],
)
def test_in_whatever_encoding(run, paste, content):
    assert cause_of(run("decode", paste(content), "-o", "json")) == "eni-quota-reached"


@pytest.mark.parametrize("content", [b"", b"\n", b"\0" * 4096, bytes(range(256)) * 64, b"\x1f\x8b broken"])
def test_junk_is_no_fault(run, paste, content):
    ended = run("decode", paste(content), "-o", "json")
    assert ended.code == 0
    assert json.loads(ended.out)["state"] == "cannot-tell"


def test_a_missing_file_is_a_wrong_call(run, tmp_path):
    ended = run("decode", tmp_path / "none.log")
    assert ended.code == 2
    assert "none.log" in ended.err


def test_a_folder_is_a_wrong_call(run, tmp_path):
    ended = run("decode", tmp_path)
    assert ended.code == 2
    assert "triage --from" in ended.err


def test_an_output_that_is_none(run, paste):
    assert run("decode", paste(QUOTA), "-o", "html").code == 2


def test_into_a_file(run, paste, tmp_path):
    ended = run("decode", paste(QUOTA), "-o", f"json={tmp_path / 'found.json'}")
    assert ended.code == 0
    assert json.loads((tmp_path / "found.json").read_text())["state"] == "explained"


def test_terminal_controls_are_not_passed_on(run, paste):
    ended = run("decode", paste(f"\x1b]0;owned\x07\x1b[31m\u202e {GENERIC}\x9b2J"), "--color", "always")
    assert "\x1b]0" not in ended.out
    assert "\x9b" not in ended.out
    assert "\u202e" not in ended.out


def test_the_page_says_verdict_step_and_meaning(run, paste):
    shown = run("decode", paste(QUOTA)).out
    assert shown.startswith("explained: eni-quota-reached\n")
    assert "\nNext    " in shown
    assert "\nMore    eksdoctor explain eni-quota-reached\n" in shown
    assert "\nmeans   The account has reached its quota" in shown


def test_a_long_log_is_read_in_passing(run, paste):
    long = "".join(IDLE.format(number) for number in range(60000)) + QUOTA
    assert len(long) > 5 << 20
    assert cause_of(run("decode", paste(long), "-o", "json")) == "eni-quota-reached"


@pytest.mark.slow
def test_a_hundred_megabytes_take_no_more_memory_than_five(paste):
    line = IDLE.format(7)
    peaks = []
    for size in (5 << 20, 100 << 20):
        path = paste(line * (size // len(line)) + QUOTA, f"{size}.log")
        program = (
            "import resource, subprocess, sys\n"
            "subprocess.run([sys.executable, '-m', 'eksdoctor', 'decode', sys.argv[1]], check=True)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        done = process.ended(sys.executable, "-c", program, path, check=True)
        assert "eni-quota-reached" in done.stdout
        peaks.append(int(done.stdout.split()[-1]))
    assert peaks[1] < peaks[0] + (32 << 10)
