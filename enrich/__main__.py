"""`python -m enrich` is the command `enrich`."""

import sys

from enrich.cli.main import main

sys.exit(main())
