"""What is raised when the input, not the program, is at fault."""


class InputError(Exception):
    """Says what is wrong, where, and how to mend it; manage.py prints it and exits with 1."""
