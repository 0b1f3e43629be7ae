"""2.2, writing and reading: common wrong answers."""

from __future__ import annotations

from autograde.judge.examples import TOKEN
from autograde.judge.facets import has
from autograde.judge.hub_state import FileStatus, Visibility
from autograde.judge.messages import _
from autograde.judge.observation import Observation, Raised
from autograde.judge.question import misconception
from autograde.questions.log_in.write_then_read.facets import FACETS
from autograde.questions.log_in.write_then_read.solutions import ALL, DOWNLOAD, RETURN, UPLOAD, wrong, wrong_step

#: Results of a function that found no file named note.txt.
_WITHOUT_THE_NOTE: tuple[Observation, ...] = (
    "$given", "$path", Raised("RemoteEntryNotFoundError"), Raised("EntryNotFoundError"),
)  # fmt: skip

MISCONCEPTIONS = (
    misconception(
        "tokens-swapped",
        _("The upload used the read token. The Hub refuses it: a read token can only read."),
        _("Use the write token for the upload and the read token for the download."),
        wrong_step(ALL, upload=UPLOAD.replace("write_token", "read_token")),
        wrong_step(
            "written", "for token in (read_token, write_token):", "    try:",
            f"        {UPLOAD.replace('write_token', 'token')}", "    except Exception:", "        pass", upload=(),
        ),
        models=(FACETS.wrong(note="refused-first"),),
        refusal=r"may only read",
    ),
    misconception(
        "upload-without-token",
        _("The upload used no token, so the Hub doesn't know who is writing."),
        _("Pass the write token to the upload."),
        wrong_step(ALL, upload=UPLOAD.replace(", token=write_token", "")),
        refusal=r"this request needs an access token",
    ),
    misconception(
        "text-for-path",
        _(
            "`path_or_fileobj` treats a string as the path of a file on your disk. Pass the content itself as bytes "
            "or as an open file."
        ),
        _("Turn the text into bytes: `text.encode()`."),
        wrong_step(ALL, upload=UPLOAD.replace("text.encode()", "text")),
        refusal=r"is not a file on the local file system|path_or_fileobj",
    ),
    misconception(
        "dataset",
        _(
            "The function looked for a dataset or a Space of this name: `repo_type` says so. The given repository is a "
            "model repository."
        ),
        _("Leave `repo_type` out: without it, a model repository is meant."),
        wrong(
            ALL, UPLOAD.replace(", token", ', repo_type="dataset", token'),
            DOWNLOAD.replace(", token", ', repo_type="dataset", token'), RETURN,
        ),
        refusal=r"Repository Not Found for url: \S+/(datasets|spaces)/",
    ),
    misconception(
        "nothing-to-read-yet",
        _("The download came before the upload, so there was no such file on the Hub yet."),
        _("Upload the text first, then download note.txt."),
        wrong(ALL, DOWNLOAD, UPLOAD, RETURN),
        refusal=r"Entry Not Found for url",
    ),
    misconception(
        "made-public",
        _("The repository was made public. Then everyone can read it, even without the read token."),
        _("Don't change the repository's visibility: the owner's read token can read it."),
        wrong_step("written", "HfApi().update_repo_settings(repo_id, private=False, token=write_token)"),
        wrong_step(
            "written read", "HfApi().update_repo_settings(repo_id, private=False, token=write_token)",
            download=DOWNLOAD.replace(", token=read_token", ""),
        ),
        wrong_step(
            "written", "api = HfApi(token=write_token)", "api.update_repo_settings(repo_id, private=False)",
            download=(..., "api.update_repo_settings(repo_id, private=True)"),
        ),
        models=tuple(FACETS.wrong(visibility=Visibility.PUBLIC, read_with=reader) for reader in ("read", "none")),
    ),
    misconception(
        "made-anew",
        _("The repository was deleted or renamed. Other people lose their files in it, or can't find it any more."),
        _("Don't delete or rename the repository: an upload doesn't need it."),
        wrong_step(
            "written", "api = HfApi(token=write_token)", "api.delete_repo(repo_id)",
            "api.create_repo(repo_id, private=True)",
        ),
        form=has(visibility="anew"),
    ),
    misconception(
        "write-token-for-all",
        _(
            "The download used the write token. That works, but allows more than needed: a download needs no write "
            "permission."
        ),
        _("Pass the read token to the download."),
        wrong_step("read", download=DOWNLOAD.replace("read_token", "write_token")),
        wrong_step("read", upload=(..., "whoami(read_token)"), download=DOWNLOAD.replace("read_token", "write_token")),
        wrong("read", UPLOAD, DOWNLOAD.replace("read_token", "write_token"), DOWNLOAD, RETURN),
        models=(FACETS.wrong(read_with="write"), FACETS.wrong(read_with="write", returned="$given")),
    ),
    misconception(
        "read-without-token",
        _("The download used no token. The repository is private, so without a token it seems not to exist."),
        _("Pass the read token to the download."),
        wrong_step("read returned", download=DOWNLOAD.replace(", token=read_token", "")),
        models=tuple(
            FACETS.wrong(read_with="nothing", returned=Raised(name))
            for name in ("RepositoryNotFoundError", "LocalEntryNotFoundError", "GatedRepoError")
        ),
    ),
    FACETS.misconception(
        "never-read",
        _("Nothing was downloaded: the function returned the text that it already had."),
        _("Download the note, and return the content of the downloaded file."),
        wrong_step("read returned", download=(), end="return text"),
        wrong_step(
            "read returned", 'path = Path("note.txt")', 'path.write_text(text, encoding="utf-8")',
            upload=UPLOAD.replace("text.encode()", "path"), download=(),
        ),
        read_with="nothing", returned="$given",
    ),
    FACETS.misconception(
        "given-text",
        _("The note was downloaded but not read: the function returns the text that it got."),
        _("Read the downloaded file, and return its content."),
        wrong_step("returned", end="return text"),
        returned="$given",
    ),
    FACETS.misconception(
        "reads-the-uploaded-file",
        _(
            "The note was downloaded, but the function reads the file that it uploaded. That file doesn't show what "
            "is on the Hub."
        ),
        _("Read the file at the path that hf_hub_download returns."),
        wrong_step(
            "returned", 'Path("note.txt").write_text(text, encoding="utf-8")',
            upload=UPLOAD.replace("text.encode()", '"note.txt"'),
            end='return Path("note.txt").read_text(encoding="utf-8")',
        ),
        returned="$local",
    ),
    misconception(
        "more-than-the-note",
        _("Other files were uploaded together with the note. Everyone who can read the repository gets them."),
        FACETS.step("others"),
        wrong_step("written", upload=(
            'Path("note.txt").write_text(text, encoding="utf-8")', 'Path("more.txt").write_text("more")',
            'HfApi(token=write_token).upload_folder(folder_path=".", repo_id=repo_id)',
        )),
        form=has(others=bool),
    ),
    FACETS.misconception(
        "trims-the-text",
        _("The text lost spaces or line ends: strip(), splitlines() and readline() remove some."),
        _("Upload and return the text as it is."),
        wrong_step("returned", end=f"{RETURN}.strip()"),
        wrong_step("returned", end="with open(path) as file:\n        return file.readline().strip()"),
        returned="$trimmed",
    ),
    FACETS.misconception(
        "returns-lines",
        _("The function returns a list of lines. Return one text with all lines in it."),
        _("Read the file with read() or read_text(), without splitting it into lines."),
        wrong_step("returned", end=f"{RETURN}.splitlines()"),
        wrong_step("returned", end='return open(path, encoding="utf-8").readlines()'),
        returned="$lines",
    ),
    FACETS.misconception(
        "returns-the-path",
        _("hf_hub_download returns the path of the file, not its content."),
        _("Read the file at that path, and return its text."),
        wrong_step("returned", end="return path"),
        wrong_step("returned", end="return Path(path)"),
        returned="$path",
    ),
    FACETS.misconception(
        "returns-bytes",
        _("The function returns bytes. Decode them, here as UTF-8, to get the text."),
        _('Read the file as text with `read_text(encoding="utf-8")`, or decode the bytes: `.decode("utf-8")`.'),
        wrong_step("returned", end="return Path(path).read_bytes()"),
        returned="$bytes",
    ),
    FACETS.misconception(
        "returns-the-file",
        _("The function returns an open file. Return the text in it."),
        _("Read the file, and return what was read."),
        wrong_step("returned", end=("with open(path) as file:", "    return file")),
        returned="$file",
    ),
    FACETS.misconception(
        "prints-the-text",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Write `return` before the text: printing is not returning."),
        wrong_step("returned", end=RETURN.replace("return ", "")),
        returned=None,
    ),
    FACETS.misconception(
        "another-text",
        _(
            "The file on the Hub differs from the given text: something was added or left out, the encoding is "
            "different, or a local file was uploaded before it was closed."
        ),
        _("Upload `text.encode()` and nothing else: no line end, no quotation marks."),
        wrong_step(
            "written", 'file = open("draft.txt", "w", encoding="utf-8")', "file.write(text)",
            upload=UPLOAD.replace("text.encode()", '"draft.txt"'),
        ),
        wrong_step("written", upload=UPLOAD.replace("text.", "text.strip()."), end=f"{RETURN}.strip()"),
        wrong_step("written", upload=UPLOAD.replace("text.encode()", '(text + "\\n").encode()'), end=RETURN + "[:-1]"),
        wrong_step("written", upload=UPLOAD.replace("text.encode()", '("Note: " + text).encode()')),
        note=FileStatus.DIFFERENT,
    ),
    misconception(
        "another-branch",
        _("The note was uploaded to another branch, or as a pull request. People who open the repository see main."),
        _("Leave `revision` and `create_pr` out: then the upload goes to main."),
        wrong_step(
            "written", upload=UPLOAD.replace(", token", ", create_pr=True, token"),
            download=DOWNLOAD.replace(", token", ', revision="refs/pr/1", token'),
        ),
        wrong_step(ALL, upload=UPLOAD.replace(", token", ", create_pr=True, token")),
        models=(
            FACETS.wrong(note="another-branch"),
            *(FACETS.wrong(note="another-branch", read_with="nothing", returned=found) for found in _WITHOUT_THE_NOTE),
        ),
    ),
    misconception(
        "token-given-away",
        _(
            "The function contains a token, prints it or writes it into a commit's message. Anyone who gets the "
            "notebook or sees the repository gets the token."
        ),
        FACETS.step("given_away"),
        wrong_step("returned", upload=(..., "print(read_token)")),
        wrong_step("returned", upload=UPLOAD.replace(", token", ', commit_message=f"with {write_token}", token')),
        wrong_step("returned", f'mine = "{TOKEN}"'),
        models=tuple(FACETS.wrong(given_away=where) for where in ("in-code", "printed", "on-hub")),
    ),
    misconception(
        "another-name",
        _("The text was uploaded under another file name. Programs look for the exact name."),
        _('Upload it with `path_in_repo="note.txt"`, and download that file.'),
        wrong(ALL, *(line.replace("note.txt", "notes.txt") for line in (UPLOAD, DOWNLOAD, RETURN))),
        wrong_step(ALL, upload=UPLOAD.replace("note.txt", "notes.txt")),
        models=tuple(
            FACETS.wrong(note="another-name", read_with="nothing", returned=returned)
            for returned in _WITHOUT_THE_NOTE
        ),
    ),
    misconception(
        "another-repository",
        _(
            "The Hub has no repository with the name that the function used: the name is hard-coded, or it is only a "
            "part of `repo_id`."
        ),
        _("Use the parameter `repo_id` as it is: it is the full name, owner/name."),
        wrong_step(
            ALL, upload=UPLOAD.replace("repo_id,", '"mei/diary",'), download=DOWNLOAD.replace("repo_id", '"mei/diary"'),
        ),
        refusal="Repository Not Found",
    ),
)  # fmt: skip
