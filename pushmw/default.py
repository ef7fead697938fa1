"""A ready-made receiver for the one-file application."""

from pushmw.receiver import Receiver

push = Receiver()
on = push.on
