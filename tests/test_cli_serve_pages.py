"""Pages from the server beside those in the output."""

from pathlib import Path

from cli_tools import NOW, ROOT, contents, feeds_command, manifest, serving

CONFIG = ROOT / "config"
SUFFIXES = (".html", ".css", ".js")


def test_pages_are_the_same_bytes_from_the_server_and_in_the_output(tmp_path: Path) -> None:
    """Each page, and what pages need, is answered as it lies there, and as a build writes it."""
    served, built = tmp_path / "served", tmp_path / "built"
    options = ["--config", CONFIG, "--now", NOW, "--output"]
    run = feeds_command("build", *options, built, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    with serving("--no-reload", *options, served, cwd=tmp_path) as server:
        assert server.url
        paths = [path for path in manifest(served) if path.endswith(SUFFIXES)]
        answers = {path: server.get(f"/{path.removesuffix('index.html')}") for path in paths}
    assert {answer.status for answer in answers.values()} == {200}
    bodies = {path: answer.body for path, answer in answers.items()}
    for output in (served, built):
        files = contents(output).items()
        assert bodies == {path: body for path, body in files if path.endswith(SUFFIXES)}
    assert {"index.html", "help/index.html", "topics/ocean-science/index.html"} < bodies.keys()
    assert {Path(path).suffix for path in bodies} == {*SUFFIXES}
