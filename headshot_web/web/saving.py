"""Files for the person's own folder, as the browser saves them."""

import re

from starlette.responses import Response

from headshot_web.model import Download


def attachment(download: Download) -> Response:
    """Return a file to save."""
    return Response(download.data, media_type=download.media_type, headers=saved_as(download.name))


def saved_as(name: str) -> dict[str, str]:
    """Say that it is a file to save, under a name that is plain ASCII whatever it was."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "headshot"
    return {"content-disposition": f'attachment; filename="{plain}"'}
