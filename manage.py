#!/usr/bin/env python
"""Django's command line; run it through `make manage cmd='…'` to use the embedded database."""

import os
import sys

from django.core.management import execute_from_command_line

from organizations.reach import EVERYTHING, see_outside

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if "runserver" not in sys.argv:  # whoever asks a server from afar has a post
        see_outside(EVERYTHING)
    execute_from_command_line(sys.argv)
