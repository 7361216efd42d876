"""The max-pods setting in a node's user data: MIME parts, NodeConfig, shell script or Bottlerocket's TOML.

The rest of user data may hold anything, including credentials, and is not kept.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator

import msgspec

from eksdoctor.collect.refusal import clean
from eksdoctor.collect.user_data.node_config import node_config_setting
from eksdoctor.snapshot.records.launch_template import MaxPodsSetting

MAX_BYTES = 1 << 16  # EC2 allows 16 KiB; compressed user data may unpack to more
_GZIP = b"\x1f\x8b"
_NO_SETTING = MaxPodsSetting(user_data="none")
_UNCLEAR = MaxPodsSetting(user_data="unclear")
_READ = MaxPodsSetting(user_data="read")
_MENTIONED = re.compile(r"max[-_]?pods", re.IGNORECASE)
_COMMENT = re.compile(r"(?m)^\s*#.*$")
_ARGUMENT = re.compile(r"--max-pods[= ][\"']?(\d{1,6})\b")
_FLAG = re.compile(r"--use-max-pods[= ][\"']?(true|false)\b")
_HEADED = re.compile(rb"\s*(?:MIME-Version|Content-Type|From|Mime-Version):", re.IGNORECASE)


def max_pods_in_encoded(text: str) -> MaxPodsSetting:
    """The setting in user data in base64, as EC2 returns it."""
    try:
        return max_pods_in(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        return _UNCLEAR


def max_pods_in(data: bytes) -> MaxPodsSetting:
    """The setting in user data; where several parts set it, the last one counts, as on the node."""
    if not data.strip():
        return _NO_SETTING
    try:
        texts = [part.decode() for part in _parts(_unpacked(data))]
    except (UnicodeDecodeError, zlib.error, LookupError, ValueError, RecursionError):
        return _UNCLEAR
    return _merged(_of_part(text) for text in texts)


def _unpacked(data: bytes) -> bytes:
    if data.startswith(_GZIP):
        stream = zlib.decompressobj(wbits=47)
        data = stream.decompress(data, MAX_BYTES)
        if not stream.eof:
            raise ValueError("longer than user data can be, or cut off")
    if len(data) > MAX_BYTES:
        raise ValueError("longer than user data can be")
    return data


def _parts(data: bytes) -> Iterator[bytes]:
    """The leaves of a MIME document, or the data itself."""
    if not _HEADED.match(data):
        yield data
        return
    from email import message_from_bytes

    for part in message_from_bytes(data).walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            yield _unpacked(content if isinstance(content, bytes) else b"")


def _merged(settings: Iterable[MaxPodsSetting]) -> MaxPodsSetting:
    whole = _READ
    for setting in settings:
        if setting.user_data == "unclear":
            return _UNCLEAR
        changes = {
            name: value
            for name in ("max_pods", "max_pods_expression", "use_max_pods")
            if (value := getattr(setting, name)) is not None
        }
        whole = msgspec.structs.replace(whole, **changes)
    return whole


def _of_part(text: str) -> MaxPodsSetting:
    if not _MENTIONED.search(text):
        return _READ
    if text.lstrip().startswith("#!"):
        return _of_script(text)
    found = node_config_setting(text) if "node.eks.aws/" in text else _of_settings(text)
    if found is None or (found == _READ and _MENTIONED.search(_COMMENT.sub("", text))):
        return _UNCLEAR
    expression = found.max_pods_expression
    return msgspec.structs.replace(found, max_pods_expression=clean(expression) if expression else None)


def _of_script(text: str) -> MaxPodsSetting:
    """The arguments of bootstrap.sh; `unclear` when the script computes the number."""
    script = _COMMENT.sub("", text)
    numbers = {int(number) for number in _ARGUMENT.findall(script)}
    flags = set(_FLAG.findall(script))
    rest = _FLAG.sub("", _ARGUMENT.sub("", script))
    if len(numbers) > 1 or len(flags) > 1 or _MENTIONED.search(rest):
        return _UNCLEAR
    return MaxPodsSetting(
        user_data="read",
        max_pods=min(numbers, default=None),
        use_max_pods=flags == {"true"} if flags else None,
    )


def _of_settings(text: str) -> MaxPodsSetting | None:
    """Bottlerocket's settings; None when the text is not TOML or max-pods is not a number."""
    import tomllib

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None
    for step in ("settings", "kubernetes"):
        inner = table.get(step, {})
        table = inner if isinstance(inner, dict) else {}
    number = table.get("max-pods")
    if number is None:
        return _READ
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 10**6:
        return None
    return MaxPodsSetting(user_data="read", max_pods=number)
