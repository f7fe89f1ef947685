"""The site of docs/ is held to what mkdocs does not ask; tests/documentation.py says to what."""

from pathlib import Path

import pytest
from cli_tools import ROOT
from documentation import faults, faults_of_style, on_post_build, on_post_page

SOUND = """\
<link rel="stylesheet" href="css/base.css"><img src="../growth.svg" alt=""><script src="a.js">
</script><a href="https://elsewhere.example/">To follow</a><p>One - and\ntwo</p>"""


def test_a_page_that_is_whole_by_itself_has_no_fault() -> None:
    """What is fetched is of the site; a link may lead anywhere."""
    assert list(faults(SOUND)) == []
    assert on_post_page(SOUND, page="a page") == SOUND


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/a.js"></script>',
        '<img src="//pictures.example/1.png">',
        '<img srcset="HTTP://pictures.example/1.png 2x">',
        '<link rel="preconnect" href="https://fonts.example">',
        "<p style=\"background: url('https://pictures.example/1.png')\">Text</p>",
        "<p>A list:\n- is none here</p>",
        "<p>So is <code>a table</code>:\n| a | b |</p>",
    ],
)
def test_a_page_that_is_not_is_refused(html: str) -> None:
    """Whatever a browser would fetch from elsewhere is a fault, and so is a list that is none."""
    assert len(list(faults(SOUND + html))) == 1
    with pytest.raises(SystemExit, match=r"^a page: "):
        on_post_page(SOUND + html, page="a page")


def test_a_style_sheet_fetches_nothing_from_elsewhere(tmp_path: Path) -> None:
    """Neither what it imports nor its pictures and fonts are those of others."""
    (tmp_path / "a.css").write_text("@font-face {src: url(fonts/a.woff2)}", encoding="utf-8")
    on_post_build(config={"site_dir": str(tmp_path)})
    style = '@import "https://fonts.example/a.css"; a {background: url(//b.example/c.png)}'
    assert len(list(faults_of_style(style))) == 2
    (tmp_path / "a.css").write_text(style, encoding="utf-8")
    with pytest.raises(SystemExit, match="fonts"):
        on_post_build(config={"site_dir": str(tmp_path)})


def test_ci_makes_the_site() -> None:
    """CI makes the site as everybody does, strictly, with what is locked."""
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    # With --quiet it does not count its warnings, and does not fail.
    assert "\t$(VENV)-docs/bin/mkdocs build\n" in made
    assert "\nmake docs\n" in (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "\nstrict: true\n" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
