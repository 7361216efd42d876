"""The lab's AWS account: botocore's service models say the wire format, a snapshot's records the content."""
