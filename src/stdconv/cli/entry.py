"""The command line. Nothing heavy is imported before a command runs, so that ``--help`` answers at once.

And nothing at all before signals are taken, so that none of them ever shows a traceback.
"""

from __future__ import annotations

import errno
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")
GARBAGE = 100_000
"""After how many new objects those are looked for that only hold each other: what is imported is none."""


class Interrupts:
    """Whether a signal came. From then on stderr is silent until ``end``.

    Where a signal strikes in the middle of polars' work, polars turns it into a panic and prints that by itself.
    """

    def __init__(self) -> None:
        self.came = False
        self._taken: list[int] = []
        self._stderr: int | None = None

    def take(self) -> None:
        """Have the signals come here from now on."""
        for name in SIGNALS:
            number = getattr(signal, name, None)
            is_ignored = number is not None and signal.getsignal(number) is signal.SIG_IGN
            if number is not None and not (is_ignored and name == "SIGHUP"):  # nohup ignores that one
                signal.signal(number, self)
                self._taken.append(number)

    def __call__(self, _number: int, _frame: FrameType | None) -> NoReturn:
        """Take a signal."""
        self.came = True
        if self._stderr is None:
            sys.stderr.flush()
            self._stderr = os.dup(2)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        raise KeyboardInterrupt

    def end(self) -> None:
        """Let stderr speak again; what little is left to do is not interrupted any more."""
        for number in self._taken:
            signal.signal(number, signal.SIG_IGN)
        if self.came and self._taken:
            _forget_half_imported()
        if self._stderr is not None:
            sys.stderr.flush()
            os.dup2(self._stderr, 2)


def main() -> NoReturn:
    """Run the command line and exit with the code that the design's table gives."""
    interrupts = Interrupts()
    interrupts.take()  # before anything is imported that takes a while
    sys.exit(run(sys.argv[1:], interrupts))


def run(arguments: list[str], interrupts: Interrupts | None = None) -> int:
    """Run one command and return its exit code. Nothing raised on the way shows a traceback without ``--debug``."""
    is_process, interrupts = interrupts is not None, interrupts or Interrupts()
    context: dict[str, object] = {"debug": False, "lang": "en"}
    try:
        return _alone(arguments, context) if is_process else _called(arguments, context)
    except KeyboardInterrupt:
        interrupts.end()
        return _ended("C0020", 4, context)
    except (BrokenPipeError, SystemExit):  # click turns the one into the other
        _forget_stdout()
        return 0
    except OSError as error:
        if error.filename is None:
            _forget_stdout()
        problem = error.strerror or type(error).__name__
        return _ended("C0054", 3, context, file=error.filename, problem=problem)
    except MemoryError:
        return _ended("C0054", 3, context, file=None, problem=os.strerror(errno.ENOMEM))
    except BaseException as error:  # a bug, or a panic of polars: a traceback could show residents' values
        interrupts.end()
        return _unexpected(error, context, is_interrupted=interrupts.came)


def _alone(arguments: list[str], context: dict[str, object]) -> int:
    """Run one command in a process that ends with it: nobody need look through what the end gives back."""
    import gc

    _show_what_cannot_be_printed()
    gc.set_threshold(GARBAGE)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # all installed packages are searched for them
    code = _called(arguments, context)
    gc.freeze()
    return code


def _called(arguments: list[str], context: dict[str, object]) -> int:
    """Run one command; what is wrong with its line, its definitions or its files is said here."""
    import click

    from stdconv.cli.commands import stdconv
    from stdconv.cli.console import show_message
    from stdconv.cli.language import asked, in_language, usage_lines
    from stdconv.errors import StdconvError
    from stdconv.findings.language import language

    context["lang"] = lang = asked(arguments, language())
    try:
        return int(
            in_language(stdconv, lang).main(arguments, prog_name="stdconv", standalone_mode=False, obj=context) or 0
        )
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        show_message(*usage_lines(error, lang))
        return 2
    except StdconvError as error:
        show_message(*(fault.text(str(context["lang"])) for fault in error.faults))
        return error.exit_code


def _forget_half_imported() -> None:
    """Let modules be imported again of which a signal has left only parts."""
    for name in sorted(sys.modules):
        parent = name.rpartition(".")[0]
        if parent and parent not in sys.modules:
            del sys.modules[name]


def _forget_stdout() -> None:
    """Let nothing that is still to be printed fail when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unexpected(error: BaseException, context: dict[str, object], *, is_interrupted: bool) -> int:
    if is_interrupted:
        return _ended("C0020", 4, context)
    if context["debug"]:
        import traceback

        from stdconv.cli.console import show_message

        show_message(*"".join(traceback.format_exception(error)).splitlines())
    return _ended("C0099", 70, context, kind=type(error).__name__)


def _ended(code: str, exit_code: int, context: dict[str, object], **words: object) -> int:
    from stdconv.cli.console import show_message

    try:
        from stdconv.findings.phrases import phrase
        from stdconv.findings.registry import fault

        said = {key: phrase("system", "no-file") if word is None else word for key, word in words.items()}
        show_message(fault(code, **said).text(str(context["lang"])))
    except Exception:  # what the texts need is itself broken: the code alone is still an answer
        show_message(" ".join((code, *map(str, words.values()))))
    return exit_code


def _show_what_cannot_be_printed() -> None:
    """Let consoles that cannot show a character print its code point instead of failing."""
    import codecs

    from stdconv.japan.visible import code_point

    def code_points(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        return "".join(map(code_point, error.object[error.start : error.end])), error.end

    codecs.register_error("stdconv.code_points", code_points)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="stdconv.code_points")
