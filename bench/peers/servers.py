"""The small servers of two columns: RxDB's HTTP replication (`uvicorn servers:rx`), one form a request (`:forms`).

Durable at each answer, as the centre is: SQLite with synchronous=FULL, in the folder that STORE names.
"""

import json
import os
import sqlite3
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Path(os.environ["STORE"]).mkdir(parents=True, exist_ok=True)
db = sqlite3.connect(Path(os.environ["STORE"]) / "server.db", isolation_level=None, check_same_thread=False)
for pragma in ("journal_mode=WAL", "synchronous=FULL"):
    db.execute(f"PRAGMA {pragma}")
db.execute("CREATE TABLE IF NOT EXISTS record (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, body BLOB)")
SAVE = "INSERT INTO record (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"


async def rx_push(request: Request) -> Response:
    clashes = []
    rows = await request.json()
    db.execute("BEGIN IMMEDIATE")
    for row in rows:
        new = row["newDocumentState"]
        known = db.execute("SELECT body FROM record WHERE id = ?", (new["id"],)).fetchone()
        if known and not row.get("assumedMasterState"):
            clashes.append(json.loads(known[0]))
        else:
            db.execute(SAVE, (new["id"], json.dumps(new, separators=(",", ":"))))
    db.execute("COMMIT")
    return JSONResponse(clashes)


async def rx_pull(request: Request) -> Response:
    after, limit = int(request.query_params["after"]), int(request.query_params["limit"])
    rows = db.execute("SELECT seq, body FROM record WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)).fetchall()
    at = {"seq": rows[-1][0] if rows else after}
    return JSONResponse({"documents": [json.loads(body) for _, body in rows], "checkpoint": at})


async def form_post(request: Request) -> Response:
    async with request.form() as form:
        body = await form["xml_submission_file"].read()  # pyright: ignore
    name = json.loads(body)["id"]
    db.execute(SAVE, (name, body))
    return JSONResponse({"message": "Successful submission.", "instanceID": name}, 201)


async def form_head(_: Request) -> Response:
    return Response(status_code=204, headers={"X-OpenRosa-Version": "1.0"})


async def form_list(request: Request) -> Response:
    after, limit = int(request.query_params["cursor"]), int(request.query_params["numEntries"])
    rows = db.execute("SELECT seq, id FROM record WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)).fetchall()
    return JSONResponse({"ids": [name for _, name in rows], "cursor": rows[-1][0] if rows else after})


async def form_get(request: Request) -> Response:
    row = db.execute("SELECT body FROM record WHERE id = ?", (request.path_params["name"],)).fetchone()
    return Response(row[0], media_type="application/json") if row else Response(status_code=404)


rx = Starlette(routes=[Route("/push", rx_push, methods=["POST"]), Route("/pull", rx_pull)])
forms = Starlette(
    routes=[
        Route("/submission", form_post, methods=["POST"]),
        Route("/submission", form_head, methods=["HEAD"]),
        Route("/submissionList", form_list),
        Route("/downloadSubmission/{name}", form_get),
    ]
)
