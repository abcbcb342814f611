"""Loops over rows of the ledger: NumPy writes a table field by field, each a walk over all rows."""

from __future__ import annotations

from coopsim.arithmetic import compiled


@compiled
def enter(rows, form, none, a, b, year, initiator, activity, topic, why):
    """Fill new rows with bilateral agreements that enter into force at once; `none` is written where nothing is."""
    for k in range(len(rows)):
        row = rows[k]
        row.form, row.activity, row.topic = form, activity[k], topic[k]
        row.a, row.b, row.initiator = a[k], b[k], initiator[k]
        row.norm = row.body = row.ended = none
        row.proposed = row.signed = row.in_force = year[k]
        row.why[:] = why[k]


@compiled
def end(rows, ids, year, reason):
    """End agreements; return whether all were still in force, without which nothing is written."""
    for k in ids:
        if rows[k].ended >= 0:
            return False
    for k in ids:
        rows[k].ended, rows[k].end_reason = year, reason
    return True


@compiled
def tie(rows, ids, agreement):
    """Write agreements into the matrix of ties in force."""
    for k in ids:
        agreement[rows[k].a, rows[k].b] = agreement[rows[k].b, rows[k].a] = k


@compiled
def untie(rows, ids, none, agreement):
    """Take agreements out of the matrix of ties in force."""
    for k in ids:
        agreement[rows[k].a, rows[k].b] = agreement[rows[k].b, rows[k].a] = none
