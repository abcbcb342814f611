"""A visitor without a browser: speaks to the dashboard over its websocket, as the page does, and draws nothing."""

from __future__ import annotations

import asyncio
import json
import struct
import time
import urllib.request
import uuid
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

LARGEST = 2**24
THEMES: dict[str, dict[str, str]] = {"light": {}, "dark": {}}


class Visitor:
    """One tab. `errors` counts tracebacks and closed connections; `received` the bytes that came."""

    def __init__(self, url: str) -> None:
        self.url, self.session = url, uuid.uuid4().hex
        self.socket: ClientConnection | None = None
        self.kinds: dict[str, str] = {}  # comm -> class of the widget
        self.titles: dict[str, str] = {}  # comm of a chart -> its title
        self.version: dict[str, str] = {}  # title -> run that it shows
        self.changed = asyncio.Event()
        self.received = self.errors = 0
        self.levers = ""
        self.values: dict[str, Any] = {}

    async def open(self) -> float:
        """Open the front page; return the seconds until its charts have their data."""
        began = time.perf_counter()
        answer = await asyncio.to_thread(urllib.request.urlopen, self.url)
        cookies = [text.split(";")[0] for text in answer.headers.get_all("Set-Cookie")]
        answer.close()
        place = f"jupyter/api/kernels/{uuid.uuid4()}/channels?session_id={self.session}"
        headers = {"Cookie": "; ".join(cookies)}
        self.socket = await connect(
            self.url.replace("http", "ws", 1) + place, additional_headers=headers, max_size=LARGEST
        )
        self.reader = asyncio.create_task(self._read())
        control = uuid.uuid4().hex
        await self._send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        args = {"appName": None, "path": "/", "dark": False, "themes": THEMES}
        await self._send("comm_msg", {"comm_id": control, "data": {"method": "run", "args": args}})
        while not (self.levers and self.version):
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 120)
        return time.perf_counter() - began

    async def move(self, key: str, value: float) -> float:
        """Move a slider; return the seconds until a chart shows the new run."""
        before = {version[:16] for version in self.version.values()}
        began = time.perf_counter()
        state = {"values": {**self.values, key: value}}
        await self._send("comm_msg", {"comm_id": self.levers, "data": {
            "method": "update", "state": state, "buffer_paths": []}})
        while {version[:16] for version in self.version.values()} & before:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 60)
        return time.perf_counter() - began

    async def close(self) -> None:
        """Leave."""
        assert self.socket is not None
        self.reader.cancel()
        await self.socket.close()

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        assert self.socket is not None
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self.session, "username": "",
                  "version": "5.3", "date": "2026-01-01T00:00:00Z"}
        await self.socket.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content,
                                           "channel": "shell", "buffers": []}))

    async def _read(self) -> None:
        assert self.socket is not None
        async for raw in self.socket:
            self.received += len(raw)
            self._take(json.loads(raw if isinstance(raw, str) else _text(raw)))

    def _take(self, message: dict[str, Any]) -> None:
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "stream" and "Traceback" in content.get("text", ""):
            self.errors += 1
        if kind not in ("comm_open", "comm_msg"):
            return
        comm, state = content["comm_id"], content["data"].get("state", {})
        if kind == "comm_open":
            self.kinds[comm] = str(state.get("_anywidget_id", ""))
        if self.kinds.get(comm, "").endswith("._Levers"):
            self.levers = comm
            self.values |= state.get("values", {})
        if self.kinds.get(comm, "").endswith("._Lines"):
            self.titles[comm] = state.get("spec", {}).get("title", self.titles.get(comm, ""))
            if "version" in state:
                self.version[self.titles[comm]] = state["version"]
        if content["data"].get("method") == "close" or kind == "comm_close":
            self.kinds.pop(comm, None)
        self.changed.set()


def _text(raw: bytes) -> bytes:
    """Return the JSON of a message with buffers: a count, where each part begins, the parts."""
    (number,) = struct.unpack_from(">I", raw)
    starts = [*struct.unpack_from(f">{number}I", raw, 4), len(raw)]
    return raw[starts[0] : starts[1]]
