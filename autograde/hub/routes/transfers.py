"""Routes that transfer the content of files: downloads, LFS and Xet."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.api import buckets, files, lfs, xet_downloads, xet_uploads
from autograde.hub.permissions import FILE, LFS, OPEN, PIECE, READ, XET_READ, XET_WRITE
from autograde.hub.routing import Route
from autograde.hub.web.endpoint import endpoint

_FETCH = ["GET", "HEAD"]


async def _unknown(request: Request) -> Response:
    return JSONResponse({"error": "Not found"}, 404)


def _xet_routes() -> list[Route]:
    """Return the routes of Xet, under the paths of all versions of hf_xet; before 1.3, they had no version prefix."""
    made = []
    for base, xorbs, shards, reconstructions in (
        ("/v1", "xorbs", "shards", "reconstructions"),
        ("", "xorbs", "shards", "reconstructions"),
        ("", "xorb", "shard/{prefix:seg}/{hash:seg}", "reconstruction"),
    ):
        cas = "/xet/{instance:seg}" + base
        made += [
            Route(
                f"{cas}/{xorbs}/{{prefix:seg}}/{{hash:seg}}",
                xet_uploads.put_xorb,
                permission=XET_WRITE,
                methods=["POST"],
            ),
            Route(f"{cas}/{shards}", xet_uploads.put_shard, permission=XET_WRITE, methods=["POST"]),
            Route(f"{cas}/{reconstructions}/{{hash:seg}}", xet_downloads.reconstruct, permission=XET_READ),
        ]
    return made


def routes() -> list[Route]:
    """Return the routes; if two match, the first one wins."""
    made = [
        *_xet_routes(),
        Route("/xet/{instance:seg}/v1/ranges/{ticket:seg}", xet_downloads.serve_piece, permission=PIECE),
        Route("/xet/{rest:rest}", _unknown, permission=OPEN, methods=["GET", "POST", "PUT", "HEAD", "DELETE"]),
        Route("/lfs/{ticket:seg}", lfs.transfer, permission=LFS, methods=["GET", "PUT", "POST"]),
        # Git's requests below /models are redirected, but this one is a POST.
        Route(
            "/models/{owner:seg}/{name:git}/info/lfs/objects/batch",
            endpoint(lfs.batch), permission=READ, methods=["POST"],
        ),
        Route(
            "/{types:buckets}/{owner:seg}/{name:seg}/resolve/{path:rest}",
            buckets.serve, permission=FILE, methods=_FETCH,
        ),
    ]  # fmt: skip
    for prefix in ("/{types:kinds}", ""):
        git, base = prefix + "/{owner:seg}/{name:git}", prefix + "/{owner:seg}/{name:seg}"
        made += [
            # git-lfs asks here for downloads and uploads; for uploads, the handler checks write access.
            Route(git + "/info/lfs/objects/batch", endpoint(lfs.batch), permission=READ, methods=["POST"]),
            Route(git + "/info/lfs/locks", endpoint(lfs.locks), permission=OPEN, methods=["GET", "POST"]),
            Route(git + "/info/lfs/locks/{rest:rest}", endpoint(lfs.locks), permission=OPEN, methods=["POST"]),
            Route(
                base + "/resolve/{revision:rev}/{path:rest}", files.serve_file, permission=FILE, methods=_FETCH
            ),
            Route(base + "/raw/{revision:rev}/{path:rest}", files.serve_raw, permission=FILE, methods=_FETCH),
        ]  # fmt: skip
    return made
