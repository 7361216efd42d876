"""The pool's formulas against a step-by-step daemon, and against the vendor's worked examples."""

import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eksdoctor.model.facts.version import Version
from eksdoctor.model.warm_pool.growth import Place, backs_off, enis_left, growth, keeps_trunk_slot
from eksdoctor.model.warm_pool.pool import Claim, Pool, Shape, Targets, claim_at
from tests.model.ipamd_release import HeldENI, released_units, removable_enis

sys.path.insert(0, str(Path(__file__).parent))
steps = import_module("daemon_steps")
sys.path.pop(0)

VERSIONS = [  # on both sides of every release that changed something
    *((1, 9, 0), (1, 9, 1), (1, 10, 1), (1, 10, 2), (1, 16, 2), (1, 16, 3)),
    *((1, 18, 2), (1, 18, 3), (1, 20, 3), (1, 20, 4), (1, 23, 1)),
]


def targets_of(told):
    return Targets(told.warm_ip, told.minimum_ip, told.warm_eni, told.warm_prefix)


def pool_of(daemon):
    told = daemon.settings
    total, taken = daemon.count()
    stops = Version(*told.version) >= Version(1, 16, 3)
    free = sum(block.unused for block in daemon.blocks()) if told.prefixes else None
    return Pool(total, taken, told.slots, told.prefixes, told.max_pods, stops, free)


def shape_of(told):
    kept = told.pod_eni and keeps_trunk_slot(Version(*told.version), may_trunk=told.type_can_trunk)
    return Shape(
        told.enis - told.foreign - kept - told.custom_networking,
        told.slots,
        told.prefixes,
        told.max_pods if told.version >= (1, 16, 3) else None,
        pods_on_primary=not told.custom_networking,
    )


class Watched(steps.Daemon):
    """A daemon that the formulas foretell at every step."""

    grown = released = detached = 0

    def turn(self):
        low = pool_of(self).short(targets_of(self.settings))
        done = super().turn()
        assert done.low is low
        return done

    def grow(self, done):
        told, version = self.settings, Version(*self.settings.version)
        pool, targets, allowed = (
            pool_of(self),
            targets_of(told),
            self.now >= self.quiet_until and not self.frozen,
        )
        kept = told.pod_eni and not any(eni.trunk for eni in self.enis)
        kept = kept and keeps_trunk_slot(version, may_trunk=told.type_can_trunk)
        left = enis_left(told.enis, len(self.enis), told.foreign, kept=int(kept))
        room = {id(eni): told.slots - len(eni.blocks) for eni in self.growable()}
        free, quiet = self.free, self.quiet_until
        super().grow(done)
        if not allowed:
            assert not done.calls
            return
        self.foretold(done, pool, targets, room, left)
        self.afterwards(done, growth(pool, targets, list(room.values()), left), free, quiet, version)

    def foretold(self, done, pool, targets, room, left):
        asked = growth(pool, targets, list(room.values()), left)
        assert (asked is None) is (not done.calls)
        if asked is None:
            return
        on_new, units, _ = done.calls[0]
        assert asked.place == (Place.NEW_ENI if on_new else Place.ATTACHED_ENI)
        here = [room[id(done.chosen[0])]] if done.chosen else []
        assert units == growth(pool, targets, here, left).units <= asked.units

    def afterwards(self, done, asked, free, quiet, version):
        """How much is enough, and whether a refusal is followed by a rest."""
        if asked is None:
            return
        got = any(not answer for _, _, answer in done.calls)
        if free is not None:
            assert got is (free >= asked.least)
        self.grown += got
        if not got:
            on_new, _, code = done.calls[-1]
            place = Place.NEW_ENI if on_new else Place.ATTACHED_ENI
            rests = backs_off(version, code, place, subnet_discovery=self.settings.discovery)
            assert (self.quiet_until > quiet) is rests

    def release(self):
        foretold = released_units(pool_of(self), targets_of(self.settings))
        given_back = super().release()
        assert given_back == foretold
        self.released += given_back
        return given_back

    def detach(self, done):
        held = [
            HeldENI(
                tuple(sum(pod is not None for pod in block.pods) for block in eni.blocks),
                eni.primary or eni.trunk or self.now - eni.born < steps.YOUTH or eni.cools(self.now),
            )
            for eni in self.enis
        ]
        may_go = removable_enis(pool_of(self), targets_of(self.settings), held)
        super().detach(done)
        assert (done.detached is None) is (not may_go)
        assert done.detached is None or done.detached in may_go
        self.detached += done.detached is not None


@st.composite
def told(draw, warm_eni=(0, 3), warm_prefix=(0, 3)):
    """Settings and machines as they come, small enough that every limit is met."""
    prefixes = draw(st.booleans())
    enis = draw(st.integers(2, 5))
    counting = draw(st.booleans())
    return steps.Settings(
        version=draw(st.sampled_from(VERSIONS)),
        warm_ip=draw(st.integers(0, 20)) if counting else 0,
        minimum_ip=draw(st.integers(0, 40)) if counting else 0,
        warm_eni=draw(st.integers(*warm_eni)),
        warm_prefix=draw(st.integers(*warm_prefix)),
        prefixes=prefixes,
        custom_networking=draw(st.booleans()),
        discovery=draw(st.booleans()),
        pod_eni=draw(st.booleans()) if enis > 3 else False,
        type_can_trunk=draw(st.booleans()),
        enis=enis,
        slots=draw(st.integers(1, 9)),
        foreign=draw(st.integers(0, 1)) if enis > 4 else 0,
        max_pods=draw(st.integers(4, 110)),
    )


QUICK = settings(max_examples=120)


@pytest.mark.parametrize("prefixes", [False, True])
@pytest.mark.parametrize("counting", [False, True])
@settings(QUICK, max_examples=300)
@given(told(), st.sampled_from(VERSIONS), st.integers(0, 10**6))
def test_every_step_is_as_the_formulas_say(prefixes, counting, settings_, version, seed):
    """Pods come and go between none and more than fit, over a subnet that gives all, some or little."""
    random = Random(seed)
    targets = {"warm_ip": random.choice((0, 1, 5, 20)), "minimum_ip": random.choice((0, 0, 3, 20, 40))}
    if not counting:
        targets = {"warm_ip": 0, "minimum_ip": 0}
    settings_ = replace(settings_, prefixes=prefixes, version=version, slots=random.randint(1, 4), **targets)
    settings_ = replace(settings_, enis=random.randint(2, 5), max_pods=random.choice((9, 30, 110, 110)))
    most = settings_.enis * settings_.slots * settings_.size
    free = random.choice((None, None, most // 3, most * 2 // 3, most))
    daemon = Watched(settings_, random, free, trunk=settings_.pod_eni and random.random() < 0.5)
    running, born = [], 0
    for _ in range(12):
        wanted = random.randint(0, most + 2) if random.random() < 0.7 else 0
        while len(running) < wanted:
            born += 1
            running.append(str(born))
            daemon.start(running[-1])
        while len(running) > wanted:
            daemon.stop(running.pop(random.randrange(len(running))))
        daemon.frozen = random.random() < 0.1
        for _ in range(random.choice((1, 4, 30))):
            daemon.turn()


def test_the_walk_meets_growth_release_and_detachment():
    daemon = Watched(steps.Settings(warm_ip=2, minimum_ip=4, slots=3, enis=4), Random(1))
    pods = [f"pod-{index}" for index in range(9)]
    for pod in pods:
        daemon.start(pod)
        steps.settle(daemon)
    for pod in pods:
        daemon.stop(pod)
    steps.settle(daemon)
    assert daemon.grown == 9  # four for the first four addresses and pods to two, then one a pod
    assert daemon.released > 0 < daemon.detached
    assert daemon.count() == (4, 0)


@QUICK
@given(told((1, 3), (1, 1)), st.integers(0, 90), st.integers(0, 9))
def test_where_a_growing_pool_comes_to_rest(settings_, pods, seed):
    daemon = steps.settle(steps.Daemon(settings_, Random(seed)))
    for index in range(pods):
        daemon.start(str(index))
        steps.settle(daemon)
        if daemon.waiting:
            break  # a full or frozen node: nothing changes any more
    shape = shape_of(settings_)
    claim = claim_at(targets_of(settings_), shape, pods)
    total, taken = daemon.count()
    serving = len(daemon.enis) - settings_.custom_networking
    assert claim == Claim(total, serving)
    assert claim.idle(taken) == total - taken


@QUICK
@given(told((1, 3), (1, 3)), st.integers(0, 60), st.integers(0, 9))
def test_packed_prefixes_are_the_least_and_spread_ones_need_few_more(settings_, pods, seed):
    shape, targets = shape_of(settings_), targets_of(settings_)
    held = []
    for kind in (steps.Packing, steps.Daemon):
        daemon = steps.settle(kind(settings_, Random(seed)))
        for index in range(pods):
            daemon.start(str(index))
            steps.settle(daemon)
            if daemon.waiting:
                break
        held.append(daemon.count()[0])
    claim = claim_at(targets, shape, pods).pool
    assert held[0] == claim
    assert claim <= held[1] <= claim + shape.unit * max(targets.warm_prefix - 1, 0)


@pytest.mark.parametrize(
    ("pods", "custom_networking", "rests"),
    [
        (0, False, True),
        (1, False, True),
        (4, False, False),
        (5, False, True),
        (0, True, False),
        (1, True, True),
    ],
)
def test_an_eni_target_of_nothing_rests_where_pods_do_not_just_fill_the_enis(pods, custom_networking, rests):
    daemon = Watched(steps.Settings(warm_eni=0, slots=4, enis=5, custom_networking=custom_networking))
    for index in range(pods):
        daemon.start(str(index))
    for _ in range(100):
        daemon.turn()
    detached = daemon.detached
    for _ in range(100):
        daemon.turn()
    assert (daemon.detached == detached) is rests
    claim = claim_at(Targets(warm_eni=0), shape_of(daemon.settings), pods)
    assert not rests or claim.pool == daemon.count()[0]


def test_a_prefix_target_of_nothing_never_rests():
    """The entrypoint refuses it; what gets by as junk takes a prefix and gives it back, again and again."""
    daemon = Watched(steps.Settings(prefixes=True, warm_prefix=0))
    with pytest.raises(AssertionError, match="no rest"):
        steps.settle(daemon)
    assert daemon.grown > 10 < daemon.released


@QUICK
@given(told(), st.lists(st.integers(-30, 30), min_size=1, max_size=6), st.integers(0, 9))
def test_single_addresses_come_to_rest_at_the_targets_after_any_churn(settings_, changes, seed):
    told_ = replace(settings_, prefixes=False, warm_ip=max(settings_.warm_ip, 1), max_pods=1000)
    daemon, running = steps.Daemon(told_, Random(seed)), []
    for number, change in enumerate(changes):
        for index in range(change):
            running.append(f"{number}-{index}")
            daemon.start(running[-1])
        for _ in range(min(-change, len(running))):
            daemon.stop(running.pop())
        steps.settle(daemon)
    claim = claim_at(targets_of(told_), shape_of(told_), len(running))
    total, _ = daemon.count()
    assert total == claim.pool
    assert daemon.waiting or claim.idle(len(running)) == total - len(running)


T3_SMALL, M5_LARGE, M5_XLARGE, P3DN = (3, 3), (3, 9), (4, 14), (15, 49)
VENDOR = [  # targets, machine, prefixes, pods → pool, ENIs, idle
    # docs/eni-and-ip-target.md
    (Targets(), T3_SMALL, False, 0, (3, 1, 3)),
    (Targets(), T3_SMALL, False, 5, (9, 3, 4)),
    (Targets(), T3_SMALL, False, 9, (9, 3, 0)),
    (Targets(1, 1), T3_SMALL, False, 0, (1, 1, 1)),
    (Targets(1, 1), T3_SMALL, False, 5, (6, 2, 1)),
    (Targets(1, 1), T3_SMALL, False, 9, (9, 3, 0)),
    (Targets(2, 5), T3_SMALL, False, 0, (5, 2, 5)),
    (Targets(2, 5), T3_SMALL, False, 5, (7, 3, 2)),
    (Targets(2, 5), T3_SMALL, False, 9, (9, 3, 0)),
    (Targets(), P3DN, False, 0, (49, 1, 49)),
    (Targets(), P3DN, False, 3, (98, 2, 95)),
    (Targets(), P3DN, False, 95, (147, 3, 52)),
    (Targets(5, 10), P3DN, False, 0, (10, 1, 10)),
    (Targets(5, 10), P3DN, False, 7, (12, 1, 5)),
    (Targets(5, 10), P3DN, False, 15, (20, 1, 5)),
    (Targets(5, 10), P3DN, False, 45, (50, 2, 5)),
    # docs/prefix-and-ip-target.md; its ENI column counts ENIs with pods to come, so that only some rows fit
    (Targets(warm_prefix=1), T3_SMALL, True, 0, (16, 1, 16)),
    (Targets(warm_prefix=1), T3_SMALL, True, 5, (32, 1, 27)),
    (Targets(warm_prefix=1), T3_SMALL, True, 16, (32, 1, 16)),
    (Targets(warm_prefix=1), T3_SMALL, True, 17, (48, 1, 31)),  # 31 idle, not 15
    (Targets(warm_prefix=1), T3_SMALL, True, 58, (80, 2, 22)),
    (Targets(1, 1), T3_SMALL, True, 0, (16, 1, 16)),
    (Targets(1, 1), T3_SMALL, True, 5, (16, 1, 11)),
    (Targets(1, 1), T3_SMALL, True, 17, (32, 1, 15)),
    (Targets(1, 1), T3_SMALL, True, 58, (64, 2, 6)),
    (Targets(7, 20), T3_SMALL, True, 0, (32, 1, 32)),  # the table says 16; a minimum of 20 is two prefixes
    (Targets(7, 20), T3_SMALL, True, 5, (32, 1, 27)),
    (Targets(7, 20), T3_SMALL, True, 17, (32, 1, 15)),
    (Targets(7, 20), T3_SMALL, True, 58, (80, 2, 22)),
    (Targets(warm_prefix=1), P3DN, True, 0, (16, 1, 16)),
    (Targets(warm_prefix=1), P3DN, True, 3, (32, 1, 29)),  # the table shows an empty ENI more
    (Targets(warm_prefix=1), P3DN, True, 95, (112, 1, 17)),
    (Targets(5, 10), P3DN, True, 0, (16, 1, 16)),
    (Targets(5, 10), P3DN, True, 7, (16, 1, 9)),
    (Targets(5, 10), P3DN, True, 15, (32, 1, 17)),
    (Targets(5, 10), P3DN, True, 45, (64, 1, 19)),
    # worked numbers of playbooks, set right
    (Targets(5, 10), M5_LARGE, True, 40, (48, 1, 8)),  # not "about 5" idle
    (Targets(warm_prefix=1), M5_LARGE, True, 40, (64, 1, 24)),  # not "up to 15"
    (Targets(), (8, 29), False, 88, (116, 4, 28)),  # ceil(110 / 29) ENIs, where targets alone ask for five
    (Targets(0, 22), M5_XLARGE, True, 35, (32, 1, 0)),  # frozen: 32 addresses for 35 pods
]


@pytest.mark.parametrize(("targets", "machine", "prefixes", "pods", "wanted"), VENDOR)
def test_worked_examples(targets, machine, prefixes, pods, wanted):
    enis, slots = machine
    claim = claim_at(targets, Shape(enis, slots, prefixes, 110 if machine != P3DN else 737), pods)
    assert (claim.pool, claim.enis, claim.idle(pods)) == wanted


@pytest.mark.parametrize(("targets", "machine", "prefixes", "pods", "wanted"), VENDOR)
def test_worked_examples_step_by_step(targets, machine, prefixes, pods, wanted):
    enis, slots = machine
    daemon = steps.Daemon(
        steps.Settings(
            warm_ip=targets.warm_ip,
            minimum_ip=targets.minimum_ip,
            warm_eni=targets.warm_eni,
            warm_prefix=targets.warm_prefix,
            prefixes=prefixes,
            enis=enis,
            slots=slots,
            max_pods=110 if machine != P3DN else 737,
        )
    )
    steps.settle(daemon)
    for index in range(pods):
        daemon.start(str(index))
        steps.settle(daemon)
    total, taken = daemon.count()
    assert (total, len(daemon.enis), total - taken) == wanted


def test_a_node_that_may_hold_nothing_has_its_primary_eni_all_the_same():
    assert claim_at(Targets(), Shape(3, 9, prefixes=False, max_pods=0), 0) == Claim(0, 1)
    custom = Shape(2, 9, prefixes=False, max_pods=0, pods_on_primary=False)
    assert claim_at(Targets(), custom, 0) == Claim(0, 0)


def test_a_nodes_whole_cost():
    stock = claim_at(Targets(), Shape(8, 29, prefixes=False, max_pods=110), 88)
    assert (stock.enis, stock.addresses) == (4, 120)
    custom = claim_at(Targets(), Shape(7, 29, prefixes=False, max_pods=110, pods_on_primary=False), 88)
    assert (custom.enis, custom.addresses) == (4, 120)  # and the primary ENI's one in the node's subnet
    older = claim_at(Targets(), Shape(8, 29, prefixes=False), 88)  # before v1.16.3 nothing stops at max-pods
    assert (older.enis, older.addresses) == (5, 150)


def test_most_idle_while_growing_under_one_warm_prefix():
    shape = Shape(8, 29, prefixes=True, max_pods=250)
    assert max(claim_at(Targets(warm_prefix=1), shape, pods).idle(pods) for pods in range(200)) == 31
