"""The house stands as CONTRIBUTING.md says, and each of its walls is seen to break."""

import ast
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
from cli_tools import ENVIRONMENT, ROOT

PACKAGE = ROOT / "feeds"
TESTS = Path(__file__).parent
CONTRACTS = ROOT / ".importlinter"
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# The room into which a contract's vendor must not get, chosen so that no other wall breaks.
ELSEWHERE = "refresh/guard.py"
PLANTS = {
    "floors": ("errors.py", "import feeds.text.clean"),
    "purity": ("selection/stems.py", "import os"),
    "formats": ("formats/atom.py", "from feeds.formats import rss"),
    "logs": ("access/forms/combined.py", "from feeds.access.forms import extended"),
    "sources": ("corpus/sources/bucket.py", "from feeds.corpus.sources import directory"),
    "hosting": ("publish/hosting/nginx.py", "from feeds.publish.hosting import caddy"),
    "commands": ("cli/build.py", "from feeds.cli.check import check"),
}

# Who calls for the time of day: the doors, and the schedule.
CLOCKED = {"cli", "schedule"}
CLOCKS = {"now", "utcnow", "today"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def contracts() -> dict[str, dict[str, str]]:
    parser = ConfigParser()
    parser.read(CONTRACTS, encoding="utf-8")
    prefix = "importlinter:contract:"
    names = [name for name in parser.sections() if name.startswith(prefix)]
    return {name.removeprefix(prefix): dict(parser[name]) for name in names}


def pure_modules() -> list[Path]:
    found: list[Path] = []
    for name in contracts()["purity"]["source_modules"].split():
        place = ROOT / Path(*name.split("."))
        found += sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    return found


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def files_of_tests() -> list[Path]:
    return sorted(TESTS.rglob("*.py"))


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def functions(file: Path) -> Iterator[Function]:
    for node in ast.walk(parsed(file)):
        if isinstance(node, Function):
            yield node


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=folder,
        env=ENVIRONMENT | {"PYTHONPATH": str(folder), "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def broken(run: subprocess.CompletedProcess[str]) -> list[str]:
    return re.findall(r"^(.+) BROKEN\b", run.stdout, re.MULTILINE)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the package's modules and of its contracts."""
    folder = tmp_path_factory.mktemp("house")
    for module in modules():
        target = folder / module.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(module, target)
    shutil.copyfile(CONTRACTS, folder / ".importlinter")
    return folder


def test_every_contract_is_kept() -> None:
    """Imports go down only, pure floors are pure, vendors stay in their rooms."""
    run = lint(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"Contracts: {len(contracts())} kept, 0 broken." in run.stdout


@pytest.mark.parametrize("contract", contracts())
def test_every_contract_breaks_when_it_is_violated(copy: Path, contract: str) -> None:
    """One import that a contract forbids breaks exactly that contract."""
    where, statement = PLANTS.get(contract, (ELSEWHERE, f"import {contract}"))
    module = copy / "feeds" / where
    before = module.read_text(encoding="utf-8")
    try:
        module.write_text(f"{before}\n\n{statement}\n", encoding="utf-8")
        run = lint(copy)
    finally:
        module.write_text(before, encoding="utf-8")
    assert run.returncode == 1, run.stdout + run.stderr
    assert broken(run) == [contracts()[contract]["name"]]


def test_a_floor_that_nobody_placed_breaks_the_floors(copy: Path) -> None:
    """A new module at the top must be given its floor."""
    module = copy / "feeds" / "attic.py"
    try:
        module.write_text("", encoding="utf-8")
        run = lint(copy)
    finally:
        module.unlink()
    assert (run.returncode, broken(run)) == (1, [contracts()["floors"]["name"]])


def test_every_vendor_has_a_contract() -> None:
    """A third-party library that is imported anywhere has its one place in the contracts."""
    imported: set[str] = set()
    for module in modules():
        for node in ast.walk(parsed(module)):
            if isinstance(node, ast.Import):
                imported.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    vendors = imported - set(sys.stdlib_module_names) - {"feeds"}
    assert vendors == {name for name, entry in contracts().items() if entry["type"] == "protected"}


def test_every_room_is_in_its_contract() -> None:
    """A new format, of feeds or of logs, and a new command is in the contract that keeps it."""
    formats = [file.stem for file in (PACKAGE / "formats").glob("[!_]*.py")]
    listed = contracts()["formats"]["modules"].split()
    assert sorted(listed) == sorted(f"feeds.formats.{name}" for name in formats)
    forms = [file.stem for file in (PACKAGE / "access/forms").glob("[!_]*.py")]
    listed = contracts()["logs"]["modules"].split()
    assert sorted(listed) == sorted(f"feeds.access.forms.{name}" for name in forms)
    sources = [file.stem for file in (PACKAGE / "corpus/sources").glob("[!_]*.py")]
    listed = contracts()["sources"]["modules"].split()
    assert sorted(listed) == sorted(f"feeds.corpus.sources.{name}" for name in sources)
    from feeds.cli import main

    listed = contracts()["commands"]["modules"].split()
    assert sorted(listed) == sorted(f"feeds.cli.{name}" for name in main.commands)


def test_pure_modules_open_nothing_and_ask_no_clock() -> None:
    """No pure module opens a file, reads input, prints, or asks what time it is."""
    for module in pure_modules():
        for node in ast.walk(parsed(module)):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            place = f"{module}:{node.lineno}: {name}"
            assert name not in {"open", "print", "input", "exec", "eval", "__import__"}, place
            last = name.rpartition(".")[2]
            assert "." not in name or last not in CLOCKS | {"open", "read_text"}, place


def test_pure_modules_take_only_pure_paths() -> None:
    """What pure modules import of pathlib cannot touch a disk."""
    for module in pure_modules():
        for node in ast.walk(parsed(module)):
            if isinstance(node, ast.ImportFrom) and node.module == "pathlib":
                assert all(alias.name.startswith("Pure") for alias in node.names), module


def test_only_the_doors_have_a_clock() -> None:
    """The present instant is asked for at the doors and in the schedule, nowhere below."""
    for module in modules():
        place = module.relative_to(PACKAGE)
        if place.parts[0] in CLOCKED:
            continue
        for node in ast.walk(parsed(module)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                name = f"{node.value.id}.{node.attr}"
                assert not re.fullmatch(r"(date|datetime)\.(now|utcnow|today)|time\..+", name), (
                    f"{place}:{node.lineno}: {name}"
                )
            if isinstance(node, ast.ImportFrom):
                assert node.module != "time", f"{place}:{node.lineno}"


def test_modules_are_short() -> None:
    """No module has more than 300 lines with something on them."""
    for module in modules():
        lines = [line for line in module.read_text(encoding="utf-8").splitlines() if line.strip()]
        assert len(lines) <= 300, module


def test_functions_are_short() -> None:
    """Half of all functions have at most 10 lines, all but a twentieth at most 35."""
    found = [node for module in modules() for node in functions(module)]
    lengths = [(node.end_lineno or node.lineno) - node.lineno + 1 for node in found]
    assert statistics.median(lengths) <= 10
    assert statistics.quantiles(lengths, n=20)[-1] <= 35


def undocumented(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            if ast.get_docstring(node) is None:
                yield f"{node.lineno}: {node.name}"
            if isinstance(node, ast.ClassDef):
                yield from undocumented(node.body)


def test_what_is_public_says_what_it_is() -> None:
    """Every module and every public class, function and method has a docstring."""
    for module in modules():
        tree = parsed(module)
        assert ast.get_docstring(tree), module
        assert not list(undocumented(tree.body)), module


def test_every_test_says_what_is_true() -> None:
    """Every test has a docstring, which is a sentence on its first line."""
    for file in files_of_tests():
        for node in functions(file):
            if node.name.startswith("test_"):
                said = (ast.get_docstring(node) or "").partition("\n")[0]
                assert re.fullmatch(r"\S.*\.", said), f"{file}:{node.lineno}: {said!r}"


def test_no_test_mocks_our_code() -> None:
    """No test imports a library of mocks."""
    for file in files_of_tests():
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {f"{node.module}.{alias.name}" for alias in node.names} | {
                    node.module or ""
                }
            else:
                continue
            assert not names & {"unittest.mock", "mock", "pytest_mock"}, f"{file}:{node.lineno}"


def test_what_is_ignored_is_named() -> None:
    """Whoever silences mypy or ruff says which of their complaints."""
    silenced = re.compile(r"#\s*(?:type:\s*ignore(?!\[[a-z-]+)|noqa(?!:\s*[A-Z]+[0-9]))")
    for file in [*modules(), *files_of_tests()]:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if "re.compile" not in line:
                assert not silenced.search(line), f"{file}:{number}"


@pytest.mark.case(74)
def test_locks_name_no_host() -> None:
    """What is locked is locked with hashes, and says nothing of where it came from."""
    locks = sorted([*ROOT.glob("requirements*.txt"), *ROOT.glob("*.lock")])
    assert len(locks) >= 2
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock
        pinned = re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==", text, re.MULTILINE)
        assert pinned, lock
        for block in re.split(r"\n(?=\S)", text):
            assert block.startswith("#") or "--hash=sha256:" in block, f"{lock}: {block[:80]}"
