"""Credential plugins that fail, hang, talk nonsense or work."""

import os
import sys
import time

import pytest

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.dispatch import connect
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.snapshot.records.kubernetes import LIST_ENI_CONFIGS, LIST_EVENTS, LIST_NODES, TABULATE_PODS
from eksdoctor.snapshot.request import Request
from tests.collect.kubeconfigs import exec_user, kubeconfig
from tests.collect.server import Reply, listed, serving
from tests.process import PATIENCE

NODES = Request.of(LIST_NODES)


@pytest.fixture
def refuse(tmp_path):
    """Ask with a plugin written for the test; the server is never reached."""

    def refusing(script, seconds=PATIENCE, options=None, **variables):
        return ask(tmp_path, plugin(tmp_path, script), seconds, options=options, **variables).refusal

    return refusing


def plugin(tmp_path, script):
    path = tmp_path / "plugin"
    path.write_text(f"#!{sys.executable}\nimport sys, os, time\n{script}\n")
    path.chmod(0o755)
    return str(path)


def ask(tmp_path, command, seconds=PATIENCE, url="http://127.0.0.1:1", options=None, **variables):
    path = kubeconfig(
        tmp_path / "config", server=url, user=exec_user(command, "eks", "get-token", **variables)
    )
    chosen = ConnectionOptions(kubeconfig=path, **(options or {}))
    return connect(chosen).answer(NODES, Deadline.after(seconds))


def test_a_failing_plugin_is_reported_as_that_with_its_words(refuse):
    refusal = refuse(
        r"sys.stderr.write('\x1b[31mUnable to locate\x07 credentials\n' + 'x' * 900); sys.exit(255)"
    )
    assert refusal.reason == "unauthenticated"
    assert "plugin failed, exit code 255: Unable to locate credentials" in refusal.message
    assert len(refusal.message) == 500
    assert refusal.grant == "valid AWS credentials: `aws sts get-caller-identity` must work"


@pytest.mark.parametrize(
    "words",
    [
        "Error loading SSO Token: Token for corp does not exist",
        "The SSO session associated with this profile has expired. To refresh run aws sso login",
        "Token has expired and refresh failed",
    ],
)
def test_single_sign_on_is_met_with_its_login(refuse, words):
    refusal = refuse(f"sys.stderr.write({words!r}); sys.exit(255)", AWS_PROFILE="prod eu")
    assert refusal.grant == "aws sso login --profile 'prod eu'"


def test_a_profile_with_single_sign_on_is_met_with_its_login(refuse, nobody_at_home):
    (nobody_at_home / "aws-config").write_text("[profile prod]\nsso_session = corp\n")
    assert refuse("sys.exit(1)", AWS_PROFILE="prod").grant == "aws sso login --profile prod"


def test_a_missing_plugin_is_said_to_be_missing(tmp_path):
    refusal = ask(tmp_path, "no-such-authenticator").refusal
    assert refusal.reason == "unauthenticated"
    assert "no-such-authenticator" in refusal.message
    assert "not on PATH" in refusal.message


def test_a_plugin_that_may_not_be_run_is_said_to_be(tmp_path):
    path = tmp_path / "broken"
    path.write_text("#!/no/such/interpreter\n")
    path.chmod(0o755)
    assert "cannot be run" in ask(tmp_path, str(path)).refusal.message


def test_a_hanging_plugin_ends_before_the_deadline_with_its_children(tmp_path):
    marker = tmp_path / "pid"
    command = tmp_path / "hangs"
    command.write_text(f"#!/bin/sh\necho $$ > {marker}\nsleep 60\n")
    command.chmod(0o755)
    refusal = ask(tmp_path, str(command), seconds=3.0).refusal
    assert refusal.reason == "unauthenticated"
    assert "returned no credential within" in refusal.message
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)


@pytest.mark.parametrize(
    "output",
    ["not json", "[]", "{}", '{"status": {}}', '{"status": {"token": ""}}', '{"status": {"token": 7}}'],
)
def test_a_plugin_that_talks_nonsense_is_said_to(refuse, output):
    refusal = refuse(f"print({output!r})")
    assert refusal.reason == "unauthenticated"
    assert "returned no ExecCredential" in refusal.message


def test_a_user_without_any_command_is_a_refusal(tmp_path):
    path = kubeconfig(tmp_path / "config", user={"exec": {"command": None}})
    options = ConnectionOptions(kubeconfig=path)
    answer = connect(options).answer(NODES, Deadline.after(PATIENCE))
    assert answer.refusal.reason == "unauthenticated"


def test_a_working_plugin_gives_the_token_once_and_has_no_terminal(tmp_path):
    log = tmp_path / "log"
    script = (
        f"open({str(log)!r}, 'a').write(repr((sys.stdin.read(), os.environ['AWS_PROFILE'],"
        " os.environ.get('AWS_ENDPOINT_URL'), os.environ['KUBERNETES_EXEC_INFO'])) + '\\n')\n"
        'print(\'{"kind": "ExecCredential", "status": {"token": "from-plugin"}}\')'
    )
    with serving() as server:
        server.on("/api/v1/nodes", Reply(body=listed()))
        path = kubeconfig(
            tmp_path / "config",
            server=server.url,
            user=exec_user(plugin(tmp_path, script), AWS_PROFILE="entry"),
        )
        options = ConnectionOptions(kubeconfig=path, profile="mine", aws_endpoint="http://127.0.0.1:9")
        connection = connect(options)
        answers = [connection.answer(NODES, Deadline.after(PATIENCE)) for _ in range(2)]
    assert [answer.refusal for answer in answers] == [None, None]
    assert {asked.headers["authorization"] for asked in server.asked} == {"Bearer from-plugin"}
    (line,) = log.read_text().splitlines()
    stdin, profile, endpoint, information = eval(line)
    assert (stdin, profile, endpoint) == ("", "entry", None)
    assert '"interactive": false' in information


def test_the_profile_of_the_command_line_reaches_a_plugin_that_names_none(refuse):
    refusal = refuse("sys.stderr.write(os.environ['AWS_PROFILE']); sys.exit(3)", options={"profile": "mine"})
    assert refusal.message.endswith("exit code 3: mine")


def test_every_kubernetes_request_gets_the_same_refusal_from_one_run(tmp_path):
    count = tmp_path / "count"
    command = plugin(tmp_path, f"open({str(count)!r}, 'a').write('x'); sys.exit(3)")
    options = ConnectionOptions(kubeconfig=kubeconfig(tmp_path / "config", user=exec_user(command)))
    connection = connect(options)
    actions = (LIST_NODES, LIST_EVENTS, TABULATE_PODS, LIST_ENI_CONFIGS)
    refusals = {connection.answer(Request.of(action), Deadline.after(PATIENCE)).refusal for action in actions}
    assert len(refusals) == 1
    assert count.read_text() == "x"


def test_waiting_is_bounded_by_the_time_that_is_left():
    assert Deadline.after(0).left == 0
    assert Deadline(time.monotonic() - 5, 20).left == 0
    assert Deadline.after(20).message == "not within 20 s"
