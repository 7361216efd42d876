"""Examples under a command's help."""


def epilog(*examples: str) -> str:
    """The examples as lines that help does not re-wrap."""
    return "\n".join(["\b", "Examples:", *(f"  {example}" for example in examples)])
