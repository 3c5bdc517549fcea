"""How a deployment ends, where it does not end well. Each end has an exit status of its own."""


class Refused(Exception):
    """Something is wrong that can be known beforehand: nothing was changed."""

    status = 1


class Failed(Exception):
    """A release hurts: it is taken back."""

    status = 3


class Stopped(Failed):
    """Somebody pressed Ctrl-C, or sent SIGTERM."""


class NeedsSomebody(Exception):
    """The way back did not end well either."""

    status = 4


class Overtaken(Exception):
    """Another run has taken this one's work over: it is that one's to end."""

    status = 5
