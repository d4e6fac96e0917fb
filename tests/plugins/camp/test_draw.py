"""The draw: a permutation that anybody can repeat, and in which no byte can be changed unseen."""

from __future__ import annotations

import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careflow_camp.draw import (
    DrawRefused,
    Entry,
    commitment,
    digest,
    draw,
    frozen_list,
    is_digest,
    lot,
    new_secret,
    order_text,
    public_value_fits,
    read_list,
    recipe,
    secret_fits,
    seed,
    verify,
)  # fmt: skip

SECRET, VALUE = "5e" * 32, "03081217263109"
ENTRIES = [Entry(tier, f"CM-26-{n:05}") for n, tier in enumerate([3, 1, 2, 1, 10, 2, 3, 1], 1)]
REFERENCES = st.integers(1, 99_999).map("CM-26-{:05}".format)
LISTS = st.lists(st.builds(Entry, st.integers(1, 12), REFERENCES), min_size=1, max_size=30, unique_by=lambda one: one.reference)


def made(entries: list[Entry] = ENTRIES, secret: str = SECRET, value: str = VALUE) -> dict[str, Any]:
    """Everything that is published of a draw, when it is over."""
    listed = frozen_list(entries)
    order = order_text(draw(entries, seed(secret, value)))
    return {
        "commitment": commitment(secret), "digest": digest(listed), "secret": secret, "public_value": value, "listed": listed.encode(), "order": order.encode(),
    }  # fmt: skip


def code(of: dict[str, Any]) -> str | None:
    why = verify(**of)
    return why.code if why else None


# ------------------------------------------------------------------ what it is


@given(LISTS)
def test_the_draw_is_a_permutation(entries: list[Entry]) -> None:
    """Everybody once, tier after tier."""
    order = draw(entries, seed(SECRET, VALUE))
    assert sorted((one.tier, one.reference) for one in order) == sorted(entries)
    assert [one.tier for one in order] == sorted(one.tier for one in entries)


@given(LISTS, st.randoms())
def test_the_draw_does_not_depend_on_the_order_of_the_list(entries: list[Entry], order: Any) -> None:
    """Whoever was nominated first has no advantage."""
    shuffled = list(entries)
    order.shuffle(shuffled)
    assert draw(shuffled, seed(SECRET, VALUE)) == draw(entries, seed(SECRET, VALUE))
    assert frozen_list(shuffled) == frozen_list(entries)


def test_a_lot_is_what_the_rule_says() -> None:
    """SHA-256 of secret, colon, public value, colon, reference."""
    assert lot(seed(SECRET, VALUE), "CM-26-00001") == sha256(f"{SECRET}:{VALUE}:CM-26-00001".encode()).hexdigest()
    assert commitment(SECRET) == sha256(SECRET.encode()).hexdigest()


def test_the_list_is_what_the_rule_says() -> None:
    """Tier, blank, reference, line feed; by reference."""
    assert frozen_list([Entry(2, "CM-26-00002"), Entry(10, "CM-26-00001")]) == "10 CM-26-00001\n2 CM-26-00002\n"
    assert digest("10 CM-26-00001\n2 CM-26-00002\n") == sha256(b"10 CM-26-00001\n2 CM-26-00002\n").hexdigest()


def test_every_place_is_as_likely_as_every_other() -> None:
    """Of 3,000 draws of three children each child is first in about a third: within five standard deviations."""
    first = [draw([Entry(1, "a"), Entry(1, "b"), Entry(1, "c")], seed(SECRET, str(n)))[0].reference for n in range(3000)]
    assert all(abs(first.count(one) - 1000) < 5 * 26 for one in "abc")


def test_secrets_are_not_repeated() -> None:
    """256 bits from the system's source, in the form that a secret has."""
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(secret_fits(one, commitment(one)) is None for one in made)


# ------------------------------------------------------------------ what is checked


def test_a_draw_that_was_made_as_it_says_is_verified() -> None:
    """Nothing does not fit."""
    assert code(made()) is None


@settings(max_examples=300)
@given(LISTS, st.data())
def test_any_changed_byte_is_found(entries: list[Entry], data: st.DataObject) -> None:
    """In commitment, digest, secret, public value, list or order: changed, left out, or put in."""
    published = made(entries)
    name = data.draw(st.sampled_from(sorted(published)))
    was = published[name].encode() if isinstance(published[name], str) else published[name]
    at = data.draw(st.integers(0, len(was) - 1))
    sign = data.draw(st.integers(0, 127))
    kind = data.draw(st.sampled_from(["changed", "left out", "put in"]))
    now = was[:at] + (b"" if kind == "left out" else bytes([sign])) + was[at + (kind != "put in") :]
    published[name] = now.decode("latin-1") if isinstance(published[name], str) else now
    assert (verify(**published) is None) is (now == was)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"commitment": ""}, "no_commitment"),
        ({"secret": "5f" * 32}, "secret_wrong"),
        ({"secret": "5E" * 32}, "not_a_secret"),
        ({"secret": "hello"}, "not_a_secret"),
        ({"digest": "0" * 64}, "list_changed"),
        ({"public_value": "03 08"}, "public_value_unclear"),
        ({"public_value": "03081217263108"}, "order_wrong"),
        ({"order": b""}, "order_wrong"),
    ],
)
def test_the_first_thing_that_does_not_fit_is_named(change: dict[str, Any], why: str) -> None:
    """With its code and what to do."""
    told = verify(**(made() | change))
    assert told is not None
    assert (told.code, bool(told.hint)) == (why, True)


def test_the_line_that_is_wrong_is_named() -> None:
    """Two neighbours exchanged: from the first of them on."""
    published = made()
    lines = published["order"].splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    told = verify(**(published | {"order": b"".join(lines)}))
    assert told is not None
    assert told.values["line"] == 4


def test_a_list_that_is_written_otherwise_is_no_list_although_its_digest_fits() -> None:
    """Whoever publishes a strange list with its own digest is found too."""
    for listed in (b"1 CM-26-00002\n1 CM-26-00001\n", b"01 CM-26-00001\n", b"1  CM-26-00001\n", b"1 CM-26-00001", b"1 CM-26-00001\r\n", b"", b"\xff\n"):
        assert read_list(listed) is None
        assert code(made() | {"listed": listed, "digest": sha256(listed).hexdigest()}) == "list_unreadable"


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([], ["list_empty"]),
        ([Entry(1, "a"), Entry(1, "a")], ["listed_twice"]),
        ([Entry(0, "a b"), Entry(1, "张")], ["reference_unclear", "tier_below_one", "reference_unclear"]),
        ([Entry(1, "a\nb"), Entry(1, "")], ["reference_unclear", "reference_unclear"]),
    ],
)
def test_a_list_that_cannot_be_frozen_says_why(entries: list[Entry], why: list[str]) -> None:
    """All of it at once."""
    with pytest.raises(DrawRefused) as refused:
        frozen_list(entries)
    assert [one.code for one in refused.value.why] == why


@pytest.mark.parametrize("value", ["", "03 08", "０３", "3345:67", "3345,67\n", "a" * 65, "中"])
def test_a_public_value_that_can_be_typed_in_two_ways_is_refused(value: str) -> None:
    """Blanks, colons, full-width digits."""
    told = public_value_fits(value)
    assert told is not None
    assert told.code == "public_value_unclear"


@pytest.mark.parametrize("value", ["03081217263109", "3345.67", "-0.4", "a" * 64])
def test_a_public_value_that_can_be_typed_in_one_way_is_taken(value: str) -> None:
    """The number of a lottery, the close of an exchange."""
    assert public_value_fits(value) is None


def test_a_digest_has_its_form() -> None:
    """64 small hexadecimal digits, and nothing behind them."""
    assert is_digest(commitment(SECRET)) is None
    assert [told.code for text in ("", "AB" * 32, "ab" * 31, "ab" * 32 + "\n") if (told := is_digest(text)) is not None] == ["not_a_digest"] * 4


# ------------------------------------------------------------------ by hand


@settings(max_examples=8, deadline=None)
@given(LISTS)
def test_six_lines_of_shell_give_the_same(tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]) -> None:
    """Commitment, digest and order, to the byte, from a list, a secret and a value alone."""
    folder = tmp_path_factory.mktemp("draw")
    published = made(entries)
    Path(folder / "list.txt").write_bytes(published["listed"])
    done = subprocess.run(["sh", "-eu"], input=recipe(SECRET, VALUE), cwd=folder, capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in done.stdout.splitlines()] == [published["commitment"], published["digest"]]
    assert Path(folder / "order.txt").read_bytes() == published["order"]


def test_the_recipe_has_six_lines_that_fit_on_a_sheet() -> None:
    """Before the draw with words in place of secret and value."""
    lines = recipe().splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("secret=SECRET; public=VALUE;")
    assert max(map(len, lines)) <= 100


def test_the_readme_tells_the_same_six_lines() -> None:
    """To the letter."""
    readme = (Path(__file__).resolve().parents[3] / "plugins/camp/README.md").read_text("utf-8")
    assert readme.split("```sh\n", 1)[1].split("```", 1)[0] == recipe()
