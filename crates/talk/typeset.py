"""Calls Typst on the slides: typeset.py ROOT BUILD students|solved.

Writes to BUILD the slides, the handout, the notes and the two pages for those who
know no Rust yet as PDF files, each slide as SVG, and slides.json with titles and notes.
"""

import sys
from pathlib import Path

import typst

root, build, version = sys.argv[1:]
inputs = {"build": "/" + str(Path(build).relative_to(root)), "version": version}


def compiler(source):
    # No font of this machine: the pages look alike everywhere.
    return typst.Compiler(Path(root, "crates", source), root=root, sys_inputs=inputs,
                          ignore_system_fonts=True)


try:
    slides = compiler("talk/slides/talk.typ")
    slides.compile(output=Path(build, "slides.pdf"), format="pdf")
    slides.compile(output=Path(build, "slide-{p}.svg"), format="svg")
    Path(build, "slides.json").write_text(slides.query("<slide>", field="value"))
    # These look at the slides as they are now.
    for source in ["talk/slides/handout", "talk/slides/notes", "course/pages/pages"]:
        output = Path(build, Path(source).name + ".pdf")
        if Path(root, "crates", source + ".typ").exists():
            compiler(source + ".typ").compile(output=output, format="pdf")
except typst.TypstError as error:
    sys.exit(f"{error.message}\n" + "\n".join(getattr(error, "trace", [])))
