"""The max-pods setting in a node's user data, in every format that sets it."""
