"""What a plugin hands over when it is loaded, and whether that can live beside what is there already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from workflow_core.definition import API_VERSION, Channel, Program, Workflow
from workflow_core.errors import Problem
from workflow_core.i18n import N_
from workflow_core.registry.faults import LOOK, own_line
from workflow_core.registry.hooks import call
from workflow_core.registry.plugins import Unloadable


def handed_over(hook: str, functions: Iterable[Callable[..., Any]], of: type[Any]) -> tuple[Any, ...]:
    """What these implementations of a hook that is asked once hand over.

    :raises Unloadable: one of them raises, or hands over anything but a list of ``of``.
    """
    found: list[Any] = []
    for function in functions:
        try:
            answer = call(function)
        except (Exception, SystemExit) as error:
            place = own_line(error)
            values = {"hook": hook, "error": type(error).__name__, "said": str(error), **place}
            raise Unloadable(Problem("hook_failed", N_("{hook} failed: {error}: {said}"), hint=LOOK if place else "", values=values)) from error
        if not isinstance(answer, (list, tuple)):
            raise Unloadable(_not_of(hook, of, answer))
        for one in answer:
            if not isinstance(one, of):
                raise Unloadable(_not_of(hook, of, one))
        found += answer
    return tuple(found)


def _not_of(hook: str, of: type[Any], answer: object) -> Problem:
    values = {"hook": hook, "wanted": of.__name__, "given": type(answer).__name__}
    code = "not_a_program" if of in (Program, Workflow) else "wrong_answer"
    message, hint = N_("{hook} hands over {given}, not a list of {wanted}"), N_("return a list, [PROGRAM] for one; did you mean to call something?")
    return Problem(code, message, hint=hint, values=values)


@dataclass(eq=False)
class Admission:
    """What has been admitted so far, and by which plugin."""

    programs: dict[str, Program[Any]] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    brought_by: dict[str, str] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)

    def admit(self, plugin: str, programs: Iterable[Program[Any]], channels: Iterable[Channel]) -> None:
        """Takes all of it, or nothing.

        :raises Unloadable: a program wants a newer careflow, is not built as one, or clashes with one that is there.
        """
        new = Admission(dict(self.programs), dict(self.channels), dict(self.brought_by), dict(self.prefixes))
        for program in programs:
            new._add(plugin, program)
        for channel in channels:
            if channel.name in new.channels:
                raise Unloadable(_clash("channel_clash", N_("there is a message channel {name} already"), N_("give it another name"), name=channel.name))
            new.channels[channel.name] = channel
        self.programs, self.channels, self.brought_by, self.prefixes = new.programs, new.channels, new.brought_by, new.prefixes

    def _add(self, plugin: str, program: Program[Any]) -> None:
        name = program.name
        if program.api > API_VERSION:
            message, hint = N_("{name} wants version {wanted} of the definitions; this careflow speaks {spoken}"), N_("install a newer careflow")
            raise Unloadable(Problem("api_too_new", message, hint=hint, values={"name": name, "wanted": program.api, "spoken": API_VERSION}))
        if name in self.programs:
            message = N_("there is a program {name} already, brought by the plugin {by}")
            raise Unloadable(_clash("program_clash", message, N_("uninstall one of the two, or rename the program"), name=name, by=self.brought_by[name]))
        for workflow in program.workflows:
            if not isinstance(workflow, Workflow):
                raise Unloadable(_not_of(name, Workflow, workflow))
            self._add_prefix(program, workflow)
        self.programs[name] = program
        self.brought_by[name] = plugin

    def _add_prefix(self, program: Program[Any], workflow: Workflow[Any, Any]) -> None:
        own = f"{program.name}.{workflow.name}"
        taken = self.prefixes.setdefault(workflow.prefix, own)
        if taken != own:
            message = N_("the references of {own} begin with {prefix}, as those of {taken} do")
            raise Unloadable(_clash("prefix_clash", message, N_("choose another prefix for one of them"), own=own, prefix=workflow.prefix, taken=taken))


def _clash(code: str, message: str, hint: str, **values: str) -> Problem:
    return Problem(code, message, hint=hint, values=values)
