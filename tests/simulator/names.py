"""Names as Kubernetes and AWS make them, from one seeded source of randomness."""

from random import Random

POD_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
HEX = "0123456789abcdef"


class Names:
    """Hands out identifiers; the same seed gives the same ones in the same order."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def hex(self, length: int) -> str:
        """Lower-case hexadecimal digits."""
        return f"{self.random.getrandbits(4 * length):0{length}x}"

    def aws(self, prefix: str) -> str:
        """`i-0abc…`, `eni-0abc…`: 17 digits, the first of them 0."""
        return f"{prefix}-0{self.hex(16)}"

    def uid(self) -> str:
        """A random UUID, version 4."""
        digits = self.hex(32)
        variant = HEX[8 + int(digits[16], 16) % 4]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def suffix(self, length: int = 5) -> str:
        """The random end of a pod's name."""
        return "".join(self.random.choices(POD_ALPHABET, k=length))
