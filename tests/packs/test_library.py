from __future__ import annotations

from pathlib import Path

import pytest

from casereview.errors import ConditionError, NotFound, PackFaults, Refused, Usage
from casereview.packs.check import check_text
from casereview.packs.library import Library


def put(folder: Path, name: str, text: str, kind: str = "reviews") -> None:
    (folder / kind / name).write_text(text, encoding="utf-8")


def own(text: str, *, name: str, version: int) -> str:
    changed = text.replace('id = "mine"', f'id = "{name}"', 1)
    return changed.replace("version = 1", f"version = {version}", 1)


def test_a_users_own_pack_stands_beside_the_shipped_ones(
    rules_folder: Path, good_pack: str
) -> None:
    put(rules_folder, "anything.toml", good_pack)
    library = Library(rules_folder)
    assert library.pack("mine").shipped is False
    assert library.pack("ward-round").shipped is True
    assert "mine" in library.pack_ids()
    assert "answer_mine_ready" in library.catalogue
    assert library.refused == {}


def test_a_higher_version_replaces_the_shipped_pack(rules_folder: Path, good_pack: str) -> None:
    put(rules_folder, "round.toml", own(good_pack, name="ward-round", version=2))
    pack = Library(rules_folder).pack("ward-round")
    assert (pack.ref.version, pack.title, pack.shipped) == (2, "My review", False)


@pytest.mark.parametrize("version", [1])
def test_the_same_version_is_refused_with_a_sentence_and_never_silently(
    rules_folder: Path, good_pack: str, version: int
) -> None:
    put(rules_folder, "round.toml", own(good_pack, name="ward-round", version=version))
    library = Library(rules_folder)
    with pytest.raises(Refused) as refused:
        library.pack("ward-round")
    assert refused.value.code == "version_not_higher"
    assert "round.toml" in refused.value.message
    assert "higher version" in refused.value.next
    assert list(library.refused) == ["round.toml"]
    assert "ward-round" not in library.packs


def test_a_broken_file_blocks_its_own_id_and_nothing_else(
    rules_folder: Path, good_pack: str
) -> None:
    broken = own(good_pack, name="ward-round", version=2).replace("yesno", "maybe")
    put(rules_folder, "round.toml", broken)
    library = Library(rules_folder)
    with pytest.raises(PackFaults):
        library.pack("ward-round")
    assert library.pack("long-stay").shipped
    assert "round.toml" in library.refused


def test_of_two_own_versions_the_higher_holds(rules_folder: Path, good_pack: str) -> None:
    put(rules_folder, "a.toml", own(good_pack, name="mine", version=3))
    put(rules_folder, "b.toml", own(good_pack, name="mine", version=2))
    library = Library(rules_folder)
    assert library.pack("mine").ref.version == 3
    assert library.refused == {}


def test_two_files_of_one_id_and_version_are_refused(rules_folder: Path, good_pack: str) -> None:
    put(rules_folder, "a.toml", good_pack)
    put(rules_folder, "b.toml", good_pack)
    library = Library(rules_folder)
    with pytest.raises(Refused, match=r"a\.toml"):
        library.pack("mine")


def test_a_pathway_of_the_users_own_needs_a_higher_version_too(rules_folder: Path) -> None:
    shipped = Library().pathway("ward")
    text, version = shipped.text, shipped.version
    put(rules_folder, "ward.toml", text, "pathways")
    with pytest.raises(Refused, match="ships already"):
        Library(rules_folder).pathway("ward")
    higher = text.replace(f"version = {version}", f"version = {version + 1}", 1)
    put(rules_folder, "ward.toml", higher, "pathways")
    assert Library(rules_folder).pathway("ward").version == version + 1


def test_what_does_not_exist_is_refused_with_the_nearest_name(library: Library) -> None:
    with pytest.raises(NotFound, match="'ward-round'"):
        library.pack("wardround")
    with pytest.raises(NotFound, match="'recovery'"):
        library.pathway("recovry")
    with pytest.raises(NotFound, match="long-stay"):
        library.pack("zzz")


@pytest.mark.parametrize("name", ["../ward-round", "", ".", "ward-round.toml", "a/b", "\x00"])
def test_a_name_is_never_taken_for_a_path(library: Library, name: str) -> None:
    with pytest.raises(NotFound):
        library.pack(name)


def test_a_rules_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="not there"):
        Library(tmp_path / "none")


def test_the_hash_is_that_of_the_exact_text(library: Library, rules_folder: Path) -> None:
    pack = library.pack("ward-round")
    put(rules_folder, "w.toml", pack.text.replace("version = 1", "version = 2", 1))
    changed = Library(rules_folder).pack("ward-round")
    assert len(pack.ref.hash) == 64
    assert changed.ref.hash != pack.ref.hash
    assert changed.questions == pack.questions


def test_a_condition_is_read_once(library: Library) -> None:
    assert library.condition("age > 3") is library.condition("age > 3")


def test_a_condition_may_name_the_answers_of_another_pack(library: Library) -> None:
    text = "answer_ward_round_destination_ready = 'no' and answer_plan = 'yes'"
    names = library.condition(text, library.pack("long-stay")).names
    assert names == {"answer_ward_round_destination_ready", "answer_long_stay_plan"}


def test_short_names_are_known_only_inside_their_pack(library: Library) -> None:
    with pytest.raises(ConditionError):
        library.condition("answer_destination_ready = 'no'")


def test_code_lists_come_with_it(library: Library) -> None:
    assert "delay-mental-health" in library.codes


def test_two_packs_may_not_make_the_same_fact(
    rules_folder: Path, good_pack: str, library: Library
) -> None:
    text = own(good_pack, name="ward", version=1).replace("ready", "round_destination_ready")
    faults = check_text(text, "x.toml", library).faults
    assert {f.key for f in faults} == {"pack.id"}
    assert "ward-round" in faults[0].what
