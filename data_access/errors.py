"""What is raised when the input, not the program, is at fault."""


class InputError(Exception):
    """Says what is wrong, where, and how to mend it; manage.py prints it and exits with 1."""


class DatabaseAddressError(InputError, ValueError):
    """The database's address is none, or one of a database that is not supported. Never holds the address."""


class DatabaseUnavailable(InputError):
    """The database cannot be opened, read or written, through no fault of what was asked of it."""
