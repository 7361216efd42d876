"""Bundles as AWS's two collectors pack them, with lines of our own."""

import gzip
import io
import json
import tarfile

INSTANCE = "i-0123456789abcdef0"
HOST = "ip-10-1-2-3.eu-west-1.compute.internal"
SCRIPT = f"eks_{INSTANCE}_2025-02-03_0404-UTC_0.7.8.tar.gz"
DIAGNOSTIC = f"{HOST}-logs.tar.gz"
POD = "var_log/kube-system_aws-node-x7k2p_5d9c1b1e-0000-4000-8000-000000000001"
TWIN = f"var_log/aws-node-x7k2p_kube-system_aws-node-{'0a' * 32}.log"


def zap(message, at):
    """A line of the daemon."""
    return json.dumps(
        {"level": "debug", "ts": at, "caller": "ipamd/ipamd.go:1", "msg": message}, separators=(",", ":")
    )


def script_files():
    """What eks-log-collector.sh leaves in its folder, as far as it matters, and some of the rest."""
    return {
        "system/instance-id.txt": f"{INSTANCE}\n",
        "system/script-params.txt": "ignore_introspection: false\n",
        "system/ps.txt": "USER PID COMMAND\nroot 1 /usr/lib/systemd/systemd\n"
        f"root 2 /usr/bin/kubelet --config=/etc/k --hostname-override={HOST} --v=2\n",
        "kubelet/kubelet.log": "-- Journal begins at Sat 2025-02-01 00:00:00 UTC. --\n"
        f"Feb 03 04:00:00 {HOST} kubelet[12]: I0203 04:00:00.000000 12 flags.go:64] started\n",
        "kubelet/kubeconfig.yaml": "server: https://example\n",
        "ipamd/enis.json": json.dumps({"0": {"TotalIPs": 14, "AssignedIPs": 14, "ENIs": {}}}),
        "ipamd/pods.json": '{"AvailableCommands":["/v1/enis"]}',
        "ipamd/networkutils-env-settings.json": "{}",
        "ipamd/ipamd-env-settings.json": '{"WARM_IP_TARGET":"2"}',
        "ipamd/eni-configs.json": '"default"',
        "ipamd/metrics.json": "# TYPE awscni_total_ip_addresses gauge\nawscni_total_ip_addresses 14\n",
        "ipamd/ipam.json": '{"version":"vpc-cni-ipam/1","allocations":[]}',
        "var_log/aws-routed-eni/ipamd.log": zap("IP stats", "2025-02-03T04:05:06.789Z") + "\n",
        "var_log/aws-routed-eni/ipamd-2025-02-01T10-00-00.000.log.gz": gzip.compress(
            b"the oldest\n", mtime=0
        ),
        "var_log/aws-routed-eni/ipamd-2025-02-02T10-00-00.000.log.gz": gzip.compress(b"the older\n", mtime=0),
        "var_log/aws-routed-eni/plugin.log": zap("Received CNI add", "2025-02-03T04:05:01.000Z") + "\n",
        "var_log/aws-routed-eni/network-policy-agent.log": "other\n",
        f"{POD}/aws-node/1.log": "2025-02-03T04:01:00.5Z stdout F second start\n",
        f"{POD}/aws-node/0.log": "2025-02-03T03:01:00.5Z stdout F first start\n",
        f"{POD}/aws-node/0.log.20250203-030000.gz": gzip.compress(b"before that\n", mtime=0),
        f"{POD}/aws-vpc-cni-init/0.log": "2025-02-03T03:00:00.5Z stdout F init\n",
        f"{POD}/aws-eks-nodeagent/0.log": "2025-02-03T03:00:00.5Z stdout F another daemon's\n",
        TWIN: "2025-02-03T04:01:00.5Z stdout F second start\n",
        "var_log/messages": "Feb  3 04:00:00 x kubelet[1]: the same again\n",
    }


def pack(path, files, prefix="./", mode="w:gz"):
    """An archive of texts, bytes and ready-made headers."""
    with tarfile.open(path, mode) as out:
        out.addfile(kind_of_member(prefix or "./", tarfile.DIRTYPE))
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                out.addfile(content)
                continue
            data = content.encode() if isinstance(content, str) else content
            header = tarfile.TarInfo(prefix + name)
            header.size = len(data)
            out.addfile(header, io.BytesIO(data))
    return path


def kind_of_member(name, kind, to=""):
    """A header without content: a link, a device, a folder."""
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, to
    return header
