"""Files from strangers: broken, hostile or secret. Each gives a service or an ``InputError``, and soon."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service_files import SERVICES, codes, configuration, counted, definition, said_of, write

from rolecycle.diagnostics import InputError
from rolecycle.inputs.csdef import read_service
from rolecycle.inputs.masking import masked, shown
from rolecycle.inputs.xml_encoding import decode
from rolecycle.inputs.xml_tree import read_xml

ROLE = definition('<WorkerRole name="Fabrikam.Zähler"/>')
HEAD = '<?xml version="1.0" encoding="{}"?>'
SECRET = "c2VjcmV0LW9mLWNvbnRvc28tMDEyMzQ1Njc4OWFiY2RlZg=="
fuzz = settings(max_examples=300, deadline=None, database=None, derandomize=True)


# --- paths ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["no/such/file.csdef", "", "\0", "x" * 5000, "/dev/null"])
def test_a_path_that_is_no_file(path: str) -> None:
    assert codes(Path(path)) == ["RC201"]


def test_a_folder_and_a_link_to_itself(tmp_path: Path) -> None:
    assert codes(tmp_path) == ["RC201"]
    loop = tmp_path / "loop.csdef"
    loop.symlink_to(loop.name)
    assert codes(loop) == ["RC201"]


def test_a_given_configuration_that_is_missing(tmp_path: Path) -> None:
    assert codes(write(tmp_path, ROLE), tmp_path / "none.cscfg") == ["RC201"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, ROLE)
    path.chmod(0)
    assert codes(path) == ["RC201"]


# --- size and depth -------------------------------------------------------------------------------


def test_a_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "ServiceDefinition.csdef"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)
    assert codes(path) == ["RC202"]


def test_ten_thousand_nested_elements_are_refused_soon(tmp_path: Path) -> None:
    path = write(tmp_path, definition("<a>" * 10_000 + "</a>" * 10_000))
    assert codes(path) == ["RC206"]


def test_too_many_elements_attributes_and_characters(tmp_path: Path) -> None:
    many = " ".join(f'a{n}="1"' for n in range(20_001))
    assert codes(write(tmp_path, definition("<a/>" * 20_001))) == ["RC202"]
    assert codes(write(tmp_path, definition("", many))) == ["RC202"]
    assert codes(write(tmp_path, definition("", f'name="{"a" * 40_000}"'))) == ["RC202"]


def test_many_unknown_names_are_answered_soon(tmp_path: Path) -> None:
    said = said_of(write(tmp_path, definition("".join(f"<WorkerRole{n}/>" for n in range(9_000)))))
    assert len(said) > 9_000


def test_many_names_that_only_one_file_has_are_answered_soon(tmp_path: Path) -> None:
    settings_ = "<ConfigurationSettings>{}</ConfigurationSettings>".format
    ours = settings_("".join(f'<Setting name="a{n}"/>' for n in range(9_000)))
    theirs = settings_("".join(f'<Setting name="b{n}" value=""/>' for n in range(6_000)))
    write(tmp_path, configuration(f'<Role name="R"><Instances count="2"/>{theirs}</Role>'), "S.cscfg")
    said = said_of(write(tmp_path, definition(f'<WorkerRole name="R">{ours}</WorkerRole>')))
    assert len(said) == 15_000


def test_many_probes_on_ports_of_no_endpoint_are_answered_soon(tmp_path: Path) -> None:
    one = '<LoadBalancerProbe name="p{0}" protocol="tcp" port="9"/>'
    inner = '<InternalEndpoint name="e{0}" protocol="tcp"><FixedPortRange min="{1}" max="{2}"/></InternalEndpoint>'
    asking = '<InputEndpoint name="i{0}" protocol="tcp" port="{1}" loadBalancerProbe="p{0}"/>'
    probes = "".join(one.format(n) for n in range(900))
    inside = "".join(inner.format(n, n + 10, 10**17) + asking.format(n, n + 10) for n in range(900))
    write(tmp_path, counted(R=2), "S.cscfg")
    role = f'<WorkerRole name="R"><Endpoints>{inside}</Endpoints></WorkerRole>'
    said = said_of(write(tmp_path, definition(f"<LoadBalancerProbes>{probes}</LoadBalancerProbes>{role}")))
    assert [each.code for each in said].count("RC264") == 900


def test_lines_are_right_past_65535(tmp_path: Path) -> None:
    (finding, *_) = said_of(write(tmp_path, definition("\n" * 99_999 + "  <Odd/>")))
    assert (finding.code, finding.place.line, finding.place.column) == ("RC221", 100_000, 3)


# --- XML ------------------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE b SYSTEM "http://fabrikam.example/b.dtd">'
PARAMETER = '<!DOCTYPE b [<!ENTITY % p SYSTEM "http://fabrikam.example/p"> %p;]>'


@pytest.mark.parametrize("doctype", ["<!DOCTYPE ServiceDefinition>", LAUGHS, OUTSIDE, REMOTE, PARAMETER])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_doctype_is_refused(tmp_path: Path, doctype: str, encoding: str) -> None:
    assert codes(write(tmp_path, (doctype + ROLE).encode(encoding))) == ["RC204"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"\xef\xbb\xbf",
        b"\0\0\0\0",
        bytes(range(256)),
        b"\xff\xfe<",
        b"MZ\x90\0",
        b"PK\3\4",
        b"not XML",
        b"{{#if x}}",
        b"<a><b></a>",
        b"<a b='<YourKey>'/>",
        b"<a",
        b"<a b='1' b='2'/>",
        b"<x:a/>",
        b"<a/><b/>",
        b"<!-- <a/> ",
        b' <?xml version="1.0"?><a/>',
        b"<a>\xff</a>",
        b'<?xml version="1.0" encoding="utf-16"?><a/>',
        b'<?xml version="1.0" encoding="unicode_escape"?><a/>',
        b'<?xml version="1.0" encoding="bz2_codec"?><a/>',
    ],
)
def test_what_is_not_well_formed_is_refused(tmp_path: Path, data: bytes) -> None:
    assert codes(write(tmp_path, data)) == ["RC203"]


def test_a_mismatched_tag_names_the_one_that_is_open() -> None:
    (mistake,) = said_of(SERVICES / "broken-xml" / "ServiceDefinition.csdef")
    assert (mistake.code, mistake.place.line) == ("RC203", 5)
    assert mistake.hint == "the open element is 'Import', from line 4"


def test_a_raw_bracket_in_a_value_is_explained() -> None:
    (mistake,) = said_of(SERVICES / "broken-placeholder" / "ServiceDefinition.csdef")
    assert (mistake.code, mistake.place.line) == ("RC203", 3)
    assert "&lt;" in mistake.hint


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("declared", ["", HEAD.format("utf-8"), '<?xml version="1.0" standalone="no"?>'])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(tmp_path: Path, encoding: str, declared: str) -> None:
    path = write(tmp_path, (declared + "\n" + ROLE if declared else ROLE).encode(encoding))
    assert read_service(path)[0].roles[0].name == "Fabrikam.Zähler"


def test_the_byte_order_mark_counts_for_more_than_the_declaration(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        path = write(tmp_path, (HEAD.format("iso-8859-1") + ROLE).encode(encoding))
        assert read_service(path)[0].roles[0].name == "Fabrikam.Zähler"


def test_a_declared_encoding_is_used_without_a_mark() -> None:
    assert decode((HEAD.format("windows-1252") + "ä").encode("cp1252")).endswith("ä")
    assert decode((HEAD.format("GB18030") + "\U00020000").encode("gb18030")).endswith("\U00020000")


def test_comments_processing_instructions_and_line_ends(tmp_path: Path) -> None:
    text = '<?xml version="1.0"?>\r\n<!-- <WorkerRole name="no"/> -->\r\n<?odd?>\n' + ROLE
    path = write(tmp_path, text)
    (role,) = read_service(path)[0].roles
    assert role.place.line == 4


def test_a_template_before_the_xml_keeps_the_lines_right(tmp_path: Path) -> None:
    path = write(tmp_path, "{{!-- for {each} --}}\n{{#with x}}\n" + HEAD.format("utf-8") + "\n" + ROLE)
    (role,) = read_service(path)[0].roles
    assert role.place.line == 4
    broken = write(tmp_path, "{{a}}\n\n<a>\n</b>")
    assert [(each.code, each.place.line) for each in said_of(broken)] == [("RC203", 4)]


def test_attributes_of_other_namespaces_are_let_pass(tmp_path: Path) -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" name="C"'
    assert codes(write(tmp_path, definition("", xsi))) == ["RC235", "RC232"]


def test_a_prefixed_namespace_is_the_same_namespace(tmp_path: Path) -> None:
    text = definition('<d:WorkerRole name="R"/>').replace("xmlns=", "xmlns:d=")
    text = text.replace("<ServiceDefinition", "<d:ServiceDefinition").replace("</Serv", "</d:Serv")
    assert [role.name for role in read_service(write(tmp_path, text))[0].roles] == ["R"]


# --- secrets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (
            f"DefaultEndpointsProtocol=https;AccountKey={SECRET}",
            "DefaultEndpointsProtocol=https;AccountKey=***",
        ),
        (SECRET, "***"),
        ("setup.cmd /password:Pa$$w0rd /quiet", "setup.cmd /password:*** /quiet"),
        ("setup.cmd -Password 'two words' -x", "setup.cmd -Password *** -x"),
        ('join.exe --api-key="a b"', "join.exe --api-key=***"),
        ("get https://user:hidden@contoso.example/x", "get https://user:***@contoso.example/x"),
        (
            "get https://contoso.example/x?sv=1&sig=abc%3D&se=2",
            "get https://contoso.example/x?sv=1&sig=***&se=2",
        ),
        (r"setup\install.cmd > log.txt 2>&1", r"setup\install.cmd > log.txt 2>&1"),
    ],
)
def test_masking(text: str, safe: str) -> None:
    assert masked(text) == safe


def test_quoted_values_are_short_and_printable() -> None:
    assert shown("a\x1b[31m\n\u202e") == "'a\\u001b[31m\\u000a\\u202e'"
    assert len(shown("a" * 10_000)) < 80


def test_settings_variables_and_thumbprints_are_never_kept_or_shown(tmp_path: Path) -> None:
    variable = f'<Environment><Variable name="V" value="{SECRET}"/></Environment>'
    settings_ = f'<ConfigurationSettings><Setting name="S" value="{SECRET}"/></ConfigurationSettings>'
    certificate = f'<Certificates><Certificate name="C" thumbprint="{SECRET}"/></Certificates>'
    role = f'<Instances count="1"/>{settings_}{certificate}<Setting name="S" value="{SECRET}"/>'
    write(tmp_path, configuration(f'<Role name="R">{role}</Role>'), "S.cscfg")
    command = f"a.cmd /password:{SECRET}"
    startup = f'<Startup><Task commandLine="{command}">{variable}</Task></Startup>'
    body = f"{settings_}{startup}<Runtime>{variable}</Runtime>"
    path = write(tmp_path, definition(f'<WorkerRole name="R">{body}</WorkerRole>'))
    service, findings = read_service(path)
    assert [each.code for each in findings] == ["RC220", "RC246", "RC221", "RC252", "RC234"]
    assert SECRET not in repr(service) + repr(findings) + repr(read_xml(path))


def test_secrets_in_wrong_places_are_masked(tmp_path: Path) -> None:
    write(tmp_path, counted(R=SECRET), "S.cscfg")
    task = f'<Startup><Task commandLine="a" taskType="{SECRET}"/></Startup>'
    with pytest.raises(InputError) as caught:
        read_service(write(tmp_path, definition(f'<WorkerRole name="R">{task}</WorkerRole>')))
    assert len(caught.value.diagnostics) == 2
    assert SECRET not in str(caught.value) + repr(caught.value.diagnostics)


# --- anything -------------------------------------------------------------------------------------


def _read(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, suppress(InputError):
        read_service(write(Path(folder), data))


@fuzz
@given(st.binary(max_size=400))
def test_any_bytes_give_a_service_or_an_input_error(data: bytes) -> None:
    _read(data)


GOOD = [path.read_bytes() for path in sorted(SERVICES.glob("*/*.csdef"))]


@fuzz
@given(st.sampled_from(GOOD), st.data())
def test_any_damage_gives_a_service_or_an_input_error(good: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 40)))
    _read(good[:start] + data.draw(st.binary(max_size=20)) + good[end:])


WORDS = st.sampled_from(
    ["0", "-1", "", "true", "*", "simple", "99999999999999999999", "R", "\u00e9", "{{x}}"]
)


@fuzz
@given(st.sampled_from(GOOD), WORDS, st.data())
def test_any_value_gives_a_service_or_an_input_error(good: bytes, word: str, data: st.DataObject) -> None:
    pieces = good.decode("utf-8").split('"')
    if len(pieces) > 9:
        where = data.draw(st.integers(4, (len(pieces) - 2) // 2)) * 2 + 1
        pieces[where] = word
    _read('"'.join(pieces).encode("utf-8"))
