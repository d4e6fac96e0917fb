"""The office: a folder that ties database, programs, clock and actor together. Nothing is imported before it is used."""

from workflow_core.office.making import Made, init
from workflow_core.office.office import Office
from workflow_core.office.settings import CONFIG, Settings, os_login, parse_now

__all__ = ["CONFIG", "Made", "Office", "Settings", "init", "os_login", "parse_now"]
