"""What reads no cluster loads no client."""

import json
import sys

import pytest

from tests import process
from tests.process import EKSDOCTOR, ROOT

HEAVY = ("boto3", "botocore", "kubernetes", "jinja2", "pydantic")
SCRIPT = """
import json, sys
from eksdoctor.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def modules_of(*arguments):
    done = process.ended(sys.executable, "-c", SCRIPT, *arguments, check=True)
    return set(json.loads(done.stderr.splitlines()[-1])), done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("triage", "--help"),
        ("rules", "--help"),
        ("--version",),
        ("explain", "subnet-exhausted"),
        ("explain", "subnet-exhausted", "-o", "markdown"),
        ("rules", "list"),
        ("rules", "list", "-o", "json"),
    ],
)
def test_nothing_heavy_is_loaded(arguments):
    loaded, said = modules_of(*arguments)
    assert "typer" in loaded
    assert said
    assert not loaded & set(HEAVY)


def test_a_replay_loads_neither_client(tmp_path):
    fixture = ROOT / "fixtures" / "healthy-stock.eksdoctor.tar.gz"
    loaded, said = modules_of("triage", "--from", str(fixture))
    assert "lyra-stock-prod" in said
    assert not loaded & {"boto3", "botocore", "kubernetes"}


def test_python_dash_m_runs_the_same():
    done = process.ended(*EKSDOCTOR, "version", check=True)
    assert done.stdout.startswith("eksdoctor ")
