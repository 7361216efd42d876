"""No log content raises an error, and the output is bounded."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from eksdoctor.evidence.fast_scan.line_filter import LineFilter
from eksdoctor.evidence.fast_scan.log_scan import LogScan
from eksdoctor.evidence.inputs import ipamd_checkpoint, ipamd_introspection, kubernetes_events, prometheus
from eksdoctor.evidence.observed.aggregate import MAX_GROUPS, Aggregator
from eksdoctor.evidence.observed.occurrences import MAX_EVIDENCE_CHARACTERS
from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.evidence.text.log_lines import MAX_MESSAGE_CHARACTERS, parse_lines
from eksdoctor.snapshot.records.kubernetes import Event, Metadata
from tests.evidence.samples import assign_refused, request, zap

SHARDS = st.sampled_from(
    [
        *(one.example for one in catalogue()),
        '{"level":"', '"ts":"2025-02-03T04:05:06.789Z"', '"msg":"', '"}', "{", "}", "\n", "\r\n", "\t", "\\",
        '\\"',
        "\\ud800", "\x1b[31m", "\0", "│ ", "Feb 29 04:05:06 ", "E0229 04:05:06.1 1 a.go:1] ",
        "99999999999999999999",
        "Warning  FailedMount  5s (x3 over 35s)  kubelet  ", "<invalid> (xN over <invalid>)", "request id: ",
        "2025-13-45T99:99:99Z ", 'time="', "[pod/a/b] ", "Send AddNetworkReply: ", "subnet-", "eni-", '"' * 9,
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(SHARDS, st.text(max_size=40)), max_size=30).map("".join)
BYTES = st.one_of(st.binary(max_size=400), TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")))


@settings(max_examples=150)
@given(st.lists(BYTES, max_size=6))
def test_any_stream_is_read(chunks):
    for line in parse_lines(chunks):
        assert len(line.message) <= MAX_MESSAGE_CHARACTERS
        line.message.encode("utf-8")
    scan = LogScan()
    scan.read(chunks)
    for observation in scan.aggregator.observations():
        assert observation.count >= 1
        assert len(observation.evidence) <= MAX_EVIDENCE_CHARACTERS


@settings(max_examples=100)
@given(BYTES)
def test_any_block_is_filtered(block):
    line_filter = LineFilter(may_skip=True)
    for physical in (block.splitlines(keepends=True), (block * 80).splitlines(keepends=True)):
        if physical:
            line_filter.filter_block(physical)
    assert all(group.count >= 1 for group in line_filter.take_groups())


@settings(max_examples=100)
@given(BYTES)
def test_any_document_is_read(document):
    prometheus.parse_metrics([document])
    ipamd_introspection.parse_enis(document)
    ipamd_checkpoint.parse_checkpoint(document)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["0", "ENIs", "ENIIPPools", "AvailableIPv4Cidrs", "IPv4Addresses", "10.0.0.0/28", "Cidr",
                 "Mask",
                 "IPAddresses", "IPAMKey", "networkName", "UnassignedTime", "allocations",
                 "metadata", "TotalIPs"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=150)
@given(JSON)
def test_any_json_is_read(document):
    data = json.dumps(document).encode()
    ipamd_introspection.parse_enis(data)
    ipamd_checkpoint.parse_checkpoint(data)


@settings(max_examples=60)
@given(TEXTS, TEXTS, st.integers(min_value=-5, max_value=1 << 40))
def test_any_event_is_read(reason, message, count):
    event = Event(Metadata(name="a"), reason=reason, message=message, count=count)
    for observation in kubernetes_events.event_observations([event]):
        assert observation.count >= 1


def test_unclosed_quotes_and_backslashes_are_read_in_linear_time():
    """Each of these took minutes with a pattern that retried at every position."""
    for shard in ('{"\\"', '{"msg":"', '{"a":"\\', "plugin type=", "Allocated [", "failed to retrieve a"):
        text = shard * 20_000
        assert list(parse_lines([text.encode()]))
        LogScan().read([text.encode()])


def test_deep_json_does_not_raise():
    assert list(parse_lines([b"{" * 200_000]))
    assert ipamd_introspection.parse_enis(b'{"ENIs":' * 100_000) is None


def test_memory_is_bounded():
    aggregator = Aggregator()
    for number in range(MAX_GROUPS + 2000):
        text = zap(assign_refused(number, eni=f"eni-{number:017x}"))
        for line in parse_lines([text.encode()]):
            aggregator.add_line(line)
    found = aggregator.observations()
    assert len(found) == MAX_GROUPS
    assert aggregator.dropped == 2000
    assert found[0].request_ids == (request(0),)
