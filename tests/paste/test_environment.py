"""Settings in every form of paste."""

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
    assert cni_settings.find_variables(text) == {"WARM_IP_TARGET": "5"}


@pytest.mark.parametrize("text", ["What is WARM_IP_TARGET?", "SOME_WARM_IP_TARGET=5", "WARM_IP_TARGETS=5"])
def test_no_variable(text):
    assert cni_settings.find_variables(text) == {}


def test_addon_configuration_and_running_settings_in_one_paste():
    text = (
        "resource x {\n configuration_values = jsonencode({\n env = {\n"
        ' WARM_IP_TARGET = "5"\n }\n })\n}\n\nEnvironment:\n  WARM_IP_TARGET:  1\n'
    )
    own, addon = cni_settings.split_addon_configuration(text)
    assert cni_settings.find_variables(own) == {"WARM_IP_TARGET": "1"}
    assert cni_settings.find_variables(addon) == {"WARM_IP_TARGET": "5"}


def test_without_brackets_the_addon_configuration_extends_to_the_end():
    own, addon = cni_settings.split_addon_configuration(
        "a: 1\nconfiguration_values:\n  env:\n    WARM_IP_TARGET: 5\n"
    )
    assert "WARM_IP_TARGET" not in own
    assert cni_settings.find_variables(addon) == {"WARM_IP_TARGET": "5"}


def test_addon_values_read_back_the_same():
    values = cni_settings.write_configuration_values({"WARM_IP_TARGET": "5"})
    assert cni_settings.read_configuration_values(values) == {"WARM_IP_TARGET": "5"}


@pytest.mark.parametrize("values", ["", "[", "a: [", "1", "env: 3", "env: {a: [1]}"])
def test_unreadable_values_give_no_variables(values):
    assert cni_settings.read_configuration_values(values) == {}
