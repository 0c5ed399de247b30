# SPDX-License-Identifier: GPL-2.0-or-later
"""Flashes STM32 chips through the bootloader in their system memory, by libbootpin.

    import bootpin

    with bootpin.Job("/dev/ttyUSB0", wiring="rts-boot0,dtr-nrst") as job:
        job.write("firmware.hex")
        job.write_bytes(0x0800F800, b"serial 0042")
        print(job.run()["unique_id"])

Options are those of bootpin(1) by their long names; "_" may stand for "-". A run that fails raises
Error. Nothing is printed, and no signal is touched. A job is for one thread at a time, but for cancel();
several jobs may run at once. While a job runs, other threads do, too.

The library is libbootpin.so.0, or what BOOTPIN_LIBRARY names in the environment.
"""

import ctypes
import os
import signal
import threading
from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Set, Type, Union

__all__ = ["Error", "Job", "version"]

Event = Dict[str, Any]
Path = Union[str, "os.PathLike[str]"]

_NULL, _TEXT, _NUMBER, _FLAG, _MILLISECONDS = range(5)

_lib = ctypes.CDLL(os.environ.get("BOOTPIN_LIBRARY", "libbootpin.so.0"))
_LISTENER = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


def _declare(name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(_lib, "bootpin_" + name)
    function.restype = result
    function.argtypes = arguments
    return function


_job, _event, _text = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p
_version = _declare("version", _text)
_new = _declare("job_new", _job, _text)
_free = _declare("job_free", None, _job)
_set = _declare("job_set", ctypes.c_int, _job, _text, _text)
_add_bytes = _declare("job_add_bytes", ctypes.c_int, _job, ctypes.c_uint32, _text, ctypes.c_size_t)
_read = _declare("job_read", ctypes.c_int, _job, ctypes.c_uint32, ctypes.c_size_t)
_timeout = _declare("job_timeout", ctypes.c_int, _job, ctypes.c_uint)
_on_event = _declare("job_on_event", ctypes.c_int, _job, _LISTENER, ctypes.c_void_p)
_run = _declare("job_run", ctypes.c_int, _job)
_cancel = _declare("job_cancel", None, _job)
_error = _declare("job_error", _text, _job)
_result = _declare("job_result", _event, _job)
_data = _declare("job_data", ctypes.c_void_p, _job, ctypes.POINTER(ctypes.c_size_t))
_event_key = _declare("event_key", _text, _event, ctypes.c_size_t)
_event_type = _declare("event_type", ctypes.c_int, _event, _text)
_event_text = _declare("event_text", _text, _event, _text)
_event_number = _declare("event_number", ctypes.c_int64, _event, _text)


def version() -> str:
    """The library's version."""
    return _decode(_version())


def _decode(text: bytes) -> str:
    """Bytes that are no UTF-8 are spelled out, as in the lines of --json."""
    return text.decode("utf-8", "backslashreplace")


def _encode(text: Path) -> bytes:
    encoded = os.fsencode(text)
    if b"\0" in encoded:
        raise ValueError("a null character in an argument")
    return encoded


def _value(event: int, key: bytes) -> Any:
    kind = _event_type(event, key)
    if kind == _TEXT:
        return _decode(_event_text(event, key))
    if kind == _FLAG:
        return bool(_event_number(event, key))
    if kind == _MILLISECONDS:
        return _event_number(event, key) / 1000
    return _event_number(event, key) if kind == _NUMBER else None


def _as_dict(event: int) -> Event:
    """All keys of an event, as doc/json.md has them."""
    values = {}
    index = 0
    while True:
        key = _event_key(event, index)
        if key is None:
            return values
        values[key.decode()] = _value(event, key)
        index += 1


def _start_quietly(thread: threading.Thread) -> Set[int]:
    """Starts a thread that takes no signal. Signals are held back then; returns which were before."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        thread.start()
    except BaseException:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        raise
    return held


class Error(Exception):
    """A call or a job that failed.

    status: the exit status of bootpin(1), 128 if it was cancelled, 142 if its time was over.
    kind: its class, as "link", "protected" or "timeout"; None for a call that was refused.
    address: where in the chip's memory, or None.
    result: the event "result" of the job, or None.
    """

    def __init__(self, status: int, message: str, result: Optional[Event] = None) -> None:
        super().__init__(message)
        self.status = status
        self.result = result
        self.kind: Optional[str] = result["error"] if result else None
        self.address: Optional[int] = result["address"] if result else None


class Job:
    """A job on a port of bootpin(1). Without actions it identifies the chip.

    on_event is called with each event as a dict, in a thread of the run. What it raises cancels the job
    and is raised by run(). So does Ctrl-C; a second one does not wait for the frame in flight.
    """

    def __init__(
        self,
        port: Optional[str] = None,
        *,
        on_event: Optional[Callable[[Event], None]] = None,
        timeout: Optional[float] = None,
        **options: Any,
    ) -> None:
        self._on_event = on_event
        self._raised: Optional[BaseException] = None
        self._runs = False
        self._lock = threading.RLock()  # no job is freed under a call of another thread
        self._listener = _LISTENER(self._hear)
        self._job = _new(None if port is None else _encode(port))
        if not self._job:
            raise MemoryError("no memory for a job")
        _on_event(self._job, self._listener, None)
        try:
            if timeout is not None:
                self.timeout(timeout)
            for name, value in options.items():
                self.set(name, value)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Job":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Frees the job; no call but this one is possible afterwards."""
        if getattr(self, "_job", None):
            with self._lock:
                job = self._handle()
                self._job = None
                _free(job)

    def _handle(self) -> int:
        if not self._job:
            raise ValueError("the job is closed")
        if self._runs:
            raise ValueError("the job is running")
        return self._job

    def _check(self, status: int) -> None:
        if status:
            raise Error(status, _decode(_error(self._job)))

    def _hear(self, _arg: Optional[int], event: int) -> None:
        if self._raised or not self._on_event:
            return
        try:
            self._on_event(_as_dict(event))
        except BaseException as raised:  # it must not go through the library
            self._raised = raised
            self.cancel()

    def set(self, name: str, value: Any = True) -> None:
        """Sets an option: True for one without a value; False and None leave it as it is."""
        if value is None or value is False:
            return
        text = None if value is True else _encode(value if isinstance(value, os.PathLike) else str(value))
        self._check(_set(self._handle(), _encode(name.replace("_", "-")), text))

    def write(self, file: Path) -> None:
        """Writes FILE or FILE@ADDR; may be called several times."""
        self.set("write", file)

    def write_bytes(self, address: int, data: bytes) -> None:
        """Writes bytes at an address; may be called several times."""
        if not 0 <= address <= 0xFFFFFFFF:
            raise ValueError("an address has 32 bits")
        self._check(_add_bytes(self._handle(), address, bytes(data), len(data)))

    def read(self, address: int = 0, length: int = 0) -> None:
        """Reads memory into `data`; without a length to the end of flash, without both all of it."""
        if not 0 <= address <= 0xFFFFFFFF or length < 0:
            raise ValueError("an address has 32 bits, and a length is not negative")
        self._check(_read(self._handle(), address, length))

    def timeout(self, seconds: float) -> None:
        """Limits the time of a run; 0: no limit."""
        milliseconds = round(seconds * 1000)
        if not 0 <= milliseconds <= 0xFFFFFFFF or (seconds and not milliseconds):
            raise ValueError("a time limit is from a millisecond to 49 days")
        self._check(_timeout(self._handle(), milliseconds))

    def run(self) -> Event:
        """Runs the job and returns the event "result", or raises Error. It may be run again."""
        with self._lock:
            job = self._handle()
            self._runs = True
        try:
            status = self._run(job)
        finally:
            self._runs = False
        raised, self._raised = self._raised, None
        if raised:
            raise raised
        if status:
            raise Error(status, _decode(_error(job)), self.result)
        return self.result or {}

    def _run(self, job: int) -> int:
        status: List[int] = []
        ended = threading.Event()

        def work() -> None:
            status.append(_run(job))
            ended.set()

        self._raised = None
        # Python's main thread alone answers to signals: it must not be in the library when Ctrl-C is pressed.
        held = _start_quietly(threading.Thread(target=work))
        interrupts = cancels = 0
        # All that Ctrl-C may interrupt is inside of "try": the thread must have ended when this returns.
        while True:
            try:
                signal.pthread_sigmask(signal.SIG_SETMASK, held)
                while cancels < interrupts:
                    cancels += 1
                    self.cancel()
                if ended.wait(0.5):  # not for ever: another thread may have taken the signal
                    return status[0]
            except BaseException as raised:
                interrupts += 1
                self._raised = self._raised or raised

    def cancel(self) -> None:
        """Ends the run that is under way, or else the next one. For any thread."""
        with self._lock:
            if not self._job:
                raise ValueError("the job is closed")
            _cancel(self._job)

    @property
    def result(self) -> Optional[Event]:
        """The event "result" of the last run; None before it."""
        event = _result(self._handle())
        return _as_dict(event) if event else None

    @property
    def data(self) -> Optional[bytes]:
        """What the last run has read; None if there is nothing."""
        length = ctypes.c_size_t()
        start = _data(self._handle(), ctypes.byref(length))
        return ctypes.string_at(start, length.value) if start else None
