"""What a picture says of how it was made, from the provider to the person's own folder."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from headshot_web.imaging import marks
from headshot_web.imaging.marks import Mark
from headshot_web.keys import Keys, take_from_environment
from headshot_web.model import EngineName, Export, FileKind, Headshot, OrderId, StyleId
from headshot_web.settings import Settings
from headshot_web.studio import Studio, open_studio
from tests import portraits
from tests.openai_pictures import MANIFEST, draw
from tests.openai_rules import MODELS, read_order
from tests.openai_server import OpenAIServer
from tests.test_jobs import settled

LOOK = StyleId("advisor-navy")


async def stream(data: bytes) -> AsyncIterator[bytes]:
    yield data


def written(kind: str) -> bytes:
    out = io.BytesIO()
    portraits.astronaut().save(out, kind)
    return out.getvalue()


@asynccontextmanager
async def studio_before(server: OpenAIServer, folder: Path) -> AsyncIterator[Studio]:
    settings = Settings(
        data_dir=folder, openai_base_url=server.base_url, openai_model="gpt-image-2.6-sunburst"
    )
    keys = Keys(settings.folders, environ=take_from_environment({"HEADSHOT_WEB_OPENAI_API_KEY": server.key}))
    studio = await open_studio(settings, keys=keys)
    try:
        await studio.desk.agree_to_policy()
        await studio.desk.agree()
        yield studio
    finally:
        await studio.close()


async def made(studio: Studio, engine: EngineName) -> Headshot:
    photo = await studio.take_in(stream(written("PNG")))
    order = OrderId(engine.value)
    await studio.order(photo.id, [LOOK], order_id=order, engine=engine)
    await settled(studio.jobs, order)
    (headshot,) = await studio.headshots(photo_id=photo.id)
    return headshot


async def test_each_headshot_says_it_in_every_file_and_the_providers_own_stays_as_it_came(
    openai_server: OpenAIServer, tmp_path: Path
) -> None:
    async with studio_before(openai_server, tmp_path / "app") as studio:
        drawn, retouched = await made(studio, EngineName.OPENAI), await made(studio, EngineName.ON_DEVICE)
        original = await studio.headshot_original(drawn.id)
        for headshot, mark in ((drawn, Mark.EDITED_WITH_AI), (retouched, Mark.RETOUCHED)):
            assert marks.read(await studio.headshot_picture(headshot.id)) is mark
            assert marks.read(await studio.headshot_thumbnail(headshot.id)) is mark
            for kind in FileKind:
                kept = (await studio.download(headshot.id, Export(kind=kind, longest_px=200))).data
                assert marks.read(kept) is mark
                plain = (
                    await studio.download(headshot.id, Export(kind=kind, longest_px=200, marks=False))
                ).data
                assert marks.read(plain) is None
                assert b"digitalsourcetype" not in plain
        parcel = await studio.pack([drawn.id, retouched.id], Export(marks=False))
        with zipfile.ZipFile(io.BytesIO(b"".join(parcel.pieces()))) as archive:
            assert [marks.read(archive.read(name)) for name in archive.namelist()] == [None, None]
        parcel.close()
        assert await studio.headshot_original(drawn.id) == original
    assert MANIFEST in original
    (post,) = openai_server.posts
    assert post.form
    assert original == draw(read_order(post.form, MODELS)), "not a byte more or less than was drawn"
