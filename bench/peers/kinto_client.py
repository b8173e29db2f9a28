"""Kinto by its own client, in its default batches: `python kinto_client.py DO URL DOCUMENTS FOLDER`."""

import json
import sys
import time

import kinto_http
from local import mark, opened, seed, tell, tries, waiting

BATCH = 25  # what a Kinto server takes at once


def push(client, db) -> tuple[int, int]:
    """With a line that breaks each acknowledged batch is kept; otherwise the client splits them itself."""
    docs, done, failed = [json.loads(body) for _, body in waiting(db)], 0, 0
    step = BATCH if tries() > 1 else len(docs)
    while done < len(docs):
        try:
            with client.batch() as batch:
                for document in docs[done : done + step]:
                    batch.create_record(data=document, safe=False)
            done += len(docs[done : done + step])
        except Exception:
            failed += 1
            if failed >= tries():
                raise
            time.sleep(1)
    db.execute("UPDATE record SET waits = 0")
    return len(docs), failed + 1


def pull(client, db) -> int:
    since = mark(db, "etag")
    records = client.get_records(**({"_since": since} if since else {}))
    rows = [(record["id"], json.dumps(record)) for record in records]
    db.execute("BEGIN")
    db.executemany("INSERT OR REPLACE INTO record VALUES (?, 0, ?)", rows)
    if records:
        newest = max(record["last_modified"] for record in records)
        db.execute("INSERT OR REPLACE INTO mark VALUES ('etag', ?)", (f'"{newest}"',))
    db.execute("COMMIT")
    return len(records)


def main(what: str, url: str, documents: str, folder: str) -> None:
    db = opened(folder)
    if what == "seed":
        return tell(n=seed(db, documents))
    client = kinto_http.Client(server_url=f"{url}/v1", auth=("car01", "s3cret"), bucket="field", collection="records")
    if what == "setup":
        client.create_bucket(id="field", if_not_exists=True, permissions={"write": ["system.Everyone"]})
        client.create_collection(id="records", bucket="field", if_not_exists=True)
        return tell(n=0)
    begun = time.perf_counter()
    n, tried = push(client, db) if what == "push" else (pull(client, db), 1)
    return tell(wall=time.perf_counter() - begun, n=n, tries=tried)


if __name__ == "__main__":
    main(*sys.argv[1:5])
