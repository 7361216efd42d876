"""Settings in every form that people paste."""

import pytest

from eksdoctor.paste import cni_settings


@pytest.mark.parametrize(
    "text",
    [
        "WARM_IP_TARGET=5",
        "      WARM_IP_TARGET:                         5",
        "      WARM_IP_TARGET:                         5\r",
        '- name: WARM_IP_TARGET\n  value: "5"',
        "        - name: WARM_IP_TARGET\n          value: '5'",
        'env = {\n  WARM_IP_TARGET       = "5" # why ever\n}',
        '{"env": {"WARM_IP_TARGET": "5",}}',
        '"env": {\n    "WARM_IP_TARGET": "5",\n}',
        'configurationValues: \'{"env":{"WARM_IP_TARGET":"5"}}\'',
        '"configurationValues": "{\\"env\\":{\\"WARM_IP_TARGET\\":\\"5\\"}}"',
        '{"name": "WARM_IP_TARGET", "value": "5"}',
        '{name = "WARM_IP_TARGET", value = "5"}',
        "kubectl set env daemonset aws-node -n kube-system WARM_IP_TARGET=5",
        "export WARM_IP_TARGET=5",
        "│ WARM_IP_TARGET: 5",
        "--set env.WARM_IP_TARGET=5",
    ],
)
def test_a_variable(text):
    assert cni_settings.settings(text) == {"WARM_IP_TARGET": "5"}


@pytest.mark.parametrize("text", ["What is WARM_IP_TARGET?", "SOME_WARM_IP_TARGET=5", "WARM_IP_TARGETS=5"])
def test_no_variable(text):
    assert cni_settings.settings(text) == {}


def test_what_is_the_add_on_s_and_what_runs_in_one_paste():
    text = (
        "resource x {\n configuration_values = jsonencode({\n env = {\n"
        ' WARM_IP_TARGET = "5"\n }\n })\n}\n\nEnvironment:\n  WARM_IP_TARGET:  1\n'
    )
    own, addon = cni_settings.parted(text)
    assert cni_settings.settings(own) == {"WARM_IP_TARGET": "1"}
    assert cni_settings.settings(addon) == {"WARM_IP_TARGET": "5"}


def test_without_brackets_all_that_follows_is_the_add_on_s():
    own, addon = cni_settings.parted("a: 1\nconfiguration_values:\n  env:\n    WARM_IP_TARGET: 5\n")
    assert "WARM_IP_TARGET" not in own
    assert cni_settings.settings(addon) == {"WARM_IP_TARGET": "5"}


def test_the_add_on_s_values_come_back_out():
    values = cni_settings.configuration({"WARM_IP_TARGET": "5"})
    assert cni_settings.configured(values) == {"WARM_IP_TARGET": "5"}


@pytest.mark.parametrize("values", ["", "[", "a: [", "1", "env: 3", "env: {a: [1]}"])
def test_values_that_say_nothing(values):
    assert cni_settings.configured(values) == {}
