"""`feeds config`: what can be configured, and what is."""

from feeds.cli.options import Settings
from feeds.cli.settings import load_with_origin
from feeds.cli.talk import escaped, exit_code, write
from feeds.config.reference import reference_text
from feeds.config.schema import configuration_schema_text
from feeds.config.showing import Setting, settings_in_force


def print_schema() -> None:
    """Print the JSON Schema of feeds.yaml."""
    with exit_code():
        write(configuration_schema_text().removesuffix("\n"))


def print_reference() -> None:
    """Print what each key of feeds.yaml is for, in Markdown."""
    with exit_code():
        write(reference_text().removesuffix("\n"))


def show(settings: Settings, *, origin: bool) -> None:
    """Print each key with its value in force, and with where that comes from if that is wanted."""
    with exit_code():
        configuration, places = load_with_origin(settings, corpus_needed=False)
        for setting in settings_in_force(configuration, places):
            line = f"{escaped(setting.key)}: {escaped(setting.value)}"
            write(f"{escaped(_origin(setting, settings))}\t{line}" if origin else line)


def _origin(setting: Setting, settings: Settings) -> str:
    """Say what an option says, the file, or nobody."""
    given = {
        "site.base_url": ("--base-url", settings.base_url),
        "corpus": ("--corpus", settings.corpus),
        "output": ("--output", settings.output),
        "state": ("--state", settings.state),
        "limit": ("--limit", settings.limit),
    }
    option, value = given.get(setting.key.partition("[")[0], ("", None))
    if value:
        return option
    if setting.place is None:
        return "default"
    line, column = setting.place
    return f"{settings.config_file()}:{line}:{column}"
