"""A visitor of the page without a browser: what is asked and answered, as it goes over the wire."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    headers: Mapping[str, str]
    text: str


@dataclass(slots=True)
class Visitor:
    """One browser: it keeps its cookie."""

    address: str
    cookie: str = ""
    timeout_s: float = 20.0
    _host: str = field(init=False)

    def __post_init__(self) -> None:
        self._host = urlsplit(self.address).netloc

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
        with closing(http.client.HTTPConnection(self._host, timeout=self.timeout_s)) as line:
            line.request(method, path, body, self._with_cookie(headers))
            answer = line.getresponse()
            return Answer(answer.status, dict(answer.headers), answer.read().decode())

    def post(self, path: str, body: str = "", **headers: str) -> Answer:
        return self.ask(path, "POST", body, **{"Origin": f"http://{self._host}", **headers})

    def come_in(self) -> Answer:
        """Use the code of the address."""
        parts = urlsplit(self.address)
        answer = self.ask(f"{parts.path}?{parts.query}")
        if answer.code == 303 and "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer

    def there(self) -> bool:
        """Whether it is let in."""
        try:
            return self.ask("/").code == 200
        except (OSError, http.client.HTTPException):  # nobody there, or gone before its answer
            return False

    @contextmanager
    def watching(self) -> Iterator[Iterator[dict[str, object]]]:
        """Follow what is shown."""
        with closing(http.client.HTTPConnection(self._host, timeout=self.timeout_s)) as line:
            line.request("GET", "/events", headers=self._with_cookie({}))
            answer = line.getresponse()
            assert answer.status == 200, answer.status
            yield (json.loads(text[6:]) for text in iter(answer.readline, b"") if text.startswith(b"data: "))

    def _with_cookie(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {**({"Cookie": self.cookie} if self.cookie else {}), **headers}


def listening(pid: int) -> list[str]:
    """Return where a process listens, as the system writes it: address and port."""
    own = set(_open(pid))
    tables = [Path(f"/proc/{pid}/net/{name}") for name in ("tcp", "tcp6", "udp", "udp6")]
    rows = [row.split() for table in tables if table.exists() for row in table.read_text().splitlines()[1:]]
    return [row[1] for row in rows if row[3] in {"0A", "07"} and f"socket:[{row[9]}]" in own]


def _open(pid: int) -> Iterator[str]:
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            yield str(one.readlink())
