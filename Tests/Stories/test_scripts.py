"""The scripts of the pages as the hub serves them: trimmed and with short names, and still scripts."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from hub import REPOSITORY

PAGES = REPOSITORY / "Sources" / "Web" / "pages"
SCRIPTS = sorted(path.name for path in PAGES.glob("*.js"))


#: Reads scripts as modules, as browsers do, and runs none of them.
READ = """import { SourceTextModule } from 'node:vm';
let text = '';
for await (const part of process.stdin) text += part;
const problems = Object.entries(JSON.parse(text)).flatMap(([name, script]) => {
  try {
    return new SourceTextModule(script) && [];
  } catch (error) {
    return [`${name}: ${error}`];
  }
});
console.log(JSON.stringify(problems));"""


def problems_of(scripts: dict[str, str]) -> list[str]:
    done = subprocess.run(
        ["node", "--experimental-vm-modules", "--input-type=module", "--eval", READ],
        input=json.dumps(scripts), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(not shutil.which("node"), reason="node reads the scripts")
def test_every_script_the_hub_serves_can_be_read(shared_hub):
    served = {name: shared_hub.get(f"/{name}") for name in SCRIPTS}
    assert [name for name, answer in served.items() if answer.status != 200] == []
    kept = [name for name, answer in served.items()
            if len(answer.text) >= len((PAGES / name).read_text("utf-8"))]
    assert kept == [], "all come trimmed"
    assert problems_of({name: answer.text for name, answer in served.items()}) == []


@pytest.mark.skipif(not shutil.which("node"), reason="node reads the scripts")
def test_what_is_no_script_is_seen():
    bad = {"twice.js": "let a = 1, a = 2;", "cut.js": "import { a } from", "good.js": "await 0; export {};"}
    assert [one.split(":")[0] for one in problems_of(bad)] == ["twice.js", "cut.js"]
