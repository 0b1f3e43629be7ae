"""Small requests that once needed much memory, time or disk, and long texts in lists (4 and 5)."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import threading
import time

from autograde.hub.config import Limits

from ..battery import Person, Target, clone_folder, own_hub, row
from .uploads import file_line


@row("4", "a batch of a bucket with millions of lines is refused")
def long_bucket_batches_are_rejected(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    assert target.api("POST", f"/api/buckets/{eve.name}/b", {}, token=eve_token).status == 200
    line = json.dumps({"type": "deleteFile", "path": "x"}).encode() + b"\n"
    for body in (b"\n" * 9_000_000, line * 30_000):
        try:
            answer = target.send("POST", f"/api/buckets/{eve.name}/b/batch", body, token=eve_token)
        except OSError:
            continue  # refused before the body was sent
        assert answer.status == 413, answer.status
        assert len(answer.body) < 10_000


@row("4", "an LFS batch of many files with a thousand parts each does not sign a million links")
def number_of_links_in_an_lfs_batch_is_limited(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    name = eve.repository(eve_token)
    objects = [{"oid": f"{number:064x}", "size": 15 << 30} for number in range(60)]
    wanted = {"operation": "upload", "transfers": ["basic", "multipart"], "objects": objects}
    answer = target.api("POST", f"/{name}.git/info/lfs/objects/batch", wanted, token=eve_token)
    assert answer.status == 200, answer.text[:200]
    found = answer.json()["objects"]
    links = [len(each["actions"]["upload"].get("header", {})) for each in found]
    assert links[0] > 200, "a large file is uploaded in parts"
    assert sum(links) < 12_000
    assert all(each["actions"]["upload"]["href"] for each in found)


@row("4", "JSON with millions of values is refused at once, also without a log-in")
def json_with_millions_of_values_is_rejected(target: Target) -> None:
    started = time.monotonic()
    for values in (b"[]," * 2_700_000, b"1," * 4_000_000, b'"\\"",' * 1_500_000):
        answer = target.send("POST", "/api/validate-yaml", b'{"content":[' + values + b"1]}")
        assert answer.status == 400, answer.status
    assert time.monotonic() - started < 10
    # Characters inside a string do not count as values.
    text = json.dumps({"content": '[{",' * 200_000}).encode()
    assert target.send("POST", "/api/validate-yaml", text).status == 200


@row("4", "one client's half-sent bodies are limited, so that others have memory")
def half_sent_bodies_are_limited(target: Target) -> None:
    size, opened = 8 << 20, list[socket.socket]()
    head = f"POST /v1/telemetry HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode()
    part, refused = bytes(size - 1), 0
    try:
        for __ in range(20):
            connection = target.connect(head)
            opened.append(connection)
            connection.settimeout(2)
            try:
                connection.sendall(part)
                # The last ones are rejected before they are complete; the others wait for their last byte.
                refused += len(opened) > 15 and b" 503 " in connection.recv(1000)
            except TimeoutError:
                continue
            except OSError:
                refused += 1
        assert refused >= 3, refused
        body = json.dumps({"content": "x" * 1_000_000}).encode()
        assert target.send("POST", "/api/validate-yaml", body, address="127.0.0.99").status == 200
    finally:
        for connection in opened:
            connection.close()


@row("4", "long descriptions and notes of collections are refused, because every list contains them")
def long_collection_texts_are_rejected(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    name = eve.repository(eve_token)
    long = {"title": "c", "description": "d" * 100_000}
    assert target.api("POST", "/api/collections", long, token=eve_token).status == 400
    slug = target.api("POST", "/api/collections", {"title": "c"}, token=eve_token).json()["slug"]
    item = {"item": {"type": "model", "id": name}, "note": "[a](<b" * 40_000}
    assert target.api("POST", f"/api/collections/{slug}/items", item, token=eve_token).status == 400
    assert target.api("PATCH", f"/api/collections/{slug}", long, token=eve_token).status == 400
    assert target.api("POST", f"/api/collections/{slug}/items", {**item, "note": "good"}, token=eve_token).status == 200
    added = target.api("GET", f"/api/collections/{slug}", token=eve_token).json()["items"][0]["_id"]
    changed = {"note": "x" * 100_000}
    assert target.api("PATCH", f"/api/collections/{slug}/items/{added}", changed, token=eve_token).status == 400
    statuses = [target.api("POST", "/api/collections", {"title": "c"}, token=eve_token).status for __ in range(200)]
    assert statuses[-1] == 400


@row("5", "a comment that is edited many times keeps only a few versions")
def versions_of_an_edited_comment_are_limited(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    name = eve.repository(eve_token)
    opened = target.api("POST", f"/api/models/{name}/discussions", {"title": "t", "description": "d"}, token=eve_token)
    path = f"/api/models/{name}/discussions/{opened.json()['num']}"
    comment = target.api("GET", path).json()["events"][0]["id"]
    for number in range(40):
        text = {"content": "x" * 60_000 + str(number)}
        assert target.api("POST", f"{path}/comment/{comment}/edit", text, token=eve_token).status == 200
    answer = target.api("GET", path)
    assert len(answer.body) < 2_000_000
    assert answer.json()["events"][0]["data"]["latest"]["raw"].endswith("39")


@row("4", "a repository has a limited number of branches and tags, by the API and by git")
def number_of_branches_and_tags_is_limited(target: Target) -> None:
    with own_hub(target, limits=Limits(repository_refs=20)) as (own, __):
        eve = own.person()
        eve_token = eve.token()
        name = eve.repository(eve_token)
        made = [own.api("POST", f"/api/models/{name}/branch/b{n}", {}, token=eve_token).status for n in range(15)]
        assert set(made) == {200}
        with clone_folder(own) as clone:
            url = own.endpoint.replace("://", f"://x:{eve_token}@") + f"/{name}"
            own.git(clone, "fetch", "-q", url, "main")
            commit = own.git(clone, "rev-parse", "FETCH_HEAD")
            output = own.git(clone, "push", url, *(f"{commit}:refs/tags/t{n}" for n in range(5)), check=False)
            assert "branches and tags in this repository" in output, output
            own.git(clone, "push", "-q", url, *(f"{commit}:refs/tags/t{n}" for n in range(4)))
            # Moving and deleting branches is still possible.
            own.git(clone, "push", "-q", url, f"{commit}:refs/heads/b1", ":refs/tags/t1")
        assert own.api("POST", f"/api/models/{name}/tag/main", {"tag": "one"}, token=eve_token).status == 200
        assert own.api("POST", f"/api/models/{name}/tag/main", {"tag": "two"}, token=eve_token).status == 413


@row("5", "one user cannot take hundreds of names with new organizations")
def number_of_new_organizations_is_limited(target: Target) -> None:
    eve = target.person()
    statuses = [eve.form("/organizations/new", name=f"{eve.name}-{number}").status for number in range(25)]
    assert statuses[0] == 303
    assert statuses[-1] == 429


@row("4", "hundreds of files in deep folders are committed quickly, and deeper ones are refused")
def deep_paths_are_fast(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    name = eve.repository(eve_token)
    started = time.monotonic()
    for __ in range(2):
        # Once, each of these folders was looked up from the root for each file.
        paths = [f"{'a/' * 100}f{number}" for number in range(400)]
        lines = [{"key": "file", "value": {"path": path, "content": "x"}} for path in paths]
        assert target.commit(name, *lines, token=eve_token).status == 200
    assert time.monotonic() - started < 30
    deep = "a/" * 500 + "f"
    assert target.commit(name, {"key": "file", "value": {"path": deep, "content": "x"}}, token=eve_token).status == 422
    with clone_folder(target) as clone:
        tree = target.git(clone, "mktree")
        for __ in range(130):
            tree = target.git(clone, "mktree", stdin=f"040000 tree {tree}\ta\n".encode())
        commit = target.git(clone, "-c", "user.name=e", "-c", "user.email=e@x", "commit-tree", tree, "-m", "x")
        url = target.endpoint.replace("://", f"://x:{eve_token}@") + f"/{name}"
        output = target.git(clone, "push", "--force", url, f"{commit}:refs/heads/main", check=False)
        assert "more than 128 folders" in output, output


@row("4", "a long bucket batch with deep paths ends quickly and does not block other writes")
def deep_bucket_paths_are_fast(target: Target) -> None:
    eve, ada = target.person(), target.person("ada")
    eve_token, owner_token = eve.token(), ada.token()
    assert target.api("POST", f"/api/buckets/{eve.name}/b", {}, token=eve_token).status == 200
    start = '{"type": "addFile", "xetHash": "' + "0" * 64 + '", "path": "' + "a/" * 500
    body = "".join(f'{start}{number}"}}\n' for number in range(15_000)).encode()
    started, taken = time.monotonic(), list[float]()

    def others() -> None:
        while not taken or sender.is_alive():
            before = time.monotonic()
            ada.repository(owner_token, f"m{len(taken)}")
            taken.append(time.monotonic() - before)

    def send() -> None:
        target.send("POST", f"/api/buckets/{eve.name}/b/batch", body, token=eve_token)

    sender = threading.Thread(target=send)
    sender.start()
    others()
    sender.join()
    assert max(taken) < 10, max(taken)
    assert time.monotonic() - started < 25


@row("4", "bytes after the end of a compressed request are refused, not kept in memory")
def bytes_after_a_gzip_body_are_rejected(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    name = eve.repository(eve_token)
    for service in ("git-upload-pack", "git-receive-pack"):
        headers = {"Content_Type": f"application/x-{service}-request", "Content_Encoding": "gzip"}
        for more in (b"x", bytes(2_000_000), gzip.compress(b"0000")):
            body = gzip.compress(b"0000") + more
            try:
                answer = target.send("POST", f"/{name}.git/{service}", body, token=eve_token, **headers)
            except OSError:
                continue  # refused before the end of the body
            assert answer.status == 400, (service, answer.status)
        # An incomplete gzip body is rejected, too.
        answer = target.send("POST", f"/{name}.git/{service}", gzip.compress(b"0000")[:-9], token=eve_token, **headers)
        assert answer.status == 400, (service, answer.status)


@row("4", "a model with a thousand weight files and long headers does not delay the list of models")
def many_weights_are_listed_quickly(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    name = eve.repository(eve_token)
    tensors = {f"t{number}": {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 4]} for number in range(40_000)}
    header = json.dumps(tensors).encode()
    content = len(header).to_bytes(8, "little") + header
    value = {"algo": "sha256", "oid": hashlib.sha256(content).hexdigest(), "size": len(content)}
    wanted = {"operation": "upload", "objects": [value]}
    answer = target.api("POST", f"/{name}.git/info/lfs/objects/batch", wanted, token=eve_token)
    assert target.send("PUT", answer.json()["objects"][0]["actions"]["upload"]["href"], content).status == 200
    lines = [{"key": "lfsFile", "value": {**value, "path": f"{number}.safetensors"}} for number in range(1000)]
    assert target.commit(name, *lines, token=eve_token).status == 200
    started = time.monotonic()
    assert target.send("GET", "/api/models").status == 200
    assert target.send("GET", f"/api/models/{name}").json()["safetensors"]["total"] == 40_000_000
    assert time.monotonic() - started < 15


@row("4", "long names of architectures and types and long metadata do not make lists large")
def long_metadata_does_not_make_lists_large(target: Target) -> None:
    with own_hub(target) as (own, running):
        eve = own.person()
        eve_token = eve.token()
        config = json.dumps({"architectures": [f"{number:03x}" for number in range(120_000)], "model_type": "bert"})
        card = "---\ntags:\n" + "".join(f'- "{number:03x}"\n' for number in range(7_000)) + "---\n"
        revisions = []
        name = eve.repository(eve_token, "m")
        for number in range(8):
            lines = file_line("config.json", config.encode()), file_line("README.md", f"{card}{number}\n".encode())
            answer = own.commit(name, *lines, token=eve_token)
            assert answer.status == 200, answer.text[:200]
            revisions.append(answer.json()["commitOid"])
        for revision in revisions:
            found = own.send("GET", f"/api/models/{name}/revision/{revision}")
            assert found.json()["config"] == {"model_type": "bert"}
            assert len(found.json()["tags"]) == 7_000
            assert len(found.body) < 1_000_000
        assert len(own.send("GET", "/api/models").body) < 1_000_000
        # The Hub's cache for all of them is smaller than one of these files.
        assert running.hub.summaries.characters < 2_000_000


@row("4", "a line of JSON that would be formatted to hundreds of megabytes is shown unformatted")
def deep_json_is_shown_unformatted(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    name = eve.repository(eve_token)
    deep = b"[" * 900 + b"1," * 120_000 + b"1" + b"]" * 900
    flat = b'{"a":[1,2]}'
    lines = file_line("deep.json", deep), file_line("flat.json", flat)
    assert target.commit(name, *lines, token=eve_token).status == 200
    started = time.monotonic()
    shown = [target.send("GET", f"/{name}/blob/main/{file}.json").text for file in ("deep", "flat")]
    assert time.monotonic() - started < 4
    assert "[" * 900 in shown[0]
    assert "&#34;a&#34;" in shown[1]
    assert "[1,2]" not in shown[1]


@row("4", "a name of a megabyte is shortened, because every list shows it")
def long_names_are_shortened(target: Target) -> None:
    eve = target.person()
    long = "N" * 900_000
    made = Person(target, f"long-{eve.name}"[:42].strip("-"), f"long-{eve.email}", eve.password, eve.address)
    answer = made.form("/join", username=made.name, email=made.email, password=made.password, fullname=long)
    assert answer.status == 303
    assert len(target.send("GET", f"/api/users/{made.name}/overview").json()["fullname"]) == 100
    assert eve.form("/settings/account", fullname=long).status == 303
    assert len(target.send("GET", f"/api/users/{eve.name}/overview").json()["fullname"]) == 100
    organization = f"org-{eve.name}"[:42].strip("-")
    assert eve.form("/organizations/new", name=organization, fullname=long).status == 303
    assert len(target.send("GET", f"/api/organizations/{organization}/overview").json()["fullname"]) == 100


@row("4", "the variables of a Space, which every list of Spaces reads, are limited in size")
def size_of_space_variables_is_limited(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    made = {"name": "s", "type": "space", "sdk": "static"}
    assert target.api("POST", "/api/repos/create", made, token=eve_token).status == 200
    path = f"/api/spaces/{eve.name}/s/variables"
    long = [{"key": f"k{number}", "value": "v" * 9_000} for number in range(20)]
    statuses = [target.api("POST", path, each, token=eve_token).status for each in long]
    assert statuses[0] == 200
    assert statuses[-1] == 413
    assert len(target.send("GET", path).body) < 110_000


@row("4", "a request for hundreds of thousands of paths of a bucket is refused")
def bucket_requests_for_many_paths_are_rejected(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    assert target.api("POST", f"/api/buckets/{eve.name}/b", {}, token=eve_token).status == 200
    request = {"paths": ["x"] * 300_000}
    assert target.api("POST", f"/api/buckets/{eve.name}/b/paths-info", request).status == 413
    assert target.api("POST", f"/api/buckets/{eve.name}/b/paths-info", {"paths": ["x"] * 10_000}).status == 200


@row("4", "answers that are not read are cut off before they fill the memory")
def unread_answers_are_cut_off(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    name = eve.repository(eve_token)
    text = b"0123456789abcde\n" * 650_000
    assert target.commit(name, file_line("a.txt", text), token=eve_token).status == 200
    request = f"GET /{name}/raw/main/a.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    opened = list[socket.socket]()
    try:
        for __ in range(60):
            opened.append(target.connect(request))
            assert opened[-1].recv(12) == b"HTTP/1.1 200"
        received = [_rest(connection) for connection in (opened[0], opened[-1])]
    finally:
        for connection in opened:
            connection.close()
    assert received[0] < len(text) < received[1], received
    assert target.send("GET", f"/{name}").status == 200


def _rest(connection: socket.socket) -> int:
    """Return how many more bytes arrive on a connection until its end."""
    received = 0
    try:
        while length := len(connection.recv(1 << 20)):
            received += length
    except ConnectionError:
        pass
    return received
