"""Log bundles of one node, as AWS's tools write them; they are read in place."""
