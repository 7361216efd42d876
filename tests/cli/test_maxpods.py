"""`maxpods`."""

import json
import sys

import pytest

from tests import process

KEYS = [
    "instance_type",
    "enis",
    "ipv4_per_eni",
    "vcpus",
    "nitro",
    "branch_enis",
    "secondary",
    "custom_networking",
    "prefix",
    "prefix_custom_networking",
]


@pytest.fixture
def shown(run):
    def objects(*arguments):
        ended = run("maxpods", *arguments, "-o", "json")
        assert ended.code == 0
        assert ended.err == ""
        return json.loads(ended.out)

    return objects


def row(page, name):
    return next(line for line in page.splitlines() if line.startswith(f"{name} ")).split()


def test_one_type_as_json(shown):
    (found,) = shown("m5.large")
    assert list(found) == KEYS
    assert found == {
        "instance_type": "m5.large",
        "enis": 3,
        "ipv4_per_eni": 10,
        "vcpus": 2,
        "nitro": True,
        "branch_enis": 9,
        "secondary": {"uncapped": 29, "recommended": 29},
        "custom_networking": {"uncapped": 20, "recommended": 20},
        "prefix": {"uncapped": 434, "recommended": 110},
        "prefix_custom_networking": {"uncapped": 290, "recommended": 110},
    }


def test_what_is_not_possible_or_not_known_is_null(shown):
    xen, unsized, new = shown("m4.large", "p3.2xlarge", "r9g.large")
    assert xen["prefix"] is xen["prefix_custom_networking"] is None
    assert xen["branch_enis"] == 0
    assert unsized["vcpus"] is None
    assert unsized["secondary"] == {"uncapped": 58, "recommended": None}
    assert new["branch_enis"] is None


def test_patterns_keep_the_order_given_and_name_a_type_once(shown):
    names = [found["instance_type"] for found in shown("t3.micro", "m5.*", "m5.large", "M5.LARGE")]
    assert names[:4] == ["t3.micro", "m5.large", "m5.xlarge", "m5.2xlarge"]
    assert names[-1] == "m5.metal"
    assert len(names) == len(set(names)) == 10
    assert len(shown("*")) == 1447


def test_security_groups_for_pods_keep_a_slot_on_types_that_trunk(shown):
    m5, t3 = shown("m5.large", "t3.medium", "--pod-eni")
    assert (m5["secondary"]["uncapped"], m5["custom_networking"]["uncapped"]) == (20, 11)
    assert t3["secondary"]["uncapped"] == 17


def test_max_eni_lowers_every_mode(shown):
    (found,) = shown("m5.large", "--max-eni", "2")
    assert found["enis"] == 3
    assert [found[mode]["uncapped"] for mode in KEYS[6:]] == [20, 11, 290, 146]
    assert shown("m5.large", "--max-eni", "9") == shown("m5.large")


def test_the_switches_of_the_mode_do_not_change_the_json(shown):
    assert shown("m5.large", "--prefix-delegation", "--custom-networking") == shown("m5.large")


@pytest.mark.parametrize(
    ("switches", "first"),
    [
        ((), "234 → 110"),
        (("--custom-networking",), "205 → 110"),
        (("--prefix-delegation",), "3714 → 110"),
        (("--prefix-delegation", "--custom-networking"), "3250 → 110"),
        (("--prefix-delegation", "--pod-eni"), "3250 → 110"),
    ],
)
def test_the_terminal_shows_the_asked_mode_first(run, switches, first):
    ended = run("maxpods", "m5.4xlarge", *switches)
    assert ended.code == 0
    cells = row(ended.out, "m5.4xlarge")
    assert " ".join(cells[1:4]) == first
    assert cells[-4:] == ["16", "8", "30", "54"]


def test_the_terminal_marks_what_is_missing(run):
    page = run("maxpods", "m4.large", "p3.2xlarge").out
    assert row(page, "m4.large")[-6:-4] == ["-", "-"]
    assert row(page, "p3.2xlarge")[1:4] == ["58", "→", "?"]
    assert "? unknown" in page
    assert "not known" not in run("maxpods", "m5.large").out


def test_columns_stand_under_their_titles(run):
    lines = run("maxpods", "*").out.partition("\n\n")[0].splitlines()
    assert len(lines) == 1449
    assert len({len(line) for line in lines}) == 1


def test_color_only_when_wanted(run):
    assert "\x1b" not in run("maxpods", "m5.large").out
    assert "\x1b[1m" in run("maxpods", "m5.large", "--color", "always").out


def test_markdown_is_one_table(run, tmp_path):
    file = tmp_path / "types.md"
    assert run("maxpods", "m5.large", "m4.large", "-o", f"markdown={file}").out == ""
    table = [line for line in file.read_text().splitlines() if line.startswith("|")]
    assert len(table) == 4
    assert {line.count("|") for line in table} == {10}
    assert table[2].startswith("| `m5.large` | 29 → 29 |")


def test_an_unknown_type_is_an_error_with_near_names(run):
    ended = run("maxpods", "m5.large", "m5.lrge")
    assert ended.code == 2
    assert ended.out == ""
    assert "unknown instance type m5.lrge (table of 20" in ended.err
    assert "Did you mean m5.large" in ended.err


@pytest.mark.parametrize("name", ["zz9.*", "qqqqqqqqqq", "", "m5.large\x1b[31m"])
def test_a_name_of_nothing_is_a_wrong_call(run, name):
    ended = run("maxpods", name)
    assert ended.code == 2
    assert "\x1b" not in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("arguments", [(), ("m5.large", "--max-eni", "0"), ("m5.large", "-o", "html")])
def test_wrong_calls(run, arguments):
    assert run("maxpods", *arguments).code == 2


def test_help_has_examples(run):
    assert "\n    eksdoctor maxpods" in run("maxpods", "--help").out
    assert "\n  maxpods " in run("--help").out


@pytest.mark.parametrize("form", ["terminal", "markdown", "json"])
def test_nothing_heavy_is_loaded(form):
    script = (
        "import sys\nfrom eksdoctor.cli import main\ntry:\n    main(sys.argv[1:])\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "heavy = {'boto3', 'botocore', 'kubernetes', 'jinja2', 'pydantic', 'yaml'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = process.ended(sys.executable, "-c", script, "maxpods", "m5.*", "-o", form, check=True)
    assert "m5.metal" in done.stdout
