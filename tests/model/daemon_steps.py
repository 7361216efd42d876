"""A node's address daemon, turn by turn: an oracle for the pool's formulas that shares nothing with them.

Told after the daemon's own loop: every five seconds it looks at its ENIs, asks EC2 for more when it has too
little, else gives back what it has too much of, and then detaches an ENI that nobody needs. Addresses are
walked one by one; nothing here knows a formula of the pool.
"""

from dataclasses import dataclass, field
from random import Random

TURN = 5
BETWEEN_RELEASES = 30
YOUTH = 60
COOLING = 30
QUIET = 120
FULL = "InsufficientFreeAddressesInSubnet"
NO_PREFIX = "InsufficientCidrBlocks"


@dataclass(frozen=True)
class Settings:
    """What the daemon is told, and what its machine is."""

    version: tuple[int, int, int] = (1, 23, 1)
    warm_ip: int = 0
    minimum_ip: int = 0
    warm_eni: int = 1
    warm_prefix: int = 0
    prefixes: bool = False
    custom_networking: bool = False
    discovery: bool = True
    pod_eni: bool = False
    type_can_trunk: bool = True
    enis: int = 3
    slots: int = 9
    foreign: int = 0
    max_pods: int = 110

    @property
    def size(self):
        return 16 if self.prefixes else 1

    @property
    def counts(self):
        return self.warm_ip != 0 or self.minimum_ip != 0


@dataclass
class Block:
    """One address or one prefix of sixteen: who has each address, and since when those without cool."""

    pods: list[str | None]
    cooling_until: list[int]

    @property
    def unused(self):
        return all(pod is None for pod in self.pods)


@dataclass
class Interface:
    """One attached ENI."""

    born: int
    primary: bool = False
    trunk: bool = False
    blocks: list[Block] = field(default_factory=list)

    @property
    def idle(self):
        return all(block.unused for block in self.blocks)

    def cools(self, now):
        return any(until > now for block in self.blocks for until in block.cooling_until)


@dataclass
class Turn:
    """What one turn did: calls as (on a new ENI, units, what EC2 said), blocks given back, ENI detached."""

    low: bool = False
    calls: list[tuple[bool, int, str]] = field(default_factory=list)
    chosen: list[Interface] = field(default_factory=list)
    released: int = 0
    detached: int | None = None


class Daemon:
    """One node. `free` is what its pods' subnet has left, in whole prefixes; None is without end."""

    def __init__(self, settings, random=None, free=None, *, trunk=False):
        self.settings, self.random, self.free, self.now = settings, random or Random(0), free, 1000
        self.enis = [Interface(0, primary=True)]
        if trunk:
            self.enis.append(Interface(0, trunk=True))
        self.quiet_until = self.next_release = 0
        self.waiting: list[str] = []
        self.frozen = False  # cordoned, or told to ask for nothing

    # --- what it sees ----------------------------------------------------------------------------

    def blocks(self):
        return [block for eni in self.enis for block in eni.blocks]

    def count(self):
        """All addresses, and those with pods."""
        total = taken = 0
        for block in self.blocks():
            for pod in block.pods:
                total += 1
                taken += pod is not None
        return total, taken

    def is_low(self):
        total, taken = self.count()
        available = total - taken
        s = self.settings
        if s.version >= (1, 16, 3) and total >= s.max_pods:
            return False
        if s.counts:
            return available < s.warm_ip or total < s.minimum_ip
        warm, worth = (s.warm_prefix, 16) if s.prefixes else (s.warm_eni, s.slots)
        if warm == 0:
            return available == 0
        return available < warm * worth

    def wanted(self):
        """Addresses or prefixes to ask for, found by adding one after another until it is enough."""
        s = self.settings
        total, taken = self.count()
        if s.counts:
            units = 0
            while total + units * s.size - taken < s.warm_ip or total + units * s.size < s.minimum_ip:
                units += 1
            return units
        if s.prefixes:
            free = sum(1 for block in self.blocks() if block.unused)
            units = 1
            while free + units < s.warm_prefix:
                units += 1
            return units
        return s.slots

    def growable(self):
        s = self.settings
        found = [
            eni
            for eni in self.enis
            if not eni.trunk and not (s.custom_networking and eni.primary) and len(eni.blocks) < s.slots
        ]
        self.random.shuffle(found)
        return found

    def has_room(self):
        s = self.settings
        room = s.enis - s.foreign
        trunk_there = any(eni.trunk for eni in self.enis)
        if s.pod_eni and not trunk_there and (s.type_can_trunk or s.version < (1, 20, 4)):
            room -= 1
        return len(self.enis) < room

    # --- what it does ----------------------------------------------------------------------------

    def turn(self):
        """One pass of the loop."""
        self.now += TURN
        done = Turn(low=self.is_low())
        if done.low:
            self.grow(done)
        elif self.now >= self.next_release:
            done.released = self.release()
            if done.released:
                self.next_release = self.now + BETWEEN_RELEASES
        if not self.frozen:
            self.detach(done)
        self.serve()
        return done

    def grow(self, done):
        if self.frozen or self.now < self.quiet_until:
            return
        s = self.settings
        for eni in self.growable():
            done.chosen.append(eni)
            room = s.slots - len(eni.blocks)
            for units in (min(room, self.wanted()), 1):
                answer = self.ask(units)
                done.calls.append((False, units, answer))
                if not answer:
                    self.add(eni, units)
                    return
            if not (s.discovery and s.version >= (1, 18, 3)):
                self.refused(answer)
                return
        if self.has_room():
            units = min(self.wanted(), s.slots)
            answer = self.ask(units, primary=1)
            done.calls.append((True, units, answer))
            if answer:
                self.refused(answer)
                return
            eni = Interface(self.now)
            self.enis.append(eni)
            self.add(eni, units)

    def ask(self, units, primary=0):
        """EC2's answer: nothing when it gives, else its code."""
        need = units * self.settings.size + primary
        if self.free is None:
            return ""
        if self.free < need:
            return NO_PREFIX if self.settings.prefixes else FULL
        self.free -= need
        return ""

    def refused(self, code):
        known_since = {NO_PREFIX: (1, 9, 1), FULL: (1, 10, 2)}[code]
        if self.settings.version >= known_since:
            self.quiet_until = self.now + QUIET

    def add(self, eni, units):
        size = self.settings.size
        eni.blocks += [Block([None] * size, [0] * size) for _ in range(units)]

    def release(self):
        """Take unused blocks away one by one, as long as what is left still meets the targets."""
        s = self.settings
        if not s.counts and not s.prefixes:
            return 0
        released = 0
        unused = [(eni, block) for eni in self.enis for block in eni.blocks if block.unused]
        self.random.shuffle(unused)
        free = len(unused)
        for eni, block in unused:
            total, taken = self.count()
            left = total - s.size
            if s.counts:
                # Whole prefixes must hold the pods and the warm addresses, if pods were packed into them.
                if left < s.minimum_ip or left < taken + s.warm_ip:
                    break
            elif free - released <= s.warm_prefix:
                break
            eni.blocks.remove(block)
            self.give(s.size)
            released += 1
        return released

    def give(self, addresses):
        if self.free is not None:
            self.free += addresses

    def detach(self, done):
        s = self.settings
        total, taken = self.count()
        if not s.counts:
            warm = s.warm_prefix if s.prefixes else s.warm_eni
            plenty = total - taken >= (warm + 1) * s.slots * s.size
            idle = [eni for eni in self.enis if eni.idle and not eni.primary and not eni.trunk]
            if not plenty and not (s.prefixes and idle):
                return
        order = list(range(len(self.enis)))
        self.random.shuffle(order)
        for index in order:
            if self.may_go(self.enis[index]):
                done.detached = index
                eni = self.enis.pop(index)
                self.give(1 + len(eni.blocks) * s.size)
                return

    def may_go(self, eni):
        s = self.settings
        if eni.primary or eni.trunk or self.now - eni.born < YOUTH or eni.cools(self.now) or not eni.idle:
            return False
        rest = [block for other in self.enis if other is not eni for block in other.blocks]
        have = sum(len(block.pods) for block in rest)
        ready = sum(pod is None for block in rest for pod in block.pods)
        if have < self.whole(s.minimum_ip) or ready < self.whole(s.warm_ip):
            return False
        return not s.prefixes or sum(block.unused for block in rest) >= s.warm_prefix

    def whole(self, target):
        """A target in whole prefixes, where prefixes are counted."""
        while target % self.settings.size:
            target += 1
        return target

    # --- pods ------------------------------------------------------------------------------------

    def serve(self):
        """Give waiting pods the addresses that are neither taken nor cooling."""
        while self.waiting:
            places = [
                (block, index)
                for block in self.blocks()
                for index, pod in enumerate(block.pods)
                if pod is None and block.cooling_until[index] <= self.now
            ]
            if not places:
                return
            block, index = self.place(places)
            block.pods[index] = self.waiting.pop(0)

    def place(self, places):
        return self.random.choice(places)

    def start(self, pod):
        self.waiting.append(pod)
        self.serve()

    def stop(self, pod):
        if pod in self.waiting:
            self.waiting.remove(pod)
        for block in self.blocks():
            for index, held in enumerate(block.pods):
                if held == pod:
                    block.pods[index], block.cooling_until[index] = None, self.now + COOLING


class Packing(Daemon):
    """The same, where pods fill one prefix after another."""

    def place(self, places):
        return places[0]


def settle(daemon, turns=400):
    """Turns until nothing happens for longer than any rest the daemon takes."""
    still = 0
    for _ in range(turns):
        done = daemon.turn()
        moved = done.released or done.detached is not None or any(not answer for _, _, answer in done.calls)
        still = 0 if moved else still + 1
        if still * TURN > QUIET:
            return daemon
    raise AssertionError("the pool comes to no rest")
