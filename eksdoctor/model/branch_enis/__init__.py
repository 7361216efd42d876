"""What the VPC resource controller hands out: branch ENIs and Windows addresses."""
