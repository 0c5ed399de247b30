# SPDX-License-Identifier: GPL-2.0-or-later
"""The Python module over libbootpin, on simulated chips; python.sh runs it."""

import json
import os
import pty
import signal
import subprocess
import tempfile
import threading
import unittest

import bootpin

FLASH = 0x08000000


class Silent:
    """A terminal at whose far end nobody answers."""

    def __enter__(self):
        self.far, near = pty.openpty()
        name = os.ttyname(near)
        os.close(near)
        return name

    def __exit__(self, *_):
        os.close(self.far)


class Jobs(unittest.TestCase):
    def test_a_job_without_options_identifies_the_chip(self):
        with bootpin.Job("sim:f103") as job:
            self.assertIsNone(job.result)
            result = job.run()
        self.assertEqual(result["product_id"], 0x410)
        self.assertEqual(result["bootloader"], "2.2")
        self.assertIs(result["read_protected"], False)
        self.assertIsNone(result["error"])

    def test_bytes_and_files_are_written_and_read_back(self):
        with tempfile.TemporaryDirectory() as folder:
            port = f"sim:f103,flash={folder}/flash"
            with open(f"{folder}/app.bin", "wb") as file:
                file.write(b"an application")
            with bootpin.Job(port) as job:
                job.write(f"{folder}/app.bin@0x08001000")
                job.write_bytes(FLASH, b"\0\x01\0\xff")
                self.assertEqual(job.run()["bytes"], 18)
                self.assertIsNone(job.data)
            with bootpin.Job(port) as job:
                job.read(FLASH, 0x100E)
                job.run()
                self.assertEqual(job.data[:5], b"\0\x01\0\xff\xff")
                self.assertEqual(job.data[0x1000:], b"an application")

    def test_options_have_their_long_names(self):
        with bootpin.Job("sim:f103", skip_outside=True, range="0x08000000:1k", reset=False) as job:
            job.set("baud", 57600)
            job.write_bytes(FLASH, b"inside")
            job.write_bytes(FLASH + 4096, b"outside")
            result = job.run()
        self.assertEqual(result["bytes"], 6)
        self.assertEqual(result["rate"], 57600)

    def test_an_error_has_status_kind_and_address(self):
        with bootpin.Job("sim:f103,fill=pattern", blank_check=True) as job:
            with self.assertRaises(bootpin.Error) as caught:
                job.run()
        self.assertEqual(caught.exception.status, 8)
        self.assertEqual(caught.exception.kind, "verify")
        self.assertEqual(caught.exception.address, FLASH)
        self.assertIn("0x08000000", str(caught.exception))
        self.assertEqual(caught.exception.result["exit"], 8)

    def test_wrong_options_are_refused_at_once(self):
        for options in ({"boud": 1}, {"baud": 1}, {"baud": True}, {"reset": "1"}, {"json": True}, {"log": "x"}):
            with self.assertRaises(bootpin.Error) as caught:
                bootpin.Job("sim:f103", **options)
            self.assertEqual(caught.exception.status, 2)
            self.assertIsNone(caught.exception.kind)
        with bootpin.Job("sim:f103") as job:
            for call in (
                lambda: job.write_bytes(-1, b"x"),
                lambda: job.read(1 << 32),
                lambda: job.read(0, -1),
                lambda: job.timeout(-1),
                lambda: job.timeout(0.0001),
                lambda: job.set("chip", "a\0b"),
            ):
                self.assertRaises(ValueError, call)

    def test_a_run_is_one_board(self):
        with self.assertRaises(bootpin.Error) as caught:
            with bootpin.Job("sim:f103", write="image.bin", loop=True) as job:
                job.run()
        self.assertEqual(caught.exception.status, 2)
        self.assertIn("'--loop' is the program's", str(caught.exception))

    def test_a_closed_job_is_not_called(self):
        job = bootpin.Job("sim:f103")
        job.close()
        job.close()
        for call in (job.run, job.cancel, lambda: job.set("reset"), lambda: job.data):
            self.assertRaises(ValueError, call)


class Events(unittest.TestCase):
    @unittest.skipIf(os.environ.get("HAVE_JANSSON") != "yes", "the program was built without jansson")
    def test_events_are_the_lines_of_json(self):
        demo = os.path.join(os.environ["top_srcdir"], "doc/examples/demo.hex")
        with tempfile.TemporaryDirectory() as folder:
            for port, options in (
                ("sim:f103", {"write": demo, "reset": True}),
                ("sim:f103", {"read": f"{folder}/out"}),
                ("sim:f103,rdp=1", {"write": demo}),
                ("sim:f103", {"write": f"{folder}/\udcff"}),
                ("sim:l432", {"option-bytes": True}),
            ):
                with self.subTest(options=options):
                    self.assertEqual(self.hear(port, options), self.printed(port, options))

    def hear(self, port, options):
        heard = []
        with bootpin.Job(port, on_event=heard.append, **options) as job:
            try:
                job.run()
            except bootpin.Error as error:
                self.assertEqual(error.status, heard[-1]["exit"])
        return heard

    def printed(self, port, options):
        words = [f"--{name}" if value is True else f"--{name}={value}" for name, value in options.items()]
        run = subprocess.run([os.environ["BOOTPIN"], "--json", "-q", *words, port], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        # What events told before is not in the library's result again.
        del lines[-1]["files"], lines[-1]["phases"]
        return lines

    def test_what_a_callback_raises_ends_the_job(self):
        def refuse(event):
            if event["name"] == "will_erase":
                raise KeyError("not this one")

        with bootpin.Job("sim:f103", on_event=refuse) as job:
            job.write_bytes(FLASH, b"x")
            self.assertRaises(KeyError, job.run)
            self.assertEqual(job.result["error"], "cancelled")
            self.assertEqual(job.result["pages"], 0)


    def test_a_job_that_runs_is_neither_changed_nor_freed(self):
        refused = []

        def misuse(_):
            for call in (job.close, job.run, lambda: job.set("reset"), lambda: job.data):
                try:
                    call()
                except ValueError as error:
                    refused.append(str(error))

        with bootpin.Job("sim:f103", on_event=misuse) as job:
            job.run()
        self.assertEqual(set(refused), {"the job is running"})
        self.assertEqual(len(refused) % 4, 0)


class Ends(unittest.TestCase):
    def test_another_thread_may_cancel(self):
        def cancel(event):
            if event["name"] == "waiting_for_loader":
                threading.Thread(target=job.cancel).start()

        with Silent() as port, bootpin.Job(port, wait=3600, on_event=cancel) as job:
            with self.assertRaises(bootpin.Error) as caught:
                job.run()
        self.assertEqual(caught.exception.status, 128)
        self.assertEqual(caught.exception.kind, "cancelled")

    def test_ctrl_c_ends_a_job(self):
        # A job of a shell without job control is started with SIGINT ignored.
        self.addCleanup(signal.signal, signal.SIGINT, signal.getsignal(signal.SIGINT))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        def interrupt(event):
            if event["name"] == "waiting_for_loader":
                os.kill(os.getpid(), signal.SIGINT)

        with Silent() as port, bootpin.Job(port, wait=3600, on_event=interrupt) as job:
            self.assertRaises(KeyboardInterrupt, job.run)
            self.assertEqual(job.result["error"], "cancelled")

    def test_a_run_has_a_time_limit(self):
        with Silent() as port, bootpin.Job(port, wait=3600, timeout=0.05) as job:
            with self.assertRaises(bootpin.Error) as caught:
                job.run()
        self.assertEqual(caught.exception.status, 142)
        self.assertEqual(caught.exception.kind, "timeout")

    def test_jobs_run_at_once(self):
        chips = {}

        def identify(port):
            with bootpin.Job(port) as job:
                chips[port] = job.run()["product_id"]

        threads = [threading.Thread(target=identify, args=(p,)) for p in ("sim:f103", "sim:l432", "sim:g071")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(chips, {"sim:f103": 0x410, "sim:l432": 0x435, "sim:g071": 0x460})


if __name__ == "__main__":
    unittest.main()
