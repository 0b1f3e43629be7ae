"""Items 5 and 8: moves count towards the quota, and a wrong clock does not lock anyone out."""

from __future__ import annotations

import os

from autograde.hub.config import Limits

from ..battery import Target, own_hub, row
from .uploads import file_line


@row("5", "a repository that does not fit into the quota of its new owner cannot be moved there")
def moves_count_towards_the_quota(target: Target) -> None:
    with own_hub(target, limits=Limits(owner_storage=100_000)) as (own, __):
        eve = own.person()
        eve_token = eve.token()
        organization = f"{eve.name}-org"
        assert eve.form("/organizations/new", name=organization).status == 303
        statuses = []
        for number in range(3):
            name = eve.repository(eve_token, f"m{number}")
            line = file_line("a.txt", os.urandom(30_000).hex().encode())
            assert own.commit(name, line, token=eve_token).status == 200
            moved = {"fromRepo": name, "toRepo": f"{organization}/m{number}"}
            statuses.append(own.api("POST", "/api/repos/move", moved, token=eve_token).status)
            if statuses[-1] != 200:
                assert own.api("GET", f"/api/models/{name}").json()["id"] == name
                break
        assert statuses == [200, 413], statuses


@row("5", "one learner cannot fill the disk and every list with empty repositories")
def number_of_repositories_is_limited(target: Target) -> None:
    with own_hub(target, limits=Limits(repositories=3)) as (own, __):
        eve, ada = own.person(), own.person("ada")
        eve_token = eve.token()
        made = [own.api("POST", "/api/repos/create", {"name": f"m{n}"}, token=eve_token) for n in range(4)]
        assert [answer.status for answer in made] == [200, 200, 200, 413]
        assert "Delete one first" in made[-1].json()["error"]
        assert own.api("POST", f"/api/buckets/{eve.name}/b", {}, token=eve_token).status == 413
        assert (
            own.api("POST", f"/api/models/{eve.name}/m0/duplicate", {"repository": "x"}, token=eve_token).status == 413
        )
        assert "Delete one first" in eve.form("/new", name="x", owner=eve.name).text
        ada.repository(ada.token())
        assert own.api("DELETE", "/api/repos/delete", {"name": "m0"}, token=eve_token).status == 200
        eve.repository(eve_token, "x")


@row("8", "wrong passwords while the clock was wrong do not lock anyone out for years")
def attempts_from_the_future_are_forgotten(target: Target) -> None:
    with own_hub(target) as (own, running):
        ada = own.person("ada")
        right = running.hub.now
        running.hub.now = lambda: right() + 400 * 86_400_000  # type: ignore[method-assign]
        try:
            tried = [ada.again().form("/login", username=ada.name, password="wrong one").status for __ in range(12)]
        finally:
            running.hub.now = right  # type: ignore[method-assign]
        assert tried[-1] == 429
        assert ada.again().form("/login", username=ada.name, password=ada.password).status == 303
