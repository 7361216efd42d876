"""A node's ENIs, one by one: those that never finished attaching, and what keeps prefixes off them."""

from datetime import datetime, timedelta
from functools import cached_property

from eksdoctor.model.aws_node.introspection import DaemonBook
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known, union
from eksdoctor.model.instance_types.limits import PREFIX_SIZE
from eksdoctor.model.node_problems.attachment_refusals import AttachmentRefusals
from eksdoctor.model.node_problems.pool_stops import PoolStops
from eksdoctor.model.nodes.node_capacity import NodeCapacity
from eksdoctor.model.nodes.node_enis import NodeInterfaces
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.snapshot.records import aws

ATTACHED, ATTACHING = "attached", "attaching"
STUCK_AFTER = timedelta(minutes=5)  # attaching takes seconds


class Attachments(NodePart, name="attachments"):
    """What the attachments of one node's ENIs and the addresses on them say."""

    @fact
    def stuck(self) -> Items[aws.NetworkInterface]:
        """The daemon's ENIs that EC2 has been attaching for more than five minutes."""
        foreign = {eni.network_interface_id for eni in known(self.node.part(NodeInterfaces).foreign_enis)}
        mine = known(self.node.part(NodeInterfaces).interfaces).where(
            lambda eni: eni.network_interface_id not in foreign
        )
        return mine.where(self._is_stuck)

    def _is_stuck(self, eni: aws.NetworkInterface) -> bool | Unknown:
        attachment = eni.attachment
        if attachment is None or attachment.status != ATTACHING:
            return False
        if attachment.attach_time is None:
            return Unknown.because(f"the attachment of {eni.network_interface_id} has no start time")
        return self.node.cluster.at - attachment.attach_time > STUCK_AFTER

    @cached_property
    def refused(self) -> AttachmentRefusals:
        """The attachments that EC2 refused here."""
        return AttachmentRefusals(self.node)

    @fact
    def unknown_to_daemon(self) -> Items[aws.NetworkInterface]:
        """ENIs that are attached for five minutes, that the daemon should manage and that its book lacks.

        None where its book was not read.
        """
        book = self.node.part(DaemonBook).eni_ids
        if isinstance(book, Unknown):
            return Items()
        pool = known(self.node.part(NodeInterfaces).pool_interfaces)
        return Items(tuple(eni for eni in pool if eni.network_interface_id not in book)).where(self._is_old)

    def _is_old(self, eni: aws.NetworkInterface) -> bool:
        """Whether it is attached for long enough that the daemon must have seen it; without a time it is."""
        attachment = eni.attachment
        if attachment is None or attachment.status != ATTACHED:
            return False
        return attachment.attach_time is None or self.node.cluster.at - attachment.attach_time > STUCK_AFTER

    @fact
    def useless(self) -> Items[aws.NetworkInterface]:
        """The ENIs of either kind: EC2 counts them, and pods get nothing of them."""
        return union((known(self.stuck), known(self.unknown_to_daemon)))

    @fact
    def stuck_since(self) -> datetime:
        """Since when the first of them has been attaching."""
        times = [eni.attachment.attach_time for eni in known(self.stuck) if eni.attachment is not None]
        if not times:
            raise NotKnown.because("no ENI is stuck")
        return min(time for time in times if time is not None)

    @fact
    def stuck_minutes(self) -> int:
        """How long that is, in whole minutes."""
        return int((self.node.cluster.at - known(self.stuck_since)).total_seconds() // 60)

    @fact
    def stuck_addresses(self) -> int:
        """Pod addresses on them: EC2 has taken them from the subnet, and the daemon cannot give them out."""
        unit = PREFIX_SIZE if known(self.node.part(NodeInstance).uses_prefixes) else 1
        pool = {eni.network_interface_id for eni in known(self.node.part(NodeInterfaces).pool_interfaces)}
        mine = [eni for eni in known(self.useless) if eni.network_interface_id in pool]
        if unit > 1:
            return unit * sum(len(eni.ipv4_prefixes) for eni in mine)
        return sum(1 for eni in mine for address in eni.private_ip_addresses if not address.primary)

    @fact
    def pods_waiting(self) -> Items[Pod]:
        """Waiting pods, when every address of the ENIs that did attach is with a pod."""
        waiting = known(self.node.part(PoolStops).waiting_pods)
        if not waiting.elements and waiting.missing is None:
            return Items()
        if self.refused.is_by_unknown_eni is True:
            return waiting
        if not known(self.useless).elements:
            return Items()
        usable = known(self.node.part(NodePool).total_ips) - known(self.stuck_addresses)
        return waiting if known(self.node.part(NodePool).assigned_in_mode) >= usable else Items()

    @fact
    def single_addresses(self) -> int:
        """Slots of the ENIs that may take more which hold a single address."""
        custom = known(self.node.cluster.part(CNI).custom_networking)
        return sum(
            1
            for eni in known(self.node.part(NodeInterfaces).pool_interfaces)
            if not (custom and eni.attachment is not None and eni.attachment.device_index == 0)
            for address in eni.private_ip_addresses
            if not address.primary
        )

    @fact
    def leave_no_room_for_prefixes(self) -> bool:
        """Whether single addresses take slots for want of which no prefix fits on the node any more."""
        if not known(self.node.part(NodeInstance).uses_prefixes):
            return False
        full = (
            known(self.node.part(NodeCapacity).free_slots) == 0
            and known(self.node.part(NodeCapacity).eni_slots_left) == 0
        )
        return full and known(self.single_addresses) > 0

    @fact
    def pods_without_room(self) -> Items[Pod]:
        """Waiting pods, when that is so and every address of the prefixes is with a pod."""
        ceiling = known(self.node.part(PoolStops).pods_at_the_ceiling)
        if not ceiling.elements and ceiling.missing is None:
            return Items()
        return ceiling if known(self.leave_no_room_for_prefixes) else Items()
