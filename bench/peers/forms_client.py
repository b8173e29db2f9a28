"""One POST a form, as ODK sends them; one GET a form to read: `python forms_client.py DO URL DOCUMENTS FOLDER`."""

import sys
import time

import httpx
from local import mark, opened, seed, tell, tries, waiting

PAGE = 100


def push(client, db) -> tuple[int, int]:
    forms, failed = waiting(db), 0
    if forms:
        client.head("/submission")
    for name, body in forms:
        while True:
            try:
                part = {"xml_submission_file": (f"{name}.json", body, "application/json")}
                client.post("/submission", files=part).raise_for_status()
                break
            except httpx.HTTPError:
                failed += 1
                if failed >= tries():
                    raise
                time.sleep(1)
        db.execute("UPDATE record SET waits = 0 WHERE id = ?", (name,))
    return len(forms), failed + 1


def pull(client, db) -> int:
    after, pulled = mark(db, "after") or 0, 0
    while True:
        page = client.get("/submissionList", params={"cursor": after, "numEntries": PAGE}).json()
        for name in page["ids"]:
            body = client.get(f"/downloadSubmission/{name}").content
            db.execute("INSERT OR REPLACE INTO record VALUES (?, 0, ?)", (name, body))
        pulled, after = pulled + len(page["ids"]), page["cursor"]
        db.execute("INSERT OR REPLACE INTO mark VALUES ('after', ?)", (after,))
        if len(page["ids"]) < PAGE:
            return pulled


def main(what: str, url: str, documents: str, folder: str) -> None:
    db = opened(folder)
    if what == "seed":
        return tell(n=seed(db, documents))
    client = httpx.Client(base_url=url, timeout=120)
    begun = time.perf_counter()
    n, tried = push(client, db) if what == "push" else (pull(client, db), 1)
    return tell(wall=time.perf_counter() - begun, n=n, tries=tried)


if __name__ == "__main__":
    main(*sys.argv[1:5])
