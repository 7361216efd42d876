"""Help text."""


def epilog(*examples: str) -> str:
    """The examples under a command's help, one a line, not re-wrapped."""
    return "\n".join(["\b", "Examples:", *(f"  {example}" for example in examples)])
