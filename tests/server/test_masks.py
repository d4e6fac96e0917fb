"""The masks of the views are those of the application, to the sign."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.conftest import ServerOffice
from workflow_core.access import masking
from workflow_core.store.server.masks import MASKS

SIGNS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=25),
    st.text("0123456789X* -", max_size=22),
    st.text("裴坝村社区居委会组号\n12*a", max_size=14),
)


@pytest.mark.parametrize("name", sorted(MASKS))
def test_both_mask_alike(pristine: ServerOffice, name: str) -> None:
    """Whatever the value: the expression gives what the function gives, and masking twice is masking once."""
    with closing(pristine.as_owner()) as owner:
        question = f'SELECT {MASKS[name]("v.word")} FROM (SELECT %s::text COLLATE "C" AS word) v'.replace("%s", "\0").replace("%", "%%").replace("\0", "%s")

        @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(SIGNS)
        def alike(value: str | None) -> None:
            wanted = getattr(masking, name)(value)
            assert owner.execute(question.encode(), [value]).fetchone() == (wanted,)
            assert owner.execute(question.encode(), [wanted]).fetchone() == (wanted,)

        alike()


def test_every_mask_of_the_application_has_its_expression() -> None:
    """A mask that is added is added to both."""
    assert {mask.__name__ for mask in masking.MASKS.values()} == set(MASKS)
