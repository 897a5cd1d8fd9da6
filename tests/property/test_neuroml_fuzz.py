"""Damaged and hostile NeuroML documents end in our errors: no crash, no expansion, no hang."""

import random
import re
import shutil
import time
from pathlib import Path

import pytest

from loligo.cell.interchange.neuroml import read_neuroml
from loligo.errors import LoligoError

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "neuroml"
DOCUMENTS = sorted(FOLDER.glob("*.nml"))
COUNT = 825
WORDS = [
    b"0", b"-1", b"1e999", b"1e-400", b"nan", b"inf", b"1e4000000000", b"9" * 400, b"", b" ",
    b"v", b"x", b"ca", b"temperature", b"__import__('os').system('true')", b"lambda", b"open",
    b"(((", b"^", b".gt.", b"&amp;", b"&lt;", b"&#0;", b"&#x41;", b"\xff\xfe", b"\x00",
    b"mV", b"per_ms", b"mS_per_cm2", b"K", b"gateKS", b"gateHHrates", b"HHExpRate", b"0 mV",
    b"exp(exp(exp(v)))", b"1/0", b"log(0)", b"2^1000000", b"9^9^9", b"(v)^(v)", b"../../etc/passwd",
    b"<gate/>", b"</cell>", b"<!-- ", b"-->", b"<![CDATA[", b"<?xml version='1.0'?>", b"'", b'"',
    b"include", b"segment", b"member", b"parent", b"Case", b"numberInternalDivisions", b"property",
    b"population", b"synapses", b"[0]", b"[-1]", b"../two/0/divided", b"channelPopulation",
    b"\xe2\x88\x92", b"\xf0\x9f\x90\x99",
]  # fmt: skip


PARTS = [
    rb'"[^"<>]*"',
    rb"<\w+",
    rb'\w+="',
    rb"-?\d+\.?\d*",
    rb"<\w+[^<>]*/>",
    rb" \w+=\"[^\"<>]*\"",
]
"""Values, names of elements and attributes, numbers, whole elements, whole attributes."""


def _mutated(content, chance):
    """Return a document with one to three changes, most of which leave it XML."""
    for _ in range(chance.randint(1, 3)):
        kind, at = chance.randrange(12), chance.randrange(len(content))
        if kind == 0:
            content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
        elif kind == 1:
            content = content[:at] + content[at + chance.randint(1, 60) :]
        elif kind == 2:
            piece = content[at : at + chance.randint(1, 300)]
            content = content[:at] + piece * chance.randint(2, 4) + content[at:]
        elif kind == 3:
            content = content[:at] + chance.choice(WORDS) + content[at:]
        else:
            part = chance.choice(PARTS)
            found = list(re.finditer(part, content))
            if found:
                one, other = chance.choice(found), chance.choice(found)
                word = b'"' + chance.choice(WORDS) + b'"' if part == PARTS[0] else b""
                new = chance.choice([other[0], other[0], word, one[0] + other[0]])
                content = content[: one.start()] + new + content[one.end() :]
        content = content or b"<"
    return content


def test_damaged_documents_end_in_our_errors(tmp_path):
    for path in DOCUMENTS:
        shutil.copy(path, tmp_path)
    chance = random.Random(20261127)
    contents = {path.name: path.read_bytes() for path in DOCUMENTS}
    read, longest = 0, 0.0
    for index in range(COUNT):
        path = DOCUMENTS[index % len(DOCUMENTS)]
        target = tmp_path / path.name
        target.write_bytes(_mutated(contents[path.name], chance))
        begin = time.process_time()
        try:
            read_neuroml(target, temperature="20 degC", divisions=index % 2 == 0)
            read += 1
        except LoligoError:
            pass
        longest = max(longest, time.process_time() - begin)
        target.write_bytes(contents[path.name])
    assert read < COUNT
    assert longest < 3.0


HEAD = '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="x">'


def _laughs(levels=12):
    entities = "".join(
        f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(levels)
    )
    return f"<!DOCTYPE neuroml [{entities}]>{HEAD}<notes>&l{levels - 1};</notes></neuroml>"


LONG = f'<!DOCTYPE n [<!ENTITY a "{"x" * 10000}">]>{HEAD}{"&a;" * 100}</neuroml>'
FILE = f'<!DOCTYPE n [<!ENTITY a SYSTEM "file:///etc/passwd">]>{HEAD}&a;</neuroml>'
DEEP = f"{HEAD}<notes>{'<b>' * 9000}{'</b>' * 9000}</notes></neuroml>"


def _including(href):
    return f'{HEAD}<include href="{href}"/></neuroml>'


HOSTILE = {
    "billion laughs": (_laughs(), "DOCTYPE"),
    "quadratic": (LONG, "DOCTYPE"),
    "external entity": (FILE, "DOCTYPE"),
    "external subset": (f'<!DOCTYPE n SYSTEM "http://localhost/x.dtd">{HEAD}</neuroml>', "DOCTYPE"),
    "undeclared entity": (f"{HEAD}&passwd;</neuroml>", "not XML"),
    "xinclude": (
        f'{HEAD}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="a.nml"/></neuroml>',
        "namespace",
    ),
    "deep": (HEAD + "<cell>" * 5000 + "</cell>" * 5000 + "</neuroml>", "inside each other"),
    "deep notes": (DEEP, "inside each other"),
    "network include": (_including("http://localhost/a.nml"), "beside"),
    "file include": (_including("file:///etc/passwd"), "beside"),
    "absolute include": (_including("/etc/passwd"), "beside"),
    "upward include": (_including("../../../etc/passwd"), "leaves the folder"),
    "itself": (_including("hostile.nml"), "circle"),
    "empty": ("", "not XML"),
    "text": (f"{HEAD}import os</neuroml>", "text"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused(tmp_path, name):
    text, message = HOSTILE[name]
    path = tmp_path / "hostile.nml"
    path.write_text(text, encoding="utf-8")
    begin = time.process_time()
    with pytest.raises(LoligoError, match=message):
        read_neuroml(path)
    assert time.process_time() - begin < 2.0


def _with_rate(value):
    return f"""{HEAD}<ionChannelHH id="c" conductance="1pS"><gateHHrates id="m" instances="1">
        <forwardRate type="r"/><reverseRate type="r"/></gateHHrates></ionChannelHH>
        <ComponentType name="r" extends="baseVoltageDepRate">
        <Constant name="MS" dimension="time" value="1 ms"/><Dynamics>
        <DerivedVariable name="a0" dimension="none" value="2"/>
        {
        "".join(
            f'<DerivedVariable name="a{i}" dimension="none" value="a{i - 1} * a{i - 1}"/>'
            for i in range(1, 60)
        )
    }
        <DerivedVariable name="r" exposure="r" dimension="per_time" value="{value}"/>
        </Dynamics></ComponentType></neuroml>"""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("__import__('os').system('touch gone') / MS", "not arithmetic"),
        ("exec(1) / MS", "exec"),
        ("().__class__ / MS", "not"),
        ("(lambda) / MS", "unknown name 'lambda'"),
        ("a59 / MS", None),
        ("(" * 3000 + "1" + ")" * 3000 + " / MS", "4000|inside each other"),
        ("(" * 1500 + "1" + ")" * 1500 + " / MS", "inside each other"),
        ("-" * 3000 + "1 / MS", None),
        ("1" + " + 1" * 900 + " / MS", None),
        ("2 ^ 3 ^ 4 / MS", "parentheses"),
        ("10 ^ (10 ^ 10) / MS", None),
    ],
)
def test_expressions_run_nothing_and_end(tmp_path, value, message):
    path = tmp_path / "rate.nml"
    path.write_text(_with_rate(value), encoding="utf-8")
    begin = time.process_time()
    try:
        read_neuroml(path)
        assert message is None
    except LoligoError as error:
        assert message is None or re.search(message, str(error))
    assert time.process_time() - begin < 2.0
    assert list(tmp_path.iterdir()) == [path]


def test_doubling_variables_do_not_explode(tmp_path):
    text = _with_rate("a59 / MS").replace('value="2"', 'value="v / MV"')
    text = text.replace(
        "<Dynamics>", '<Constant name="MV" dimension="voltage" value="1 mV"/><Dynamics>'
    )
    path = tmp_path / "rate.nml"
    path.write_text(text, encoding="utf-8")
    begin = time.process_time()
    with pytest.raises(LoligoError, match="more than 3000 operations"):
        read_neuroml(path)
    assert time.process_time() - begin < 2.0


def test_files_that_include_each_other_are_refused(tmp_path):
    for here, there in (("a", "b"), ("b", "a")):
        text = f'{HEAD}<include href="{there}.nml"/></neuroml>'
        (tmp_path / f"{here}.nml").write_text(text, encoding="utf-8")
    with pytest.raises(LoligoError, match="circle"):
        read_neuroml(tmp_path / "a.nml")


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.nml").write_text(f"{HEAD}</neuroml>", encoding="utf-8")
    (inside / "link.nml").symlink_to(tmp_path / "secret.nml")
    text = f'{HEAD}<include href="link.nml"/></neuroml>'
    (inside / "a.nml").write_text(text, encoding="utf-8")
    with pytest.raises(LoligoError, match="leaves the folder"):
        read_neuroml(inside / "a.nml")
