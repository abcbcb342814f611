"""One class of error for each remedy."""


class CoopsimError(Exception):
    """Something the user can put right; the message says what and how."""


class ConfigError(CoopsimError):
    """A scenario, a parameter or an option is wrong: mend the file or the command."""


class DataError(CoopsimError):
    """A data table is missing or malformed: mend the data."""


class ResultsError(CoopsimError):
    """A results folder cannot be read or written: mend the folder."""


class SweepError(CoopsimError):
    """A sweep had to stop; what is finished is kept: mend the cause and resume."""
