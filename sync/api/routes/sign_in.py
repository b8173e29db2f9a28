"""Signing in and out."""

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response

from sync.api import shapes
from sync.api.accounts import signin
from sync.api.accounts.access import bearer
from sync.api.problems import documented, problem
from sync.api.routes.bodies import READ, small_body, takes
from sync.api.routes.centre import Here
from sync.core.roles import may
from sync.core.times import from_millis, instant

router = APIRouter(prefix="/v1")
PROBLEMS = [
    "sign_in_wrong",
    "too_many_tries",
    "training_differs",
    "proof_wrong",
    "device_key_differs",
    "device_revoked",
    "request_invalid",
    *READ,
]


@router.post(
    "/sign-in",
    summary="A session of 12 hours for a person on a device, which is enrolled by it",
    responses=documented(*PROBLEMS),
    openapi_extra=takes(shapes.SignInRequest),
)
async def sign_in(request: Request, centre: Here) -> shapes.SignInAnswer:
    body = await small_body(request, shapes.SignInRequest)
    if body.training != centre.settings.training:
        raise problem("training_differs")
    device = body.device
    credentials = signin.Credentials(
        body.username, body.password, device.device_id, device.name, device.public_key, body.user_public_key, body.proof
    )
    request.state.device_id = device.device_id
    addresses, address = centre.addresses, centre.addresses.counted_as(request.client.host if request.client else None)
    trying = await run_sync(signin.begin, centre.db, centre.org, credentials, address)

    def finish() -> signin.SignedIn:
        return signin.finish(centre.db, centre.org, credentials, trying, addresses, centre.now_ms())

    if trying.device_id:
        session = await run_sync(finish)
    else:
        with addresses.in_line():
            session = await run_sync(finish, limiter=addresses.strangers)
    request.state.practitioner_id = session.who.practitioner_id
    return _answer(session, centre)


@router.post("/sign-out", summary="End this session", status_code=204, responses=documented("request_invalid"))
def sign_out(request: Request, centre: Here) -> Response:
    if token := bearer(request.headers.get("authorization")):
        signin.sign_out(centre.db, centre.org, token)
    return Response(status_code=204)


def _answer(session: signin.SignedIn, centre: Here) -> shapes.SignInAnswer:
    who, organisation = session.who, session.organisation
    teams = [shapes.TeamOut(team_id=team_id, name=name) for team_id, name in session.teams]
    return shapes.SignInAnswer(
        token=session.token,
        expires_at=instant(from_millis(session.expires_ms)),
        practitioner=shapes.PractitionerOut(
            practitioner_id=who.practitioner_id,
            name=who.name,
            role=who.role,  # type: ignore[arg-type]
            registration_number=session.registration_number,
            collar_number=who.collar_number,
            force=who.force,
        ),
        team=teams[0] if teams else None,
        teams=teams,
        colleagues=session.colleagues,
        scope=who.scopes[0] if teams and may(who.role, "sync.pull") else None,
        organisation=shapes.Organisation(org=organisation.org, name=organisation.name, epoch=organisation.epoch),
        training=centre.settings.training,
        centre_key=centre.signer.public,
        seal_key=centre.sealing_key.public,
    )
