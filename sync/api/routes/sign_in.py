"""Signing in and out."""

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response

from sync.api import shapes
from sync.api.accounts import signin
from sync.api.accounts.access import bearer
from sync.api.problems import documented
from sync.api.routes.centre import Here, small_body, takes
from sync.core.roles import may
from sync.core.times import from_millis, instant

router = APIRouter(prefix="/v1")


@router.post(
    "/sign-in",
    summary="A session of 12 hours for a person on a device, which is enrolled by it",
    responses=documented(
        "sign_in_wrong",
        "too_many_tries",
        "proof_wrong",
        "device_key_differs",
        "device_revoked",
        "not_json",
        "request_invalid",
        "too_large",
    ),
    openapi_extra=takes(shapes.SignInRequest),
)
async def sign_in(request: Request, centre: Here) -> shapes.SignInAnswer:
    asked = await small_body(request, shapes.SignInRequest)
    made = signin.Request(
        asked.username,
        asked.password,
        asked.device.device_id,
        asked.device.name,
        asked.device.public_key,
        asked.user_public_key,
        asked.proof,
    )
    request.state.device_id = made.device_id
    done = await run_sync(signin.sign_in, centre.db, centre.org, made, centre.now_ms())
    request.state.practitioner_id = done.who.practitioner_id
    return _session(done, centre.signer.public)


@router.post("/sign-out", summary="End this session", status_code=204, responses=documented("request_invalid"))
def sign_out(request: Request, centre: Here) -> Response:
    if token := bearer(request.headers.get("authorization")):
        signin.sign_out(centre.db, centre.org, token)
    return Response(status_code=204)


def _session(done: signin.SignedIn, centre_key: str) -> shapes.SignInAnswer:
    who = done.who
    teams = [shapes.TeamOut(team_id=team_id, name=name) for team_id, name in done.teams]
    return shapes.SignInAnswer(
        token=done.token,
        expires_at=instant(from_millis(done.expires_ms)),
        practitioner=shapes.PractitionerOut(
            practitioner_id=who.practitioner_id,
            name=who.name,
            role=who.role,  # type: ignore[arg-type]
            registration_number=done.registration_number,
            collar_number=who.collar_number,
            force=who.force,
        ),
        team=teams[0] if teams else None,
        teams=teams,
        colleagues=done.colleagues,
        scope=who.scopes[0] if teams and may(who.role, "sync.pull") else None,
        organisation=shapes.Organisation(
            org=done.organisation.org, name=done.organisation.name, epoch=done.organisation.epoch
        ),
        centre_key=centre_key,
    )
