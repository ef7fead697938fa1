"""The receiver of the shop; what each app does with pushes stands in its pushes.py."""

from pushmw import Receiver

# Nobody but this machine gets to it. A shop that others reach needs guards: docs/security.md.
push = Receiver(guards=[])
