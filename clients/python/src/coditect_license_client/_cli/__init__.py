"""The command line, ``coditect-license``."""
