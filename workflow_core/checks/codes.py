"""Every code that a check can give: what it means, and what is told. The documentation and the tests are made from this table."""

from __future__ import annotations

from workflow_core.checks.code import Code as Code
from workflow_core.checks.code import Severity as Severity
from workflow_core.checks.codes_among import AMONG
from workflow_core.checks.codes_lines import LINES
from workflow_core.checks.codes_moving import MOVING
from workflow_core.checks.codes_registers import REGISTERS
from workflow_core.checks.codes_upgrades import UPGRADES
from workflow_core.i18n import N_

CODES: dict[str, Code] = {
    # -- What things are ---------------------------------------------------------------------------------------------------------------------------
    "wrong_kind": Code(
        "A part of the program is not of the kind that belongs there; while there is one, nothing else is checked.",
        N_("{field} holds {given}, not {wanted}"),
        N_("mypy --strict finds these before they run"),
    ),
    "form_unreadable": Code(
        "The annotations of a form's fields cannot be resolved; while there is one, nothing else is checked.",
        N_("the fields of {form} cannot be read: {error}"),
        N_("import what the annotations name at the top of the file, not under TYPE_CHECKING"),
    ),
    "field_type": Code(
        "A form has a field of a type that cannot be stored or asked for.",
        N_("the field {field} is of a type that a form cannot hold: {type}"),
        N_("use text, numbers, dates, a Choice, an Attachment, a form, or tuple[T, …] of these; | None for what may be left out"),
    ),
    "choice_alias": Code(
        "Two members of a Choice have the same label, so that Python makes them one.",
        N_("{choice}: {members} have the same label and are one and the same"),
        N_("give each its own label"),
    ),
    "default_out_of_range": Code(
        "A field's default lies outside what the field itself allows.",
        N_("the default of {field} lies outside its own bounds"),
        N_("change the default, or ge and le"),
    ),
    "policy_without_default": Code(
        "A policy field has no default, so that the program cannot run where nobody has set it.",
        N_("the policy field {field} has no default"),
        N_("give it one: ask(…, default=…)"),
    ),
    "policy_differs": Code(
        "A workflow is written for another policy than its program's.",
        N_("the workflow is written for the policy {given}, the program has {wanted}"),
        N_("a program has one policy: give both the same"),
    ),
    "record_shared": Code(
        "Two workflows carry the same record, so that nobody can tell which is meant by it.",
        N_("the record {record} is already that of the workflow {other}"),
        N_("give each workflow a record of its own"),
    ),
    "version_low": Code("A program's version is below 1.", N_("the version is {version}"), N_("versions count from 1")),
    # -- Names -------------------------------------------------------------------------------------------------------------------------------------
    "name_syntax": Code(
        "A name is not an identifier in small letters, as commands and stored cases need it.",
        N_("{kind}: {name} is no name"),
        N_("a name is small letters, digits and underscores, and begins with a letter; what people read is the title"),
    ),
    "prefix_syntax": Code(
        "A workflow's prefix is not one to six capital letters.",
        N_("{prefix} is no prefix"),
        N_("one to six capital letters: DR makes DR-26-00417"),
    ),
    "duplicate_name": Code(
        "Two things of one kind have the same name, so that stored cases cannot tell them apart.",
        N_("{kind}: the name {name} is given twice"),
        N_("give one of them another name, or list it once"),
    ),
    "fact_two_types": Code(
        "One fact is written or read under two types or units.",
        N_("the fact {name} is of two types: {types}"),
        N_("define the fact once and use it everywhere"),
    ),
    "unlisted_stage": Code(
        "A stage is used that the workflow does not list.",
        N_("the stage {stage} is not among the workflow's stages"),
        N_("add it to stages=[…]"),
    ),
    "unused_part": Code(
        "The program's file defines a stage, a transition or a timer that no workflow uses.",
        N_("{kind} {name} is defined and not used"),
        N_("list it in a workflow, or take it out"),
        "warning",
    ),
    # -- The graph ---------------------------------------------------------------------------------------------------------------------------------
    "stage_unreachable": Code(
        "No way leads from the initial stage to this one.",
        N_("no way leads to the stage {stage}"),
        N_("add a transition to it, or take it out"),
    ),
    "no_way_to_end": Code(
        "From this stage no way leads to a final stage, so that its cases stay open for ever.",
        N_("no way leads from the stage {stage} to an end"),
        N_("add a transition towards a final stage, or make one: Stage(…, final=True)"),
    ),
    "exit_from_final": Code(
        "A transition leaves a final stage, where the case is closed.",
        N_("the transition leaves the final stage {stage}"),
        N_("a closed case is reopened: reopen_to=…; or the stage is not final"),
    ),
    "initial_final": Code("Cases begin in a final stage.", N_("cases begin in the final stage {stage}"), N_("begin in another stage")),
    "reopen_to_final": Code(
        "A reopened case goes to a final stage, where it is closed again.",
        N_("a reopened case goes to the final stage {stage}"),
        N_("name the stage in which the work goes on"),
    ),
    "ambiguous_transition": Code(
        "Of two transitions of one name from one stage the second can never be taken, since the first one's guards hold whenever its own do.",
        N_("from the stage {stage} there are two transitions {name}, and no guard tells them apart"),
        N_("guard the first one, or give them two names"),
    ),
    "automatic_loop": Code(
        "A case goes round in a circle by itself, without a guard and without time passing, so that the engine would never come to rest.",
        N_("by itself, and in no time, a case goes round in a circle: {stages}"),
        N_("guard one of the ways; a date that has passed stays passed, so a timer that waits for it runs out again at once"),
    ),
    "timer_for_ever": Code(
        "A timer takes a case round in a circle again and again, and nothing ends it: no guard, no unless, nobody who is told.",
        N_("by itself a case goes round for ever: {stages}"),
        N_("guard the way back, or say unless=…; what only repeats is again=…; or let a task in one of the stages say who hears: late=[Escalate(…)]"),
        "warning",
    ),
    "stage_can_stall": Code(
        "A case can lie in this stage for ever and nobody is told: no timer runs, and no task in it says what happens when it is late.",
        N_("a case can lie in the stage {stage} and nobody hears of it"),
        N_("add a timer, or a task with due=… and late=[Escalate(…)]"),
        "warning",
    ),
    # -- Who ---------------------------------------------------------------------------------------------------------------------------------------
    "nobody_may": Code(
        "Nobody may do this: it names no role, or only a party that the workflow does not have, or the engine where a person is needed.",
        N_("nobody may do this"),
        N_("name the roles: by=SCHOOL or by=(SCHOOL, SUPERVISOR)"),
    ),
    "nobody_opens": Code(
        "Nobody may open a case of this workflow.",
        N_("nobody may open a case"),
        N_("name the roles: open_by=[SCHOOL]; open_by=[SYSTEM] where only imports and other cases do"),
    ),
    "unknown_role": Code(
        "A role is neither one of the standard ones nor among the program's own.",
        N_("the role {role} is not known"),
        N_("add it to the program: roles=[…]"),
    ),
    "unknown_party": Code(
        "A party is named that the workflow does not have.",
        N_("the party {party} is not among the workflow's parties"),
        N_("add it to the workflow: parties=[…]"),
    ),
    "only_withdrawn": Code(
        "Only a role that is withdrawn, and given to nobody any more, may lead on from this stage, or do this task.",
        N_("nobody is given the role {roles} any more, and nobody else may do this"),
        N_("name another role beside it: by=(OLD, NEW); or let a timer lead on"),
    ),
    "never_fired": Code(
        "Only the engine may take this transition, and no timer and no effect of the program does.",
        N_("nothing takes this transition"),
        N_("fire it from a timer or an effect, or name who may take it"),
        "warning",
    ),
    # -- Tasks and time ----------------------------------------------------------------------------------------------------------------------------
    "task_never_opened": Code(
        "A task is spoken of, but no stage and no effect opens it.",
        N_("the task {task} is never opened"),
        N_("put it under a stage: tasks={STAGE: [TASK]}"),
    ),
    "task_in_final": Code(
        "A task waits in a final stage, where the case is closed.",
        N_("the task {task} waits in the final stage {stage}"),
        N_("let it wait in an earlier stage"),
    ),
    "timer_in_final": Code(
        "A timer runs in a final stage, where the case is closed.",
        N_("the timer runs in the final stage {stage}"),
        N_("let it run in an earlier stage"),
    ),
    "idle_timer": Code("A timer does nothing when it is due.", N_("the timer does nothing"), N_("say what happens: fire=… or do=[…]")),
    "needs_cycle": Code(
        "Tasks need each other in a circle, so that none of them ever opens.",
        N_("these tasks need each other in a circle: {tasks}"),
        N_("let one of them open first"),
    ),
    "late_never": Code(
        "A task says what happens when it is late, but it is never due.",
        N_("the task is never due, so it is never late"),
        N_("say by when: due=days(5)"),
    ),
    "due_unknowable": Code(
        "A task's due date is counted from a field that nobody has filled in by then: of its own form, or of a form of elsewhere.",
        N_("due is counted from {field}, which nobody has filled in by then"),
        N_("count from a field of the record, the policy or the child, or of a task of this workflow that comes before"),
    ),
    "happened_elsewhere": Code(
        "The field that says when a task happened is not a date of the task's own form.",
        N_("{field} is no date of this task's own form"),
        N_("name one: happened=ref({form}).…"),
    ),
    "span_not_positive": Code(
        "A length of time is not greater than zero where time must pass.",
        N_("{n} is no length of time"),
        N_("use a number greater than zero"),
    ),
    "by_day_out_of_period": Code(
        "A task is due on a day that its calendar period does not have.",
        N_("a {period} has no day {day}"),
        N_("a week has 7 days, a month 28 at the least; the other periods take no day"),
    ),
    "paper_never_drafted": Code(
        "Something is counted from a paper that the workflow never drafts.",
        N_("the paper {paper} is never drafted here"),
        N_("draft it: do=[Draft(…)]; or let people draft it: papers=[…]"),
    ),
    # -- Guards ------------------------------------------------------------------------------------------------------------------------------------
    "guard_of_other_record": Code(
        "A guard, a check or a function of the case is written for another workflow's record or policy.",
        N_("{function} is written for {given}, not for {wanted}"),
        N_("use a function written for this workflow's cases"),
    ),
    "guard_signature": Code(
        "A guard cannot be called with a case (a check: with a case and the input), or is not a plain function.",
        N_("{function} cannot be called with {wanted}"),
        N_("a guard is def g(case), a check def c(case, input); neither is async"),
    ),
    "guard_answers_bool": Code(
        "A guard answers with a truth value, where None means yes and deny(…) means no.",
        N_("{function} answers with {given}"),
        N_('answer None, or deny("why not")'),
    ),
    "check_of_other_form": Code(
        "A check is written for another form than the one that is filled in here.",
        N_("{function} is written for the form {given}, not for {wanted}"),
        N_("use a check written for this form"),
    ),
    "check_without_form": Code(
        "A check waits for an input, but nothing is asked.",
        N_("{function} checks an input, but nothing is asked here"),
        N_("name the form: form=…; or make it a guard"),
    ),
    # -- References --------------------------------------------------------------------------------------------------------------------------------
    "reference_unknown": Code(
        "A reference names a field that its form does not have.",
        N_("{form} has no field {field}"),
        N_("its fields are: {fields}"),
    ),
    "foreign_field": Code(
        "A reference names a field of a form that means nothing here: neither the record, the policy, the subject, nor a form of this workflow.",
        N_("{field} means nothing here"),
        N_("refer to the record, the policy, the subject, or a form that this workflow asks"),
    ),
    "field_of_other_type": Code(
        "A field is used for something that its type cannot be: a date is counted from a number, a length of time is a date.",
        N_("{field} is {given}, not {wanted}"),
        N_("refer to a field of that type"),
    ),
    "value_of_other_type": Code(
        "A field is compared with, or set to, a value that is not of its type.",
        N_("{field} is {wanted}; {given} is none"),
        N_("use a value of the field's type"),
    ),
    # -- Effects and what they name ----------------------------------------------------------------------------------------------------------------
    "elsewhere": Code(
        "An effect, a timer or a guard names a task or a transition of another workflow.",
        N_("{kind} {name} belongs to another workflow"),
        N_("effects on another case go into On(…)"),
    ),
    "transition_unlisted": Code(
        "A transition is fired that no workflow lists.",
        N_("the transition {name} is in no workflow"),
        N_("add it to transitions=[…]"),
    ),
    "fired_unfilled": Code(
        "A transition that no person takes asks for something: a form, or fields of the record.",
        N_("nobody is there to fill in what the transition {name} asks"),
        N_("let a person take it, or fire it with its input: Fire(T, input)"),
    ),
    "fired_from_other_stage": Code(
        "A transition is fired in a stage from which it does not lead.",
        N_("the transition {name} does not lead from the stage {stage}"),
        N_("add the stage to its source, or fire another transition"),
    ),
    "input_of_other_form": Code(
        "A task is recorded as done, or a transition fired, with an input that is not of its form.",
        N_("{name} asks for {wanted}, and is given {given}"),
        N_("give it its own form, filled in"),
    ),
    "batch_record": Code(
        "A batch is for, or over, cases that no workflow of the program has, or may open such.",
        N_("no workflow of this program has the record {record}"),
        N_("name the record of one of its workflows"),
    ),
    "batch_may": Code("A batch may do nothing, so that its plan decides nothing.", N_("the batch may do nothing"), N_("say what a plan may do: may=[…]")),
    "batch_unused": Code(
        "Nobody may plan a batch, and no effect runs it.",
        N_("nobody plans this batch"),
        N_("name the roles: by=[SUPERVISOR]; or run it from a step: RunBatch(…)"),
    ),
    "batch_then": Code(
        "What follows a batch is not a transition of the case it is for that the engine may take, or it asks what nobody fills in.",
        N_("the transition {name} cannot follow the batch"),
        N_("name one by SYSTEM of the case that the batch is for: of=…"),
    ),
    "opens_elsewhere": Code(
        "A case is to be opened with a record that is no workflow's of this program.",
        N_("no workflow of this program has the record {record}"),
        N_("open a case of this program; another program is asked with Refer(…)"),
    ),
    "refers_to_itself": Code(
        "A program refers a case to itself, which it can open directly.",
        N_("the program refers to itself"),
        N_("open the case: Open(…)"),
    ),
    # -- Limits, imports, papers -------------------------------------------------------------------------------------------------------------------
    "limit_size": Code("A limit lets nobody in.", N_("the limit's size is {size}"), N_("a limit is 1 or more")),
    "limit_empty": Code("A limit counts in no stage.", N_("the limit counts in no stage"), N_("name the stages: held_in=[…]")),
    "limit_in_final": Code(
        "A limit counts in a final stage, so that closed cases hold their place for ever.",
        N_("the limit counts in the final stage {stage}"),
        N_("count in the stages of open cases"),
    ),
    "limit_per": Code(
        "A limit is counted for something that the workflow's cases do not have.",
        N_("the workflow's cases have no {per} to count by"),
        N_("count by what they have: PER_SUBJECT, PER_DIVISION, PER_WHOLE, one of its parties, a field"),
    ),
    "import_into": Code(
        "An import opens cases of no workflow of this program, or of one about another kind of subject.",
        N_("{record} is no record of a workflow about the subject of the rows"),
        N_("name the record of the workflow that the rows open: into=…"),
    ),
    # -- Personal data -----------------------------------------------------------------------------------------------------------------------------
    "use_without_purpose": Code(
        "A program names a personal field that it reads, and does not say what for.",
        N_("the program reads {field}, and does not say what for"),
        N_('say the purpose in one sentence: Use(field, "To know …")'),
    ),
    "use_unsaid": Code(
        "A program reads a field of a child's file, in a ledger, a reference or a function of its own, and does not list it among what it uses.",
        N_("the program reads {field}, and does not say so"),
        N_('list it with its purpose: uses=[Use(field, "To know …")]'),
        "warning",
    ),
    "consent_unlisted": Code(
        "A guard or an import asks for a consent that no workflow lists where it is asked, so that its withdrawal would stop nothing.",
        N_("the consent {name} is asked for, and not listed"),
        N_("add it to the workflow: consents=[…]"),
    ),
    "consent_without_child": Code(
        "A workflow lists a consent, and its cases are not about a child.",
        N_("the cases are not about a child, and nobody can consent for them: {name}"),
        N_("list the consent with the workflow that is about the child"),
    ),
    "consent_column": Code(
        "The field of an import that says yes or no to its consent is not a yes-or-no field of the row, or the import asks for no consent.",
        N_("{field} cannot say whether the guardian consents"),
        N_("name a field `bool | None` of the row: refuses=R.field, and the consent: consent=…"),
    ),
    # -- Papers ------------------------------------------------------------------------------------------------------------------------------------
    "paper_never_served": Code(
        "Something is counted from the service of a paper that is not served with a receipt, or from one that nobody issues.",
        N_("the paper {paper} is never served, so nothing is ever counted from it"),
        N_("say served_with_receipt=True, or count from something else"),
    ),
    "paper_unsigned": Code(
        "A paper has a number or is served, and nobody may sign it.",
        N_("nobody may sign the paper {paper}, which has a number or is served"),
        N_("name who signs it: signed_by=…; or leave the number out, where it is only a draft"),
    ),
    "number_pattern": Code(
        "The pattern of a paper's number lacks the number or the year, or names what nobody knows.",
        N_("{pattern} is no pattern for a number"),
        N_("see docs/papers.md"),
    ),
    "template_missing": Code(
        "The template of a paper is not in the program's folder.",
        N_("there is no template {template}"),
        N_("templates lie in the program's folder `templates`"),
    ),
    "field_unknown": Code(
        "A template names a field that papers do not have.",
        N_("the template names {field}, which is no field"),
        N_("one of: {names}"),
    ),
    "personal_in_public": Code(
        "The template of a paper for the public names a field that holds personal data.",
        N_("this paper is for the public, and the template names {field}, which is personal"),
        N_("leave the field out; or, where the paper is not posted, leave out public=True"),
    ),
    "template_unsound": Code(
        "A template has a mistake of its language, or uses what a template may not.",
        N_("the template cannot be used"),
        N_("see docs/papers.md"),
    ),
    "deprecated_name": Code(
        "A plugin's file uses a name, a parameter or a hook that goes away on a day that is set.",
        N_("{name} goes away on {until} ({file}, line {line})"),
        N_("use {instead}"),
        "warning",
    ),
    **AMONG,
    **REGISTERS,
    **LINES,
    **MOVING,
    **UPGRADES,
}
