"""Google's own client with the simulated Drive.

It works as an application would, and every answer has to be what the
discovery document that comes with the client says. The sandbox's first line of
output comes in WHARF_INTEROP_SANDBOX.
"""

import hashlib
import io
import json
import os
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import googleapiclient
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload, MediaIoBaseUpload

import test_schemas
from schemas import Schemas
from wire import Wire

FOLDER = "application/vnd.google-apps.folder"
CHUNK_BYTES = 256 * 1024
ALL = {"supportsAllDrives": True}

# More problems than these are of the same kind.
MOST_TOLD = 50

# What has to have been asked in the end.
METHODS = [
    "about.get",
    "changes.getStartPageToken",
    "changes.list",
    "drives.get",
    "drives.list",
    "files.copy",
    "files.create",
    "files.delete",
    "files.emptyTrash",
    "files.export",
    "files.generateIds",
    "files.get",
    "files.list",
    "files.update",
]


def main():
    test_schemas.check()
    announced = json.loads(os.environ["WHARF_INTEROP_SANDBOX"])
    document = relocated(announced["google"]["api_url"])
    schemas = Schemas(document)
    wire = Wire(document, schemas, access_token(announced["google"]))
    drive = build_from_document(document, http=wire)
    steps = [about, lists, uploads, downloads, exports, changes_files, shares, refuses]
    for step in steps:
        step(drive)
    problems = wire.problems + unused(wire.answers) + carelessness(announced["control_url"])
    for problem in problems[:MOST_TOLD]:
        print(problem)
    count = sum(wire.answers.values())
    print(
        f"Drive: {len(steps)} tasks, {count} answers with {schemas.values_checked} values checked, "
        f"{len(problems)} not as the discovery document says"
    )
    return 1 if problems or not schemas.values_checked else 0


def relocated(api_url):
    """The discovery document that the client ships, with the sandbox's addresses."""
    documents = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    document = json.loads((documents / "drive.v3.json").read_text())
    root = f"{api_url}/"
    document.update(rootUrl=root, mtlsRootUrl=root, baseUrl=root + document["servicePath"])
    return document


def access_token(google):
    form = {name: google[name] for name in ("client_id", "client_secret", "refresh_token")}
    form["grant_type"] = "refresh_token"
    body = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(google["token_url"], body) as answer:
        return json.load(answer)["access_token"]


def unused(answers):
    return [f"{name} was not asked" for name in METHODS if f"drive.{name}" not in answers]


def carelessness(control_url):
    """The client itself keeps to the contract, and leaves no upload open."""
    found = []
    for route in ("contract-warnings", "uploads"):
        with urllib.request.urlopen(f"{control_url}/{route}") as answer:
            found += [f"{route}: {entry}" for entry in json.load(answer)]
    return found


def about(drive):
    told = drive.about().get(fields="*").execute()
    assert int(told["storageQuota"]["usage"]) < int(told["storageQuota"]["limit"])
    assert "application/pdf" in told["exportFormats"]["application/vnd.google-apps.document"]


def listed(drive, **request):
    """All files of a listing, page by page."""
    found = []
    request = drive.files().list(**ALL, **request)
    while request is not None:
        page = request.execute()
        found += page["files"]
        request = drive.files().list_next(request, page)
    return found


def only(drive, name):
    files = listed(drive, q=f"name = '{name}' and trashed = false", fields="nextPageToken,files(id)")
    assert len(files) == 1, (name, files)
    return files[0]["id"]


def lists(drive):
    """Every file of the top folders with all that Drive tells of it, and ten thousand with less."""
    top = listed(drive, q="'root' in parents", orderBy="folder,name", pageSize=3, fields="*")
    assert len(top) > 3
    for folder in top:
        if folder["mimeType"] == FOLDER and folder["name"] != "Ten thousand files":
            listed(drive, q=f"'{folder['id']}' in parents", fields="*")
    wide = only(drive, "Ten thousand files")
    fields = "nextPageToken,incompleteSearch,files(id,name,size,md5Checksum)"
    files = listed(drive, q=f"'{wide}' in parents", orderBy="name", pageSize=1000, fields=fields)
    assert [file["name"] for file in files] == [f"file-{number:05}.txt" for number in range(10_000)]


def pattern(size):
    return bytes(number * 31 % 251 for number in range(size))


def upload(drive, content, chunk_bytes, **metadata):
    media = MediaIoBaseUpload(
        io.BytesIO(content), "application/octet-stream", chunksize=chunk_bytes, resumable=True
    )
    request = drive.files().create(body=metadata, media_body=media, fields="*", **ALL)
    file = None
    while file is None:
        _, file = request.next_chunk()
    return file


def uploads(drive):
    content = pattern(3 * CHUNK_BYTES + 17)
    generated = drive.files().generateIds(count=2).execute()["ids"]
    for chunk_bytes, file_id in zip((CHUNK_BYTES, 4 * CHUNK_BYTES), generated):
        file = upload(drive, content, chunk_bytes, id=file_id, name="uploaded.bin")
        assert file["id"] == file_id
        assert file["md5Checksum"] == hashlib.md5(content).hexdigest()
        assert file["sha1Checksum"] == hashlib.sha1(content).hexdigest()
        assert file["sha256Checksum"] == hashlib.sha256(content).hexdigest()
    assert upload(drive, b"", CHUNK_BYTES, name="empty.bin")["size"] == "0"
    small = MediaIoBaseUpload(io.BytesIO(b"small"), "text/plain")
    body = {"name": "small.txt", "description": "in one request"}
    file = drive.files().create(body=body, media_body=small, fields="*", **ALL).execute()
    assert (file["size"], file["mimeType"]) == ("5", "text/plain")
    larger = MediaIoBaseUpload(io.BytesIO(b"larger"), "text/plain")
    request = drive.files().update(fileId=file["id"], media_body=larger, fields="*", **ALL)
    assert request.execute()["size"] == "6"
    again = MediaIoBaseUpload(io.BytesIO(b"largest"), "text/plain", resumable=True)
    request = drive.files().update(fileId=file["id"], media_body=again, fields="*", **ALL)
    assert request.execute()["size"] == "7"


def downloaded(request, chunk_bytes):
    target = io.BytesIO()
    download = MediaIoBaseDownload(target, request, chunksize=chunk_bytes)
    is_done = False
    while not is_done:
        _, is_done = download.next_chunk()
    return target.getvalue()


def downloads(drive):
    content = pattern(3 * CHUNK_BYTES + 17)
    file = upload(drive, content, 1024 * 1024, name="downloaded.bin")
    for chunk_bytes in (100_000, CHUNK_BYTES, 10 * CHUNK_BYTES):
        request = drive.files().get_media(fileId=file["id"], **ALL)
        assert downloaded(request, chunk_bytes) == content
    assert drive.files().get_media(fileId=file["id"], **ALL).execute() == content


def exports(drive):
    document = only(drive, "Minutes")
    text = drive.files().export_media(fileId=document, mimeType="text/plain")
    assert downloaded(text, CHUNK_BYTES).endswith(b"Minutes of the harbour board\r\n")
    pdf = drive.files().export(fileId=document, mimeType="application/pdf").execute()
    assert pdf.startswith(b"%PDF-")


def changes_files(drive):
    """Copies, moves, trashes, restores and deletes, and follows that in the changes."""
    files = drive.files()
    start = drive.changes().getStartPageToken(**ALL).execute()["startPageToken"]
    folder = files.create(body={"name": "kept", "mimeType": FOLDER}, fields="*", **ALL).execute()
    file = upload(drive, b"moved about", CHUNK_BYTES, name="it's \\ odd")
    escaped = listed(drive, q=r"name = 'it\'s \\ odd'", fields="nextPageToken,files(id)")
    assert [found["id"] for found in escaped] == [file["id"]]
    body = {"name": "copied", "parents": [folder["id"]]}
    copy = files.copy(fileId=file["id"], body=body, fields="*", **ALL).execute()
    assert copy["md5Checksum"] == file["md5Checksum"]
    moved = files.update(
        fileId=file["id"], addParents=folder["id"], removeParents="root", fields="*", **ALL
    ).execute()
    assert moved["parents"] == [folder["id"]]
    details = {"targetId": file["id"]}
    kind = "application/vnd.google-apps.shortcut"
    body = {"name": "way", "mimeType": kind, "shortcutDetails": details}
    shortcut = files.create(body=body, fields="*", **ALL).execute()
    assert shortcut["shortcutDetails"]["targetId"] == file["id"]
    for trashed in (True, False):
        body = {"trashed": trashed}
        changed = files.update(fileId=folder["id"], body=body, fields="*", **ALL).execute()
        assert changed["trashed"] == trashed
        inner = files.get(fileId=copy["id"], fields="*", **ALL).execute()
        assert inner["trashed"] == trashed
    files.delete(fileId=file["id"], **ALL).execute()
    files.update(fileId=copy["id"], body={"trashed": True}, fields="id", **ALL).execute()
    files.emptyTrash().execute()
    request = drive.changes().list(pageToken=start, pageSize=2, fields="*", **ALL)
    removed = {}
    while request is not None:
        page = request.execute()
        removed.update({change["fileId"]: change["removed"] for change in page["changes"]})
        request = drive.changes().list_next(request, page)
    assert removed == {
        folder["id"]: False,
        shortcut["id"]: False,
        file["id"]: True,
        copy["id"]: True,
    }


def shares(drive):
    drives = drive.drives().list(fields="*").execute()["drives"]
    assert [entry["name"] for entry in drives] == ["Harbour crew", "Archive"]
    crew = drive.drives().get(driveId=drives[0]["id"], fields="*").execute()
    assert crew == drives[0]
    more = {"corpora": "drive", "driveId": crew["id"], "includeItemsFromAllDrives": True}
    files = listed(drive, q=f"'{crew['id']}' in parents", fields="*", **more)
    assert {file["driveId"] for file in files} == {crew["id"]}
    file = upload(drive, b"for the crew", CHUNK_BYTES, name="crew.bin", parents=[crew["id"]])
    assert file["driveId"] == crew["id"]


def refusal(request):
    try:
        request.execute()
    except HttpError as error:
        return error.resp.status, error.error_details[0]["reason"]
    raise AssertionError(f"{request.uri} was not refused")


def refuses(drive):
    files = drive.files()
    file_id = files.generateIds(count=1).execute()["ids"][0]
    create = files.create(body={"id": file_id, "name": "once"}, fields="id", **ALL)
    assert create.execute()["id"] == file_id
    assert refusal(create) == (409, "fileIdInUse")
    assert refusal(files.get(fileId="nowhere", fields="*", **ALL)) == (404, "notFound")
    native = only(drive, "Chronicle")
    assert refusal(files.get_media(fileId=native, **ALL)) == (403, "fileNotDownloadable")
    export = files.export(fileId=native, mimeType="application/pdf")
    assert refusal(export) == (403, "exportSizeLimitExceeded")
    listing = files.list(q="this is no query", fields="files(id)", **ALL)
    assert refusal(listing) == (400, "invalid")
    listing = files.list(pageToken="invented", fields="files(id)", **ALL)
    assert refusal(listing) == (400, "invalid")
    content = MediaIoBaseUpload(io.BytesIO(b"x"), "text/plain")
    body = {"parents": ["nowhere"]}
    upload_nowhere = files.create(body=body, media_body=content, fields="id", **ALL)
    assert refusal(upload_nowhere) == (404, "notFound")


if __name__ == "__main__":
    sys.exit(main())
