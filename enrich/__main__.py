"""`python -m enrich` is the command `enrich`."""

import sys

from enrich.cli import main

sys.exit(main())
