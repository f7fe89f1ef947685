"""What can be typed of `feeds completion`."""

# ruff: noqa: PLC0415 - what a command works with is loaded when it runs, so that help is quick

import click


@click.command("completion", short_help="Print what makes a shell complete what is typed.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands, options and stems.

    Have bash or zsh read it when it starts, as with eval "$(feeds completion bash)" in
    ~/.bashrc; write it to ~/.config/fish/completions/feeds.fish for fish.
    """
    from feeds.cli.completion import completion as run

    run(shell, context.find_root().command)
