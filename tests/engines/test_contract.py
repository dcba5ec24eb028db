"""Both engines keep the same contract."""

from __future__ import annotations

import pytest

from headshot_web.engines import Engine
from headshot_web.engines.on_device import OnDevice
from headshot_web.engines.openai_images import OpenAIImages
from headshot_web.imaging.darkroom import Darkroom
from headshot_web.model import Crop, Quality, Request
from tests.engines.contract import EngineContract
from tests.engines.provider import engine_at, openai_at, portrait, request
from tests.imaging.sitters import SMALL, recipe
from tests.openai_server import OpenAIServer


class TestOnDevice(EngineContract):
    @pytest.fixture
    def engine(self, shared_darkroom: Darkroom) -> Engine:
        return OnDevice(shared_darkroom)

    @pytest.fixture
    def wish(self) -> Request:
        return Request(picture=portrait(), recipe=recipe(), size=SMALL[Crop.PORTRAIT_4_5])


class TestOpenAI(EngineContract):
    @pytest.fixture
    def engine(self, shared_darkroom: Darkroom, openai_server: OpenAIServer) -> OpenAIImages:
        return engine_at(openai_at(openai_server), bench=shared_darkroom)  # type: ignore[arg-type]

    @pytest.fixture
    def wish(self) -> Request:
        return request(quality=Quality.DRAFT)
