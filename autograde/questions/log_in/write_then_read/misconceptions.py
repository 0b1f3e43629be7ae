"""2.2, writing and reading: wrong answers that learners really give."""

from __future__ import annotations

from autograde.judge.hub_state import FileStatus, Visibility
from autograde.judge.messages import _
from autograde.judge.observation import Mapping, Raised
from autograde.judge.question import Misconception
from autograde.questions.log_in.write_then_read.example_code import DOWNLOAD, RETURN, TOKEN, UPLOAD, wrong
from autograde.questions.log_in.write_then_read.facets import FACETS

MISCONCEPTIONS = (
    Misconception(
        "tokens-swapped",
        _("The read token was used for writing: the Hub refuses that, it may only read."),
        _("The write token for the upload, the read token for the download."),
        refusal=r"may only read",
        examples=(wrong("written read returned", UPLOAD.replace("write_token", "read_token"), DOWNLOAD, RETURN),),
    ),
    Misconception(
        "upload-without-token",
        _("The upload was tried without a token: the Hub does not know who writes."),
        _("Hand the write token to the upload."),
        refusal=r"this request needs an access token",
        examples=(wrong("written read returned", UPLOAD.replace(", token=write_token", ""), DOWNLOAD, RETURN),),
    ),
    Misconception(
        "text-for-path",
        _(
            "`path_or_fileobj` takes a text for the path of a file on your disk. The content itself it takes as bytes "
            "or as an open file."
        ),
        _("Make bytes of the text: `text.encode()`."),
        refusal=r"is not a file on the local file system|path_or_fileobj",
        examples=(wrong("written read returned", UPLOAD.replace("text.encode()", "text"), DOWNLOAD, RETURN),),
    ),
    Misconception(
        "made-public",
        _(
            "The repository was made public. Then everybody may read what is in it, and the read token proves nothing "
            "any more."
        ),
        _("Leave the repository as it is: the read token of its owner may read it."),
        tuple(FACETS.wrong(visibility=Visibility.PUBLIC, read_with=reader) for reader in ("read", "none")),
        examples=(
            wrong(
                "written", "HfApi().update_repo_settings(repo_id, private=False, token=write_token)", UPLOAD,
                DOWNLOAD, RETURN,
            ),
            wrong(
                "written read", "HfApi().update_repo_settings(repo_id, private=False, token=write_token)", UPLOAD,
                DOWNLOAD.replace(", token=read_token", ""), RETURN,
            ),
            wrong(
                "written", "api = HfApi(token=write_token)", "api.update_repo_settings(repo_id, private=False)",
                UPLOAD, DOWNLOAD, "api.update_repo_settings(repo_id, private=True)", RETURN,
            ),
        ),
    ),
    Misconception(
        "made-anew",
        _("The repository was deleted or renamed on the way. What others had in it, or their way to it, is gone."),
        _("Leave the repository as it is: a file can be uploaded without that."),
        (FACETS.wrong(visibility="anew"),),
        examples=(wrong(
            "written", "api = HfApi(token=write_token)", "api.delete_repo(repo_id)",
            "api.create_repo(repo_id, private=True)", UPLOAD, DOWNLOAD, RETURN,
        ),),
    ),
    Misconception(
        "write-token-for-all",
        _(
            "The write token was used for reading too. It works, and it gives away more than is needed: who only "
            "downloads needs no right to change anything."
        ),
        _("Hand the read token to the download."),
        (FACETS.wrong(read_with="write"), FACETS.wrong(read_with="write", returned="$given")),
        examples=(
            wrong("read", UPLOAD, DOWNLOAD.replace("read_token", "write_token"), RETURN),
            wrong("read", UPLOAD, "whoami(read_token)", DOWNLOAD.replace("read_token", "write_token"), RETURN),
            wrong("read", UPLOAD, DOWNLOAD.replace("read_token", "write_token"), DOWNLOAD, RETURN),
        ),
    ),
    Misconception(
        "read-without-token",
        _("The download was tried without a token. The repository is private: for a stranger it does not exist."),
        _("Hand the read token to the download."),
        tuple(
            FACETS.wrong(read_with="nothing", returned=Raised(name))
            for name in ("RepositoryNotFoundError", "LocalEntryNotFoundError", "GatedRepoError")
        ),
        examples=(wrong("read returned", UPLOAD, DOWNLOAD.replace(", token=read_token", ""), RETURN),),
    ),
    Misconception(
        "never-read",
        _("The text was returned without a look at the Hub: nothing was downloaded."),
        _("Download the note, and return the content of the downloaded file."),
        (FACETS.wrong(read_with="nothing", returned="$given"),),
        examples=(
            wrong("read returned", UPLOAD, "return text"),
            wrong(
                "read returned", 'path = Path("note.txt")', 'path.write_text(text, encoding="utf-8")',
                UPLOAD.replace("text.encode()", "path"), RETURN,
            ),
        ),
    ),
    Misconception(
        "given-text",
        _("The note was downloaded but not read: the function returns the text that it was given."),
        _("Read the downloaded file, and return its content."),
        (FACETS.wrong(returned="$given"),),
        examples=(wrong("returned", UPLOAD, DOWNLOAD, "return text"),),
    ),
    Misconception(
        "reads-the-uploaded-file",
        _(
            "The note was downloaded, but the function reads the file that it uploaded. That file is only on this "
            "computer, and says nothing about what is on the Hub."
        ),
        _("Read the file at the path that hf_hub_download returns."),
        (FACETS.wrong(returned="$local"),),
        examples=(wrong(
            "returned", 'Path("note.txt").write_text(text, encoding="utf-8")',
            UPLOAD.replace("text.encode()", '"note.txt"'), DOWNLOAD,
            'return Path("note.txt").read_text(encoding="utf-8")',
        ),),
    ),
    Misconception(
        "more-than-the-note",
        _("Other files were uploaded besides the note, and everybody who may read the repository gets them."),
        _('Upload the note alone, with upload_file and path_in_repo="note.txt".'),
        form=lambda _case, got: isinstance(got, Mapping) and bool(got.get("others")),
        examples=(wrong(
            "written", 'Path("note.txt").write_text(text, encoding="utf-8")', 'Path("more.txt").write_text("more")',
            'HfApi(token=write_token).upload_folder(folder_path=".", repo_id=repo_id)', DOWNLOAD, RETURN,
        ),),
    ),
    Misconception(
        "trims-the-text",
        _("The text lost blanks or line ends: strip() takes them away at both ends, splitlines() and readline() too."),
        _("Upload and return the text as it is."),
        (FACETS.wrong(returned="$trimmed"),),
        examples=(
            wrong("returned", UPLOAD, DOWNLOAD, f"{RETURN}.strip()"),
            wrong("returned", UPLOAD, DOWNLOAD, "with open(path) as file:\n        return file.readline().strip()"),
        ),
    ),
    Misconception(
        "returns-the-path",
        _("hf_hub_download returns the path of the file, not its content."),
        _("Read the file at that path, and return its text."),
        (FACETS.wrong(returned="$path"),),
        examples=(
            wrong("returned", UPLOAD, DOWNLOAD, "return path"),
            wrong("returned", UPLOAD, DOWNLOAD, "return Path(path)"),
        ),
    ),
    Misconception(
        "returns-bytes",
        _("A file holds bytes. A text is what they stand for in an encoding, here UTF-8."),
        _('Read the file as a text, `read_text(encoding="utf-8")`, or make one of the bytes: `.decode("utf-8")`.'),
        (FACETS.wrong(returned="$bytes"),),
        examples=(wrong("returned", UPLOAD, DOWNLOAD, "return Path(path).read_bytes()"),),
    ),
    Misconception(
        "returns-the-file",
        _("The function returns an open file. A file is where a text can be read, and not the text."),
        _("Read the file, and return what was read."),
        (FACETS.wrong(returned="$file"),),
        examples=(wrong("returned", UPLOAD, DOWNLOAD, "with open(path) as file:", "    return file"),),
    ),
    Misconception(
        "prints-the-text",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Write `return` before the text; what is printed is not returned."),
        (FACETS.wrong(returned=None),),
        examples=(wrong("returned", UPLOAD, DOWNLOAD, RETURN.replace("return ", "")),),
    ),
    Misconception(
        "another-text",
        _(
            "What is on the Hub is not the given text, byte for byte: something was added, left out or encoded "
            "otherwise."
        ),
        _("Upload `text.encode()` and nothing else: no line end, no quotation marks."),
        (FACETS.wrong(note=FileStatus.DIFFERENT),),
        examples=(
            wrong("written", UPLOAD.replace("text.", "text.strip()."), DOWNLOAD, f"{RETURN}.strip()"),
            wrong(
                "written", UPLOAD.replace("text.encode()", '(text + "\\n").encode()'), DOWNLOAD, RETURN + "[:-1]",
            ),
        ),
    ),
    Misconception(
        "another-branch",
        _("The note was uploaded to another branch, or as a pull request. Who looks at the repository sees main."),
        _("Leave `revision` and `create_pr` out: then the upload goes to main."),
        (FACETS.wrong(note="another-branch"),),
        examples=(wrong(
            "written", UPLOAD.replace(", token", ", create_pr=True, token"),
            DOWNLOAD.replace(", token", ', revision="refs/pr/1", token'), RETURN,
        ),),
    ),
    Misconception(
        "token-given-away",
        _("The function contains a token or prints it. Anyone who gets the notebook gets the token."),
        _("Take the token out of the code and out of what is printed; the parameters hold all that is needed."),
        (FACETS.wrong(given_away="in-code"), FACETS.wrong(given_away="printed")),
        examples=(
            wrong("returned", UPLOAD, "print(read_token)", DOWNLOAD, RETURN),
            wrong("returned", f'mine = "{TOKEN}"', UPLOAD, DOWNLOAD, RETURN),
        ),
    ),
    Misconception(
        "another-name",
        _("The text was uploaded under another name. Who looks for a file looks for its exact name."),
        _('Upload it with `path_in_repo="note.txt"`, and download that file.'),
        (
            FACETS.wrong(note="another-name", read_with="nothing", returned="$given"),
            FACETS.wrong(note="another-name", read_with="nothing", returned="$path"),
        ),
        examples=(wrong(
            "written read returned", *(line.replace("note.txt", "notes.txt") for line in (UPLOAD, DOWNLOAD, RETURN)),
        ),),
    ),
)  # fmt: skip
