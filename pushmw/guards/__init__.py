"""Who may push: guards look at the head of a request and let it in or refuse it.

A guard is any function of an `Attempt` that returns None to let it in, or a `Refusal`. Those here
do no input or output; the time is given to them.
"""

from pushmw.guards.addresses import Address, AllowAddresses, Network
from pushmw.guards.attempt import Attempt, Guard, Refusal
from pushmw.guards.credentials import BasicAuth, Bearer
from pushmw.guards.signature import IoTDASignature, is_token, sign

__all__ = [
    "Address",
    "AllowAddresses",
    "Attempt",
    "BasicAuth",
    "Bearer",
    "Guard",
    "IoTDASignature",
    "Network",
    "Refusal",
    "is_token",
    "sign",
]
