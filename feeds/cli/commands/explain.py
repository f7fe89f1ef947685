"""What can be typed of `feeds explain`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

import click


@click.command("explain", short_help="Say what a finding means and what to do.")
@click.option("--all", "all_of_them", is_flag=True, help="Explain every code, in Markdown.")
@click.argument("code", required=False)
def explain(
    code: str | None,
    all_of_them: bool,  # noqa: FBT001 - click hands it over by its name
) -> None:
    """Say what a finding means, how it comes about and what to do.

    CODE is that of a finding, such as date-invalid; without one, all are listed. Exits with
    2 when there is no such code.
    """
    from feeds.cli.explain import explain as run

    run(code, all_of_them=all_of_them)
