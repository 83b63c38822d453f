import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.errors import BadInputError
from study_design.images.arriving.manifest import Claim
from study_design.images.arriving.sources import find_sources, is_plain_text
from study_design.tables.csv_file import TableForm
from study_design.tables.foreign.view_names import parse_view
from study_design.tables.table_faults import BadTableError
from study_design.vocabulary import View


@pytest.mark.parametrize("text", ["R-MLO", "RMLO", "R MLO", "r_mlo", "Right MLO", " rmlo "])
def test_a_view_is_read_however_it_is_spelled(text: str) -> None:
    assert parse_view(text) is View.R_MLO


@pytest.mark.parametrize("side", ["R", "Right", "right", " r"])
def test_a_projection_needs_a_side(side: str) -> None:
    assert parse_view("cc", side) is View.R_CC
    assert parse_view("CC") is None


@pytest.mark.parametrize(("view", "side"), [("RMLO", "L"), ("ML", "R"), ("XCCL", "L"), ("", "")])
def test_contradictions_and_other_views_are_none(view: str, side: str) -> None:
    assert parse_view(view, side) is None


@given(st.text(max_size=12), st.text(max_size=6))
def test_any_text_is_a_view_or_none(view: str, side: str) -> None:
    assert parse_view(view, side) in {None, *View}


def test_a_file_given_twice_is_looked_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    found = find_sources([tmp_path, tmp_path / "a"], unpack_into=tmp_path / "unpacked").files
    assert [(source.path.name, source.named) for source in found] == [("a", False)]


def test_paths_of_a_manifest_are_found_beside_it_under_the_paths_or_by_name(
    tmp_path: Path,
) -> None:
    for name in ("beside.png", "root/sub/there.png", "named/file.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(
        "case,laterality,view,path\n"
        "A,R,CC,beside.png\nA,L,CC,sub\\there.png\nA,R,MLO,old/place/file.png\nA,R,CC,beside.png\n"
    )
    paths = [tmp_path / "root", tmp_path / "named" / "file.png"]
    found = find_sources(paths, manifest, unpack_into=tmp_path / "unpacked").files
    assert [source.path.name for source in found] == ["beside.png", "there.png", "file.png"]


def test_the_missing_files_of_an_index_are_named(make_index: Callable[..., Path]) -> None:
    index = make_index({"IMAGES/A1": b"1", "IMAGES/A2": None})
    for path in (index, index.parent):
        found = find_sources([path], unpack_into=index.parent.parent / "unpacked").files
        told = {source.path.name: source.problem for source in found}
        assert told == {
            "DICOMDIR": "",
            "A1": "",
            "A2": "named by DICOMDIR, but not there",
        }


def test_an_index_inside_an_archive_is_followed_there(
    make_index: Callable[..., Path], tmp_path: Path
) -> None:
    index = make_index({"IMAGES/A1": b"1", "IMAGES/A2": None})
    archive = tmp_path / "disc.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.write(index, "disc/DICOMDIR")
        opened.write(index.parent / "IMAGES/A1", "disc/images/a1")
    found = find_sources([archive], unpack_into=tmp_path / "unpacked").files
    assert {
        source.shown.relative_to(archive).as_posix(): bool(source.problem) for source in found
    } == {
        "disc/DICOMDIR": False,
        "disc/images/a1": False,
        "disc/images/A2": True,
    }


def test_a_document_that_holds_letters_only_is_no_text_file(tmp_path: Path) -> None:
    (tmp_path / "report").write_bytes(b"%PDF-1.4\n%%EOF")
    (tmp_path / "note").write_bytes(b"to do\n")
    assert [is_plain_text(tmp_path / name) for name in ("report", "note")] == [False, True]


def test_a_broken_archive_in_a_folder_is_one_refused_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "in" / "image.dcm").write_bytes(b"1")
    found = find_sources([tmp_path / "in"], unpack_into=tmp_path / "unpacked").files
    assert [(source.path.name, "damaged" in source.problem) for source in found] == [
        ("broken.zip", True),
        ("image.dcm", False),
    ]


def test_a_manifest_may_name_files_of_an_archive(tmp_path: Path) -> None:
    archive = tmp_path / "images.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("sub/a.png", b"1")
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("case,laterality,view,path\nA,R,CC,sub/a.png\n")
    (source,) = find_sources([archive], manifest, unpack_into=tmp_path / "unpacked").files
    assert source.path.read_bytes() == b"1"
    assert source.shown == archive / "sub" / "a.png"
    archive.write_bytes(b"PK\x03\x04")
    with pytest.raises(BadInputError, match=r"images\.zip: expected a ZIP archive"):
        find_sources([archive], manifest, unpack_into=tmp_path / "unpacked")


def test_a_manifest_of_a_spreadsheet_is_read_and_all_its_faults_are_told(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"x")
    manifest = tmp_path / "manifest.csv"
    manifest.write_bytes(
        "sep=;\nFall;Seite;Ansicht;Datei;Pixel Spacing (mm);gespiegelt;Gerät\n"
        "A;rechts;CC;a.png;0,07;nein;Müller\n\nA;links;MLO;b.png;0,085;ja;Müller\n".encode("cp1252")
    )
    right, left = find_sources([], manifest, unpack_into=tmp_path / "unpacked").files
    assert right.claim == Claim("A", View.R_CC, 0.07, mirrored=False, exam="A")
    assert left.claim == Claim("A", View.L_MLO, 0.085, mirrored=True, exam="A")
    manifest.write_text("case,laterality,view,path\n\nA,R,XCC,a.png\nA,L,CC,c.png\n/,R,CC,a.png\n")
    with pytest.raises(BadTableError) as refusal:
        find_sources([], manifest, unpack_into=tmp_path / "unpacked")
    assert [line.split(": expected")[0] for line in refusal.value.lines] == [
        "manifest.csv, row 3",
        "manifest.csv, row 4",
        "manifest.csv, row 5",
    ]


def test_what_is_asked_of_a_manifest_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    manifest = tmp_path / "manifest.csv"
    manifest.write_bytes("case,laterality,view,path,site\nA,R,CC,a.png,Muñoz\n".encode("cp1252"))
    with pytest.raises(BadInputError, match="--encoding windows-1252"):
        find_sources([], manifest, unpack_into=tmp_path / "unpacked")
    form = TableForm(encoding="windows-1252")
    assert find_sources([], manifest, unpack_into=tmp_path / "unpacked", form=form).files
