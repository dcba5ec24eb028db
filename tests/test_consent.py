"""When a person is asked whether photos may be sent, and what a yes is worth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headshot_web import consent
from headshot_web.consent import SENDING_VERSION, ConsentKind, Consents, sending_words
from headshot_web.index import Index
from headshot_web.library import Library
from headshot_web.paths import Folders

SENDING = ConsentKind.SENDING
OPENAI, GATEWAY = "api.openai.com", "192.168.1.20:4000"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with closing(Index.open(tmp_path / "index.sqlite3")) as opened:
        yield opened


class TestYes:
    def test_nobody_said_yes_before_being_asked(self, index: Index) -> None:
        assert Consents(index).given(SENDING, OPENAI) is None
        assert Consents(index).history() == ()

    def test_it_counts_for_one_host_and_after_a_restart(self, tmp_path: Path) -> None:
        with closing(Index.open(tmp_path / "index")) as index:
            said = Consents(index, clock=lambda: NOON).give(SENDING, OPENAI)
        assert (said.host, said.version, said.given_at) == (OPENAI, SENDING_VERSION, NOON)
        with closing(Index.open(tmp_path / "index")) as index:
            assert Consents(index).given(SENDING, OPENAI) == said
            assert Consents(index).given(SENDING, GATEWAY) is None

    def test_it_counts_no_more_when_the_words_change(
        self, index: Index, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        consents = Consents(index)
        consents.give(SENDING, OPENAI)
        monkeypatch.setitem(consent.VERSIONS, SENDING, "2027-01-01")
        assert consents.given(SENDING, OPENAI) is None
        consents.give(SENDING, OPENAI)
        new = consents.given(SENDING, OPENAI)
        assert new is not None
        assert new.version == "2027-01-01"
        assert [past.version for past in consents.history()] == ["2027-01-01", SENDING_VERSION]

    def test_taken_back_it_counts_no_more_and_both_stay_written(self, index: Index) -> None:
        moments = (NOON + timedelta(days=day) for day in range(9))
        consents = Consents(index, clock=lambda: next(moments))
        consents.give(SENDING, OPENAI)
        consents.give(SENDING, GATEWAY)
        consents.withdraw(SENDING, OPENAI)
        assert consents.given(SENDING, OPENAI) is None
        assert consents.given(SENDING, GATEWAY) is not None
        consents.give(SENDING, OPENAI)
        assert consents.given(SENDING, OPENAI) is not None
        assert [(past.host, past.withdrawn_at) for past in consents.history()] == [
            (OPENAI, None),
            (GATEWAY, None),
            (OPENAI, NOON + timedelta(days=2)),
        ]

    def test_said_twice_it_is_written_once(self, index: Index) -> None:
        consents = Consents(index)
        assert consents.give(SENDING, OPENAI) == consents.give(SENDING, OPENAI)
        assert len(consents.history()) == 1

    def test_deleting_everything_leaves_it_for_it_is_no_picture(self, tmp_path: Path) -> None:
        library = Library.open(Folders(tmp_path / "app"))
        consents = Consents(library.index)
        consents.give(SENDING, OPENAI)
        library.delete_everything()
        assert consents.given(SENDING, OPENAI) is not None
        library.close()

    def test_an_index_made_anew_still_knows_of_it(self, tmp_path: Path) -> None:
        folders = Folders(tmp_path / "app")
        library = Library.open(folders)
        said = Consents(library.index).give(SENDING, OPENAI)
        Consents(library.index).give(SENDING, GATEWAY)
        Consents(library.index).withdraw(SENDING, GATEWAY)
        library.close()
        Library.rebuild(folders)
        library = Library.open(folders)
        assert Consents(library.index).given(SENDING, OPENAI) == said
        assert Consents(library.index).given(SENDING, GATEWAY) is None
        library.close()


class TestWords:
    def test_they_name_the_provider_the_host_what_is_sent_and_how_long_it_is_kept(self) -> None:
        asked = sending_words(OPENAI, "OpenAI", 30)
        said = " ".join((asked.title, *asked.paragraphs, asked.yes))
        for words in (
            *(
                "OpenAI",
                OPENAI,
                "leaves this computer",
                "framed picture",
                "without place, time, camera or name",
            ),
            *(
                "description of the look",
                "model, size, quality",
                "up to 30 days",
                "longer where the law or safety requires",
            ),
            "take your yes back",
        ):
            assert words in said

    def test_of_an_own_server_nothing_is_promised_for_its_operator(self) -> None:
        said = " ".join(sending_words(GATEWAY, "your own server", None).paragraphs)
        assert f"up to whoever runs {GATEWAY}" in said
        assert "30 days" not in said
        assert "train" not in said
