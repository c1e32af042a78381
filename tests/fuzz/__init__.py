"""Coverage-guided fuzzing of what reads untrusted bytes: `python -m tests.fuzz [SECONDS] [TARGET…]`.

It needs atheris (`pip install atheris`; there are wheels for Linux and macOS alone), which is no part
of the development set. `targets` are the functions, `seeds` the first inputs of each; a weekly workflow
gives them an hour. The seeds run in the suite too, without atheris.
"""
