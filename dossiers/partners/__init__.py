"""What agencies' own systems (hệ thống của bộ, tỉnh) tell us of dossiers: read, ordered, and applied by the services.

- `status_events`: steps of the transition table, over REST, one by one or many at once
- `wire`: the DVCQG wire format read into typed reports; pure
- `reported`: dossiers born in a partner's system, and the door for every report over the wire
- `folding`, `reported_events`, `source_record`: their state, their history and their content
- `portal_born`: dossiers filed here and decided in a system that speaks the wire format
- `inbox`: what was taken in and answered before it was worked through
- `pull_rest`, `pull_wire`, `pull_folder`, `drop_folder`: systems that are asked; `pulled_events`: what their events do
- `result_files`, `drop_papers`: result papers that a partner made

What we tell them is an outbox row: `dossiers.envelope` makes its content, `portal.exchange` delivers it.
"""
