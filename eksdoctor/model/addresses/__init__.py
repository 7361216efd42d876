"""The use of every IP of an address range; pure arithmetic over records."""
