"""Upload a file with Xet by the real client, or send a request of the protocol."""

from __future__ import annotations

import urllib.error
import urllib.request

UPLOAD = """
api = huggingface_hub.HfApi(token=token)
api.create_repo(name, exist_ok=True)
api.upload_file(path_or_fileobj=path, path_in_repo="w.bin", repo_id=name)
"""


def send(url: str, token: str, body: bytes) -> int:
    request = urllib.request.Request(url, body, {"Authorization": f"Bearer {token}"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
