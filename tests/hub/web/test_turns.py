"""``Places``: slots that are taken only if one is free."""

from __future__ import annotations

from autograde.hub.web.turns import Places


def test_places_are_limited_in_total_and_for_each_client() -> None:
    places = Places(total=3, share=2)
    with places.take("ada") as first, places.take("ada") as second, places.take("ada") as third:
        assert (first, second, third) == (True, True, False)
        with places.take("bob") as fourth, places.take("eve") as fifth:
            assert (fourth, fifth) == (True, False)
        with places.take("eve") as sixth:
            assert sixth
    with places.take("ada") as again:
        assert again
