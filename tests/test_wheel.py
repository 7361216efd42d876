"""The package as users get it: built as sdist, from that as wheel, and run outside the checkout."""

import sys
import tarfile
import zipfile

import pytest

from tests import process
from tests.process import EKSDOCTOR, ROOT

FIXTURE = ROOT / "fixtures" / "min-ip-freeze.eksdoctor.tar.gz"


def build(target, source, into):
    """One distribution by the project's own backend, without isolation: nothing is downloaded."""
    process.ended(
        sys.executable, "-m", "hatchling", "build", "-t", target, "-d", into, cwd=source, check=True
    )
    return next(iter(sorted(into.glob("*.whl" if target == "wheel" else "*.tar.gz"))))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the wheel's contents, as an installer puts them."""
    folder = tmp_path_factory.mktemp("package")
    with tarfile.open(build("sdist", ROOT, folder / "sdist")) as archive:
        archive.extractall(folder / "sources", filter="data")
    source = next((folder / "sources").iterdir())
    with zipfile.ZipFile(build("wheel", source, folder / "wheel")) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def run(installed, tmp_path):
    def ended(*arguments):
        environment = process.environment(PYTHONPATH=str(installed))
        return process.ended(
            sys.executable, "-P", "-m", "eksdoctor", *arguments, cwd=tmp_path, env=environment
        )

    return ended


def test_the_wheel_holds_the_program_and_neither_tests_nor_fixtures(installed):
    assert {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")} == {
        "eksdoctor"
    }
    bundled = installed / "eksdoctor" / "_bundled"
    for folder in ("rules", "reports"):
        shipped = {path.relative_to(bundled / folder) for path in (bundled / folder).rglob("*.*")}
        assert shipped == {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*.*")}


def test_the_wheel_finds_its_own_rules_and_templates(run, installed, tmp_path):
    done = run("rules", "list", "-o", "json")
    assert (done.returncode, "subnet-exhausted" in done.stdout) == (0, True)
    page = tmp_path / "report.html"
    done = run("triage", "--from", FIXTURE, "-o", f"html={page}", "-o", "markdown")
    assert (done.returncode, done.stderr) == (0, f"wrote {page}\n")
    assert "minimum-ip-freeze" in page.read_text()
    assert "minimum-ip-freeze" in done.stdout
    assert run("rules", "test").returncode == 2, "the cases are in the sources alone, and that is said"


def test_a_checkout_and_the_wheel_print_the_same(run):
    here = process.ended(*EKSDOCTOR, "triage", "--from", FIXTURE, check=True)
    assert run("triage", "--from", FIXTURE).stdout == here.stdout
