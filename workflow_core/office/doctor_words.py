"""What each finding of the check-up weighs, and what to do about it: a command that exists, or a line for whoever keeps the machine."""

from __future__ import annotations

from workflow_core.i18n import N_

_FROM_COPY = N_("copy the office away as it is, then take the last copy beside it and compare: care office restore FILE --to DIR")
_REPAIR = N_("it can be made anew: care office doctor --repair")
_TICK = N_("now: care tick; from now on by itself: care office schedule --install")

REMEDIES: dict[str, str] = {
    "": _FROM_COPY,
    "pages_damaged": _FROM_COPY,
    "office_damaged": _FROM_COPY,
    "row_orphaned": _FROM_COPY,
    "chain_gap": _FROM_COPY,
    "chain_broken": _FROM_COPY,
    "chain_cut": _FROM_COPY,
    "chain_end": _FROM_COPY,
    "record_changed": _FROM_COPY,
    "payload_missing": _FROM_COPY,
    "payload_changed": _FROM_COPY,
    "payload_stray": _FROM_COPY,
    "erased_unrecorded": _FROM_COPY,
    "entry_missing": _FROM_COPY,
    "entry_differs": _FROM_COPY,
    "entry_stands_open": _FROM_COPY,
    "stage_differs": _FROM_COPY,
    "blob_changed": _FROM_COPY,
    "paper_missing": _FROM_COPY,
    "paper_changed": _FROM_COPY,
    "number_behind": _FROM_COPY,
    "number_gap": _FROM_COPY,
    "hold_count": _FROM_COPY,
    "hold_missing": _FROM_COPY,
    "hold_stray": _FROM_COPY,
    "end_open": N_("where its last step was an upgrade: care program upgrade NAME --undo --case REF; else: care case override REF --to STAGE"),
    "rows_missing": N_("take another copy; see what there is: care office doctor"),
    "case_unreadable": N_("see what its program says: care plugin list, and its history: care case history REF"),
    "index_invalid": N_("as the database's owner: REINDEX INDEX, with that name"),
    "tables_differ": N_("bring the tables to this version: care office migrate; where that changes nothing: care office restore FILE --to DIR"),
    "office_needs_migration": N_("bring the tables to this version: care office migrate (it makes a copy first)"),
    "desk_differs": _REPAIR,
    "desk_stray": _REPAIR,
    "due_differs": _REPAIR,
    "wake_differs": _REPAIR,
    "line_differs": _REPAIR,
    "wake_lost": _REPAIR,
    "wake_late": _REPAIR,
    "setting_unsafe": N_("set {name} to {wanted} on the server"),
    "objects_stray": N_("ask them, then as the database's superuser: SELECT lo_unlink(oid) FROM pg_largeobject_metadata"),
    "open_to_others": N_("shut it: chmod -R go= {folder}"),
    "not_ours": N_("give it to whoever runs care, as the machine's administrator: chown"),
    "disk_nearly_full": N_("make room on that disk, or move the copies elsewhere: care office backup DIR"),
    "network_disk": N_("move the office to a disk of this machine, or to PostgreSQL; several machines must not share an SQLite file"),
    "file_missing": _FROM_COPY,
    "tick_late": _TICK,
    "timer_late": _TICK,
    "clock_back": N_("set the machine's clock right, and keep it so by the network (timedatectl set-ntp true)"),
    "plan_left": N_("carry it on: care batch run {plan}; or leave it: care batch drop {plan}; what was refused, and why: care batch show {plan}"),
    "letters_dead": N_("see why: care message list; try again: care message retry --all"),
    "letters_late": _TICK,
    "calendar_missing": N_("import the year: care office calendar import FILE"),
    "program_missing": N_("see whether it failed, and why: care plugin list; install it again"),
    "program_differs": N_("see what does not fit: care office upgrade-check"),
    "no_copy": N_("make one, on another disk: care office backup DIR --keep 14"),
    "past_its_time": N_("see which: care office retention; what would go: care child erase REF --dry-run"),
    "erasure_waits": N_("another administrator: care {kind} erase {ref} --approve; or leave it: care {kind} erase {ref} --withdraw"),
    "erasure_promised": N_("an administrator: care {kind} erase {ref} --reason …"),
    "erasure_unclean": N_("when nobody works: care {kind} erase {ref} --clean"),
    "no_administrator": N_("take a copy in which there was one: care office restore FILE --to DIR"),
}
"""By the finding's code."""

WARNINGS = frozenset(
    {
        "setting_unsafe", "open_to_others", "not_ours", "disk_nearly_full", "network_disk", "wake_late", "tick_late", "timer_late", "clock_back",
        "plan_left", "letters_dead", "letters_late", "calendar_missing", "program_missing", "program_differs", "no_copy", "no_administrator",
        "past_its_time", "erasure_waits", "erasure_promised", "erasure_unclean", "objects_stray", "office_unguarded",
    }
)  # fmt: skip
"""What wants attention, and is not damage."""
